"""All event streams of this process: opened with the first byte at once, bounded, and closed together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_exceptions import ClientConnectionError
from aiohttp.http_writer import StreamWriter
from aiohttp_sse import EventSourceResponse

from lea.auth.permissions import Identity
from lea.bus.port import Followed
from lea.config import Server
from lea.handlers.follower import OK, Follower, Stream, Translate
from lea.handlers.problems import REQUEST_ID
from lea.handlers.timing import BEGAN
from lea.ids import UserId
from lea.metrics import FIRST_BYTE_SECONDS, FOLLOWERS
from lea.resilience.bounds import Bound, Most
from lea.tasks import TaskOwner

RUSH_S: Final = 0.05
"""Longest one stream's work waits for first bytes of others that still come."""
CACHE_CONTROL: Final = "no-store, no-transform"


class _Response(EventSourceResponse):
    """Without the task each of the library's has for its pings, which are the follower's: thousands wait here."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        if self.prepared:
            return await super().prepare(request)
        if request.transport is None:  # gone before the first byte
            raise ConnectionResetError
        self._set_tcp_user_timeout(request)
        writer = await web.StreamResponse.prepare(self, request)
        self._ping_task = asyncio.get_running_loop().create_future()  # type: ignore[assignment]  # waited for and cancelled
        return writer


class Streams:
    """All open event streams of this process."""

    def __init__(self, config: Server, most: Most, tasks: TaskOwner) -> None:
        self._config = config
        self._tasks = tasks
        self._followers: set[Follower] = set()
        self._bound = Bound("streams", most)
        self.begun = 0
        """Streams whose first byte is out, since the start."""
        self._last: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._followers)

    def check(self, caller: Identity) -> None:
        """Raises Overloaded where `open` would."""
        self._bound.check(caller.user_id, caller.company_id)

    @asynccontextmanager
    async def open(self, request: web.Request, caller: Identity, headers: dict[str, str]) -> AsyncIterator[Stream]:
        """Send the status line and `: ok`; nothing was awaited for it, and from here on no status can change.

        Raises Overloaded where the caller, the company or this process has too many streams already.
        """
        with self._bound.place(caller.user_id, caller.company_id):
            stream = await self._begin(request, caller.user_id, headers)
            await self._let_others_begin()
            yield stream

    async def _let_others_begin(self) -> None:
        """Who asked at the same moment gets the first byte too before the work for the first one begins.

        Alone one waits for one pass of the loop. In a rush the work begins one by one, a pass each, once a pass brings
        nobody new or `RUSH_S` are over: who comes late never stands behind the work for all the others.
        """
        loop = asyncio.get_running_loop()
        over, begun = loop.time() + RUSH_S, -1
        before, mine = self._last, loop.create_future()
        self._last = mine
        try:
            if before is not None and not before.done():
                await asyncio.wait([before])
            while begun != self.begun and loop.time() < over:
                begun = self.begun
                await asyncio.sleep(0)
        finally:
            mine.set_result(None)

    async def _begin(self, request: web.Request, user_id: UserId, headers: dict[str, str]) -> Stream:
        response = _Response(headers=headers, allow_all_methods=True, send_timeout=self._config.send_timeout)
        response.headers["Cache-Control"] = CACHE_CONTROL
        response.headers["X-Request-Id"] = request[REQUEST_ID]
        writer = await response.prepare(request)
        stream = Stream(user_id, request, response, _stream_writer(writer))
        _write_now(stream.writer, OK)
        self.begun += 1
        FIRST_BYTE_SECONDS.observe(perf_counter() - request[BEGAN])
        return stream

    async def follow(
        self, stream: Stream, topic: Followed, after: int = 0, translate: Translate | None = None
    ) -> web.StreamResponse:
        """Relay until the topic has ended or the reader is gone; to readers of another protocol, translated."""
        follower = Follower(stream, self._tasks, self._config, translate)
        self._followers.add(follower)
        FOLLOWERS.inc()
        try:
            async with stream.response:
                follower.reader = topic.subscribe(follower, after)
                with suppress(ConnectionError, ClientConnectionError):  # the reader is gone, which is its own affair
                    await stream.response.wait()
        finally:
            FOLLOWERS.dec()
            self._followers.discard(follower)
            await follower.aclose()
        return stream.response

    def close_of(self, user_id: UserId) -> None:
        """End every stream of somebody whose rights have changed; who still may opens another."""
        for follower in [one for one in self._followers if one.user_id == user_id]:
            follower.stop()

    def close_all(self) -> None:
        """End every stream; the server is going away."""
        for follower in list(self._followers):
            follower.stop()


def _stream_writer(writer: AbstractStreamWriter | None) -> StreamWriter:
    if not isinstance(writer, StreamWriter):
        raise TypeError(f"an HTTP/1.1 connection's writer is needed, not {type(writer)}")
    return writer


def _write_now(writer: StreamWriter, data: bytes) -> None:
    """Hand the first `data` of a body, and the header before it, to the transport within this call.

    Without draining, `StreamWriter.write` has nothing to wait for, so its coroutine ends at the first step. Raises
    ClientConnectionResetError.
    """
    writing = writer.write(data, drain=False)
    try:
        writing.send(None)
    except StopIteration:
        return
    writing.close()
    raise RuntimeError("a write without draining was expected not to wait")
