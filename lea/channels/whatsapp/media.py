"""Fetches a file somebody sent and keeps its text, as if it had been brought in on the page."""

import asyncio
from contextlib import aclosing
from pathlib import PurePath
from typing import Final

import structlog

from lea.auth.permissions import Identity
from lea.channels.whatsapp.graph import MEDIA_S, MOST_MEDIA, TooLargeMedia
from lea.channels.whatsapp.line import Line
from lea.channels.whatsapp.words import say
from lea.errors import ExternalRejected, ExternalUnavailable, LeaError
from lea.ids import AttachmentId, new_id
from lea.messages import File
from lea.store import attachments, whatsapp_inbox
from lea.store.attachments import EXCERPT, Kept
from lea.store.whatsapp_inbox import InMessage

TRIED_FOR_S: Final = 600.0
"""How long a file is asked for that cannot be fetched."""
TABLES: Final = frozenset({".csv", ".tsv", ".tab"})
ENDINGS: Final = {
    "application/pdf": ".pdf",
    "text/csv": ".csv",
    "text/comma-separated-values": ".csv",
    "application/json": ".json",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
"""Kinds of documents there is a reader for, and how their names end; an old Excel file is refused by its reader."""

log = structlog.get_logger()


def readable(message: InMessage) -> bool:
    """Whether it is a document of a kind that is read."""
    return message.kind == "document" and message.media_id is not None and message.media_type in ENDINGS


def name_of(message: InMessage) -> str:
    """What people read it is called; no folders, nothing that does not print."""
    bare = PurePath((message.media_name or "").replace("\\", "/")).name
    shown = " ".join("".join(one if one.isprintable() else " " for one in bare).split())
    return shown[:200] or "document" + ENDINGS.get(message.media_type or "", "")


async def attach(line: Line, identity: Identity, message: InMessage) -> str | None:
    """Fetch it, once; None, or the sentence that says why it cannot be read.

    Raises LeaError where trying again later may help.
    """
    if message.attachment_id is not None:
        return None
    try:
        async with asyncio.timeout(MEDIA_S):
            attachment_id = await _keep(line, identity, message)
    except TooLargeMedia:
        return say("too_large", identity.language)
    except TimeoutError:
        return say("not_fetched", identity.language)
    except LeaError as error:
        outside = isinstance(error, ExternalUnavailable | ExternalRejected)
        hopeful = error.retryable or isinstance(error, ExternalUnavailable)
        if hopeful and line.clock.now() - message.created_at < TRIED_FOR_S:
            raise
        return say("not_fetched", identity.language) if outside else error.detail(identity.language)
    await line.store.write(lambda connection: whatsapp_inbox.attached(connection, message.id, attachment_id))
    return None


async def _keep(line: Line, identity: Identity, message: InMessage) -> AttachmentId:
    assert message.media_id is not None
    attachment_id, name = AttachmentId(new_id("at")), name_of(message)
    await line.store.read(lambda connection: attachments.check_room(connection, identity.user_id))
    async with (
        aclosing(line.graph.media(message.media_id)) as chunks,
        line.shelf.files.passing(attachment_id, chunks, MOST_MEDIA) as (path, size),
    ):
        table = PurePath(name).suffix.lower() in TABLES or ENDINGS.get(message.media_type or "") == ".csv"
        read = await line.shelf.readers.text(path, table=table)
    text: str = read["text"]
    file = File(attachment_id, name, read["media"], size, len(text), text.count("\n") + 1, read["cut"])
    kept = Kept(file, text[:EXCERPT], line.clock.now())
    user_id, company_id = identity.user_id, identity.company_id
    await line.store.write(lambda connection: attachments.add(connection, user_id, company_id, kept, text))
    log.info("whatsapp.file_kept", media=read["media"], bytes=size, characters=len(text))
    return attachment_id
