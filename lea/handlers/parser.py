"""What happens to a connection before there is a request: bytes that are no HTTP, slow headers, too many connections.

aiohttp answers what its parser refuses by itself, as text and before any middleware, and lets a client take its time.
Here it gets our kind of answer, a count and a log line, none of which holds a byte the client sent.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from lea.config import Server as Settings
from lea.errors import BadRequest, HeadersTooLarge, InternalError, LeaError, Overloaded, RequestTimeout
from lea.handlers.headers import secure
from lea.handlers.keys import CONFIG
from lea.handlers.observe import note_unparsed
from lea.handlers.problems import PROBLEM, answer_of, of_framework
from lea.ids import new_id

HEADER_BYTES: Final = 16_384
"""Most bytes of a request line, and of one header field."""
IDLE_S: Final = 75.0
"""How long a connection is kept for its next request: longer than a proxy keeps its own (nginx: 60 s)."""
FULL_RETRY_S: Final = 5.0
LINGER_S: Final = 1.0
"""How long what a refused client still sends is thrown away: closing on unread bytes would take the answer from it."""

log = structlog.get_logger()


class Runner(web.AppRunner):
    """Runs the application with connections of this module."""

    def __init__(self, app: web.Application, *, shutdown_timeout: float) -> None:
        self._settings = app[CONFIG].server
        super().__init__(
            app,
            access_log=None,
            handle_signals=False,
            handler_cancellation=False,
            shutdown_timeout=shutdown_timeout,
            keepalive_timeout=IDLE_S,
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
        )

    async def _make_server(self) -> web.Server:
        return Server(await super()._make_server(), self._settings, self._kwargs)


class Server(web.Server):
    """The same server, whose connections are ours."""

    def __init__(self, made: web.Server, settings: Settings, options: dict[str, Any]) -> None:
        options = {name: value for name, value in options.items() if name != "handler_cancellation"}
        super().__init__(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            **options,
        )
        self._settings = settings
        self._options = options

    def __call__(self) -> "Connection":
        full = len(self._connections) >= self._settings.connections
        return Connection(self, self._settings, full=full, **self._options)


class Connection(web.RequestHandler):
    """One connection. A timer exists only while headers are incomplete: a usual request costs none after the first."""

    __slots__ = ("_full", "_gone", "_head_timer", "_heads", "_settings", "_started", "on_lost")

    def __init__(self, server: Server, settings: Settings, *, full: bool, **options: Any) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._settings = settings
        self._full = full
        self._heads = 0
        self._started = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._gone: asyncio.Future[None] | None = None
        """There once the parser has refused: nothing is parsed any more."""
        self.on_lost: Callable[[], object] | None = None
        """Called when the client is gone, by whoever waits for something on its behalf alone."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._full:
            self._refuse(Overloaded(retry_after_s=FULL_RETRY_S))
        else:
            self._expect_head()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._forget_head()
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)
        if self.on_lost is not None:
            self.on_lost()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._gone is not None:
            return
        super().data_received(data)
        if self._request_count != self._heads:
            self._heads = self._request_count
            self._forget_head()
        elif data and (self._head_timer is not None or self._waiter is not None):  # no body is read: half a head
            self._started = True
            if self._head_timer is None:
                self._expect_head()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what the parser refuses, and to what failed outside of every middleware."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun, so no other can follow")
        if not isinstance(exc, HttpProcessingError):
            log.error("request.crashed", exc_info=exc)
        self._gone = self._loop.create_future()
        return self._answer(_of_parser(exc), type(exc).__name__, request.remote)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """An answer no middleware has seen, such as 417, is one of ours too."""
        if isinstance(resp, web.HTTPException) and resp.content_type != PROBLEM and resp.status >= 400:
            resp = self._answer(of_framework(resp), type(resp).__name__, request.remote)
        finished = await super().finish_response(request, resp, start_time)
        if self._gone is not None:
            await self._linger(self._gone)
        return finished

    async def _linger(self, gone: asyncio.Future[None]) -> None:
        if self.transport is not None and self.transport.can_write_eof():
            self.transport.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                await gone

    def _expect_head(self) -> None:
        self._head_timer = self._loop.call_later(self._settings.header_timeout, self._too_slow)

    def _forget_head(self) -> None:
        self._started = False
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if self._waiter is None:
            return
        if self._started:
            self._refuse(RequestTimeout())
        else:  # a browser that connects ahead of need is no mistake
            self.force_close()

    def _refuse(self, error: LeaError) -> None:
        """Answer without a request and hang up."""
        peer = self.peername
        response = self._answer(error, type(error).__name__, peer[0] if isinstance(peer, tuple) else None)
        if self.transport is not None:
            self.transport.write(_bytes(response))
        self.force_close()

    def _answer(self, error: LeaError, reason: str, remote: str | None) -> web.Response:
        request_id = new_id("r")
        response = answer_of(error, self._settings.language, request_id)
        response.headers["X-Request-Id"] = request_id
        secure(response.headers, https=self._settings.public_url.startswith("https://"))
        response.force_close()
        note_unparsed(error.status, reason, request_id=request_id, remote=remote)
        return response


@contextmanager
def left(request: web.Request, call: Callable[[], object]) -> Iterator[None]:
    """Call this when the client goes away meanwhile."""
    connection = request.protocol
    if not isinstance(connection, Connection) or connection.transport is None:
        call()
        yield
        return
    connection.on_lost = call
    try:
        yield
    finally:
        connection.on_lost = None


def _of_parser(error: BaseException | None) -> LeaError:
    if isinstance(error, LineTooLong):
        return HeadersTooLarge()
    if isinstance(error, HttpProcessingError):
        return HeadersTooLarge() if error.message.startswith("Too many headers") else BadRequest()
    return InternalError()


def _bytes(response: web.Response) -> bytes:
    """An answer as HTTP/1.1 writes it, for a connection that has no request to answer."""
    body = response.body
    assert isinstance(body, bytes)
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body
