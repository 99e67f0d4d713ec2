"""The database: one writer that groups commits on SQLite, a pool elsewhere; readers never wait for it.

A unit of work is a plain function of a SQLAlchemy `Connection`. It runs in one transaction and must not keep
the connection. On SQLite the units waiting when the writer is free share one commit: with `synchronous=FULL` the
disk is paid once for all of them, and each stands in a savepoint so that one that fails takes no other with it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from lea.config import Database as DatabaseConfig
from lea.errors import DatabaseTimeout, InternalError, LeaError, Overloaded, StartError
from lea.metrics import DATABASE_SECONDS
from lea.tasks import TaskOwner

T = TypeVar("T")
Unit = Callable[[Connection], T]

GROUP = 200
"""Most units that share one commit: bounds how long the first of them waits for the others."""
WAITING = 10_000
"""Most units that wait for the writer; one more is refused as overloaded."""


@dataclass(slots=True)
class _Waiting(Generic[T]):
    unit: Unit[T]
    result: asyncio.Future[T]


class Store:
    """Runs units of work; every error of the database leaves it as a LeaError."""

    def __init__(self, config: DatabaseConfig, tasks: TaskOwner) -> None:
        self._config = config
        self._tasks = tasks
        self._embedded = config.url.startswith("sqlite")
        self._writer, self._readers = _engines(config)
        self._queue: list[_Waiting[Any]] = []
        self._writing: asyncio.Task[None] | None = None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads. Raises DatabaseTimeout after `database.timeout` seconds."""
        with DATABASE_SECONDS.labels("read").time():
            try:
                async with asyncio.timeout(self._config.timeout), self._readers.connect() as connection:
                    return await connection.run_sync(unit)
            except (TimeoutError, DBAPIError, PoolTimeout) as error:
                raise _translated(error) from error

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit and commit it; returns after the commit.

        Cancelling the caller does not undo a unit that is already on its way.
        """
        with DATABASE_SECONDS.labels("write").time():
            if not self._embedded:
                return await self._write_alone(unit)
            if len(self._queue) >= WAITING:
                raise Overloaded
            result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            self._queue.append(_Waiting(unit, result))
            if self._writing is None or self._writing.done():
                self._writing = self._tasks.spawn("store.writer", self._drain())
            return await result

    async def aclose(self) -> None:
        """Finish what waits, then give back the connections."""
        if self._writing is not None:
            await self._writing
        await self._readers.dispose()
        await self._writer.dispose()

    async def _write_alone(self, unit: Unit[T]) -> T:
        try:
            async with asyncio.timeout(self._config.timeout), self._writer.begin() as connection:
                return await connection.run_sync(unit)
        except (TimeoutError, DBAPIError, PoolTimeout) as error:
            raise _translated(error) from error

    async def _drain(self) -> None:
        while self._queue:
            group, self._queue = self._queue[:GROUP], self._queue[GROUP:]
            try:
                async with asyncio.timeout(self._config.timeout), self._writer.begin() as connection:
                    outcomes = await connection.run_sync(_run_group, [waiting.unit for waiting in group])
            except Exception as error:  # a unit's failure belongs to its caller; here it would end the writer
                outcomes = [_translated(error)] * len(group)
            for waiting, outcome in zip(group, outcomes, strict=True):
                if waiting.result.done():
                    continue
                if isinstance(outcome, BaseException):
                    waiting.result.set_exception(outcome)
                else:
                    waiting.result.set_result(outcome)


def _run_group(connection: Connection, units: list[Unit[Any]]) -> list[Any]:
    if len(units) == 1:
        return [units[0](connection)]
    outcomes: list[Any] = []
    for unit in units:
        savepoint = connection.begin_nested()
        try:
            outcomes.append(unit(connection))
            savepoint.commit()
        except Exception as error:  # told to the unit's caller; the others of the group go on
            savepoint.rollback()
            outcomes.append(_translated(error))
    return outcomes


def _translated(error: Exception) -> LeaError | StartError:
    if isinstance(error, LeaError | StartError):
        return error
    slow = isinstance(error, TimeoutError | PoolTimeout)
    locked = isinstance(error, OperationalError) and "locked" in str(error.orig)
    translated = DatabaseTimeout() if slow or locked else InternalError()
    translated.__cause__ = error
    return translated


def _engines(config: DatabaseConfig) -> tuple[AsyncEngine, AsyncEngine]:
    if not config.url.startswith("sqlite"):
        engine = _engine(config, connections=20)
        return engine, engine
    writer, readers = _engine(config, connections=1), _engine(config, connections=config.readers)
    event.listen(writer.sync_engine, "connect", _tune)
    event.listen(readers.sync_engine, "connect", _tune)
    event.listen(writer.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return writer, readers


def _engine(config: DatabaseConfig, connections: int) -> AsyncEngine:
    """A pool; parameters are kept out of error messages, since they hold what people wrote."""
    return create_async_engine(
        config.url, hide_parameters=True, pool_size=connections, max_overflow=0, pool_timeout=config.timeout
    )


def make_folder(config: DatabaseConfig) -> None:
    """Make the embedded database's folder; blocks on the disk. Raises StartError when it cannot be had."""
    if not config.url.startswith("sqlite"):
        return
    file = make_url(config.url).database
    if not file or file == ":memory:":
        raise StartError("database.url: names no file")
    folder = Path(file).parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StartError(f"database.url: {folder} cannot be made: {error.strerror}") from None


def _tune(connection: Any, _record: Any) -> None:
    """Per connection; with isolation_level None the driver leaves BEGIN to us."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
