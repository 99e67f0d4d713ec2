"""One file out of a multipart body, passed on as it comes; what the client says of it is believed about nothing."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Final

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.multipart import BadContentDispositionHeader, BadContentDispositionParam, MultipartReader

from lea.errors import BadRequest, RequestTimeout, TooLarge
from lea.handlers.keys import CONFIG

CHUNK: Final = 262_144
OVERHEAD: Final = 65_536
"""Bytes of a multipart body that are no part of its file."""
LONGEST_NAME: Final = 200
FOLDERS: Final = re.compile(r".*[/\\]", re.DOTALL)


MALFORMED: Final = (
    ValueError,
    AssertionError,
    HttpProcessingError,
    BadContentDispositionHeader,
    BadContentDispositionParam,
    web.RequestPayloadError,
    ConnectionError,
)
"""What aiohttp raises for a body that is no multipart or is cut short; warnings, where those are errors."""


class Upload:
    """The one part of a body that has the name asked for; a chunk is waited for as long as `server.body_timeout`."""

    def __init__(self, request: web.Request, part: str, most: int) -> None:
        """Raises TooLarge for what is announced as larger than `most` bytes, BadRequest(`file_part_missing`)."""
        if (request.content_length or 0) > most + OVERHEAD:
            raise TooLarge("file_too_large")
        if request.content_type != "multipart/form-data":
            raise BadRequest("file_part_missing")
        self._request = request
        self._part = part
        self._timeout = request.app[CONFIG].server.body_timeout
        self.name = ""

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The file; `name` is known with its first bytes. Raises BadRequest for a body that is not as it should be."""
        try:
            parts = await self._request.multipart()
            found = await self._next(parts)
            if not isinstance(found, BodyPartReader) or found.name != self._part:
                raise BadRequest("file_part_missing")
            self.name = shown(found.filename or "")
            while chunk := await self._in_time(found):
                yield chunk
            if await self._next(parts) is not None:
                raise BadRequest("file_part_missing")
        except TimeoutError:
            raise RequestTimeout from None
        except MALFORMED:
            raise BadRequest from None

    async def _in_time(self, part: BodyPartReader) -> bytes:
        async with asyncio.timeout(self._timeout):
            return await part.read_chunk(CHUNK)

    async def _next(self, parts: MultipartReader) -> object:
        async with asyncio.timeout(self._timeout):
            return await parts.next()


def shown(name: str) -> str:
    """A file's name to be read by people: no folders, nothing that does not print."""
    last = "".join(one if one.isprintable() else " " for one in FOLDERS.sub("", name))
    return " ".join(last.split())[:LONGEST_NAME] or "?"
