"""How often something may be asked, in moving windows held in this process's memory."""

import math
from collections import deque
from dataclasses import dataclass

from cachetools import TTLCache
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from lea.clock import Clock

WINDOWS = 100_000
"""Most names remembered; beyond it the one seen longest ago is forgotten."""


class MovingWindows(MemoryStorage):
    """Moving windows on our clock and with a bound.

    The library's own has no bound, reads the wall clock, and at every hit starts a task that visits every key.
    """

    def __init__(self, clock: Clock, window_s: float) -> None:
        super().__init__()
        self._clock = clock
        self._hits: TTLCache[str, deque[float]] = TTLCache(WINDOWS, math.ceil(window_s), timer=clock.monotonic)

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        hits = self._recent(key, expiry)
        if len(hits) + amount > limit:
            return False
        hits.extend([self._clock.now()] * amount)
        self._hits[key] = hits
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        hits = self._recent(key, expiry)
        return (hits[0] if hits else self._clock.now()), len(hits)

    async def clear(self, key: str) -> None:
        self._hits.pop(key, None)

    def take_back(self, key: str) -> None:
        """The newest entry never was."""
        hits = self._hits.get(key)
        if hits:
            hits.pop()

    def _recent(self, key: str, expiry: int) -> deque[float]:
        hits = self._hits.get(key) or deque()
        while hits and hits[0] <= self._clock.now() - expiry:
            hits.popleft()
        return hits


@dataclass(frozen=True, slots=True)
class Hit:
    """What one hit left: `reset_s` is the time until the oldest hit in the window no longer counts."""

    allowed: bool
    remaining: int
    reset_s: int


class RateLimit:
    """`limit` hits in any `window_s` seconds, for each name."""

    def __init__(self, label: str, limit: int, window_s: float, clock: Clock) -> None:
        self.label = label
        self.limit = limit
        self.window_s = math.ceil(window_s)
        self._clock = clock
        self._item: RateLimitItem = RateLimitItemPerSecond(limit, self.window_s, label)
        self._windows = MovingWindows(clock, window_s)
        self._limiter = MovingWindowRateLimiter(self._windows)

    async def hit(self, name: str) -> Hit:
        """Count one; nothing is awaited that could wait. A refused hit is not counted."""
        allowed = await self._limiter.hit(self._item, name)
        stats = await self._limiter.get_window_stats(self._item, name)
        return Hit(allowed, stats.remaining, max(1, math.ceil(stats.reset_time - self._clock.now())))

    async def left(self, name: str) -> int:
        """How many hits there is room for now; counts none."""
        stats = await self._limiter.get_window_stats(self._item, name)
        return stats.remaining

    def take_back(self, name: str) -> None:
        """The last hit of this name was refused elsewhere, so it does not count here either."""
        self._windows.take_back(self._item.key_for(name))

    async def forgive(self, name: str) -> None:
        """Forget the hits of this name."""
        await self._limiter.clear(self._item, name)
