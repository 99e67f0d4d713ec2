"""What the server keeps in memory for one user in one company, and how it is loaded.

Data is loaded outside the session's lock, once for everyone who asks, and installed under it. A part that fails to
load stays as it was: the answer goes on without it and says so. A session new to this process is taken over from
another process's snapshot, where there is one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import structlog
from cachetools import LRUCache

from lea.auth.permissions import Identity
from lea.clock import Clock
from lea.config import Config
from lea.errors import LeaError
from lea.ids import ThreadId, TurnId
from lea.manager.callbacks import CallbackPool
from lea.manager.cpu import CpuTime
from lea.manager.locks import LeafLock, LockTimes
from lea.manager.snapshots import SessionSnapshot, Snapshots
from lea.manager.thread import Thread
from lea.metrics import LOAD_SECONDS
from lea.resilience.single_flight import SingleFlight
from lea.sources.source import JobsData, JobsMetrics, Source, UserContext
from lea.tasks import TaskOwner

if TYPE_CHECKING:
    from lea.manager.turn import Turn

T = TypeVar("T")

IDLE_THREADS = 50
"""Most quiet conversations one session keeps in memory; a busy one is never dropped."""

log = structlog.get_logger()


@dataclass(slots=True)
class LoadTimes:
    """Seconds each load phase took, and which phases failed.

    `found` says that the session was known to another process, `taken` that what it knew was fresh enough.
    """

    phases: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    locks: LockTimes = field(default_factory=LockTimes)
    found: bool = False
    taken: bool = False

    def then(self, later: "LoadTimes") -> "LoadTimes":
        """Both as one; neither is changed, since others may hold them."""
        locks = LockTimes(self.locks.wait + later.locks.wait, self.locks.held + later.locks.held)
        return LoadTimes(
            self.phases | later.phases, [*self.failed, *later.failed], locks, found=self.found, taken=self.taken
        )


class LLMSession:
    """Key `{user_id}:{company_id}`."""

    def __init__(
        self,
        identity: Identity,
        source: Source,
        config: Config,
        clock: Clock,
        tasks: TaskOwner,
        callbacks: CallbackPool,
        snapshots: Snapshots,
    ) -> None:
        self.key = session_key(identity)
        self.user_id = identity.user_id
        self.company_id = identity.company_id
        self.lock = LeafLock("session")
        self.connection_mode: str | None = None
        self.user_context: UserContext | None = None
        self.jobs_data: JobsData | None = None
        self.jobs_metrics: JobsMetrics | None = None
        self.made_at = self.used_at = clock.monotonic()
        self.cpu = CpuTime()
        self.turns: dict[TurnId, Turn] = {}
        """Those that have not ended, also while they wait."""
        self._source = source
        self._config = config
        self._clock = clock
        self._tasks = tasks
        self._callbacks = callbacks
        self._snapshots = snapshots
        self._loads = SingleFlight(tasks)
        self._context_at = self._jobs_at = float("-inf")
        self._changes = self._seen = 0
        self._busy: dict[ThreadId, Thread] = {}
        self._quiet: LRUCache[ThreadId, Thread] = LRUCache(IDLE_THREADS)

    @property
    def live(self) -> bool:
        """Whether a turn of this session has not ended."""
        return any(thread.busy for thread in self._busy.values())

    @property
    def thread_count(self) -> int:
        return len(self._busy) + len(self._quiet)

    @property
    def busy_threads(self) -> list[Thread]:
        return [thread for thread in self._busy.values() if thread.busy]

    @property
    def threads(self) -> Iterator[Thread]:
        """Every conversation in memory; a look, which no await may interrupt."""
        return chain(self._busy.values(), self._quiet.values())

    @property
    def loaded_at(self) -> tuple[float, float]:
        """Of the profile and of the jobs: as long as neither changes, what is loaded is the same."""
        return self._context_at, self._jobs_at

    def thread(self, thread_id: ThreadId) -> Thread:
        """The conversation of that name, new in memory if need be."""
        thread = self._busy.get(thread_id) or self._quiet.pop(thread_id, None)
        if thread is None:
            thread = Thread(thread_id, self._config.limits.waiting_per_thread)
        self._busy[thread_id] = thread
        return thread

    def rest(self, thread: Thread) -> None:
        """A turn has left the thread; a quiet thread may be dropped from memory when there are many."""
        self.used_at = self._clock.monotonic()
        if not thread.busy and self._busy.pop(thread.id, None) is thread:
            self._quiet[thread.id] = thread

    def forget(self, thread_id: ThreadId) -> None:
        """The conversation was deleted: nothing of it stays in memory."""
        self._busy.pop(thread_id, None)
        self._quiet.pop(thread_id, None)

    def forget_history(self, thread_id: ThreadId) -> None:
        """What memory has of the conversation is not the branch that is shown."""
        thread = self._busy.get(thread_id) or self._quiet.get(thread_id)
        if thread is not None:
            thread.history = None

    def stale(self) -> None:
        """What the profile was made from has changed: the next turn reads it again."""
        self._changes += 1

    async def run_blocking(self, callback: Callable[[], T]) -> T:
        """Run a blocking function off the loop, after the earlier ones of this session. Raises Overloaded."""
        return await self._callbacks.run(self.key, callback)

    async def ensure_loaded(self) -> LoadTimes:
        """Load what is missing or too old; jobs that are only old are reloaded behind the caller's back."""
        times = LoadTimes()
        if self._outdated:
            times = await self._loads.once("all", self._load_all)
            if not times.taken:
                return times
        if self.jobs_data is None:
            return times.then(await self._loads.once("jobs", self._load_jobs))
        now = self._clock.monotonic()
        if now - self._jobs_at > self._config.sessions.jobs_ttl:
            self._jobs_at = now
            self._tasks.spawn("session.jobs", self._loads.once("jobs", self._load_jobs))
        return times

    async def refresh(self) -> LoadTimes:
        """What `initialize` does: the profile is kept while it is fresh, jobs are loaded anew."""
        times = LoadTimes()
        if self._outdated:
            times = await self._loads.once("all", self._load_all)
            if not times.taken:
                return times
        return times.then(await self._loads.once("jobs", self._load_jobs))

    def keep(self) -> None:
        """Let other processes take over what is loaded."""
        if not self._snapshots.shared or self.user_context is None:
            return
        past = self._clock.now() - self._clock.monotonic()
        jobs_at = self._jobs_at + past if self.jobs_data is not None else 0.0
        snapshot = SessionSnapshot(
            self.connection_mode,
            self.user_context,
            self._context_at + past,
            self.jobs_data,
            self.jobs_metrics,
            jobs_at,
        )
        self._snapshots.keep_session(self.user_id, self.company_id, snapshot)

    @property
    def _outdated(self) -> bool:
        old = self._clock.monotonic() - self._context_at > self._config.sessions.context_ttl
        return old or self._seen != self._changes

    async def _load_all(self) -> LoadTimes:
        times = LoadTimes()
        began, changes = self._clock.monotonic(), self._changes
        if self.user_context is None and self._snapshots.shared:
            await self._take_over(times)
            if times.taken:
                self._seen = changes
                return times
        mode, context, jobs, metrics = await asyncio.gather(
            self._timed("connection_mode", times, lambda: self._source.connection_mode(self.company_id)),
            self._timed("user_context", times, lambda: self._source.user_context(self.user_id, self.company_id)),
            self._timed("jobs_data", times, lambda: self._source.jobs(self.company_id)),
            self._timed("jobs_metrics", times, lambda: self._source.jobs_metrics(self.company_id)),
        )
        async with self.lock.hold(times.locks):
            self.connection_mode = mode or self.connection_mode
            if context is not None:
                self.user_context, self._context_at, self._seen = context, began, changes
            self._install_jobs(jobs, metrics)
        self.keep()
        return times

    async def _take_over(self, times: LoadTimes) -> None:
        """Install what another process has loaded, as old as it is, unless that is too old."""
        start = perf_counter()
        snapshot = await self._snapshots.session(self.user_id, self.company_id)
        times.found = snapshot is not None
        age = 0.0 if snapshot is None else max(0.0, self._clock.now() - snapshot.context_at)
        if snapshot is not None and age < self._config.sessions.context_ttl:
            async with self.lock.hold(times.locks):
                now = self._clock.monotonic()
                self.connection_mode, self.user_context = snapshot.connection_mode, snapshot.user_context
                self.jobs_data, self.jobs_metrics = snapshot.jobs_data, snapshot.jobs_metrics
                self._context_at = now - age
                self._jobs_at = now - max(0.0, self._clock.now() - snapshot.jobs_at)
            times.taken = True
        times.phases["snapshot"] = perf_counter() - start
        LOAD_SECONDS.labels("snapshot", "loaded" if times.taken else "absent").observe(times.phases["snapshot"])

    async def _load_jobs(self) -> LoadTimes:
        times = LoadTimes()
        jobs, metrics = await asyncio.gather(
            self._timed("jobs_data", times, lambda: self._source.jobs(self.company_id)),
            self._timed("jobs_metrics", times, lambda: self._source.jobs_metrics(self.company_id)),
        )
        async with self.lock.hold(times.locks):
            self._install_jobs(jobs, metrics)
        self.keep()
        return times

    def _install_jobs(self, jobs: JobsData | None, metrics: JobsMetrics | None) -> None:
        self.jobs_data = jobs or self.jobs_data
        self.jobs_metrics = metrics or self.jobs_metrics
        if jobs is not None:
            self._jobs_at = self._clock.monotonic()

    async def _timed(self, phase: str, times: LoadTimes, load: Callable[[], Awaitable[T]]) -> T | None:
        start = perf_counter()
        outcome = "failed"
        try:
            async with asyncio.timeout(self._config.sessions.load_timeout):
                loaded = await load()
            outcome = "loaded"
            return loaded
        except (LeaError, TimeoutError) as error:
            times.failed.append(phase)
            log.warning("session.load_failed", session_key=self.key, phase=phase, error=str(error) or "timeout")
            return None
        finally:
            times.phases[phase] = perf_counter() - start
            LOAD_SECONDS.labels(phase, outcome).observe(times.phases[phase])


def session_key(identity: Identity) -> str:
    """`{user_id}:{company_id}`."""
    return f"{identity.user_id}:{identity.company_id}"
