"""Runs that somebody watches: read from the database when something changed, for all who watch at this process.

It is the same wherever the run is worked at: that process wakes its own watchers, and those of others over the bus;
where there is no bus, they look once a second.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from lea.errors import LeaError, NotFound
from lea.ids import RunId
from lea.resilience.single_flight import SingleFlight
from lea.runs.run_topic import RunTopic
from lea.store import run_views
from lea.store.engine import Store
from lea.tasks import TaskOwner

PAUSE_S: Final = 0.2
"""From one read of a run to the next, and so between two messages to a watcher."""
LOOK_S: Final = 1.0
"""Between two looks while nothing is heard."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Watched:
    topic: RunTopic
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    watchers: int = 0
    feeding: asyncio.Task[None] | None = None


class Watching:
    """Of this process."""

    def __init__(self, store: Store, tasks: TaskOwner, *, sole: bool) -> None:
        """`sole`: whatever changes a run is in this process, so there is no need to look."""
        self._store = store
        self._tasks = tasks
        self._look_s = None if sole else LOOK_S
        self._flights = SingleFlight(tasks)
        self._watched: dict[RunId, _Watched] = {}

    def __len__(self) -> int:
        return len(self._watched)

    def wake(self, run_id: RunId) -> None:
        """It changed."""
        watched = self._watched.get(run_id)
        if watched is not None:
            watched.woken.set()

    @asynccontextmanager
    async def watching(self, run_id: RunId) -> AsyncIterator[RunTopic]:
        """Its topic, fed while anybody watches. Raises NotFound, and LeaError where it cannot be read."""
        known = self._watched.get(run_id)
        watched = None if known is None or known.topic.ended else known  # it may have been opened again
        while watched is None or self._watched.get(run_id) is not watched:  # who came with us may have left it already
            watched = await self._flights.once(run_id, lambda: self._watch(run_id))
        watched.watchers += 1
        try:
            yield watched.topic
        finally:
            watched.watchers -= 1
            if not watched.watchers:
                self._leave(run_id, watched)

    async def _watch(self, run_id: RunId) -> _Watched:
        found = await self._store.read(lambda connection: run_views.changed(connection, run_id, 0))
        if found is None:
            raise NotFound
        watched = self._watched[run_id] = _Watched(RunTopic(*found))
        watched.feeding = self._tasks.spawn("run.watch", self._feed(watched))
        return watched

    def _leave(self, run_id: RunId, watched: _Watched) -> None:
        if self._watched.get(run_id) is watched:
            del self._watched[run_id]
        if watched.feeding is not None:
            watched.feeding.cancel()

    async def _feed(self, watched: _Watched) -> None:
        topic, loop = watched.topic, asyncio.get_running_loop()
        while not topic.ended:
            watched.woken.clear()
            again_at = loop.time() + PAUSE_S
            try:
                found = await self._store.read(
                    lambda connection: run_views.changed(connection, topic.run.id, topic.version)
                )
                if found is None:  # deleted with its company
                    topic.close()
                    return
                if found[0].version > topic.version:
                    topic.update(*found)
            except LeaError as error:
                log.warning("runs.not_watched", run_id=topic.run.id, error=error.reason)
            await asyncio.sleep(again_at - loop.time())
            if not watched.watchers:  # whoever asked for it was gone before it was read
                self._leave(topic.run.id, watched)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_s):
                    await watched.woken.wait()
