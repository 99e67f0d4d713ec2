"""The database: one writer that groups commits on SQLite, a pool elsewhere; readers never wait for it.

A unit of work is a plain function of a SQLAlchemy `Connection`. It runs in one transaction, must not keep the
connection, and may be run again after all it did was undone. On SQLite the units waiting when the writer is free share
one commit: with `synchronous=FULL` the disk is paid once for all of them, and each stands in a savepoint so that one
that fails takes no other with it. On PostgreSQL each has a transaction of its own.
"""

import asyncio
import inspect
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from lea.config import Database as DatabaseConfig
from lea.errors import LeaError, Overloaded, StartError
from lea.metrics import DATABASE_SECONDS
from lea.store.failures import FAILURES, locked, lost_to_another, reason, translated
from lea.tasks import TaskOwner

T = TypeVar("T")
Unit = Callable[[Connection], T]

GROUP = 200
"""Most units that share one commit: bounds how long the first of them waits for the others."""
WAITING = 10_000
"""Most units that wait to be written; one more is refused as overloaded."""
TRIES = 3
"""How often a unit is run that PostgreSQL ends in favour of another."""
LOCK_WAIT_S = 0.25
"""How long SQLite waits for another process's lock before the writer looks who is still in time."""
GRACE_S = 0.25
"""How long after its time a unit may take to end in order: SQLite's is interrupted first and cancelled then;
PostgreSQL's is cancelled first, which waits for the server to confirm it, and then the connection is cut."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Waiting(Generic[T]):
    """`until` is in the loop's time: when it is told that it waited too long; a patient one may then still run."""

    unit: Unit[T]
    until: float
    patient: bool
    result: asyncio.Future[T]


class Store:
    """Runs units of work; every error of the database leaves it as a LeaError."""

    def __init__(self, config: DatabaseConfig, tasks: TaskOwner) -> None:
        """Opens nothing yet. Raises StartError for an address that cannot be understood."""
        self._config = config
        self._tasks = tasks
        self._embedded = config.url.startswith("sqlite")
        self._writer, self._readers = _engines(config)
        self._queue: list[_Waiting[Any]] = []
        self._writing: set[asyncio.Task[None]] = set()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads. Raises DatabaseTimeout after `database.timeout` seconds."""
        with DATABASE_SECONDS.labels("read").time():
            try:
                return await self._transaction(self._readers, unit, self._deadline())
            except FAILURES as error:
                raise _told(error) from error

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit and commit it; returns after the commit.

        Cancelling the caller does not undo a unit that is already on its way. Raises DatabaseTimeout after
        `database.timeout` seconds.
        """
        with DATABASE_SECONDS.labels("write").time():
            return await self._submit(unit)

    async def prepare(self, unit: Unit[T]) -> T:
        """Write what makes the database ready, however long that takes. Raises StartError with the reason."""
        try:
            return await self._submit(unit, patient=True)
        except LeaError as error:
            raise StartError(f"database.url: the database cannot be used: {reason(error)}") from error

    async def ping(self) -> None:
        """Returns when the database has answered."""
        await self.read(lambda connection: connection.exec_driver_sql("SELECT 1").close())

    async def aclose(self) -> None:
        """Finish what waits, then give back the connections."""
        while self._writing:
            await asyncio.wait(self._writing)
        await self._readers.dispose()
        await self._writer.dispose()

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._config.timeout

    async def _submit(self, unit: Unit[T], *, patient: bool = False) -> T:
        if max(len(self._queue), len(self._writing)) >= WAITING:
            raise Overloaded
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(unit, self._deadline(), patient, result)
        if self._embedded:
            self._queue.append(waiting)
            if all(task.done() for task in self._writing):
                self._spawn(self._drain())
        else:
            self._spawn(self._alone(waiting))
        return await result

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._tasks.spawn("store.writer", work)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _drain(self) -> None:
        """SQLite: one group after the other until nobody waits."""
        while self._queue:
            group, self._queue = self._queue[:GROUP], self._queue[GROUP:]
            until = None if any(waiting.patient for waiting in group) else self._deadline()
            try:
                work = partial(_run_group, units=[waiting.unit for waiting in group])
                outcomes = await self._transaction(self._writer, work, until)
            except Exception as error:  # a unit's failure belongs to its caller; here it would end the writer
                if locked(error):
                    self._queue = self._in_time(group, error) + self._queue
                    continue
                outcomes = [_told(error)] * len(group)
            for waiting, outcome in zip(group, outcomes, strict=True):
                _settle(waiting, outcome)

    def _in_time(self, group: list[_Waiting[Any]], error: Exception) -> list[_Waiting[Any]]:
        """Those who may go on waiting for the lock; the others are told that they waited too long."""
        now = asyncio.get_running_loop().time()
        late = [waiting for waiting in group if now >= waiting.until]
        for waiting in late:
            _settle(waiting, _told(error))
        return [waiting for waiting in group if waiting not in late]

    async def _alone(self, waiting: _Waiting[Any]) -> None:
        """PostgreSQL: one unit, again if it was ended in favour of another."""
        until = None if waiting.patient else waiting.until
        for left in reversed(range(TRIES)):
            try:
                outcome = await self._transaction(self._writer, waiting.unit, until)
                break
            except Exception as error:  # a unit's failure belongs to its caller
                outcome = error
                if not (left and lost_to_another(error)):
                    outcome = _told(error)
                    break
        _settle(waiting, outcome)

    async def _transaction(self, engine: AsyncEngine, unit: Unit[T], until: float | None) -> T:
        loop = asyncio.get_running_loop()
        last = None if until is None else until + GRACE_S
        late: asyncio.TimerHandle | None = None
        try:
            async with asyncio.timeout_at(last if self._embedded else until), engine.begin() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                if until is not None and self._embedded:
                    late = loop.call_at(until, lambda: self._tasks.spawn("store.interrupt", _interrupt(driver)))
                elif last is not None:
                    late = loop.call_at(last, driver.terminate)
                return await connection.run_sync(unit)
        finally:
            if late is not None:
                late.cancel()


async def _interrupt(driver: Any) -> None:
    """End SQLite's statement with an error of its own.

    A cancelled one would run on in its thread, and its connection keep the lock after it was closed.
    """
    with suppress(ValueError, sqlite3.ProgrammingError):  # the connection is closed already
        await driver.interrupt()


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
            try:
                savepoint.rollback()
            except DBAPIError:  # a full disk has undone the whole transaction, savepoints and all
                raise error from None
            outcomes.append(_told(error))
    return outcomes


def _settle(waiting: _Waiting[Any], outcome: Any) -> None:
    if waiting.result.done():
        return
    if isinstance(outcome, BaseException):
        waiting.result.set_exception(outcome)
    else:
        waiting.result.set_result(outcome)


def _told(error: Exception) -> LeaError | StartError:
    """What the caller gets; what the operator should know is logged."""
    told = translated(error)
    if told is not error and isinstance(told, LeaError):
        mistake = None if isinstance(error, FAILURES) else error
        log.error("store.failed", code=told.code, reason=reason(error), exc_info=mistake)
    return told


def _engines(config: DatabaseConfig) -> tuple[AsyncEngine, AsyncEngine]:
    """Writer and readers; on PostgreSQL they share a pool, and a read is one round trip."""
    if not config.url.startswith("sqlite"):
        engine = _postgresql(config)
        return engine, engine.execution_options(isolation_level="AUTOCOMMIT")
    writer = _engine(config, 1, timeout=min(LOCK_WAIT_S, config.timeout / 4))
    readers = _engine(config, config.readers, timeout=config.timeout)
    event.listen(writer.sync_engine, "connect", _tune)
    event.listen(readers.sync_engine, "connect", _tune)
    event.listen(writer.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return writer, readers


def _postgresql(config: DatabaseConfig) -> AsyncEngine:
    """The server ends by itself what we gave up, also when it cannot be told so any more."""
    limit = str(round(config.timeout * 1000))
    settings = {
        "application_name": "lea",
        "statement_timeout": limit,
        "idle_in_transaction_session_timeout": limit,
    }
    try:
        engine = _engine(config, 20, timeout=config.timeout, server_settings=settings)
        known = inspect.signature(engine.dialect.loaded_dbapi.asyncpg.connect).parameters
        _, options = engine.dialect.create_connect_args(engine.url)
    except ModuleNotFoundError:
        raise StartError("database.url: PostgreSQL needs asyncpg: pip install 'lea[postgres]'") from None
    except (ArgumentError, ValueError) as error:
        raise StartError(f"database.url: {reason(error)}") from None
    unknown = sorted(options.keys() - known.keys() - {"prepared_statement_cache_size", "prepared_statement_name_func"})
    if unknown:
        raise StartError(f"database.url: asyncpg has no option {unknown[0]}")
    event.listen(engine.sync_engine, "checkout", _still_open)
    event.listen(engine.sync_engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _engine(config: DatabaseConfig, connections: int, **connect_args: Any) -> AsyncEngine:
    """A pool; parameters are kept out of error messages, since they hold what people wrote."""
    return create_async_engine(
        config.url,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=config.timeout,
        connect_args=connect_args,
    )


def _without_nul(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
) -> tuple[str, Any]:
    """PostgreSQL keeps no NUL character in a text; an answer that has one is kept with U+FFFD in its place."""
    if many:
        return statement, [_replaced(row) for row in parameters]
    return statement, _replaced(parameters)


def _replaced(row: Any) -> Any:
    if not isinstance(row, tuple):
        return row
    return tuple(value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in row)


def _still_open(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that was restarted has closed them all; the driver knows without asking, which a ping would cost."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


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
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
