"""What processes share; while a drill runs, its company may find Redis gone."""

from typing import Final

from lea.drill.target import Fault, Target
from lea.resilience.limits import Hit
from lea.state.port import State

GONE: Final[Fault] = "redis_gone"


class DrillState:
    """A State that passes everything on, or behaves towards the company as if nobody could be asked."""

    def __init__(self, state: State, target: Target) -> None:
        self._state = state
        self._target = target

    @property
    def backend(self) -> str:
        return self._state.backend

    @property
    def shared(self) -> bool:
        return self._state.shared

    async def get(self, key: str) -> bytes | None:
        return None if self._gone(key) else await self._state.get(key)

    def put(self, key: str, value: bytes, life_s: float) -> None:
        if not self._gone(key):
            self._state.put(key, value, life_s)

    def touch(self, key: str, life_s: float) -> None:
        if not self._gone(key):
            self._state.touch(key, life_s)

    def forget(self, key: str) -> None:
        if not self._gone(key):
            self._state.forget(key)

    def join(self, group: str, member: str, life_s: float) -> None:
        if not self._gone(group):
            self._state.join(group, member, life_s)

    async def members(self, group: str) -> int | None:
        return None if self._gone(group) else await self._state.members(group)

    async def hit(self, label: str, name: str, limit: int, window_s: int) -> Hit | None:
        return None if self._gone(name) else await self._state.hit(label, name, limit, window_s)

    def _gone(self, key: str) -> bool:
        return self._target.company_id is not None and self._target.strikes_key(key, GONE)
