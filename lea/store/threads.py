"""Conversations as people handle them: list, read, rename, delete, search."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, or_, select, update

from lea.errors import Conflict
from lea.ids import CompanyId, ThreadId, UserId
from lea.store.business_tables import transactions
from lea.store.folding import contains
from lea.store.tables import messages, threads, turns
from lea.store.whatsapp_erasing import erase_thread

PINNED = 50
"""Most conversations a person keeps on top."""


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A conversation in a list; `excerpt` is the message a search found."""

    id: ThreadId
    title: str
    created_at: float
    updated_at: float
    live_turn_id: str | None
    transaction_id: str | None = None
    transaction_reference: str | None = None
    pinned: bool = False
    archived: bool = False
    excerpt: str | None = None


def page(
    connection: Connection,
    user_id: UserId,
    limit: int,
    before: tuple[float, str] | None = None,
    *,
    archived: bool = False,
) -> list[ThreadRow]:
    """The newest conversations, `before` the last `(updated_at, id)` of the page above."""
    aside = threads.c.archived_at.is_not(None) if archived else threads.c.archived_at.is_(None)
    query = _listed(user_id).where(aside, threads.c.origin.is_(None)).limit(limit)
    if before is not None:
        moment, thread_id = before
        query = query.where(
            or_(
                threads.c.updated_at < moment,
                (threads.c.updated_at == moment) & (threads.c.id < thread_id),
            )
        )
    return [_thread(row) for row in connection.execute(query)]


def pinned(connection: Connection, user_id: UserId) -> list[ThreadRow]:
    """The conversations that stay on top, the one pinned last first."""
    query = _listed(user_id).where(threads.c.pinned_at.is_not(None), threads.c.archived_at.is_(None))
    query = query.order_by(None).order_by(threads.c.pinned_at.desc(), threads.c.id).limit(PINNED)
    return [_thread(row) for row in connection.execute(query)]


def get(connection: Connection, user_id: UserId, thread_id: ThreadId) -> ThreadRow | None:
    """One conversation of this user."""
    row = connection.execute(_listed(user_id).where(threads.c.id == thread_id)).one_or_none()
    return None if row is None else _thread(row)


def about(connection: Connection, user_id: UserId, thread_id: ThreadId) -> str:
    """The reference of the transaction a conversation is about; empty where it is about none."""
    query = (
        select(transactions.c.reference)
        .join(threads, threads.c.transaction_id == transactions.c.id)
        .where(threads.c.user_id == user_id, threads.c.id == thread_id)
    )
    return connection.execute(query).scalar_one_or_none() or ""


def change(
    connection: Connection,
    user_id: UserId,
    thread_id: ThreadId,
    now: float,
    *,
    title: str | None = None,
    pinned: bool | None = None,
    archived: bool | None = None,
) -> ThreadRow | None:
    """Change what is not None; the conversation as it is then, None if there was none.

    Raises Conflict(`too_many_pinned`).
    """
    values: dict[str, object] = {} if title is None else {"title": title}
    for name, wanted in (("pinned_at", pinned), ("archived_at", archived)):
        if wanted is not None:  # what is so already keeps its moment
            values[name] = func.coalesce(threads.c[name], now) if wanted else None
    connection.execute(update(threads).where(threads.c.user_id == user_id, threads.c.id == thread_id).values(values))
    if pinned and _pins(connection, user_id) > PINNED:
        raise Conflict("too_many_pinned")
    return get(connection, user_id, thread_id)


def remove(connection: Connection, user_id: UserId, thread_id: ThreadId) -> bool:
    """Erase a conversation with its turns and messages for good; whether there was one."""
    result = connection.execute(delete(threads).where(threads.c.user_id == user_id, threads.c.id == thread_id))
    if result.rowcount:
        erase_thread(connection, user_id, thread_id, None)
    return result.rowcount == 1


def search(
    connection: Connection, user_id: UserId, words: str, limit: int, thread_id: ThreadId | None = None
) -> list[ThreadRow]:
    """Conversations whose title or a message contains `words`, each with the newest message that does."""
    found = (
        select(messages.c.thread_id, func.max(messages.c.created_at).label("moment"))
        .where(messages.c.user_id == user_id, contains(connection, messages.c.content, words))
        .group_by(messages.c.thread_id)
        .subquery()
    )
    hit = (
        select(messages.c.content)
        .where(
            messages.c.user_id == user_id,
            messages.c.thread_id == threads.c.id,
            messages.c.created_at == found.c.moment,
            contains(connection, messages.c.content, words),
        )
        .limit(1)
        .scalar_subquery()
    )
    query = (
        _listed(user_id)
        .add_columns(hit.label("excerpt"))
        .outerjoin(found, found.c.thread_id == threads.c.id)
        .where(or_(found.c.thread_id.is_not(None), contains(connection, threads.c.title, words)))
        .limit(limit)
    )
    query = query.where(threads.c.origin.is_(None) if thread_id is None else threads.c.id == thread_id)
    return [_thread(row, row.excerpt or "") for row in connection.execute(query)]


def count_active(connection: Connection, company_id: CompanyId, since: float) -> int:
    """The company's conversations used since then."""
    query = select(func.count()).where(
        threads.c.company_id == company_id,
        threads.c.updated_at >= since,
        threads.c.deleted_at.is_(None),
        threads.c.origin.is_(None),
    )
    return connection.execute(query).scalar_one()


def wrote_last(connection: Connection, limit: int) -> list[UserId]:
    """The users whose conversations were used last, the latest first."""
    latest = func.max(threads.c.updated_at)
    query = select(threads.c.user_id).group_by(threads.c.user_id).order_by(latest.desc()).limit(limit)
    return list(connection.scalars(query))


def _pins(connection: Connection, user_id: UserId) -> int:
    query = select(func.count()).where(
        threads.c.user_id == user_id, threads.c.pinned_at.is_not(None), threads.c.deleted_at.is_(None)
    )
    return connection.execute(query).scalar_one()


def _listed(user_id: UserId) -> Select[Any]:
    live = (
        select(turns.c.id)
        .where(turns.c.user_id == threads.c.user_id, turns.c.thread_id == threads.c.id, turns.c.ended_at.is_(None))
        .order_by(turns.c.fence)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(threads, live.label("live_turn_id"), transactions.c.reference.label("transaction_reference"))
        .outerjoin(transactions, transactions.c.id == threads.c.transaction_id)
        .where(threads.c.user_id == user_id, threads.c.deleted_at.is_(None))
        .order_by(threads.c.updated_at.desc(), threads.c.id.desc())
    )


def _thread(row: Row[Any], excerpt: str | None = None) -> ThreadRow:
    about = None if row.transaction_reference is None else row.transaction_id  # None too where the record is gone
    return ThreadRow(
        row.id,
        row.title,
        row.created_at,
        row.updated_at,
        row.live_turn_id,
        about,
        row.transaction_reference,
        row.pinned_at is not None,
        row.archived_at is not None,
        excerpt,
    )
