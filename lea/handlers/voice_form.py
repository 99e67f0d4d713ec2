"""A recording out of a multipart body, and the few words that may come with it, in any order."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from aiohttp import BodyPartReader, web
from pydantic import BaseModel, StringConstraints, ValidationError

from lea.errors import BadRequest, LeaError, RequestTimeout, TooLarge, Unprocessable
from lea.handlers.chat import ClientId
from lea.handlers.keys import SHELF
from lea.handlers.routes import Call, Model, invalid
from lea.handlers.uploads import MALFORMED, OVERHEAD, Upload
from lea.ids import new_id
from lea.llm.transcribed_media import Recording
from lea.manager.voice import Listening

PART: Final = "file"
PARTS: Final = 8
WORD: Final = 1_000
"""Most parts of a body, and bytes of one that is no file."""
Fields = TypeVar("Fields", bound=BaseModel)


class Spoken(Model):
    """`language` (ISO 639-1) is a hint; without it what the caller reads."""

    language: Annotated[str, StringConstraints(pattern="^[a-z]{2}$")] | None = None


class SpokenMessage(Spoken):
    """As the fields of a message."""

    session_id: ClientId | None = None
    request_id: ClientId | None = None
    parent_message_id: ClientId | None = None


@dataclass(frozen=True, slots=True)
class Brought(Generic[Fields]):
    """What came."""

    fields: Fields
    recording: Recording


@asynccontextmanager
async def brought(call: Call[Fields], listening: Listening) -> AsyncIterator[Brought[Fields]]:
    """The recording, for as long as it is needed: nothing is kept of it.

    Raises BadRequest, RequestTimeout, TooLarge, Overloaded, and what Listening.place and Listening.look do.
    """
    most = listening.settings.max_bytes
    with listening.place(call.identity):
        form = Form(call.request, most)
        try:
            async with (
                aclosing(form.chunks()) as chunks,
                call.app[SHELF].files.passing(new_id("v"), chunks, most) as (path, _),
            ):
                fields = form.read(type(call.body))
                yield Brought(fields, await listening.look(path))
        except LeaError as error:
            raise Unprocessable("voice_empty") if error.reason == "file_empty" else error from None


class Form(Upload):
    """One part is the file; `words` are the others."""

    def __init__(self, request: web.Request, most: int) -> None:
        """Raises TooLarge, BadRequest(`file_part_missing`)."""
        self.words: dict[str, str] = {}
        self._most = most
        if (request.content_length or 0) > most + OVERHEAD:
            raise self._too_large()
        super().__init__(request, PART, most)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The file."""
        try:
            parts, files = await self._request.multipart(), 0
            for _ in range(PARTS + 1):
                part = await self._next(parts)
                if part is None:
                    break
                if not isinstance(part, BodyPartReader):
                    raise BadRequest("file_part_missing")
                if part.name != PART:
                    await self._word(part)
                    continue
                files += 1
                size = 0
                while chunk := await self._in_time(part):
                    size += len(chunk)
                    if size > self._most:
                        raise self._too_large()
                    yield chunk
            else:
                raise BadRequest
            if files != 1:
                raise BadRequest("file_part_missing")
        except TimeoutError:
            raise RequestTimeout from None
        except MALFORMED:
            raise BadRequest from None

    def read(self, model: type[Fields]) -> Fields:
        """The words as fields; one that is empty was not sent. Raises BadRequest."""
        try:
            return model.model_validate({name: word for name, word in self.words.items() if word})
        except ValidationError as error:
            raise invalid(error) from None

    async def _word(self, part: BodyPartReader) -> None:
        data = bytearray()
        while chunk := await self._in_time(part):
            data += chunk
            if len(data) > WORD:
                raise BadRequest
        self.words[part.name or ""] = data.decode()

    def _too_large(self) -> TooLarge:
        return TooLarge("voice_too_large", megabytes=self._most // 1_000_000)
