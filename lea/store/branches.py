"""The branches of a conversation: which messages are versions of one another, and which of them is shown."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Select, func, select, update

from lea.errors import Conflict, NotFound
from lea.ids import MessageId, ThreadId, UserId
from lea.store.tables import messages, threads, turns

Family = tuple[MessageId | None, str]
"""What versions have in common: the message before them, and who speaks."""

IN_ORDER: Final = (turns.c.fence, messages.c.created_at, messages.c.id)
"""As they were begun: clocks may agree, a conversation's `fence` never repeats."""


def families(connection: Connection, user_id: UserId, thread_id: ThreadId) -> dict[Family, tuple[MessageId, ...]]:
    """The messages of which there is more than one version, oldest version first."""
    here = (messages.c.user_id == user_id) & (messages.c.thread_id == thread_id)
    several = (
        select(messages.c.parent_id, messages.c.role)
        .where(here)
        .group_by(messages.c.parent_id, messages.c.role)
        .having(func.count() > 1)
        .subquery()
    )
    same_parent = messages.c.parent_id.is_not_distinct_from(several.c.parent_id)
    query = (
        select(messages.c.id, messages.c.parent_id, messages.c.role)
        .join(several, same_parent & (messages.c.role == several.c.role))
        .join(turns, turns.c.id == messages.c.turn_id)
        .where(here)
        .order_by(*IN_ORDER)
    )
    found: dict[Family, tuple[MessageId, ...]] = {}
    for row in connection.execute(query):
        family = (row.parent_id, row.role)
        found[family] = (*found.get(family, ()), row.id)
    return found


def choose(connection: Connection, user_id: UserId, thread_id: ThreadId, message_id: MessageId) -> None:
    """Show the branch that goes through this message, to its newest end; what is shown is what the model sees next.

    Raises NotFound, and Conflict(`turn_active`) while an answer is under way: it has its place in a branch.
    """
    here = (threads.c.user_id == user_id) & (threads.c.id == thread_id)
    if connection.execute(select(threads.c.id).where(here).with_for_update(key_share=True)).first() is None:
        raise NotFound
    live = (turns.c.user_id == user_id) & (turns.c.thread_id == thread_id) & turns.c.ended_at.is_(None)
    if connection.execute(select(turns.c.id).where(live).limit(1)).first() is not None:
        raise Conflict("turn_active")
    rows = connection.execute(_tree(user_id, thread_id)).all()
    if all(row.id != message_id for row in rows):
        raise NotFound
    newest = {row.parent_id: row.id for row in rows}
    connection.execute(update(threads).where(here).values(head_id=_end(message_id, newest, len(rows))))


def _tree(user_id: UserId, thread_id: ThreadId) -> Select[tuple[str, str]]:
    return (
        select(messages.c.id, messages.c.parent_id)
        .join(turns, turns.c.id == messages.c.turn_id)
        .where(messages.c.user_id == user_id, messages.c.thread_id == thread_id)
        .order_by(*IN_ORDER)
    )


def _end(message_id: MessageId, newest: dict[MessageId, MessageId], most: int) -> MessageId:
    for _ in range(most):
        if message_id not in newest:
            break
        message_id = newest[message_id]
    return message_id


def versions(found: dict[Family, tuple[MessageId, ...]], parent_id: MessageId | None, role: str) -> Sequence[MessageId]:
    """The versions of a message, itself among them; none where it is the only one."""
    return found.get((parent_id, role), ())
