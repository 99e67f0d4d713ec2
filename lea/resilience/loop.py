"""The heartbeat of the loop: how late it is, and what held it up, seen from outside while it does."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from traceback import extract_stack
from typing import Final

import structlog

from lea.metrics import LOOP_BLOCKED, LOOP_LAG_SECONDS

BEAT_S: Final = 0.1
BLOCKED_S: Final = 0.25
"""From here on a call is named in the log: a person feels a stream stand still for that long."""
FRAMES: Final = 12
"""Innermost calls that are named."""

log = structlog.get_logger()


class LoopWatch:
    """Beats in the loop; a thread of its own looks whether it still does."""

    def __init__(self) -> None:
        self._beat = monotonic()
        self._over = threading.Event()

    async def keep_beating(self) -> None:
        """Until cancelled."""
        with self._watched():
            while True:
                due = monotonic() + BEAT_S
                await asyncio.sleep(BEAT_S)
                self._beat = monotonic()
                LOOP_LAG_SECONDS.observe(max(0.0, self._beat - due))

    @contextmanager
    def _watched(self) -> Iterator[None]:
        watcher = threading.Thread(target=self._watch, args=(threading.get_ident(),), name="loop.watch", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._over.set()

    def _watch(self, loop_thread: int) -> None:
        """Name what blocks, once for each time it does."""
        named = 0.0
        while not self._over.wait(BEAT_S / 2):
            beat = self._beat
            late = monotonic() - beat - BEAT_S
            if late > BLOCKED_S and beat != named:
                named = beat
                self._name(loop_thread, late)

    def _name(self, loop_thread: int, late: float) -> None:
        frame = sys._current_frames().get(loop_thread)
        if frame is None:
            return
        LOOP_BLOCKED.inc()
        stack = [f"{at.filename}:{at.lineno} {at.name}" for at in extract_stack(frame)[-FRAMES:]]
        log.warning("loop.blocked", late_s=round(late, 3), stack=stack)
