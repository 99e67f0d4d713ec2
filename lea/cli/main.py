"""All commands."""

import sys
from pathlib import Path

import click

from lea import __version__
from lea.cli.accounts import key, user
from lea.cli.backup import backup, restore
from lea.cli.drill import drill
from lea.cli.serve import serve
from lea.cli.worker import worker
from lea.config import Config
from lea.errors import StartError


class _Group(click.Group):
    """A group whose commands read the settings only when they run, so that `--help` always works."""

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
    model = loaded.llm.model if loaded.llm.configured else "none, the built-in engine answers"
    click.echo(f"settings are right; database {loaded.database.url.partition(':')[0]}, model: {model}")


main.add_command(serve)
main.add_command(worker)
main.add_command(config)
main.add_command(user)
main.add_command(key)
main.add_command(backup)
main.add_command(restore)
main.add_command(drill)
