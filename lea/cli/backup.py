"""`lea backup` and `lea restore`: everything that cannot be made again, in one file."""

import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from lea.auth.secret import secret_file
from lea.cli import embedded, imports
from lea.cli.archive import DATABASE, IMPORTS, SECRET, Contents, Kind, beside, now, pack, unpack
from lea.cli.dump import Dumps
from lea.cli.sole import sole_server
from lea.config import Config
from lea.errors import StartError
from lea.store.engine import make_folder

SETTINGS: Final = click.option(
    "--config", "settings", type=click.Path(path_type=Path), help="The settings; config.toml by default."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@SETTINGS
def backup(file: Path, settings: Path | None) -> None:
    """Copy database, secret and imported files into FILE, also while the server runs."""
    _end_in_order()
    config = Config.load(settings)
    if file.exists():
        raise StartError(f"{file}: exists already")
    try:
        with beside(file, "unfinished") as work:
            revision = _copy(config, work / DATABASE)
            secret = _copy_secret(config, work / SECRET)
            imports.collect(_imported(config), work / IMPORTS)
            pack(work, file, _kind(config), revision)
    except (OSError, sqlite3.Error) as error:
        raise StartError(f"{file}: cannot be made: {_reason(error)}") from None
    click.echo(f"{file}: {file.stat().st_size} bytes, revision {revision}")
    if not secret:
        click.echo("The secret is a setting of yours (auth.secret) and not in it: keep it too.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@SETTINGS
@click.option("--force", is_flag=True, help="Also where there is a database; it is kept beside the new one.")
def restore(file: Path, settings: Path | None, *, force: bool) -> None:
    """Put what FILE has in place, while no server runs."""
    _end_in_order()
    config = Config.load(settings)
    database = config.database.file
    try:
        kept = _restore_server(config, file, force=force) if database is None else _restore(config, file, force=force)
    except (OSError, sqlite3.Error) as error:
        raise StartError(f"{file}: cannot be restored: {_reason(error)}") from None
    for old in kept:
        click.echo(f"What was there is now {old}")
    click.echo(f"{file} is restored; start the server")


def _copy(config: Config, to: Path) -> str:
    database = config.database.file
    return Dumps(config.database.url).write(to) if database is None else embedded.copy(database, to)


def _copy_secret(config: Config, to: Path) -> bool:
    if config.auth.secret.get_secret_value():
        return False
    try:
        shutil.copyfile(secret_file(config), to)
    except FileNotFoundError as error:
        raise StartError(f"{error.filename}: there is no secret; start the server once") from None
    return True


def _restore(config: Config, file: Path, *, force: bool) -> list[Path]:
    """The embedded database; what was kept of the old one."""
    database, secret = config.database.file, secret_file(config)
    assert database is not None
    make_folder(config.database)
    with sole_server(config), beside(database, "restoring") as work:
        embedded.give_to_owner(database.with_name(f"{database.name}.lock"), database.parent)
        contents = _checked(config, file, work)
        embedded.sound(work / DATABASE, str(file))
        new = [(work / DATABASE, database), *([(work / SECRET, secret)] if _has_secret(config, contents) else [])]
        there = [place for _, place in new if place.exists()]
        if there and not force:
            raise StartError(f"{there[0]}: is there already; --force keeps it beside the restored one")
        for part, _ in new:
            embedded.give_to_owner(part, database.parent)
        _put_imports(config, contents, work)
        return embedded.put_in_place(new, database, f".before-restore-{now():%Y%m%dT%H%M%SZ}")


def _restore_server(config: Config, file: Path, *, force: bool) -> list[Path | str]:
    """PostgreSQL's database, in one transaction, and the secret, if it is a file; what was kept."""
    dumps, secret = Dumps(config.database.url), secret_file(config)
    with TemporaryDirectory() as folder:
        work = Path(folder)
        contents = _checked(config, file, work)
        dumps.as_script(work / DATABASE, work / "script")
        if dumps.in_use():
            raise StartError("database.url: a server is using the database; stop it first")
        full, suffix = not dumps.empty(), f"{now():%Y%m%dT%H%M%SZ}"
        if full and not force:
            raise StartError("database.url: the database has tables already; --force keeps them in another schema")
        schema = f"before_restore_{suffix.lower()}" if full else None
        _put_imports(config, contents, work)
        dumps.put_in_place(work / "script", schema)
        kept: list[Path | str] = [f"the schema {schema}"] if schema else []
        if _has_secret(config, contents):
            kept += _put_secret(work / SECRET, secret, suffix)
        return kept


def _imported(config: Config) -> Path:
    return config.catalog.beside(config.database.file)


def _put_imports(config: Config, contents: Contents, work: Path) -> None:
    """Before the database that names them: one file too many is harmless, one too few is missed."""
    if IMPORTS in contents.sha256:
        imports.put_back(work / IMPORTS, _imported(config))


def _put_secret(new: Path, secret: Path, suffix: str) -> list[Path]:
    """The backup may lie on another disk, so the secret is copied beside its place first."""
    secret.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    old = secret.with_name(f"{secret.name}.before-restore-{suffix}")
    there = secret.exists()
    if there:
        os.link(secret, old)
    with beside(secret, "restoring") as work:
        shutil.copy(new, work / SECRET)
        embedded.give_to_owner(work / SECRET, secret.parent)
        (work / SECRET).replace(secret)
    return [old] if there else []


def _checked(config: Config, file: Path, work: Path) -> Contents:
    """The backup in the folder `work`. Raises StartError for one that does not fit."""
    contents = unpack(file, work)
    if contents.kind != _kind(config):
        raise StartError(f"{file}: is of a {contents.kind} database, and database.url names another kind")
    return contents


def _has_secret(config: Config, contents: Contents) -> bool:
    """Whether the backup's secret is to be put in place; says so where nobody has one."""
    if config.auth.secret.get_secret_value():
        return False
    if SECRET not in contents.sha256:
        click.echo("The backup has no secret: set auth.secret as it was, or everybody has to sign in again.")
    return SECRET in contents.sha256


def _kind(config: Config) -> Kind:
    return "postgresql" if config.database.file is None else "sqlite"


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).partition("\n")[0]


def _end_in_order() -> None:
    """Unfinished work is taken away also when the command is told to end."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
