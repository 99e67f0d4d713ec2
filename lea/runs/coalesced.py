"""Telling at most so often: what changes in between is told once, as it then is."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Coalesced(Generic[K, V]):
    """`tell` is called at once for a key that was quiet for `pause_s`, else when that time is over."""

    def __init__(self, pause_s: float, tell: Callable[[V], None]) -> None:
        self._pause_s = pause_s
        self._tell = tell
        self._newest: dict[K, V | None] = {}

    def put(self, key: K, value: V) -> None:
        """The newest of this key."""
        if key in self._newest:
            self._newest[key] = value
            return
        self._newest[key] = None
        asyncio.get_running_loop().call_later(self._pause_s, self._again, key)
        self._tell(value)

    def _again(self, key: K) -> None:
        value = self._newest.pop(key)
        if value is not None:
            self.put(key, value)
