"""The watch over a model's silence."""

import asyncio
from collections.abc import Callable

import aiohttp

from lea.errors import ExternalTimeout


class Watch:
    """Ends a read that has waited `limit` seconds, with one timer that looks now and then instead of one a token.

    Only the time a reader waits counts: a consumer that is busy elsewhere is not the model's silence.
    """

    def __init__(self, content: aiohttp.StreamReader, since: float, limit: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._content = content
        self._since = since
        self._limit = limit
        self._waiting = False
        self._fresh = True
        self.on_silence: Callable[[], None] | None = None
        """Called after the reader was ended, where it is not one that waits by itself."""
        self._timer = self._loop.call_at(since + limit, self._look)

    def begin(self) -> None:
        """A reader waits from now on; the first one waits since the question was asked."""
        if not self._fresh:
            self._since = self._loop.time()
        self._fresh, self._waiting = False, True

    def end(self) -> None:
        """The reader has its batch."""
        self._waiting = False

    def shorten(self, limit: float) -> None:
        """From now on `limit` seconds are enough, unless fewer are allowed anyway."""
        if limit < self._limit:
            self._limit, self._since = limit, self._loop.time()
            self._timer.cancel()
            self._timer = self._loop.call_later(limit, self._look)

    def cancel(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _look(self) -> None:
        left = self._since + self._limit - self._loop.time()
        if left <= 0.001 and self._waiting:
            self._content.set_exception(ExternalTimeout())
            if self.on_silence is not None:
                self.on_silence()
        else:
            self._timer = self._loop.call_later(max(left, self._limit / 4), self._look)
