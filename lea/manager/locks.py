"""The three lock levels, each wait and each hold measured.

`global` and `session` are leaves: nothing is awaited while they are held. `thread` is held for a whole turn; who
waits for it stands in a bounded queue and is told its place.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Final, Literal

from lea.errors import TooMany
from lea.ids import TurnId
from lea.metrics import LOCK_HELD_SECONDS, LOCK_WAIT_SECONDS

LevelName = Literal["global", "session", "thread"]

RECENT = 1000
"""Most waits and holds of a level kept one by one, for those who look now; the histograms keep the sums of all."""


@dataclass(slots=True)
class LockTimes:
    """Seconds spent on locks by one piece of work."""

    wait: float = 0.0
    held: float = 0.0


class Level:
    """What all locks of a level took in this process, in seconds; `count` is how often one was got."""

    def __init__(self, name: LevelName) -> None:
        self.count = 0
        self.waits: deque[float] = deque(maxlen=RECENT)
        self.holds: deque[float] = deque(maxlen=RECENT)
        self._wait_seconds = LOCK_WAIT_SECONDS.labels(name)
        self._held_seconds = LOCK_HELD_SECONDS.labels(name)

    def waited(self, seconds: float) -> None:
        self.count += 1
        self.waits.append(seconds)
        self._wait_seconds.observe(seconds)

    def held(self, seconds: float) -> None:
        self.holds.append(seconds)
        self._held_seconds.observe(seconds)


LEVELS: Final[dict[LevelName, Level]] = {
    "global": Level("global"),
    "session": Level("session"),
    "thread": Level("thread"),
}
THREAD: Final = LEVELS["thread"]


class LeafLock:
    """A lock for a few assignments."""

    def __init__(self, level: Literal["global", "session"]) -> None:
        self._lock = asyncio.Lock()
        self._level = LEVELS[level]

    @asynccontextmanager
    async def hold(self, times: LockTimes | None = None) -> AsyncIterator[None]:
        """Hold the lock; `times` adds up what this piece of work waited and held."""
        asked = perf_counter()
        async with self._lock:
            got = perf_counter()
            try:
                yield
            finally:
                freed = perf_counter()
                self._level.waited(got - asked)
                self._level.held(freed - got)
                if times is not None:
                    times.wait += got - asked
                    times.held += freed - got


class ThreadLock:
    """One turn at a time, the others in the order they came."""

    def __init__(self, waiting: int) -> None:
        self._bound = waiting
        self._holder: Ticket | None = None
        self._waiting: deque[Ticket] = deque()

    @property
    def busy(self) -> bool:
        return self._holder is not None

    @property
    def holder(self) -> "Ticket | None":
        """Whose turn it is; a look."""
        return self._holder

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def join(self) -> "Ticket":
        """A place in the queue, or the lock itself. Raises TooMany(`queue_full`) when all places are taken."""
        if self._holder is not None and len(self._waiting) >= self._bound:
            raise TooMany("queue_full")
        ticket = Ticket(self)
        if self._holder is None:
            self._holder = ticket
            ticket.granted.set_result(None)
        else:
            self._waiting.append(ticket)
            ticket.position = len(self._waiting)
        return ticket

    def leave(self, ticket: "Ticket") -> None:
        """Give the lock to the next, or the place up; everyone behind is told the new one."""
        if self._holder is ticket:
            self._holder = self._waiting.popleft() if self._waiting else None
            if self._holder is not None:
                self._holder.position = 0
                self._holder.granted.set_result(None)
        elif ticket in self._waiting:
            self._waiting.remove(ticket)
        for place, waiting in enumerate(self._waiting, 1):
            waiting.moved_to(place)


class Ticket:
    """A turn's claim on its thread: waited for once, released once."""

    def __init__(self, lock: ThreadLock) -> None:
        self._lock = lock
        self._got: float | None = None
        self.granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.position = 0
        self.turn_id: TurnId | None = None
        self.on_move: Callable[[int], None] | None = None

    @property
    def held_s(self) -> float:
        """Seconds since the lock was got; 0 before that."""
        return 0.0 if self._got is None else perf_counter() - self._got

    def moved_to(self, position: int) -> None:
        if position != self.position:
            self.position = position
            if self.on_move is not None:
                self.on_move(position)

    async def wait(self) -> float:
        """Seconds until the lock was this ticket's."""
        asked = perf_counter()
        if not self.granted.done():
            await asyncio.shield(self.granted)
        self._got = perf_counter()
        THREAD.waited(self._got - asked)
        return self._got - asked

    def release(self) -> None:
        """Give up the lock, or the place in its queue."""
        if self._got is not None:
            THREAD.held(self.held_s)
        self._lock.leave(self)
