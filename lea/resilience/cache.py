"""What was looked up lately, for a while, so that a thousand requests cost one look-up.

A value that changed is dropped by whoever changed it, here and, through the bus, at every other process.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Generic, Literal, TypeVar

import structlog
from cachetools import TTLCache

from lea.clock import Clock
from lea.metrics import CACHE_AGE_SECONDS, CACHE_REQUESTS
from lea.resilience.single_flight import SingleFlight

V = TypeVar("V")

Outcome = Literal["hit", "stale", "absent", "miss"]

ABSENT_TTL_S: Final = 10.0
"""How long an absence is believed: short, because what is missing may be made."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Found(Generic[V]):
    value: V
    at: float


class LookupCache(Generic[V]):
    """Found values for `ttl_s` and absences for `absent_ttl_s`, at most `size` of each.

    For `stale_s` more a value is still given, while one look-up behind the caller's back replaces it. The two kinds
    are bounded apart, so that a flood of unknown keys cannot push out the known ones. At the bound the least recently
    used goes. A look-up that fails is not remembered; those that waited for it meet its error.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        flights: SingleFlight,
        *,
        size: int,
        ttl_s: float,
        stale_s: float = 0.0,
        absent_ttl_s: float = ABSENT_TTL_S,
    ) -> None:
        self.name = name
        self._clock = clock
        self._flights = flights
        self._ttl_s = ttl_s
        self._found: TTLCache[str, _Found[V]] = TTLCache(size, ttl_s + stale_s, timer=clock.monotonic)
        self._absent: TTLCache[str, bool] = TTLCache(size, absent_ttl_s, timer=clock.monotonic)
        self._drops = 0

    async def get(self, key: str, look_up: Callable[[], Awaitable[V | None]]) -> V | None:
        """The value of `key`, or None where there is none; callers who ask meanwhile share one look-up."""
        known = self._found.get(key)
        if known is None:
            if key in self._absent:
                return self._count("absent", None)
            self._count("miss", None)
            return await self._look_up(key, look_up)
        age = self._clock.monotonic() - known.at
        CACHE_AGE_SECONDS.labels(self.name).observe(age)
        if age < self._ttl_s:
            return self._count("hit", known.value)
        # A flight of its own: whoever waits for a look-up must meet its error, which a refresh keeps to itself.
        self._flights.start(("refresh", *self._flight(key)), lambda: self._refresh(key, look_up))
        return self._count("stale", known.value)

    def drop(self, pattern: str) -> int:
        """Forget the keys that match (`*`, `?` and `[…]` as in file names); how many there were.

        A look-up under way may have seen what was before: its callers get it, nobody later does.
        """
        self._drops += 1
        dropped = 0
        for kept in (self._found, self._absent):
            for key in [key for key in kept if key == pattern or fnmatchcase(key, pattern)]:
                del kept[key]
                dropped += 1
        log.debug("cache.dropped", cache=self.name, pattern=pattern, count=dropped)
        return dropped

    def _flight(self, key: str) -> tuple[str, str, int]:
        """Who asks after a drop does not share the look-up of before it."""
        return (self.name, key, self._drops)

    async def _look_up(self, key: str, look_up: Callable[[], Awaitable[V | None]]) -> V | None:
        return await self._flights.once(self._flight(key), lambda: self._fill(key, look_up))

    async def _refresh(self, key: str, look_up: Callable[[], Awaitable[V | None]]) -> V | None:
        try:
            return await self._fill(key, look_up)
        except Exception as error:  # nobody waits for it: the old value stays for its time, then a caller meets this
            log.warning("cache.not_refreshed", cache=self.name, error=str(error))
            return None

    async def _fill(self, key: str, look_up: Callable[[], Awaitable[V | None]]) -> V | None:
        drops = self._drops
        value = await look_up()
        if drops != self._drops:
            return value
        if value is None:
            self._found.pop(key, None)
            self._absent[key] = True
        else:
            self._found[key] = _Found(value, self._clock.monotonic())
        return value

    def _count(self, outcome: Outcome, value: V | None) -> V | None:
        CACHE_REQUESTS.labels(self.name, outcome).inc()
        return value
