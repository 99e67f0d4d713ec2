"""A run this process works at, as it may be ended from outside."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from lea.tasks import TaskOwner

T = TypeVar("T")


class Held:
    """Cancelling ends its jobs, and the run is then ended in order; losing it ends everything and writes nothing."""

    def __init__(self, tasks: TaskOwner) -> None:
        self.cancelled = False
        self.ending = False
        self.over = asyncio.Event()
        self._tasks = tasks
        self._whole: asyncio.Task[None] | None = None
        self._jobs: asyncio.Task[Any] | None = None

    def begin(self, whole: Coroutine[Any, Any, None]) -> None:
        """Work at it."""
        self._whole = self._tasks.spawn("run", self._until_over(whole))

    def cancel(self) -> None:
        """May be called again."""
        self.cancelled = True
        if self._jobs is not None:
            self._jobs.cancel()

    def lose(self) -> None:
        """May be called again."""
        if self._whole is not None:
            self._whole.cancel()

    async def until_cancelled(self, jobs: Coroutine[Any, Any, T]) -> T | None:
        """What came of it; None where it was cancelled."""
        task = self._jobs = self._tasks.spawn("run.jobs", jobs)
        if self.cancelled:
            task.cancel()
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
        return None if task.cancelled() else task.result()

    async def _until_over(self, whole: Coroutine[Any, Any, None]) -> None:
        try:
            await whole
        finally:
            self.over.set()
