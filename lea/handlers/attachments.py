"""Files people ask about: brought in before the message they go with, read once, and kept as text."""

from contextlib import aclosing
from functools import partial
from pathlib import PurePath
from time import perf_counter
from typing import Final

import structlog
from aiohttp import web

from lea.errors import NotFound
from lea.handlers.attachment_answers import KeptAttachment, kept_attachment
from lea.handlers.keys import CLOCK, SHELF, STORE
from lea.handlers.routes import Call, Empty, Routes, client_id, json_response
from lea.handlers.uploads import Upload
from lea.ids import AttachmentId, new_id
from lea.messages import File
from lea.runs.catalog.reading.words import TEXT
from lea.store import attachments
from lea.store.attachments import EXCERPT, Kept

PART: Final = "file"
TABLES: Final = frozenset({".csv", ".tsv", ".tab"})
MARKDOWN: Final = frozenset({".md", ".markdown"})
"""How text is written, only its name can say; believing it costs nothing."""

log = structlog.get_logger()
routes = Routes("attachments")


@routes.add("POST", "/v1/lea/attachments", upload=PART, answer=KeptAttachment, status=201)
async def bring(call: Call[Empty]) -> web.StreamResponse:
    """Bring in a file (text, Markdown, CSV, XLSX, JSON or PDF) to ask about; its text is kept, the file is not."""
    shelf, store, identity = call.app[SHELF], call.app[STORE], call.identity
    limit = shelf.readers.limits.bytes
    upload, attachment_id = Upload(call.request, PART, limit), AttachmentId(new_id("at"))
    await store.read(partial(attachments.check_room, user_id=identity.user_id))
    began = perf_counter()
    async with (
        aclosing(upload.chunks()) as chunks,
        shelf.files.passing(attachment_id, chunks, limit) as (path, size),
    ):
        ending = PurePath(upload.name).suffix.lower()
        read = await shelf.readers.text(path, table=ending in TABLES)
    text: str = read["text"]
    media = "text/markdown" if read["media"] == TEXT and ending in MARKDOWN else read["media"]
    file = File(attachment_id, upload.name, media, size, len(text), text.count("\n") + 1, read["cut"])
    kept = Kept(file, text[:EXCERPT], call.app[CLOCK].now())
    adding = partial(attachments.add, user_id=identity.user_id, company_id=identity.company_id, kept=kept, text=text)
    await store.write(adding)
    log.info(
        "attachment.kept",
        user_id=identity.user_id,
        media=media,
        bytes=size,
        characters=len(text),
        cut=file.cut,
        ms=round((perf_counter() - began) * 1000, 3),
    )
    return json_response(kept_attachment(kept), 201)


@routes.add("GET", "/v1/lea/attachments/{id}", answer=KeptAttachment)
async def show(call: Call[Empty]) -> web.StreamResponse:
    """A file of one's own, with the beginning of its text."""
    attachment_id, user_id = AttachmentId(client_id(call.request)), call.identity.user_id
    kept = await call.app[STORE].read(lambda connection: attachments.get(connection, user_id, attachment_id))
    if kept is None:
        raise NotFound
    return json_response(kept_attachment(kept))


@routes.add("DELETE", "/v1/lea/attachments/{id}", status=204)
async def forget(call: Call[Empty]) -> web.StreamResponse:
    """Forget a file no message goes with yet; the others go with their conversation."""
    attachment_id, user_id = AttachmentId(client_id(call.request)), call.identity.user_id
    await call.app[STORE].write(lambda connection: attachments.remove(connection, user_id, attachment_id))
    return web.Response(status=204)
