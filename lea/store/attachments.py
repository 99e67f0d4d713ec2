"""Files people ask about: brought in, linked to the messages they go with, erased where nobody asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.sql import ColumnElement

from lea.errors import Conflict, NotFound
from lea.ids import AttachmentId, CompanyId, MessageId, ThreadId, UserId
from lea.messages import File
from lea.store.attachment_tables import attachments, message_attachments
from lea.store.deleted import MARK
from lea.store.tables import users

UNUSED: Final = 20
"""Most files of a person that no message goes with yet."""
KEPT_S: Final = 24 * 3600
"""How long such a file is kept."""
AT_ONCE: Final = 500
EXCERPT: Final = 4000
"""Characters of a text that are shown to people."""
DESCRIBED: Final = tuple(column for column in attachments.c if column.name != "text")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file with the beginning of its text, as people are shown it."""

    file: File
    excerpt: str
    created_at: float


def check_room(connection: Connection, user_id: UserId) -> None:
    """Raises Conflict(`too_many_attachments`)."""
    query = select(func.count()).where(attachments.c.user_id == user_id, attachments.c.thread_id.is_(None))
    if connection.execute(query).scalar_one() >= UNUSED:
        raise Conflict("too_many_attachments")


def add(connection: Connection, user_id: UserId, company_id: CompanyId, kept: Kept, text: str) -> None:
    """Keep a file and all of its text. Raises Conflict(`too_many_attachments`)."""
    connection.execute(select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True))
    check_room(connection, user_id)
    file = kept.file
    values = {
        "id": file.id,
        "user_id": user_id,
        "company_id": company_id,
        "name": file.name,
        "media": file.media,
        "bytes": file.bytes,
        "characters": file.characters,
        "lines": file.lines,
        "cut": file.cut,
        "text": text,
        "created_at": kept.created_at,
    }
    connection.execute(insert(attachments), values)


def get(connection: Connection, user_id: UserId, attachment_id: AttachmentId) -> Kept | None:
    """A file of this person; one of a deleted conversation is not there."""
    query = select(*DESCRIBED, func.substr(attachments.c.text, 1, EXCERPT).label("excerpt"))
    mine = (attachments.c.id == attachment_id) & (attachments.c.user_id == user_id)
    row = connection.execute(query.where(mine)).one_or_none()
    if row is None or (row.thread_id or "").startswith(MARK):
        return None
    return Kept(_file(row), row.excerpt, row.created_at)


def remove(connection: Connection, user_id: UserId, attachment_id: AttachmentId) -> None:
    """Forget a file nobody asked about. Raises NotFound, Conflict(`attachment_used`)."""
    mine = (attachments.c.id == attachment_id) & (attachments.c.user_id == user_id)
    if connection.execute(delete(attachments).where(mine, attachments.c.thread_id.is_(None))).rowcount:
        return
    raise NotFound if get(connection, user_id, attachment_id) is None else Conflict("attachment_used")


def link(
    connection: Connection,
    user_id: UserId,
    thread_id: ThreadId,
    message_id: MessageId,
    attachment_ids: Sequence[AttachmentId],
) -> None:
    """From here on these are the conversation's, and go with this message. Raises NotFound(`attachment_not_found`)."""
    usable = _usable(user_id, thread_id, attachment_ids)
    linked = connection.execute(update(attachments).where(usable).values(thread_id=thread_id)).rowcount
    if linked != len(attachment_ids):
        raise NotFound("attachment_not_found")
    rows = [
        {"message_id": message_id, "place": place, "attachment_id": attachment_id}
        for place, attachment_id in enumerate(attachment_ids)
    ]
    connection.execute(insert(message_attachments), rows)


def usable(
    connection: Connection, user_id: UserId, thread_id: ThreadId, attachment_ids: Sequence[AttachmentId]
) -> tuple[File, ...]:
    """These files, as a message of this conversation may go with them. Raises NotFound(`attachment_not_found`)."""
    rows = connection.execute(select(*DESCRIBED).where(_usable(user_id, thread_id, attachment_ids))).all()
    found = {row.id: _file(row) for row in rows}
    if len(found) != len(attachment_ids):
        raise NotFound("attachment_not_found")
    return tuple(found[attachment_id] for attachment_id in attachment_ids)


def of_messages(connection: Connection, message_ids: Collection[MessageId]) -> dict[MessageId, tuple[File, ...]]:
    """The files that go with these messages, in their order; a message without any is not there."""
    if not message_ids:
        return {}
    query = (
        select(message_attachments.c.message_id, *DESCRIBED)
        .join(attachments, attachments.c.id == message_attachments.c.attachment_id)
        .where(message_attachments.c.message_id.in_(message_ids))
        .order_by(message_attachments.c.message_id, message_attachments.c.place)
    )
    found: dict[MessageId, tuple[File, ...]] = {}
    for row in connection.execute(query):
        found[row.message_id] = (*found.get(row.message_id, ()), _file(row))
    return found


def texts(connection: Connection, attachment_ids: Collection[AttachmentId]) -> dict[AttachmentId, str]:
    """What these files say, of those that are there."""
    query = select(attachments.c.id, attachments.c.text).where(attachments.c.id.in_(attachment_ids))
    return {row.id: row.text for row in connection.execute(query)}


def erase_unused(connection: Connection, now: float) -> int:
    """Erase what was brought in long ago and never asked about, some at a time; how many."""
    late = (
        select(attachments.c.id)
        .where(attachments.c.thread_id.is_(None), attachments.c.created_at <= now - KEPT_S)
        .limit(AT_ONCE)
    )
    return connection.execute(delete(attachments).where(attachments.c.id.in_(late))).rowcount


def _usable(user_id: UserId, thread_id: ThreadId, attachment_ids: Sequence[AttachmentId]) -> ColumnElement[bool]:
    free = or_(attachments.c.thread_id.is_(None), attachments.c.thread_id == thread_id)
    return attachments.c.id.in_(attachment_ids) & (attachments.c.user_id == user_id) & free


def _file(row: Any) -> File:
    return File(row.id, row.name, row.media, row.bytes, row.characters, row.lines, row.cut)
