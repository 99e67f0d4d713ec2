"""The one LLMManager: every session in memory, behind a lock under which nothing is awaited."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from time import perf_counter
from typing import Literal

import structlog
from cachetools import LRUCache

from lea.auth.permissions import Identity
from lea.clock import Clock
from lea.config import Config
from lea.ids import CompanyId, ThreadId, TurnId, UserId
from lea.manager.callbacks import CallbackPool
from lea.manager.locks import LeafLock, LockTimes
from lea.manager.session import LLMSession, session_key
from lea.manager.snapshots import Snapshots
from lea.metrics import SESSIONS
from lea.sources.source import JobsMetrics, Source
from lea.tasks import TaskOwner

PRELOADED_AT_ONCE = 4
WRITTEN_AT_ONCE = 50
"""Sessions written back between two pauses: a few milliseconds of work."""
WRITE_PAUSE_S = 0.02
REMEMBERED_SAVES = 1000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Initialized:
    """What `initialize` found and how long it took, in milliseconds."""

    status: Literal["created", "refreshed"]
    session_key: str
    jobs_metrics: JobsMetrics | None
    timings_ms: dict[str, float]


class LLMManager:
    """Holds sessions; makes, refreshes and evicts them."""

    def __init__(self, source: Source, config: Config, clock: Clock, tasks: TaskOwner, snapshots: Snapshots) -> None:
        self._source = source
        self._config = config
        self._clock = clock
        self._tasks = tasks
        self._snapshots = snapshots
        self._writing_back: asyncio.Task[None] | None = None
        self._lock = LeafLock("global")
        self._sessions: dict[str, LLMSession] = {}  # the one used longest ago first
        self._callbacks = CallbackPool(config.sessions)
        self.saved_ms: LRUCache[TurnId, float] = LRUCache(REMEMBERED_SAVES)
        """When the newest turns of this process were saved, which they cannot say in what is saved."""

    def __len__(self) -> int:
        return len(self._sessions)

    def count(self, company_id: CompanyId) -> int:
        """Sessions of one company in memory."""
        return sum(session.company_id == company_id for session in self._sessions.values())

    def of_company(self, company_id: CompanyId) -> list[LLMSession]:
        """Its sessions in memory; a look, no lock."""
        return [session for session in self._sessions.values() if session.company_id == company_id]

    async def users(self, company_id: CompanyId) -> int:
        """Sessions of one company over all processes, as far as that is known; at least those in memory."""
        return max(self.count(company_id), await self._snapshots.users(company_id) or 0)

    async def session(self, identity: Identity, times: LockTimes | None = None) -> tuple[LLMSession, bool]:
        """The caller's session, and whether it is new in memory; nothing is loaded yet. It counts as used."""
        self._snapshots.touch(identity.user_id, identity.company_id)
        return await self._find_or_make(identity, times)

    async def _find_or_make(self, identity: Identity, times: LockTimes | None = None) -> tuple[LLMSession, bool]:
        key = session_key(identity)
        async with self._lock.hold(times):
            session = self._sessions.pop(key, None)
            if session is not None:
                session.used_at = self._clock.monotonic()
                self._sessions[key] = session
                return session, False
            session = LLMSession(
                identity, self._source, self._config, self._clock, self._tasks, self._callbacks, self._snapshots
            )
            self._sessions[key] = session
            if len(self._sessions) > self._config.sessions.most:
                self._drop_unused()
        SESSIONS.set(len(self._sessions))
        return session, True

    def peek(self, identity: Identity) -> LLMSession | None:
        """The caller's session if it is in memory; a look, no lock."""
        return self._sessions.get(session_key(identity))

    async def initialize(self, identity: Identity) -> Initialized:
        """Create the caller's session, or refresh its jobs and keep its profile."""
        start = perf_counter()
        locks = LockTimes()
        session, created = await self.session(identity, locks)
        loading = perf_counter()
        times = await session.refresh()
        data = perf_counter() - loading
        timings = {
            "lock_wait": locks.wait + times.locks.wait,
            "lock_held": locks.held + times.locks.held,
            "data": data,
            "total": perf_counter() - start,
        }
        timings_ms = {name: round(seconds * 1000, 3) for name, seconds in timings.items()}
        status: Literal["created", "refreshed"] = "created" if created and not times.found else "refreshed"
        log.info(
            "session.initialized",
            session_key=session.key,
            status=status,
            timings_ms=timings_ms,
            loads_ms={phase: round(seconds * 1000, 3) for phase, seconds in times.phases.items()},
            failed=times.failed,
        )
        return Initialized(status, session.key, session.jobs_metrics, timings_ms)

    def stale(self, company_id: CompanyId, *, everywhere: bool) -> None:
        """The company's records have changed: its sessions read them again at their next turn.

        `everywhere` outdates also what processes may take over; for the process where the change was made.
        """
        for session in self.of_company(company_id):
            session.stale()
        if everywhere:
            self._snapshots.outdate(company_id)

    def all_stale(self) -> None:
        """Changes made elsewhere may have been missed."""
        for session in self._sessions.values():
            session.stale()

    async def forget_thread(self, user_id: UserId, company_id: CompanyId, thread_id: ThreadId) -> None:
        """A conversation was deleted."""
        self._snapshots.forget_history(user_id, thread_id)
        session = self._sessions.get(f"{user_id}:{company_id}")
        if session is not None:
            session.forget(thread_id)

    def forget_history(self, user_id: UserId, company_id: CompanyId, thread_id: ThreadId) -> None:
        """Another branch of a conversation is shown: its next turn reads what was said from the store."""
        session = self._sessions.get(f"{user_id}:{company_id}")
        if session is not None:
            session.forget_history(thread_id)

    async def evict_idle(self) -> int:
        """Drop sessions unused for `sessions.idle` seconds, never one with a live turn; how many went."""
        before = self._clock.monotonic() - self._config.sessions.idle
        async with self._lock.hold():
            unused = takewhile(lambda session: session.used_at < before, self._sessions.values())
            idle = [session.key for session in unused if not session.live]
            for key in idle:
                del self._sessions[key]
        if idle:
            SESSIONS.set(len(self._sessions))
            log.info("sessions.evicted", count=len(idle), left=len(self._sessions))
        return len(idle)

    def _drop_unused(self) -> None:
        """Make room for one more; with nothing but live turns there is none to be made."""
        oldest = next((key for key, session in self._sessions.items() if not session.live), None)
        if oldest is not None:
            del self._sessions[oldest]

    async def preload(self, identities: Sequence[Identity]) -> int:
        """Make sessions ready for people who will probably ask, a few at a time; how many were."""
        few = asyncio.Semaphore(PRELOADED_AT_ONCE)

        async def ready(identity: Identity) -> None:
            async with few:
                session, created = await self._find_or_make(identity)
                if created:
                    await session.ensure_loaded()

        await asyncio.gather(*(ready(identity) for identity in identities))
        log.info("sessions.preloaded", count=len(identities))
        return len(identities)

    def write_back(self) -> None:
        """What is shared may have been lost: put there again what this process knows, behind everybody's back."""
        if self._writing_back is not None:
            self._writing_back.cancel()
        self._writing_back = self._tasks.spawn("sessions.write_back", self._write_back())

    async def _write_back(self) -> None:
        sessions = list(self._sessions.values())
        for first in range(0, len(sessions), WRITTEN_AT_ONCE):
            for session in sessions[first : first + WRITTEN_AT_ONCE]:
                session.keep()
            await asyncio.sleep(WRITE_PAUSE_S)
        if sessions:
            log.info("sessions.written_back", count=len(sessions))

    def close(self) -> None:
        """Start no more blocking work."""
        self._callbacks.close()

    async def keep_evicting(self) -> None:
        """Evict again and again until cancelled."""
        pause = min(self._config.sessions.idle / 4, 60)
        while True:
            await asyncio.sleep(pause)
            await self.evict_idle()
