"""Caches of all processes: what one of them changes, each of them forgets."""

from typing import Protocol

from lea.bus.port import Bus, Signal


class Droppable(Protocol):
    """A cache, as far as this room is concerned."""

    name: str

    def drop(self, pattern: str) -> int: ...


class Caches:
    """By name. Signals may be lost while the bus is away: on its return everything is forgotten."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._caches: dict[str, Droppable] = {}
        bus.hear("cache", self._hear)
        bus.on_return(self._forget_all)

    def add(self, cache: Droppable) -> None:
        self._caches[cache.name] = cache

    def drop(self, name: str, pattern: str) -> None:
        """Forget these keys of this cache at every process."""
        self._caches[name].drop(pattern)
        self._bus.send("cache", {"name": name, "pattern": pattern})

    def _hear(self, signal: Signal) -> None:
        cache = self._caches.get(signal["name"])
        if cache is not None:
            cache.drop(signal["pattern"])

    def _forget_all(self) -> None:
        for cache in self._caches.values():
            cache.drop("*")
