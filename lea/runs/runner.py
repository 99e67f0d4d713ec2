"""Takes runs nobody works at, and works at them in this process until they end or are somebody else's.

All it is told is that there is something to take, or which one: what there is to take is in the database.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import perf_counter
from typing import Final

import structlog

from lea import faults
from lea.clock import Clock
from lea.errors import LeaError
from lea.ids import RunId
from lea.runs.ending import end, log_end
from lea.runs.held import Held
from lea.runs.registry import Pipelines
from lea.runs.saver import RunLost, Saver
from lea.runs.slots import Slots
from lea.runs.work import Trying, Work
from lea.store import run_leases
from lea.store.engine import Store
from lea.store.runs import Run
from lea.tasks import TaskOwner

LEASE_S: Final = 8.0
TURN_S: Final = 2.0
"""Between two renewals, and between two looks for runs to take."""
MOST: Final = 64
"""Most runs this process works at; others wait for an end or for another process."""

log = structlog.get_logger()


class Runner:
    """Of one process."""

    def __init__(
        self,
        owner: str,
        pipelines: Pipelines,
        store: Store,
        clock: Clock,
        tasks: TaskOwner,
        changed: Callable[[Run], None],
        *,
        jobs: int,
        timeout_s: float,
        pause_s: float,
        sole: bool,
    ) -> None:
        """`jobs` at once, each tried as in Trying; `changed` is told of a run after each commit.

        `sole`: nobody else works at this store.
        """
        self._owner = owner
        self._pipelines = pipelines
        self._store = store
        self._clock = clock
        self._tasks = tasks
        self._changed = changed
        self._slots = Slots(jobs)
        self._trying = Trying(timeout_s, pause_s)
        self._sole = sole
        self._held: dict[RunId, Held] = {}
        self._woken = asyncio.Event()

    def __len__(self) -> int:
        return len(self._held)

    def wake(self) -> None:
        """There may be a run to take."""
        self._woken.set()

    def cancel(self, run_id: RunId) -> None:
        """Somebody asked for it, and it was written down."""
        held = self._held.get(run_id)
        if held is not None:
            held.cancel()
        else:
            self.wake()

    async def keep_taking(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.take()
            except LeaError as error:
                log.warning("runs.not_taken", error=error.reason)
            with suppress(TimeoutError):
                async with asyncio.timeout(TURN_S):
                    await self._woken.wait()

    async def take(self) -> None:
        """One look."""
        room = MOST - len(self._held)
        if room <= 0:
            return
        look = partial(
            run_leases.takeable,
            owner=self._owner,
            held=list(self._held),
            now=self._clock.now(),
            limit=room,
            sole=self._sole,
        )
        for run_id in await self._store.read(look):
            await self.take_one(run_id)

    async def take_one(self, run_id: RunId) -> None:
        """This one, if nobody works at it and there is room. Raises LeaError."""
        if run_id in self._held or len(self._held) >= MOST:
            return
        unit = partial(
            run_leases.take,
            run_id=run_id,
            owner=self._owner,
            lease_s=LEASE_S,
            now=self._clock.now(),
            sole=self._sole,
        )
        run = await self._store.write(unit)
        if run is not None:
            self._begin(run)

    async def keep_renewing(self) -> None:
        """Until cancelled. What another process has taken is let go."""
        while True:
            await asyncio.sleep(TURN_S)
            try:
                await self.renew()
            except LeaError as error:
                log.warning("runs.not_renewed", error=error.reason)

    async def renew(self) -> None:
        """Once, for all runs this process works at."""
        if not self._held:
            return
        held, now = dict(self._held), self._clock.now()
        kept = await self._store.write(
            lambda connection: run_leases.keep(connection, self._owner, list(held), LEASE_S, now)
        )
        for run_id, working in held.items():
            if run_id in kept.cancelling:
                working.cancel()
            elif run_id not in kept.held and not working.ending:  # its end is noticed where it is written
                working.lose()

    async def aclose(self) -> None:
        """Stop in the middle; another process, or the next one, goes on from what was saved."""
        held = list(self._held.values())
        for working in held:
            working.lose()
        await asyncio.gather(*(working.over.wait() for working in held))
        if held:
            with suppress(LeaError):
                await self._store.write(lambda connection: run_leases.let_go(connection, self._owner))

    def _begin(self, run: Run) -> None:
        log.info("run.taken", run_id=run.id, pipeline=run.pipeline, company_id=run.company_id, state=run.state)
        faults.reach("run.taken")
        self._changed(run)
        held = self._held[run.id] = Held(self._tasks)
        if run.cancel_asked_at is not None:
            held.cancel()
        held.begin(self._whole(run, held))

    async def _whole(self, run: Run, held: Held) -> None:
        began = perf_counter()
        saver = Saver(run.id, self._owner, self._store, self._clock, self._changed)
        try:
            error_code = await held.until_cancelled(self._worked(run, held, saver))
            await saver.finish()
            error_code = error_code or saver.failed
            held.ending = True
            ended = await saver.write(
                partial(
                    end,
                    run_id=run.id,
                    owner=self._owner,
                    error_code=error_code,
                    cancelled=held.cancelled,
                    now=self._clock.now(),
                )
            )
            faults.reach("run.ended")
            log_end(ended, perf_counter() - began)
            self.wake()
        except (RunLost, asyncio.CancelledError):
            log.info("run.let_go", run_id=run.id)
            raise asyncio.CancelledError from None
        finally:
            del self._held[run.id]

    async def _worked(self, run: Run, held: Held, saver: Saver) -> str | None:
        """The code of what kept it from being done; None where its jobs tell."""
        try:
            pipeline = self._pipelines.get(run.pipeline)
            await Work(run, self._owner, pipeline, saver, self._slots, self._clock, self._trying).do()
        except LeaError as error:
            return error.reason
        except RunLost:
            held.lose()
        except Exception as error:  # a plan's mistake ends its run, and is not made again every two seconds
            log.error("run.crashed", run_id=run.id, pipeline=run.pipeline, exc_info=error)
            return "internal_error"
        return None
