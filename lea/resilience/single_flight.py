"""One load for all who want the same thing at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from lea.tasks import TaskOwner

T = TypeVar("T")


class SingleFlight:
    """Callers of the same key share one running load; nothing is kept after it, a failure least of all."""

    def __init__(self, tasks: TaskOwner) -> None:
        self._tasks = tasks
        self._flying: dict[Hashable, asyncio.Task[Any]] = {}

    def __len__(self) -> int:
        return len(self._flying)

    def start(self, key: Hashable, load: Callable[[], Awaitable[Any]]) -> None:
        """Have the load under way, without waiting for it."""
        if key not in self._flying:
            self._fly(key, load)

    async def once(self, key: Hashable, load: Callable[[], Awaitable[T]]) -> T:
        """The result of the load under way, or of a new one; a caller that is cancelled does not end it."""
        task = self._flying.get(key) or self._fly(key, load)
        return await asyncio.shield(task)

    def _fly(self, key: Hashable, load: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        task = self._tasks.spawn(f"load:{key}", _awaited(load))
        self._flying[key] = task
        task.add_done_callback(lambda _: self._flying.pop(key, None))
        return task


async def _awaited(load: Callable[[], Awaitable[T]]) -> T:
    return await load()
