"""Blocking work of sessions: a bounded pool of threads in which each session has one slot.

Fifty slow callbacks of one user take one thread, so they delay that user alone.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from lea.config import Sessions
from lea.errors import Overloaded

T = TypeVar("T")


@dataclass(slots=True)
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class CallbackPool:
    """Runs blocking functions off the loop, one at a time for each session."""

    def __init__(self, config: Sessions) -> None:
        self._threads = ThreadPoolExecutor(config.callback_threads, thread_name_prefix="callback")
        self._free = asyncio.Semaphore(config.callback_threads)
        self._bound = config.callback_waiting
        self._slots: dict[str, _Slot] = {}

    async def run(self, session_key: str, callback: Callable[[], T]) -> T:
        """The callback's result. Raises Overloaded when too many of this session wait already.

        A caller that is cancelled leaves the callback running: a thread cannot be stopped, and its slot stays
        taken until it ends.
        """
        slot = self._slots.setdefault(session_key, _Slot())
        if slot.users > self._bound:
            raise Overloaded
        slot.users += 1
        try:
            await slot.lock.acquire()
        except BaseException:
            self._leave(session_key, slot)
            raise
        try:
            await self._free.acquire()
        except BaseException:
            slot.lock.release()
            self._leave(session_key, slot)
            raise
        work = asyncio.get_running_loop().run_in_executor(self._threads, callback)
        work.add_done_callback(lambda _: self._ended(session_key, slot))
        return await asyncio.shield(work)

    def close(self) -> None:
        """Start nothing more; what runs is left to end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ended(self, session_key: str, slot: _Slot) -> None:
        self._free.release()
        slot.lock.release()
        self._leave(session_key, slot)

    def _leave(self, session_key: str, slot: _Slot) -> None:
        slot.users -= 1
        if not slot.users:
            self._slots.pop(session_key, None)
