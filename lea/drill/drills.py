"""The one drill this process may be running: begun by an admin, ended by them, by its time, or with the server."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from lea.auth.enrolment import Enrolment
from lea.clock import Clock
from lea.drill.provider import DrillProvider
from lea.drill.target import MODEL_FAULTS, Fault, Target
from lea.errors import BadRequest, Conflict, LeaError, NotFound
from lea.ids import CompanyId, new_id
from lea.sentences import Language
from lea.store import drill as rows
from lea.store.drill import Removed
from lea.store.engine import Store
from lea.tasks import TaskOwner

MOST_S: Final = 600
"""Longest a drill may run."""
LEFT_OVER_S: Final = MOST_S + 60
"""After that a marked company is nobody's, also where other processes share the database."""
PEOPLE: Final = 20
"""So that every scenario finds somebody new, and a crowd is a crowd: limits are for each person."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Drill:
    """`until` is in seconds since the epoch."""

    id: str
    company_id: CompanyId
    until: float


class Drills:
    """`on_removed` is told what must leave memory once a test company is gone."""

    def __init__(
        self,
        target: Target,
        provider: DrillProvider,
        *,
        store: Store,
        enrolment: Enrolment,
        clock: Clock,
        tasks: TaskOwner,
        on_removed: Callable[[CompanyId, Removed], None],
    ) -> None:
        self.target = target
        self._provider = provider
        self._store = store
        self._enrolment = enrolment
        self._clock = clock
        self._tasks = tasks
        self._on_removed = on_removed
        self._changing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None
        self.running: Drill | None = None

    async def begin(self, seconds: float, language: Language) -> tuple[Drill, list[str]]:
        """Make the test company; the drill, and a key for each of its people. Raises Conflict(`drill_running`)."""
        if self.running is not None or self._changing.locked():
            raise Conflict("drill_running")
        async with self._changing:
            await self.remove_left_over()
            drill_id, now = new_id("drill"), self._clock.now()
            emails = [f"{drill_id}-{number}@drill.invalid" for number in range(PEOPLE)]
            company_id, user_ids = await self._store.write(
                lambda connection: rows.make(connection, f"Drill {drill_id}", emails, language, now)
            )
            keys = await asyncio.gather(*(self._enrolment.create_key(email) for email in emails))
            self.target.aim(company_id, user_ids)
            self.running = drill = Drill(drill_id, company_id, now + seconds)
            self._timer = self._tasks.spawn("drill.timer", self._end_after(seconds))
        return drill, list(keys)

    async def strike_with(self, faults: Collection[Fault]) -> None:
        """From now on exactly these are active. Raises NotFound without a drill, BadRequest for two of the model."""
        of_model = [fault for fault in MODEL_FAULTS if fault in faults]
        if len(of_model) > 1:
            raise BadRequest(errors=[{"path": "faults", "message": f"one of {', '.join(MODEL_FAULTS)} at most"}])
        async with self._changing:
            if self.running is None:
                raise NotFound
            self.target.faults = frozenset()
            await self._provider.fail_as(of_model[0] if of_model else None)
            self.target.struck.clear()
            self.target.faults = frozenset(faults)

    async def end(self, why: str) -> None:
        """Nobody is struck any more, and the test company is removed; nothing where no drill runs."""
        async with self._changing:
            drill, self.running = self.running, None
            if drill is None:
                return
            if self._timer is not None and self._timer is not asyncio.current_task():
                self._timer.cancel()
            self.target.lower()
            await self._provider.fail_as(None)
            log.warning("drill.ended", drill_id=drill.id, company_id=drill.company_id, why=why)
            await self._remove(drill.company_id)

    async def close(self, why: str) -> None:
        """As `end`, where nobody can be told that the company could not be removed; the next start does it then."""
        try:
            await self.end(why)
        except LeaError as error:
            log.error("drill.not_removed", reason=error.reason)

    async def clean_up(self) -> None:
        """As `remove_left_over`, where nobody waits for it."""
        try:
            await self.remove_left_over()
        except LeaError as error:
            log.error("drill.not_removed", reason=error.reason)

    async def remove_left_over(self) -> None:
        """Test companies whose process died; the sole server of a database knows that none is another's."""
        before = self._clock.now() - (0 if self._store.sole else LEFT_OVER_S)
        for company_id in await self._store.read(lambda connection: rows.left_over(connection, before)):
            await self._remove(company_id)
            log.warning("drill.left_over_removed", company_id=company_id)

    async def _remove(self, company_id: CompanyId) -> None:
        self._on_removed(company_id, await self._store.write(partial(rows.remove, company_id=company_id)))

    async def _end_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.close("time")
