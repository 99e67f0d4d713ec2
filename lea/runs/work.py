"""Planning a run and doing its jobs, side by side; what failed for a moment is tried again."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Final

import structlog

from lea import faults
from lea.clock import Clock
from lea.errors import ExternalTimeout, InternalError, LeaError
from lea.resilience.breaker import Probing
from lea.runs.pipeline import Finished, JobSpec, Paced, Pipeline, RunScope
from lea.runs.saver import Saver
from lea.runs.slots import Slots
from lea.store import run_jobs
from lea.store.run_jobs import Begun, Ended, Job
from lea.store.runs import Run

LONGEST_PAUSE_S: Final = 30.0
PLANNED: Final = 50
"""Jobs written down in one transaction: with what they are to work on they may be megabytes."""
AHEAD: Final = 20
"""Jobs read at once."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Trying:
    """Seconds an attempt may take, and before the second one, doubled before each further one."""

    timeout_s: float
    pause_s: float

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Raises ExternalTimeout(`job_timeout`): a job that hangs would keep its place from all others."""
        try:
            async with asyncio.timeout(self.timeout_s) as timeout:
                yield
        except TimeoutError as error:
            if timeout.expired():
                raise ExternalTimeout("job_timeout") from error
            raise


class Work:
    """Everything of one run until its jobs have ended."""

    def __init__(
        self,
        run: Run,
        owner: str,
        pipeline: Pipeline,
        saver: Saver,
        slots: Slots,
        clock: Clock,
        trying: Trying,
    ) -> None:
        self._run = run
        self._owner = owner
        self._pipeline = pipeline
        self._saver = saver
        self._slots = slots
        self._clock = clock
        self._trying = trying
        self._scope = RunScope(run.id, run.company_id, run.user_id, run.language, run.arguments)
        self._next: list[Job] = []
        self._place = -1
        self._turn = asyncio.Lock()

    async def do(self) -> None:
        """Raises LeaError where there is no plan, and RunLost."""
        if self._run.state == "planning":
            await self._plan()
        try:
            async with asyncio.TaskGroup() as group:
                saving = group.create_task(self._saver.keep_saving())
                async with asyncio.TaskGroup() as working:
                    for _ in range(self._pipeline.concurrency):
                        working.create_task(self._keep_working())
                saving.cancel()
        except ExceptionGroup as failures:
            raise _first(failures) from failures

    async def _plan(self) -> None:
        specs, of = await self._planned(), self._run.id
        jobs = [Job(spec.key, place, spec.step, spec.title, spec.payload, 0) for place, spec in enumerate(specs)]
        for first in range(0, len(jobs), PLANNED):
            batch = jobs[first : first + PLANNED]
            await self._saver.write(
                partial(run_jobs.plan, run_id=of, owner=self._owner, jobs=batch, now=self._clock.now())
            )
        await self._saver.write(partial(run_jobs.planned, run_id=of, owner=self._owner, now=self._clock.now()))
        faults.reach("run.planned")
        log.info("run.planned", run_id=self._run.id, pipeline=self._run.pipeline, jobs=len(jobs))

    async def _planned(self) -> list[JobSpec]:
        for attempt in count(1):
            try:
                async with self._trying.attempt():
                    return list(await self._pipeline.plan(self._scope))
            except LeaError as error:
                if not error.retryable or attempt >= self._pipeline.attempts:
                    raise
                await asyncio.sleep(self._pause(attempt, error))
        raise AssertionError

    async def _keep_working(self) -> None:
        while (job := await self._following()) is not None:
            await self._saver.ended(await self._done(job))

    async def _following(self) -> Job | None:
        async with self._turn:
            if not self._next:
                unit = partial(run_jobs.waiting, run_id=self._run.id, after=self._place, limit=AHEAD)
                self._next = (await self._saver.read(unit))[::-1]
                if self._next:
                    self._place = self._next[0].place
            return self._next.pop() if self._next else None

    async def _done(self, job: Job) -> Ended:
        attempt = 1
        while True:
            if isinstance(self._pipeline, Paced):
                await self._pipeline.turn()
            async with self._slots.place(self._run.company_id):
                began_at = self._clock.now()
                attempts = job.attempts + attempt
                self._saver.begun(Begun(job.key, attempts, began_at))
                faults.reach("job.started")
                outcome = await self._outcome(job)
                faults.reach("job.worked")
            ended = partial(Ended, job.key, attempts=attempts, started_at=began_at, ended_at=self._clock.now())
            if isinstance(outcome, Finished):
                return ended(
                    state="completed",
                    summary=outcome.summary,
                    cost_nano_usd=outcome.cost_nano_usd,
                    save=outcome.save,
                    items=outcome.items,
                    over=outcome.over,
                )
            probing = isinstance(outcome, Probing)  # no attempt, or many jobs would fail during one slow probe
            if not outcome.retryable or (attempt >= self._pipeline.attempts and not probing):
                return ended(state="failed", error_code=outcome.reason, summary=outcome.detail(self._run.language))
            await asyncio.sleep(self._pause(attempt, outcome))
            attempt += not probing

    async def _outcome(self, job: Job) -> Finished | LeaError:
        try:
            async with self._trying.attempt():
                return await self._pipeline.work(self._scope, JobSpec(job.key, job.title, job.payload, job.step))
        except LeaError as error:
            return error
        except Exception as error:  # a mistake in one job must not end the run
            log.error("run.job_crashed", run_id=self._run.id, job=job.key, exc_info=error)
            return InternalError(retryable=False)

    def _pause(self, attempt: int, error: LeaError) -> float:
        longest: float = min(LONGEST_PAUSE_S, self._trying.pause_s * 2 ** (attempt - 1))
        return max(min(error.retry_after_s or 0, LONGEST_PAUSE_S), random.uniform(longest / 2, longest))  # noqa: S311


def _first(failures: ExceptionGroup[Exception]) -> Exception:
    error = failures.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
