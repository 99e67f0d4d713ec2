"""Outbound HTTP: one pooled client per named dependency, bounded in time and in size."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from yarl import URL

HEADER_BYTES = 8190
READ_BUFFER = 65_536
LINGER_S = 1.0
"""How long a connection may take to end a body nobody reads any more before it is closed instead of kept."""


class Arriving(ResponseHandler):
    """A connection that can tell at once that something has come, instead of waking a task for it."""

    on_arrival: Callable[[], None] | None = None
    """Called after bytes were parsed, and after the connection was lost; must neither wait nor raise."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if data and self.on_arrival is not None:
            self.on_arrival()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Called at every read, also where nothing was paused: then the parser has nothing to go on with."""
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        if self.on_arrival is not None:
            self.on_arrival()


class Connector(aiohttp.TCPConnector):
    """Makes connections of this module."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory = cast(Any, partial(Arriving, loop=self._loop))


class HttpClient:
    """A pool of at most `connections` to the dependency called `name`.

    `connect_timeout` (seconds) bounds everything before the request is on its way: a place in the pool, DNS, TCP
    and TLS. `read_timeout` bounds silence on the socket; None where the reader has its own watch. No cookies, no
    proxy or netrc from the environment, no redirects: a key is sent nowhere but where the settings say.
    aiohttp sets TCP_NODELAY on every connection. `sockets` makes the socket for an address that is about to be
    connected to, or raises OSError where nobody may.
    """

    def __init__(
        self,
        name: str,
        *,
        connections: int,
        connect_timeout: float,
        read_timeout: float | None = None,
        sockets: aiohttp.SocketFactoryType | None = None,
    ) -> None:
        self.name = name
        self._connections = connections
        self._sockets = sockets
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connect_timeout, sock_read=read_timeout)
        self._session: aiohttp.ClientSession | None = None
        self._lingering: dict[aiohttp.ClientResponse, asyncio.TimerHandle] = {}

    async def post(self, url: URL, body: bytes, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Send and wait for the header; the caller hands the response to `release` or closes it.

        Raises aiohttp.ClientError.
        """
        return await self._open().post(url, data=body, headers=headers, allow_redirects=False)

    async def get(self, url: URL, headers: Mapping[str, str] | None = None) -> aiohttp.ClientResponse:
        """As `post`."""
        return await self._open().get(url, headers=headers, allow_redirects=False)

    def release(self, response: aiohttp.ClientResponse) -> None:
        """Keep the connection for the next request once the body has ended; `LINGER_S` later it is closed.

        For a reader that saw the end of its answer but not yet the end of the body: waiting for it would make
        a person wait, closing would cost the next request a new connection.
        """
        if response.closed:
            return
        loop = asyncio.get_running_loop()
        self._lingering[response] = loop.call_later(LINGER_S, self._drop, response)
        response.content.on_eof(partial(self._ended, response))

    async def aclose(self) -> None:
        """Close every connection, those in use too."""
        for response in list(self._lingering):
            self._ended(response)
            response.close()
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=Connector(limit=self._connections, socket_factory=self._sockets),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "lea", "Accept-Encoding": "identity"},
                trust_env=False,
                read_bufsize=READ_BUFFER,
                max_line_size=HEADER_BYTES,
                max_field_size=HEADER_BYTES,
            )
        return self._session

    def _ended(self, response: aiohttp.ClientResponse) -> None:
        timer = self._lingering.pop(response, None)
        if timer is not None:
            timer.cancel()

    def _drop(self, response: aiohttp.ClientResponse) -> None:
        self._lingering.pop(response, None)
        response.close()


def arriving_of(response: aiohttp.ClientResponse) -> Arriving | None:
    """The connection the rest of a body comes by; None where all of it is here already."""
    protocol = None if response.connection is None else response.connection.protocol
    if protocol is None or isinstance(protocol, Arriving):
        return protocol
    raise TypeError(f"a connection of ours is needed, not {type(protocol)}")


async def read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The first `limit` bytes of the body; a longer one is left unread. Raises aiohttp.ClientError."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= limit:
            break
    return bytes(body[:limit])
