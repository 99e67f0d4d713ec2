"""Looks for what is due, and begins it: of several processes that look, one begins a moment's run."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from lea import faults
from lea.asking.pipeline import NAME
from lea.clock import Clock
from lea.errors import Conflict, LeaError
from lea.events.notice import ScheduleChanged
from lea.ids import RunId, UserId, derived_id
from lea.manager.notices import Notices
from lea.runs.runs import Runs
from lea.schedules.rule import Rule, after
from lea.schedules.zones import zone
from lea.store import schedules
from lea.store.engine import Store
from lea.store.runs import NewRun, Run
from lea.store.schedules import Connection, Due, Result, Schedule, State

AT_ONCE: Final = 100
LOOK_S: Final = 20.0
"""At the most between two looks: another process may have been told of something sooner."""
LEAST_S: Final = 0.5
ERASE_S: Final = 3600.0
TOLD_LATE_S: Final = 300.0
"""What is asked later than that says so."""

log = structlog.get_logger()


class Dues:
    """Of one process. `late_s` is how long after its moment something is still asked."""

    def __init__(self, store: Store, clock: Clock, runs: Runs, notices: Notices, late_s: float) -> None:
        self._store = store
        self._clock = clock
        self._runs = runs
        self._notices = notices
        self._late_s = late_s
        self._erased_at = 0.0
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something that is due sooner."""
        self._woken.set()

    def changed(self, user_id: UserId, schedule_id: str, state: State = "active", result: Result | None = None) -> None:
        """A person's was made, changed or deleted, and that is committed."""
        self._notices.tell(user_id, ScheduleChanged(schedule_id, state, result))
        self.wake()

    async def keep_looking(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            try:
                pause = await self.look()
            except LeaError as error:
                log.warning("schedules.not_looked", reason=error.reason)
                pause = LOOK_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def look(self) -> float:
        """Begin all that is due; seconds until there is more."""
        now = self._clock.now()
        found, unsettled, following = await self._store.read(partial(_look, now=now))
        for schedule, state, code in unsettled:
            await self._settle(schedule, state, code)
        failed = 0
        for one in found:
            try:
                await asyncio.to_thread(zone, str(one.schedule.rule.get("time_zone")))
                await self._begin(one, now)
            except LeaError as error:  # one that cannot be begun keeps no other waiting
                failed += 1
                log.warning("schedule.not_begun", schedule_id=one.schedule.id, reason=error.reason)
        if len(found) == AT_ONCE and not failed:
            return 0.0
        await self._erase(now)
        return LOOK_S if failed or following is None else min(LOOK_S, max(LEAST_S, following - now))

    async def now(self, schedule: Schedule, run_id: RunId) -> Run:
        """Ask it at once, beside its moments. Raises Conflict(`schedule_running`) while it is being asked."""
        now = self._clock.now()
        new = self._run(schedule, run_id, now, 0.0)
        try:
            run = await self._store.write(partial(schedules.begin_now, one=schedule, new=new, now=now))
        except Conflict:
            raise Conflict("schedule_running") from None
        self._runs.started(run)
        self._told(schedule, schedule.state, "running")
        return run

    async def _begin(self, due: Due, now: float) -> None:
        schedule = due.schedule
        at = schedule.next_at
        assert at is not None
        rule = Rule.read(dict(schedule.rule))
        following, late = after(rule, now), now - at
        if due.disabled:
            last: dict[str, object] = {"last_result": "disabled", "state": "paused", "last_ended_at": now}
            return await self._pass_over(schedule, None, "paused", "disabled", now, last)
        state: State = "ended" if following is None else "active"
        if late > self._late_s:
            last = {"last_result": "missed", "last_late_s": late, "last_ended_at": now}
            return await self._pass_over(schedule, following, state, "missed", now, last)
        new = self._run(schedule, RunId(derived_id("run", schedule.id, repr(at))), at, late)
        unit = partial(schedules.begin, one=schedule, following=following, new=new, now=now, late_s=late)
        run = await self._store.write(unit)
        if run is None:
            return None
        faults.reach("schedule.begun")
        log.info("schedule.begun", schedule_id=schedule.id, run_id=run.id, late_s=round(late, 1))
        self._runs.started(run)
        return self._told(schedule, state, "running")

    async def _pass_over(
        self,
        schedule: Schedule,
        following: float | None,
        state: State,
        result: Result,
        now: float,
        last: dict[str, object],
    ) -> None:
        """Its moment has come, and nothing is asked."""

        def unit(connection: Connection) -> bool:
            return schedules.claim(connection, schedule, following, now, **last)

        if await self._store.write(unit):
            log.info("schedule.passed_over", schedule_id=schedule.id, result=result)
            self._told(schedule, state, result)

    async def _settle(self, schedule: Schedule, state: str, code: str | None) -> None:
        """Its run ended without a word: cancelled, or given up after all its tries."""
        result: Result = "stopped" if state == "cancelled" else "failed"
        run_id, now = schedule.last_run_id, self._clock.now()
        assert run_id is not None

        def unit(connection: Connection) -> None:
            schedules.told(connection, schedule.id, run_id, schedule.last_turn_id, result, code, now)

        await self._store.write(unit)
        self._told(schedule, schedule.state, result)

    async def _erase(self, now: float) -> None:
        if now - self._erased_at >= ERASE_S:
            self._erased_at = now
            await self._store.write(partial(schedules.erase, now=now))

    def _run(self, schedule: Schedule, run_id: RunId, due_at: float, late: float) -> NewRun:
        arguments = {"schedule_id": schedule.id, "text": schedule.text, "due_at": due_at}
        if late >= TOLD_LATE_S:
            arguments["late_s"] = late
        return NewRun(
            run_id,
            schedule.company_id,
            schedule.user_id,
            NAME,
            schedules.family(schedule.id),
            schedule.language,
            arguments,
        )

    def _told(self, schedule: Schedule, state: State, result: Result) -> None:
        self._notices.tell(UserId(schedule.user_id), ScheduleChanged(schedule.id, state, result))


def _look(connection: Connection, now: float) -> tuple[list[Due], list[tuple[Schedule, str, str | None]], float | None]:
    return (
        schedules.due(connection, now, AT_ONCE),
        schedules.unsettled(connection, AT_ONCE),
        schedules.next_due(connection),
    )
