"""A thousand who watch one run: raw connections that note when each message came, and take each apart once for all."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import time
from typing import cast

FRAME_END = b"\n\n"
DONE = b'{"done":true'
DATA = b"data: "


@dataclass(slots=True)
class Changes:
    """When the changes in a message happened, by the message: all watchers are sent the same bytes."""

    known: dict[bytes, list[float]] = field(default_factory=dict)

    def of(self, frame: bytes) -> list[float]:
        """Epoch seconds as the server wrote them, one a job: its end, or its start where it has not ended."""
        found = self.known.get(frame)
        if found is None:
            told = (job["ended_at"] or job["started_at"] for job in json.loads(frame[frame.index(DATA) + len(DATA) :]))
            found = self.known[frame] = [datetime.fromisoformat(moment).timestamp() for moment in told if moment]
        return found


class Watcher(asyncio.Protocol):
    """One reader of a run's stream; `lateness` has seconds from each change to its arrival."""

    def __init__(self, changes: Changes) -> None:
        self.lateness: list[float] = []
        self.first = asyncio.get_running_loop().create_future()
        self.ended = asyncio.get_running_loop().create_future()
        self._changes = changes
        self._rest = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, path: str, key: str, host: str) -> None:
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\r\n"
        self._transport.write(request.encode())

    def data_received(self, data: bytes) -> None:
        now = time()
        *frames, self._rest = (self._rest + data).split(FRAME_END)
        for frame in frames:
            if b"data: [" not in frame:
                if DONE in frame and not self.ended.done():
                    self.ended.set_result(None)
            elif not self.first.done():  # everything there was, however old
                self.first.set_result(None)
            else:
                self.lateness += [now - moment for moment in self._changes.of(frame)]

    def connection_lost(self, exc: Exception | None) -> None:
        for waiting in (self.first, self.ended):
            if not waiting.done():
                waiting.set_exception(exc or ConnectionResetError("closed before the end of the run"))
                waiting.exception()

    def close(self) -> None:
        self._transport.abort()


async def watch(address: tuple[str, int], path: str, keys: Sequence[str], count: int) -> list[Watcher]:
    """So many watchers, each of which has been told what there was."""
    loop, changes = asyncio.get_running_loop(), Changes()
    watchers: list[Watcher] = []
    for number in range(count):
        _, watcher = await loop.create_connection(lambda: Watcher(changes), *address)
        watcher.ask(path, keys[number % len(keys)], f"{address[0]}:{address[1]}")
        watchers.append(watcher)
    await asyncio.gather(*[watcher.first for watcher in watchers])
    return watchers
