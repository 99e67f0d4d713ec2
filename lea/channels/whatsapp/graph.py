"""Talks to the Graph API: sends messages, fetches files, and reads and writes what belongs to the number."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

import aiohttp
import orjson
from yarl import URL

from lea.channels.whatsapp.refusals import Lost, Refused, failure
from lea.channels.whatsapp.words import say
from lea.config import WhatsApp as Settings
from lea.errors import ExternalTimeout, ExternalUnavailable, LeaError, NetworkError
from lea.resilience.dependency import Dependency
from lea.resilience.http import HttpClient, read_at_most
from lea.sentences import Language
from lea.store.whatsapp_outbox import OutMessage

MOST_BYTES: Final = 262_144
MOST_MEDIA: Final = 10 * 1024 * 1024
MEDIA_S: Final = 20.0
"""Longest time one file may take."""
CHUNK: Final = 65_536
META: Final = (".fbsbx.com", ".facebook.com", ".whatsapp.net")
"""Hosts of Meta's files beside the API's own; the token goes nowhere else."""


class TooLargeMedia(Exception):
    """A file of more than `MOST_MEDIA` bytes."""


class Graph:
    """One phone number of the Cloud API."""

    def __init__(self, settings: Settings, dependency: Dependency) -> None:
        self._base = URL(settings.api_url)
        self._send = URL(f"{settings.api_url}/{settings.phone_number_id}/messages")
        self._phone_number_id = settings.phone_number_id
        self._headers = {"Authorization": f"Bearer {settings.access_token.get_secret_value()}"}
        self._dependency = dependency
        limits = dependency.settings
        self._http = HttpClient(
            dependency.name,
            connections=limits.concurrency,
            connect_timeout=limits.connect_timeout,
            read_timeout=limits.read_timeout or None,
        )

    async def send(self, message: OutMessage, language: Language) -> str:
        """Its id at WhatsApp's. It is tried again here only where nothing was sent for want of a connection.

        Raises Busy, Denied, Refused, NetworkError, and LeaError where nobody knows whether it arrived.
        """
        body = orjson.dumps(_body(message, language))
        return await self._dependency.run(lambda: self._post(body), again=True)

    async def media(self, media_id: str) -> AsyncGenerator[bytes, None]:
        """A file, chunk by chunk. Raises TooLargeMedia, and LeaError."""
        about = (self._base / media_id).with_query(phone_number_id=self._phone_number_id)
        found = await self._dependency.run(lambda: self._json(about, None), again=True)
        size, url = found.get("file_size"), found.get("url")
        if isinstance(size, str) and size.isdigit():
            size = int(size)
        if isinstance(size, int) and size > MOST_MEDIA:
            raise TooLargeMedia
        address = self._trusted(url)
        read = 0
        async with self._dependency.calling() as call:
            try:
                response = await self._http.get(address, self._headers)
                try:
                    if response.status != 200:
                        raise failure(response.status, b"")
                    call.responded()
                    async for chunk in response.content.iter_chunked(CHUNK):
                        read += len(chunk)
                        if read > MOST_MEDIA:
                            call.succeeded()
                            raise TooLargeMedia
                        yield chunk
                finally:
                    response.close()
            except aiohttp.ClientError as error:
                failed = NetworkError()
                call.failed(failed)
                raise failed from error
            except TimeoutError:
                late = ExternalTimeout()
                call.failed(late)
                raise late from None
            except LeaError as error:
                call.failed(error)
                raise
            call.succeeded()

    async def of_number(self, edge: str, fields: str) -> Mapping[str, Any]:
        """What the API says of our number there. Raises LeaError."""
        url = (self._base / self._phone_number_id / edge).with_query(fields=fields)
        return await self._dependency.run(lambda: self._json(url, None), again=True)

    async def put_of_number(self, edge: str, values: Mapping[str, str]) -> None:
        """Change what it says there. Raises LeaError."""
        body = orjson.dumps(values)
        await self._dependency.run(lambda: self._json(self._base / self._phone_number_id / edge, body), again=True)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def _post(self, body: bytes) -> str:
        status, data = await self._exchange(self._send, body)
        if not 200 <= status < 300:
            raise failure(status, data)
        try:
            wamid = orjson.loads(data)["messages"][0]["id"]
        except (orjson.JSONDecodeError, LookupError, TypeError):
            raise ExternalUnavailable(retryable=False) from None
        if not isinstance(wamid, str) or not 0 < len(wamid) <= 255:
            raise ExternalUnavailable(retryable=False)
        return wamid

    async def _json(self, url: URL, body: bytes | None) -> Mapping[str, Any]:
        status, data = await self._exchange(url, body)
        if status != 200:
            raise failure(status, data)
        try:
            found = orjson.loads(data)
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            raise ExternalUnavailable(retryable=False)
        return found

    async def _exchange(self, url: URL, body: bytes | None) -> tuple[int, bytes]:
        try:
            if body is None:
                response = await self._http.get(url, self._headers)
            else:
                response = await self._http.post(url, body, {**self._headers, "Content-Type": "application/json"})
            try:
                return response.status, await read_at_most(response, MOST_BYTES)
            finally:
                response.release()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NetworkError from error
        except aiohttp.ClientError as error:
            raise NetworkError if body is None else Lost from error

    def _trusted(self, value: object) -> URL:
        """Where a file is, as the API says. Raises Refused for another's host."""
        try:
            url = URL(value) if isinstance(value, str) else URL()
        except ValueError:
            url = URL()
        own = url.origin() == self._base.origin() if url.host else False
        if own or (url.scheme == "https" and (url.host or "").endswith(META)):
            return url
        raise Refused("media_host")


def _body(message: OutMessage, language: Language) -> dict[str, Any]:
    """`biz_opaque_callback_data` comes back with every status, which finds the message by it where our note is lost."""
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.number,
        "biz_opaque_callback_data": message.id,
    }
    if message.confirmation_id is None:
        return body | {"type": "text", "text": {"preview_url": False, "body": message.text}}
    buttons = [
        {"type": "reply", "reply": {"id": f"{message.confirmation_id}:{decision}", "title": say(decision, language)}}
        for decision in ("approve", "reject")
    ]
    question = {"type": "button", "body": {"text": message.text}, "action": {"buttons": buttons}}
    return body | {"type": "interactive", "interactive": question}
