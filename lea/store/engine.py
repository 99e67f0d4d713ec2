"""The database: one writer that groups commits on SQLite, a pool elsewhere; readers never wait for it.

A unit of work is a plain function of a SQLAlchemy `Connection`. It runs in one transaction, must not keep the
connection, and may be run again after all it did was undone. On SQLite the units waiting when the writer is free share
one commit: with `synchronous=FULL` the disk is paid once for all of them, and each stands in a savepoint so that one
that fails takes no other with it. On PostgreSQL each has a transaction of its own.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lea.config import Database as DatabaseConfig
from lea.errors import LeaError, Overloaded, StartError
from lea.metrics import DATABASE_SECONDS
from lea.store.failures import FAILURES, locked, lost_to_another, reason, translated
from lea.store.postgresql import Postgresql
from lea.store.sqlite import Sqlite
from lea.tasks import TaskOwner

T = TypeVar("T")
Unit = Callable[[Connection], T]

GROUP = 200
"""Most units that share one commit: bounds how long the first of them waits for the others."""
WAITING = 10_000
"""Most units that wait to be written; one more is refused as overloaded."""
TRIES = 3
"""How often a unit is run that PostgreSQL ends in favour of another."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Waiting(Generic[T]):
    """`until` is in the loop's time: when it is told that it waited too long; a patient one may then still run."""

    unit: Unit[T]
    until: float
    patient: bool
    result: asyncio.Future[T]
    ended: asyncio.Future[None]


class Store:
    """Runs units of work; every error of the database leaves it as a LeaError."""

    def __init__(self, config: DatabaseConfig, tasks: TaskOwner) -> None:
        """Opens nothing yet. Raises StartError for an address that cannot be understood."""
        self._config = config
        self._tasks = tasks
        self._embedded = config.file is not None
        self._database: Sqlite | Postgresql = Sqlite(config) if self._embedded else Postgresql(config)
        self._queue: list[_Waiting[Any]] = []
        self._writing: set[asyncio.Task[None]] = set()
        self._last: dict[Hashable, _Waiting[Any]] = {}

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._database.dialect

    @property
    def sole(self) -> bool:
        """Whether no other server can use the same database."""
        return self._embedded

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads. Raises DatabaseTimeout after `database.timeout` seconds."""
        with DATABASE_SECONDS.labels("read").time():
            try:
                return await self._database.read(unit, self._deadline())
            except FAILURES as error:
                raise _told(error) from error

    async def write(self, unit: Unit[T], *, order: Hashable = None) -> T:
        """Run a unit and commit it; returns after the commit.

        Units of one `order` are run as they were given, one after the other; others may overtake each other on
        PostgreSQL.

        Cancelling the caller does not undo a unit that is already on its way. Raises DatabaseTimeout after
        `database.timeout` seconds.
        """
        with DATABASE_SECONDS.labels("write").time():
            return await self._submit(unit, order=order)

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
        await self._database.aclose()

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._config.timeout

    async def _submit(self, unit: Unit[T], *, order: Hashable = None, patient: bool = False) -> T:
        if max(len(self._queue), len(self._writing)) >= WAITING:
            raise Overloaded
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        waiting = _Waiting(unit, self._deadline(), patient, result, loop.create_future())
        if self._embedded:
            self._queue.append(waiting)
            if all(task.done() for task in self._writing):
                self._spawn(self._drain())
        else:
            self._spawn(self._in_order(waiting, order))
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
                outcomes = await self._database.write(work, until)
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

    async def _in_order(self, waiting: _Waiting[Any], order: Hashable) -> None:
        """PostgreSQL: one unit, after the one of the same order that was given before it."""
        if order is None:
            await self._alone(waiting)
            return
        before, self._last[order] = self._last.get(order), waiting
        if before is not None:
            await asyncio.wait([before.ended])
        try:
            await self._alone(waiting)
        finally:
            waiting.ended.set_result(None)
            if self._last[order] is waiting:
                del self._last[order]

    async def _alone(self, waiting: _Waiting[Any]) -> None:
        """PostgreSQL: one unit, again if it was ended in favour of another."""
        until = None if waiting.patient else waiting.until
        for left in reversed(range(TRIES)):
            try:
                outcome = await self._database.write(waiting.unit, until)
                break
            except Exception as error:  # a unit's failure belongs to its caller
                outcome = error
                if not (left and lost_to_another(error)):
                    outcome = _told(error)
                    break
        _settle(waiting, outcome)


def _run_group(connection: Connection, units: list[Unit[Any]]) -> list[Any]:
    if len(units) == 1:
        return [units[0](connection)]
    outcomes: list[Any] = []
    for unit in units:
        connection.exec_driver_sql("SAVEPOINT unit")
        try:
            outcomes.append(unit(connection))
        except Exception as error:  # told to the unit's caller; the others of the group go on
            try:
                connection.exec_driver_sql("ROLLBACK TO unit")
            except DBAPIError:  # a full disk has undone the whole transaction, savepoints and all
                raise error from None
            outcomes.append(_told(error))
        connection.exec_driver_sql("RELEASE unit")
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


def make_folder(config: DatabaseConfig) -> None:
    """Make the embedded database's folder; blocks on the disk. Raises StartError when it cannot be had."""
    if config.file is None:
        return
    folder = config.file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StartError(f"database.url: {folder} cannot be made: {error.strerror}") from None
