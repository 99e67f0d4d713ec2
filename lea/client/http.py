"""Requests and streams over one aiohttp session: the bearer, one retry after a 401, and errors of one tree."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import aiohttp
import msgspec

from lea.client.errors import ConnectionLost, LeaError, of_answer
from lea.client.signing import Credentials
from lea.client.sse import Frame, Parser

CONNECT_S: Final = 10.0
LOGOUT_S: Final = 5.0
GONE: Final = (aiohttp.ClientError, OSError, TimeoutError)

Body = Callable[[], aiohttp.FormData]


class Nothing(Exception):
    """A 204: there is nothing to follow. It never leaves the client."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request; `form` makes its body anew each time it is sent."""

    method: str
    path: str
    json: object = None
    params: Mapping[str, str] | None = None
    form: Body | None = None
    accept: str = "application/json"
    after: str | None = None


def segment(name: str) -> str:
    """An id as part of a path. Raises ValueError for what would be another path."""
    if name in {"", ".", ".."}:
        raise ValueError(f"{name!r} is no id")
    return quote(name, safe="")


class Http:
    """One server, one caller. `silence` is how long a stream may say nothing, `timeout` how long an answer takes."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, language: str | None, *, silence: float, timeout: float
    ) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._headers = {"Accept-Language": language} if language else {}
        self._silence = silence
        self._timeout = timeout
        self.credentials: Credentials | None = None

    async def call(self, sent: Sent) -> bytes:
        """The body of the answer. Raises LeaError."""
        try:
            async with asyncio.timeout(self._timeout), self._answer(sent) as response:
                return await response.read()
        except GONE as error:
            raise _lost(self._url, error) from error

    async def post(self, path: str, body: dict[str, str]) -> bytes:
        """As `call`, to a route that needs no account."""
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._send(Sent("POST", path, body), None)
                async with response:
                    await _checked(response)
                    return await response.read()
        except GONE as error:
            raise _lost(self._url, error) from error

    async def frames(self, sent: Sent) -> AsyncGenerator[Frame, None]:
        """A stream to its end. Raises ConnectionLost where it breaks or goes silent, Nothing for a 204, LeaError."""
        parser = Parser()
        try:
            async with self._answer(sent, headers_within=self._silence) as response:
                if response.status == 204:
                    raise Nothing
                while chunk := await self._chunk(response):
                    for frame in parser.feed(chunk):
                        yield frame
        except (*GONE, ValueError) as error:
            raise _lost(self._url, error) from error

    async def log_out(self, bearer: str) -> None:
        """End the sign-in; who cannot be told will find out when it is over."""
        with suppress(*GONE):
            async with asyncio.timeout(LOGOUT_S):
                response = await self._send(Sent("POST", "/v1/auth/logout", {}), bearer)
                response.release()

    async def _chunk(self, response: aiohttp.ClientResponse) -> bytes:
        async with asyncio.timeout(self._silence):
            return await response.content.readany()

    @asynccontextmanager
    async def _answer(self, sent: Sent, headers_within: float | None = None) -> AsyncIterator[aiohttp.ClientResponse]:
        """A 401 is answered with one renewal and one more request."""
        assert self.credentials is not None
        async with asyncio.timeout(headers_within):
            bearer = await self.credentials.bearer()
            response = await self._send(sent, bearer)
            if response.status == 401:
                refused = await _refusal(response)
                if not await self.credentials.renew(bearer):
                    raise refused
                response = await self._send(sent, await self.credentials.bearer())
            try:
                await _checked(response)
            except BaseException:
                response.close()
                raise
        async with response:
            yield response

    async def _send(self, sent: Sent, bearer: str | None) -> aiohttp.ClientResponse:
        headers = self._headers | {"Accept": sent.accept}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        if sent.after is not None:
            headers["Last-Event-ID"] = sent.after
        return await self._session.request(
            sent.method,
            self._url + sent.path,
            params=sent.params,
            json=sent.json,
            data=None if sent.form is None else sent.form(),
            headers=headers,
            allow_redirects=False,  # a bearer goes where it was meant to go
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
        )


def opened() -> aiohttp.ClientSession:
    """A session for any number of streams at once."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), json_serialize=lambda value: msgspec.json.encode(value).decode()
    )


async def _checked(response: aiohttp.ClientResponse) -> None:
    if response.status >= 300:
        raise await _refusal(response)


async def _refusal(response: aiohttp.ClientResponse) -> LeaError:
    async with response:
        return of_answer(response.status, await response.read(), response.headers.get("Retry-After"))


def _lost(url: str, error: BaseException) -> ConnectionLost:
    return ConnectionLost(f"{url} cannot be reached: {error or type(error).__name__}")
