"""Who may use an embedded database: one server, or whoever puts another in its place."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from lea.config import Config
from lea.errors import StartError


@contextmanager
def sole_server(config: Config) -> Iterator[None]:
    """An embedded database belongs to one server; the lock is the kernel's, so a crash leaves none behind."""
    database = config.database.file
    if database is None:
        yield
        return
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = path.open("a")
    except OSError as error:
        raise StartError(f"database.url: {path.parent} cannot be written to: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"database.url: another server is using {database}") from None
        yield
