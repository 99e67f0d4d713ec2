"""Whether a company has a run of a family: said at once to whoever asks, then when that changes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from lea.bus.port import Bus, Topic
from lea.errors import LeaError
from lea.events.notice import RunStatus
from lea.ids import CompanyId, RunId, new_id
from lea.store import runs
from lea.store.engine import Store
from lea.tasks import TaskOwner

LOOK_S: Final = 1.0

log = structlog.get_logger()


@dataclass(slots=True)
class _Heard:
    topic: Topic
    told: RunId | None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    listeners: int = 0
    looking: asyncio.Task[None] | None = None


class Statuses:
    """Of the companies somebody listens for at this process."""

    def __init__(self, family: str, bus: Bus, store: Store, tasks: TaskOwner, *, sole: bool) -> None:
        self._family = family
        self._bus = bus
        self._store = store
        self._tasks = tasks
        self._look_s = None if sole else LOOK_S
        self._heard: dict[CompanyId, _Heard] = {}

    def wake(self, company_id: CompanyId) -> None:
        """It may have changed."""
        heard = self._heard.get(company_id)
        if heard is not None:
            heard.woken.set()

    async def active(self, company_id: CompanyId) -> RunId | None:
        """The one there is."""
        return await self._store.read(lambda connection: runs.active(connection, company_id, self._family))

    @asynccontextmanager
    async def listening(self, company_id: CompanyId) -> AsyncIterator[tuple[Topic, int]]:
        """The topic, and the event after which to begin: the one before the last. Raises LeaError."""
        if company_id not in self._heard:
            active = await self.active(company_id)
            if company_id not in self._heard:
                self._open(company_id, active)
        heard = self._heard[company_id]
        heard.listeners += 1
        try:
            yield heard.topic, heard.topic.count - 1
        finally:
            heard.listeners -= 1
            if not heard.listeners:
                del self._heard[company_id]
                heard.topic.end()
                if heard.looking is not None:
                    heard.looking.cancel()

    def _open(self, company_id: CompanyId, active: RunId | None) -> None:
        topic = self._bus.open(new_id("rs"), lambda: RunStatus(heard.told))
        heard = self._heard[company_id] = _Heard(topic, active)
        topic.publish(RunStatus(active))
        heard.looking = self._tasks.spawn("run.status", self._keep_looking(company_id, heard))

    async def _keep_looking(self, company_id: CompanyId, heard: _Heard) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_s):
                    await heard.woken.wait()
            heard.woken.clear()
            try:
                active = await self.active(company_id)
            except LeaError as error:
                log.warning("runs.status_not_read", company_id=company_id, error=error.reason)
                heard.woken.set()
                await asyncio.sleep(LOOK_S)
                continue
            if active != heard.told:
                heard.told = active
                heard.topic.publish(RunStatus(active))
