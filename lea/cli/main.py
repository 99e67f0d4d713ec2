"""All commands."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from lea import __version__
from lea.config import Config
from lea.errors import StartError
from lea.plugins import PROVIDERS, Plugins

PLACES: Final = {
    "serve": "lea.cli.serve",
    "worker": "lea.cli.worker",
    "user": "lea.cli.accounts",
    "key": "lea.cli.accounts",
    "backup": "lea.cli.backup",
    "restore": "lea.cli.backup",
    "drill": "lea.cli.drill",
    "chat": "lea.cli.chat",
}
"""Modules by the command they have: the server's takes a second to read, which an account's need not wait for."""


class _Group(click.Group):
    """A group whose commands read the settings only when they run, so that `--help` always works."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *PLACES])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in PLACES:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(PLACES[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except StartError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Group)
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Léa, a self-hosted assistant server for small companies' back offices."""
    if ctx.invoked_subcommand in {"user", "key"} and "--help" not in sys.argv:
        ctx.obj = Config.load()


@click.group(name="config")
def config() -> None:
    """The settings."""


@config.command("check")
@click.option("--config", "file", type=click.Path(path_type=Path), help="The settings; config.toml by default.")
def check(file: Path | None) -> None:
    """Read the settings as the server would, and say whether they are right."""
    loaded = Config.load(file)
    found = Plugins(loaded.plugins)
    for named in filter(None, (loaded.llm.provider, loaded.llm_fallback.provider)):
        found.find(PROVIDERS, named, "a provider")
    model = loaded.llm.model if loaded.llm.configured else "none, the built-in engine answers"
    model = f"{loaded.llm.provider}, a plug-in's" if loaded.llm.provider else model
    for group, name in found:
        click.echo(f"installed: {group} {name}")
    click.echo(f"settings are right; database {loaded.database.url.partition(':')[0]}, model: {model}")


main.add_command(config)
