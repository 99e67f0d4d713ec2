"""What happened to a run's jobs, written in batches: a transaction for many of them, soon after the first."""

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate
from typing import Final, TypeVar

import structlog

from lea import faults
from lea.clock import Clock
from lea.errors import DatabaseTimeout, InternalError, LeaError
from lea.ids import RunId
from lea.store import run_jobs
from lea.store.engine import Store
from lea.store.run_jobs import Begun, Ended
from lea.store.runs import Connection, Run

T = TypeVar("T")

BATCH: Final = 200
"""Items of a transaction: longer ones keep every other writer waiting, and who watches."""
GATHER_S: Final = 0.05
"""How long the first of a batch waits for others."""
SLOWLY: Final = 10
"""By how many a batch grows again after one that took too long."""
AGAIN_S: Final = 0.5
"""Until the next try while the database does not take it."""

log = structlog.get_logger()


class RunLost(Exception):
    """Another process works at the run now."""


class Saver:
    """Of one run; `changed` is told of it after each commit."""

    def __init__(self, run_id: RunId, owner: str, store: Store, clock: Clock, changed: Callable[[Run], None]) -> None:
        self._run_id = run_id
        self._owner = owner
        self._store = store
        self._clock = clock
        self._changed = changed
        self.failed: str | None = None
        self._size = BATCH
        self._begun: list[Begun] = []
        self._ended: list[Ended] = []
        self._items = 0
        self._some = asyncio.Event()
        self._full = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def begun(self, job: Begun) -> None:
        """To be saved soon."""
        self._begun.append(job)
        self._some.set()

    async def ended(self, job: Ended) -> None:
        """To be saved soon; waits while a whole batch waits for that already."""
        await self._room.wait()
        self._ended.append(job)
        self._items += job.items
        self._some.set()
        if self._items >= BATCH:
            self._full.set()
            self._room.clear()

    async def keep_saving(self) -> None:
        """Until cancelled. Raises RunLost."""
        while True:
            await self._some.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER_S):
                    await self._full.wait()
            await self.flush()

    async def flush(self) -> None:
        """Save all there is. Cancelled in the middle, the same is saved again, which changes nothing."""
        while self._begun or self._ended:
            self._some.clear()
            self._full.clear()
            await self._insist(self._save_some)
            if self._items < BATCH:
                self._room.set()

    async def finish(self) -> None:
        """The last of it; what the database refuses is given up, and `failed` says so. Raises RunLost."""
        try:
            await self.flush()
        except InternalError as error:
            self.failed = error.reason
            _over(self._ended)
            log.error("run.not_saved", run_id=self._run_id, jobs=len(self._ended), exc_info=error)

    async def write(self, unit: Callable[[Connection], Run | None]) -> Run:
        """Write as the run's owner, again while the database is away. Raises RunLost, and LeaError if it is ours."""
        run = await self._insist(partial(self._store.write, unit, order=self._run_id))
        if run is None:
            raise RunLost
        self._changed(run)
        return run

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """The same for what only reads."""
        return await self._insist(partial(self._store.read, unit))

    async def _save_some(self) -> None:
        begun, ended = self._begun[: self._size], self._first()
        try:
            run = await self._store.write(partial(self._unit, begun=begun, ended=ended), order=self._run_id)
        except DatabaseTimeout:  # a batch that is too big for a slow database would never be saved
            self._size = max(1, self._size // 2)
            raise
        if run is None:
            _over(self._ended)
            raise RunLost
        self._size = min(BATCH, self._size + SLOWLY)
        faults.reach("jobs.saved")
        del self._begun[: len(begun)], self._ended[: len(ended)]
        self._items -= sum(job.items for job in ended)
        _over(ended)
        self._changed(run)

    def _first(self) -> list[Ended]:
        """A batch of them; a job that is more than a batch by itself is one."""
        items = list(accumulate(job.items for job in self._ended))
        return self._ended[: max(1, bisect_right(items, self._size))]

    async def _insist(self, call: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await call()
            except InternalError:
                raise
            except LeaError as error:
                log.warning("run.waits_for_database", run_id=self._run_id, error=error.reason)
                await asyncio.sleep(AGAIN_S)

    def _unit(self, connection: Connection, begun: Sequence[Begun], ended: Sequence[Ended]) -> Run | None:
        return run_jobs.save(connection, self._run_id, self._owner, begun, ended, self._clock.now())


def _over(jobs: Sequence[Ended]) -> None:
    for job in jobs:
        if job.over is not None:
            job.over()
