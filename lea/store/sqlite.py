"""SQLite, embedded: a thread that writes, and a few that read beside it.

The driver is the standard library's, called in these threads: a whole group of units costs the loop one hop there and
back. (An asynchronous driver makes one for every statement, which was most of a turn's cost.)
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event

from lea.config import Database
from lea.store.folding import folded

T = TypeVar("T")

LOCK_WAIT_S = 0.25
"""How long SQLite waits for another process's lock before the writer looks who is still in time."""
GRACE_S = 0.25
"""How long after its time an interrupted unit may take to end; then it is no longer waited for."""
AGAIN_S = 0.05
"""Until a unit that is late is interrupted again: between two of its statements there is nothing to interrupt."""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-4000")


class Sqlite:
    """One thread that writes, some that read; in WAL mode those never wait for it."""

    dialect = "sqlite"

    def __init__(self, config: Database) -> None:
        self.writer = Lane(config, "store-writer", 1, min(LOCK_WAIT_S, config.timeout / 4))
        self.readers = Lane(config, "store-reader", config.readers, config.timeout)
        event.listen(self.writer.engine, "begin", _lock)

    async def write(self, unit: Callable[[Connection], T], until: float | None) -> T:
        """See Lane.run."""
        return await self.writer.run(unit, until)

    async def read(self, unit: Callable[[Connection], T], until: float | None) -> T:
        """See Lane.run."""
        return await self.readers.run(unit, until)

    async def aclose(self) -> None:
        await self.readers.aclose()
        await self.writer.aclose()


class Lane:
    """Threads with a connection each; a unit is one transaction in one of them.

    A thread keeps its connection: taking one from the pool for each unit costs twice what the transaction does.
    """

    def __init__(self, config: Database, name: str, connections: int, lock_wait_s: float) -> None:
        self.engine = _engine(config, connections, lock_wait_s)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix=name)
        self._kept: dict[int, Connection] = {}

    async def run(self, unit: Callable[[Connection], T], until: float | None) -> T:
        """The unit's result, committed. A unit that is not done at `until` (loop time) is interrupted.

        SQLite then ends the statement with an error of its own; a thread cannot be cancelled.
        """
        loop = asyncio.get_running_loop()
        held = _Held(loop)
        late = None if until is None else loop.call_at(until, held.interrupt)
        try:
            async with asyncio.timeout_at(None if until is None else until + GRACE_S):
                return await loop.run_in_executor(self._threads, self._transaction, unit, held)
        finally:
            if late is not None:
                late.cancel()

    async def aclose(self) -> None:
        """Wait for what runs, then close."""
        await asyncio.to_thread(self._threads.shutdown)
        for connection in self._kept.values():
            connection.close()
        self.engine.dispose()

    def _transaction(self, unit: Callable[[Connection], T], held: "_Held") -> T:
        held.check()
        thread = threading.get_ident()
        connection = self._kept.pop(thread, None) or self.engine.connect()
        try:
            with connection.begin():
                held.connection = connection.connection.driver_connection
                try:
                    held.check()
                    result = unit(connection)
                finally:
                    held.connection = None
        except BaseException:  # whatever state it is in, nobody goes on with it
            connection.close()
            raise
        self._kept[thread] = connection
        return result


class _Held:
    """The connection a unit has in its thread, as the loop may interrupt it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.connection: Any = None
        self._loop = loop
        self._late = False

    def interrupt(self) -> None:
        """End the statement that runs, and whatever would begin after this."""
        self._late = True
        connection = self.connection
        if connection is not None:
            with suppress(sqlite3.ProgrammingError):  # closed already
                connection.interrupt()
            self._loop.call_later(AGAIN_S, self.interrupt)

    def check(self) -> None:
        """Raises TimeoutError for a unit whose time was over before its thread was free."""
        if self._late:
            raise TimeoutError


def _engine(config: Database, connections: int, lock_wait_s: float) -> Engine:
    """Parameters are kept out of error messages, since they hold what people wrote."""
    engine = create_engine(
        config.url.replace("sqlite+aiosqlite", "sqlite", 1),
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=config.timeout,
        connect_args={"timeout": lock_wait_s, "check_same_thread": False},
    )
    event.listen(engine, "connect", _tune)
    return engine


def _lock(connection: Connection) -> None:
    """Take the write lock at once: a transaction that asks for it later can fail in its middle."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _tune(connection: Any, _record: Any) -> None:
    """Per connection; with isolation_level None the driver leaves BEGIN to us."""
    connection.isolation_level = None
    connection.create_function("folded", 1, folded, deterministic=True)
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
