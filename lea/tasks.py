"""The one home of background tasks: each has a name, a log line if it crashes, and an owner that ends it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import structlog

T = TypeVar("T")

PATIENCE_S: Final = 2.0
"""How long a cancelled task may take before it is cancelled again: a library can lose a cancellation that comes with a
timeout of its own, and its loop then goes on for ever."""

log = structlog.get_logger()


class TaskOwner:
    """Starts tasks and ends them all when closed."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `work` until it ends or the owner is closed; a crash is logged as `task.crashed`."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def aclose(self) -> None:
        """Cancel what still runs, until it has ended."""
        while self._tasks:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            _, left = await asyncio.wait(tasks, timeout=PATIENCE_S)
            if left:
                log.warning("tasks.cancelled_again", tasks=sorted(task.get_name() for task in left))

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.error("task.crashed", task=task.get_name(), exc_info=error)
