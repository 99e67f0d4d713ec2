"""One attempt: the request, signed for this moment, and what came of it."""

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import aiohttp
import structlog
from yarl import URL

from lea.clock import Clock
from lea.hooks.addresses import NotPublic, public_socket
from lea.hooks.schedule import retry_after
from lea.hooks.signing import counting, headers
from lea.resilience.http import HttpClient, read_at_most
from lea.store.hooks_log import Attempt
from lea.store.hooks_outbox import Sending

TIMEOUT_S: Final = 10.0
CONNECT_S: Final = 5.0
CONNECTIONS: Final = 40
READ_BYTES: Final = 4096
KEPT_CHARACTERS: Final = 1024
AGENT: Final = "Lea-Webhooks/1.0"
WORDS: Final = (
    (aiohttp.ClientConnectorDNSError, "dns"),
    (aiohttp.ClientSSLError, "tls"),
    (aiohttp.ClientConnectorError, "unreachable"),
    (TimeoutError, "timeout"),
    (aiohttp.InvalidURL, "address"),
)
"""The first that fits."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sent:
    """`retry_after_s` is how long who answered asks to be left alone."""

    attempt: Attempt
    retry_after_s: float | None = None

    @property
    def delivered(self) -> bool:
        status = self.attempt.status
        return status is not None and 200 <= status < 300


class Sender:
    """`private` allows addresses of one's own network, and http."""

    def __init__(self, key: bytes, clock: Clock, *, private: bool, timeout_s: float = TIMEOUT_S) -> None:
        self._key = key
        self._clock = clock
        self._timeout_s = timeout_s
        self._http = HttpClient(
            "webhooks",
            connections=CONNECTIONS,
            connect_timeout=CONNECT_S,
            sockets=None if private else public_socket,
        )

    async def send(self, one: Sending) -> Sent:
        """Never raises for what the other side does."""
        now, began = self._clock.now(), perf_counter()
        status, reason, answer, asked_s = None, None, b"", None
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await self._post(one, now)
                status = response.status
                asked_s = retry_after(response.headers.get("Retry-After"), now)
                answer = await self._read(response)
        except (TimeoutError, aiohttp.ClientError, ValueError, OSError) as error:
            reason = None if status is not None else reason_of(error)
        except Exception as error:  # a mistake of ours is one failed attempt, not one every minute for ever
            reason = None if status is not None else "broken"
            log.error("webhook.crashed", delivery_id=one.id, exc_info=error)
        ms = round((perf_counter() - began) * 1000)
        return Sent(Attempt(now, ms, status, reason, _text(answer)), asked_s)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _post(self, one: Sending, now: float) -> aiohttp.ClientResponse:
        body = one.body.encode()
        secrets = counting(self._key, one.webhook_id, one.generation, one.rotated_at, now)
        signed = headers(secrets, one.event_id, int(now), body)
        told = {"Content-Type": "application/json", "User-Agent": AGENT, **signed}
        return await self._http.post(URL(one.url), body, told)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """The beginning of the answer; what nobody reads to its end closes its connection."""
        try:
            return await read_at_most(response, READ_BYTES)
        finally:
            if response.content.at_eof():
                response.release()
            else:
                response.close()


def reason_of(error: BaseException) -> str:
    """Why there was no answer, in one word."""
    causes = [error, getattr(error, "os_error", None), error.__cause__]
    if any(isinstance(one, NotPublic) for one in causes):
        return "address"
    return next((word for kind, word in WORDS if isinstance(error, kind)), "broken")


def _text(answer: bytes) -> str:
    """As far as it is text: nothing a database or a terminal could stumble over."""
    text = answer.decode("utf-8", "replace")[:KEPT_CHARACTERS]
    return "".join(character if character.isprintable() or character == "\n" else "\ufffd" for character in text)
