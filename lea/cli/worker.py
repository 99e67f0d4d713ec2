"""Works at runs beside the servers: the same process, but one that serves nobody."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import click
import structlog
import uvloop
from aiohttp import web

from lea import __version__, log
from lea.app import create_app
from lea.config import Config
from lea.errors import StartError


@click.command()
@click.option("--config", "file", type=click.Path(path_type=Path), help="The settings; config.toml by default.")
def worker(file: Path | None) -> None:
    """Work at runs until SIGTERM or SIGINT; needs PostgreSQL."""
    try:
        config = Config.load(file, {**os.environ, "LEA_RUNS__HERE": "true"})
        if config.database.file is not None:
            raise StartError("database.url: a worker needs PostgreSQL; an embedded database belongs to one server")
        listener = log.configure(config.log.level)
        try:
            uvloop.run(_run(config))
        finally:
            listener.stop()
    except StartError as error:
        click.echo(f"lea: {error}", err=True)
        sys.exit(1)


async def _run(config: Config) -> None:
    """Which runs there are to take is in the database; what was not finished, whoever comes next goes on with."""
    runner = web.AppRunner(create_app(config))
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave.set)
    try:
        await runner.setup()
        structlog.get_logger().info("worker.ready", version=__version__, pid=os.getpid())
        await leave.wait()
        structlog.get_logger().info("worker.leaving")
    finally:
        await runner.cleanup()
    structlog.get_logger().info("worker.left")
