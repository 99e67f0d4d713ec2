"""Runs the server: arguments, settings, logs, listening, signals, and the order in which it ends."""

import asyncio
import os
import resource
import signal
import sys
from pathlib import Path

import click
import structlog
import uvloop
from aiohttp import web

from lea import __version__, log
from lea.app import create_app, drain
from lea.cli.sole import sole_server
from lea.cli.welcome import welcome
from lea.config import Config
from lea.errors import StartError
from lea.handlers.parser import Runner
from lea.resilience import garbage

SWITCH_S = 0.001
"""How long a thread that computes keeps the loop from going on: each token needs the interpreter several times."""
OTHER_FILES = 1_000
"""Files and sockets that are no connection of a client's: databases, Redis, models, logs."""


@click.command()
@click.option("--config", "file", type=click.Path(path_type=Path), help="The settings; config.toml by default.")
@click.option("--host", help="Listen here instead of server.host.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen here instead of server.port; 0 picks a free one.")
@click.option("--demo", is_flag=True, help="Load the sample company into an empty database and print a sign-in link.")
def serve(file: Path | None, host: str | None, port: int | None, *, demo: bool) -> None:
    """Run the server until SIGTERM or SIGINT."""
    given = {"LEA_SERVER__HOST": host, "LEA_SERVER__PORT": None if port is None else str(port)}
    environ = {**os.environ, **{name: value for name, value in given.items() if value is not None}}
    try:
        config = Config.load(file, environ)
        listener = log.configure(config.log.level)
        try:
            with sole_server(config):
                uvloop.run(_run(config, demo=demo))
        finally:
            listener.stop()
    except StartError as error:
        click.echo(f"lea: {error}", err=True)
        sys.exit(1)


async def _run(config: Config, *, demo: bool) -> None:
    app = create_app(config)
    runner = Runner(app, shutdown_timeout=5)
    _allow_connections(config)
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave.set)
    try:
        await runner.setup()
        sys.setswitchinterval(SWITCH_S)
        garbage.look_less()
        url = await _listen(runner, config)
        for line in await welcome(app, url, demo=demo):
            click.echo(line, err=True)
        structlog.get_logger().info("server.ready", url=url, version=__version__, pid=os.getpid())
        await leave.wait()
        structlog.get_logger().info("server.leaving")
        await drain(app)
    finally:
        await runner.cleanup()
    structlog.get_logger().info("server.left")


def _allow_connections(config: Config) -> None:
    """As many open files as the system lets us have: the usual soft limit of 1,024 is a shell's, not a server's."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most != resource.RLIM_INFINITY and most < config.server.connections + OTHER_FILES:
        structlog.get_logger().warning("server.few_files", files=most, connections=config.server.connections)


async def _listen(runner: web.AppRunner, config: Config) -> str:
    """Open the port; the address people use. Raises StartError when it cannot be had."""
    host, port = config.server.host, config.server.port
    site = web.TCPSite(runner, host, port, backlog=1024)
    try:
        await site.start()
    except OSError as error:
        reason = "is taken" if error.errno == 98 else f"cannot be listened on: {error.strerror}"
        raise StartError(f"server.port: {host}:{port} {reason}") from None
    if config.server.public_url:
        return config.server.public_url
    bound = runner.addresses[0][1]
    shown = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104  (shown, not bound)
    return f"http://[{shown}]:{bound}" if ":" in shown else f"http://{shown}:{bound}"
