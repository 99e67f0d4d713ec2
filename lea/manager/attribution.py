"""What each session of a company takes in this process, and who holds its threads: to look at, not to account with."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sys import getsizeof
from time import perf_counter
from typing import Any
from weakref import WeakKeyDictionary

from lea.clock import Clock
from lea.ids import CompanyId, MessageId, ThreadId, TurnId, UserId
from lea.manager.locks import LEVELS, Level, LevelName
from lea.manager.manager import LLMManager
from lea.manager.session import LLMSession
from lea.manager.thread import History, Thread
from lea.manager.turn import Turn
from lea.resilience.single_flight import SingleFlight

SLICE_S = 0.002
"""After so long the loop has its turn again."""
SESSION_BYTES = 1400
THREAD_BYTES = 1400
"""Of an empty one with its locks and tables, as tracemalloc found; asking each would make it larger."""


@dataclass(frozen=True, slots=True)
class Attributed:
    """One session; `name` and `email` are None until its profile was loaded. Times in seconds."""

    user_id: UserId
    name: str | None
    email: str | None
    age_s: float
    idle_s: float
    threads_live: int
    threads_quiet: int
    live_turns: int
    memory_bytes: int
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Holding:
    """A turn that holds its thread, since `held_s` seconds, and how many wait for it."""

    user_id: UserId
    thread_id: ThreadId
    turn_id: TurnId | None
    held_s: float
    waiting: int


class Attribution:
    """Walks the sessions of one company in slices, once for everybody who asks at the same time.

    Memory is an estimate: a constant for each session and thread, and Python's own sizes of the profile, the jobs,
    their counts and the histories, texts and containers. A text that two of them share counts twice. Not in it:
    answers under way and what readers have yet to be told, which end with their turns; tasks and caches; what the
    allocator wastes. A history is measured again only when its head has changed, loaded data when it was loaded
    again, so most looks measure nothing.

    CPU time is the thread time of the steps of its turns' tasks: batches of tokens, rendering, settling. Not in it:
    loads and saves in other tasks and threads, telling readers, sockets, requests that are no turns.
    """

    def __init__(self, manager: LLMManager, clock: Clock, flights: SingleFlight) -> None:
        self._manager = manager
        self._clock = clock
        self._flights = flights
        self._histories: WeakKeyDictionary[Thread, tuple[MessageId | None, int, int]] = WeakKeyDictionary()
        self._loaded: WeakKeyDictionary[LLMSession, tuple[tuple[float, float], int]] = WeakKeyDictionary()

    async def sessions(self, company_id: CompanyId) -> list[Attributed]:
        """All of the company's, by user."""
        return await self._flights.once(("sessions", company_id), lambda: self._walk(company_id))

    async def holdings(self, company_id: CompanyId) -> list[Holding]:
        """All threads of the company that are held now, the longest first."""
        return await self._flights.once(("locks", company_id), lambda: self._look(company_id))

    def turn(self, company_id: CompanyId, turn_id: TurnId) -> Turn | None:
        """A turn of the company's that has not ended."""
        sessions = self._manager.of_company(company_id)
        return next((session.turns[turn_id] for session in sessions if turn_id in session.turns), None)

    def saved_ms(self, turn_id: TurnId) -> float | None:
        """When the end of a turn was saved, in milliseconds since it began, if this process remembers."""
        return self._manager.saved_ms.get(turn_id)

    async def _walk(self, company_id: CompanyId) -> list[Attributed]:
        slices = _Slices()
        found = []
        sessions = sorted(self._manager.of_company(company_id), key=lambda session: session.user_id)
        await asyncio.sleep(0)
        for session in sessions:
            memory = SESSION_BYTES + self._loaded_bytes(session)
            for thread in list(session.threads):
                memory += self._thread_bytes(thread)
                await slices.pause()
            found.append(self._attributed(session, memory))
            await slices.pause()
        return found

    def _attributed(self, session: LLMSession, memory: int) -> Attributed:
        now = self._clock.monotonic()
        known = session.user_context
        busy = len(session.busy_threads)
        return Attributed(
            user_id=session.user_id,
            name=None if known is None else known.name,
            email=None if known is None else known.email,
            age_s=now - session.made_at,
            idle_s=0.0 if busy else now - session.used_at,
            threads_live=busy,
            threads_quiet=session.thread_count - busy,
            live_turns=len(session.turns),
            memory_bytes=memory,
            cpu_s=session.cpu.seconds,
        )

    async def _look(self, company_id: CompanyId) -> list[Holding]:
        slices = _Slices()
        found = []
        for session in self._manager.of_company(company_id):
            for thread in session.busy_threads:
                holder = thread.lock.holder
                if holder is not None:
                    held = Holding(session.user_id, thread.id, holder.turn_id, holder.held_s, thread.lock.waiting)
                    found.append(held)
            await slices.pause()
        return sorted(found, key=lambda one: -one.held_s)

    def _loaded_bytes(self, session: LLMSession) -> int:
        known = self._loaded.get(session)
        if known is None or known[0] != session.loaded_at:
            parts = (session.user_context, session.jobs_data, session.jobs_metrics)
            known = self._loaded[session] = session.loaded_at, sum(map(size_of, parts))
        return known[1]

    def _thread_bytes(self, thread: Thread) -> int:
        history = thread.history
        if history is None:
            return THREAD_BYTES
        head, count = history.head, len(history.messages)
        known = self._histories.get(thread)
        if known is None or known[:2] != (head, count):
            known = self._histories[thread] = head, count, _history_bytes(history)
        return THREAD_BYTES + known[2]


class _Slices:
    """Lets others run when a piece of work has lasted."""

    def __init__(self) -> None:
        self._began = perf_counter()

    async def pause(self) -> None:
        if perf_counter() - self._began > SLICE_S:
            await asyncio.sleep(0)
            self._began = perf_counter()


def size_of(value: object) -> int:
    """Bytes of a plain value and all it holds; nothing for None, of which there is one."""
    if value is None:
        return 0
    size = getsizeof(value)
    if isinstance(value, str | int | float):
        return size
    return size + sum(map(size_of, _inside(value)))


def _inside(value: Any) -> Iterable[object]:
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    if isinstance(value, tuple | list):
        return value
    return [getattr(value, name) for name in getattr(value, "__dataclass_fields__", ())]


def _history_bytes(history: History) -> int:
    """At most `HISTORY_MESSAGES`, so that it takes less than a slice."""
    said = sum(getsizeof(message) + getsizeof(message.text) for message in history.messages)
    return getsizeof(history) + getsizeof(history.messages) + said


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the newest `RECENT` values, in milliseconds."""

    p50: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Spread":
        """The nearest value there is; zeros where nothing was measured."""
        values = sorted(seconds) or [0.0]
        last = len(values) - 1
        return cls(*(round(values[round(last * share)] * 1000, 3) for share in (0.5, 0.95, 0.99, 1.0)))


def levels() -> Mapping[LevelName, Level]:
    """Of this process, whoever's locks they were: times, no names."""
    return LEVELS
