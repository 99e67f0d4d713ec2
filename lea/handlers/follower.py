"""One connection that follows a topic: the publisher pushes into its transport, and never waits for it.

Once the transport is above its high-water mark the reader catches up from the topic's log in a task of its own, under a
time limit.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError
from aiohttp.http_writer import StreamWriter
from aiohttp_sse import EventSourceResponse

from lea.bus.port import Reader
from lea.config import Server
from lea.ids import UserId
from lea.tasks import TaskOwner

OK: Final = b": ok\n\n"
PING: Final = b": ping\n\n"
Translate = Callable[[bytes], bytes]
"""Of whole events, in order; what it has to tell of them may be nothing."""


@dataclass(slots=True)
class Stream:
    """An open connection that will follow a topic."""

    user_id: UserId
    request: web.Request
    response: EventSourceResponse
    writer: StreamWriter


class Follower:
    """A connection as the bus sees it; every `server.heartbeat` seconds it says that it is still there."""

    def __init__(self, stream: Stream, tasks: TaskOwner, config: Server, translate: Translate | None = None) -> None:
        self.reader: Reader | None = None
        self.user_id = stream.user_id
        self._stream = stream
        self._tasks = tasks
        self._config = config
        self._translate = translate
        self._catching_up: asyncio.Task[None] | None = None
        self._ended = False
        self._loop = asyncio.get_running_loop()
        self._next_ping = self._loop.call_later(config.heartbeat, self._ping)

    def push(self, data: bytes) -> bool:
        if self._stuck():
            return False
        try:
            self._write(data)
        except ConnectionError:
            self.stop()
        return True

    def end(self) -> None:
        self._ended = True
        if self._catching_up is None:
            self.stop()

    def stop(self) -> None:
        """Let the handler return."""
        self._stream.response.stop_streaming()

    async def aclose(self) -> None:
        """Stop reading and leave no task behind."""
        self._next_ping.cancel()
        if self.reader is not None:
            self.reader.close()
        self.reader = None  # each holds the other, which only the garbage collector would find
        if self._catching_up is not None:
            self._catching_up.cancel()

    def _stuck(self) -> bool:
        """Whether the connection takes no more for now; then it has its time to drain, and is caught up with."""
        paused = self._stream.request.protocol.writing_paused
        if paused and self._catching_up is None:
            self._catching_up = self._tasks.spawn("sse.catch_up", self._catch_up())
        return paused

    def _ping(self) -> None:
        """Only a write finds out that a quiet reader has left."""
        self._next_ping = self._loop.call_later(self._config.heartbeat, self._ping)
        if self._stuck():
            return
        try:
            _write_on(self._stream.writer, PING)
        except ConnectionError:
            self.stop()

    def _write(self, data: bytes) -> None:
        told = data if self._translate is None else self._translate(data)
        if told:
            _write_on(self._stream.writer, told)

    async def _catch_up(self) -> None:
        """Write what was missed as the connection drains, until there is nothing more to take."""
        writer = self._stream.writer
        try:
            data = OK
            while data:
                async with asyncio.timeout(self._config.send_timeout):
                    await writer.drain()
                data = self.reader.take() if self.reader is not None else b""
                if data:
                    self._write(data)
            self._catching_up = None
            if self._ended:
                self.stop()
        except TimeoutError:
            transport = self._stream.request.transport
            if transport is not None:
                transport.abort()
            self.stop()
        except ConnectionError:
            self.stop()


def _write_on(writer: StreamWriter, data: bytes) -> None:
    """More of a body that has begun, framed here: for every token and reader the way through the writer would cost more
    than the write itself. Raises ClientConnectionResetError."""
    transport = writer.transport
    if transport is None or transport.is_closing():
        raise ClientConnectionResetError("the reader is gone")
    framed = b"%x\r\n%b\r\n" % (len(data), data) if writer.chunked else data
    writer.output_size += len(framed)
    transport.write(framed)
