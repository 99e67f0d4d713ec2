"""The messages of a conversation as people read them: the branch that is shown, and what a search finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from lea.ids import MessageId, ThreadId, UserId
from lea.store.branches import families, versions
from lea.store.folding import contains
from lea.store.tables import messages, threads
from lea.store.turns import path_to

READ_LIMIT = 5000
"""Most messages of one conversation read at once."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message; `siblings` are its versions in order, itself among them, and none where it is the only one."""

    id: MessageId
    parent_id: MessageId | None
    turn_id: str
    role: str
    content: str
    created_at: float
    finish_reason: str | None
    provider: str | None
    error_code: str | None
    siblings: Sequence[MessageId] = ()


def read(connection: Connection, user_id: UserId, thread_id: ThreadId) -> list[MessageRow]:
    """The messages of the branch that is shown, oldest first."""
    head = connection.execute(
        select(threads.c.head_id).where(threads.c.user_id == user_id, threads.c.id == thread_id)
    ).scalar_one_or_none()
    rows = path_to(connection, user_id, thread_id, head, READ_LIMIT)
    return _messages(connection, user_id, thread_id, rows)


def search(connection: Connection, user_id: UserId, thread_id: ThreadId, words: str, limit: int) -> list[MessageRow]:
    """Messages of one conversation that contain `words`, newest first."""
    query = (
        select(messages)
        .where(
            messages.c.user_id == user_id,
            messages.c.thread_id == thread_id,
            contains(connection, messages.c.content, words),
        )
        .order_by(messages.c.created_at.desc(), messages.c.id.desc())
        .limit(limit)
    )
    return _messages(connection, user_id, thread_id, connection.execute(query).all())


def _messages(
    connection: Connection, user_id: UserId, thread_id: ThreadId, rows: Sequence[Row[Any]]
) -> list[MessageRow]:
    found = families(connection, user_id, thread_id)
    return [_message(row, versions(found, row.parent_id, row.role)) for row in rows]


def _message(row: Row[Any], siblings: Sequence[MessageId]) -> MessageRow:
    return MessageRow(
        row.id,
        row.parent_id,
        row.turn_id,
        row.role,
        row.content,
        row.created_at,
        row.finish_reason,
        row.provider,
        row.error_code,
        siblings,
    )
