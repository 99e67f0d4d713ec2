"""One stream through lost connections: where it goes on, how long between attempts, and when it is given up."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lea.client.errors import ConnectionLost, LeaError, TooManyRequests, Unavailable
from lea.client.http import Http, Sent
from lea.client.sse import Frame

FIRST_S: Final = 0.2
LONGEST_S: Final = 10.0
ENDING_S: Final = 1.0
OK: Final = "ok"
"""The comment every stream begins with; a server that says no more has not been heard."""

Waiting = Callable[[LeaError, float], None]
"""Told why a stream was lost, and for how many seconds nothing will be tried."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `id` is the cursor after it, `data` what the server said."""

    id: str | None
    data: Any


class Patience:
    """Attempts farther and farther apart; after `seconds` without a word from the server they end."""

    def __init__(self, seconds: float, waiting: Waiting | None) -> None:
        self._seconds = seconds
        self._waiting = waiting
        self._attempt = 0
        self._lost_at: float | None = None

    def heard(self) -> None:
        """The server is there."""
        self._attempt, self._lost_at = 0, None

    async def wait(self, error: LeaError) -> None:
        """Until the next attempt; jittered, so that many clients do not return at the same moment. Raises `error`."""
        now = asyncio.get_running_loop().time()
        self._lost_at = now if self._lost_at is None else self._lost_at
        left = self._lost_at + self._seconds - now
        longest = min(LONGEST_S, FIRST_S * 2 ** min(self._attempt, 16))
        pause = max(error.retry_after or 0.0, random.uniform(longest / 2, longest))  # noqa: S311
        if left <= 0 or pause > max(left, LONGEST_S):
            raise error
        self._attempt += 1
        pause = min(pause, left)
        if self._waiting is not None:
            self._waiting(error, pause)
        await asyncio.sleep(pause)


class Resumed:
    """A stream that is followed with its cursor until its reader has what it came for."""

    def __init__(self, http: Http, patience: Patience) -> None:
        self.cursor: str | None = None
        self._http = http
        self._patience = patience

    async def events(self, sent: Callable[[], Sent], *, opened: bool = False) -> AsyncGenerator[Event, None]:
        """Events without end: who has the last one reads no further. `sent` is asked before each attempt.

        With `opened` there is an event without id and data each time the server has opened the stream.
        Raises LeaError where asking again does not help, ConnectionLost once patience has ended, Nothing for a 204.
        """
        while True:
            try:
                async with aclosing(self._http.frames(sent())) as frames:
                    async for frame in frames:
                        if frame.comment != OK:
                            self._patience.heard()
                        elif opened:
                            yield Event(None, None)
                        if frame.comment is not None:
                            continue
                        self.cursor = frame.id or self.cursor
                        with suppress(msgspec.DecodeError):  # not ours to understand
                            data = msgspec.json.decode(frame.data)
                            if is_done(data):
                                await _ended(frames)
                            yield Event(frame.id, data)
                error: LeaError = ConnectionLost("the server ended the stream")
            except LeaError as lost:
                if not self.passing(lost):
                    raise
                error = lost
            await self._patience.wait(error)

    def passing(self, error: LeaError) -> bool:
        """What is lost is taken up again; so is what a server on its way out, or a proxy before it, refuses."""
        if isinstance(error, ConnectionLost):
            return True
        if self.cursor is not None and isinstance(error, TooManyRequests | Unavailable):
            return True
        return isinstance(error, Unavailable) and error.code in {"", "shutting_down"}


def is_done(data: object) -> bool:
    """Whether this is the last event of an answer or a run."""
    return isinstance(data, dict) and data.get("done") is True


async def _ended(frames: AsyncGenerator[Frame, None]) -> None:
    """Until the server has ended the stream too: its connection can be used again then."""
    with suppress(LeaError, TimeoutError, StopAsyncIteration):
        async with asyncio.timeout(ENDING_S):
            await anext(frames)
