"""Copying the embedded database while it is used, and putting another one in its place."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import sleep
from typing import Final

from lea.cli.archive import sync, sync_folder
from lea.errors import StartError

PAGES: Final = 256
"""Copied at a time: about 1 MB."""
PAUSE_S: Final = 0.01
"""Between two times, so that the server has the disk too: at most 100 MB a second are read."""
LATER: Final = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def copy(database: Path, to: Path) -> str:
    """A copy of the database as it is at this moment, however much is written meanwhile; its revision.

    Raises StartError where there is no sound database, OSError or sqlite3.Error where the copy cannot be written.
    """
    if not database.exists():
        raise StartError(f"database.url: there is no database at {database}")
    address = f"{database.absolute().as_uri()}?mode=rw"
    with (
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as live,
        closing(sqlite3.connect(to)) as made,
    ):
        try:
            # One read transaction around all steps: without it each commit of the server begins the copy anew.
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.Error as error:
            raise StartError(f"database.url: {database}: {error}") from None
        live.backup(made, pages=PAGES, progress=lambda *_: sleep(PAUSE_S))
    return sound(to, f"database.url: {database}")


def sound(database: Path, called: str) -> str:
    """The revision of a database that nobody uses, checked page by page. Raises StartError with how it is called."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise StartError(f"{called}: {error}") from None
    if found != "ok" or revision is None:
        raise StartError(f"{called}: is damaged: {found if found != 'ok' else 'it has no revision'}".replace("\n", " "))
    return str(revision[0])


def put_in_place(new: list[tuple[Path, Path]], database: Path, suffix: str) -> list[Path]:
    """Move each new file to its place; what was there is kept beside with the suffix. Where that is.

    What was there is whole beside itself before anything is replaced, and each file is replaced at once.
    """
    _fold_log(database)
    log = [database.with_name(database.name + end) for end in ("-wal", "-shm")]
    kept = [(old, _kept(old, database, suffix)) for old in [*(place for _, place in new), *log] if old.exists()]
    for old, beside in kept:
        _link(old, beside)
    sync_folder(database.parent)
    with _undisturbed():
        for part in log:
            part.unlink(missing_ok=True)
        for file, place in new:
            file.replace(place)
    sync_folder(database.parent)
    return [beside for old, beside in kept if old not in log]


def give_to_owner(path: Path, folder: Path) -> None:
    """What root makes for the folder of another belongs to that one: the server has to write to it."""
    owner = folder.stat()
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)


def _fold_log(database: Path) -> None:
    """The log into the file it belongs to, so that one file is all; a damaged one stays beside its log."""
    if database.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _kept(old: Path, database: Path, suffix: str) -> Path:
    """SQLite finds a log by its database's name, so the suffix goes before `-wal`."""
    end = old.name.removeprefix(database.name)
    return old.with_name(database.name + suffix + end) if end in {"-wal", "-shm"} else old.with_name(old.name + suffix)


def _link(old: Path, beside: Path) -> None:
    try:
        os.link(old, beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        shutil.copy2(old, beside)
        sync(beside)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A few renames that belong together: who interrupts waits until they are done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, LATER)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
