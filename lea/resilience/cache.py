"""What was looked up lately, for a while, so that a thousand requests cost one look-up."""

from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from cachetools import TTLCache

from lea.clock import Clock
from lea.resilience.single_flight import SingleFlight

V = TypeVar("V")

ABSENT_TTL_S: Final = 10.0
"""How long an absence is believed: short, because what is missing may be made."""


class LookupCache(Generic[V]):
    """Found values for `ttl_s` and absences for `absent_ttl_s`, at most `size` of each.

    The two are bounded apart, so that a flood of unknown keys cannot push out the known ones. At the bound the
    least recently used goes. A look-up that fails is not remembered; those that waited for it meet its error.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        flights: SingleFlight,
        *,
        size: int,
        ttl_s: float,
        absent_ttl_s: float = ABSENT_TTL_S,
    ) -> None:
        self._name = name
        self._flights = flights
        self._found: TTLCache[str, V] = TTLCache(size, ttl_s, timer=clock.monotonic)
        self._absent: TTLCache[str, bool] = TTLCache(size, absent_ttl_s, timer=clock.monotonic)

    async def get(self, key: str, look_up: Callable[[], Awaitable[V | None]]) -> V | None:
        """The value of `key`, or None where there is none; callers who ask meanwhile share one look-up."""
        known = self._found.get(key)
        if known is not None or key in self._absent:
            return known
        return await self._flights.once((self._name, key), lambda: self._fill(key, look_up))

    async def _fill(self, key: str, look_up: Callable[[], Awaitable[V | None]]) -> V | None:
        value = await look_up()
        if value is None:
            self._absent[key] = True
        else:
            self._found[key] = value
        return value
