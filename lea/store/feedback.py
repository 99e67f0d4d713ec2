"""What people say of Léa's answers: kept one an answer, read beside the messages, and by their company's admins."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, delete, insert, select, tuple_, update

from lea.errors import Conflict, NotFound
from lea.ids import CompanyId, MessageId, ThreadId, TurnId, UserId
from lea.store.feedback_tables import feedback
from lea.store.tables import messages, threads, users

Rating = Literal["up", "down"]
Reason = Literal["wrong", "incomplete", "not_done", "unclear", "other"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What its reader says of an answer; only a `down` has a reason."""

    message_id: MessageId
    rating: Rating
    reason: Reason | None
    comment: str | None
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class Rated:
    """The answer an opinion is about, and whether the rating is another than before."""

    thread_id: ThreadId
    turn_id: TurnId
    company_id: CompanyId
    fresh: bool


@dataclass(frozen=True, slots=True)
class Told:
    """An opinion as its company's admins see it: who said it, and what it is about."""

    opinion: Opinion
    turn_id: TurnId
    provider: str | None
    user_id: UserId
    name: str
    email: str


def give(connection: Connection, user_id: UserId, opinion: Opinion) -> tuple[Opinion, Rated]:
    """Keep it in place of the one there was, whose `created_at` stays.

    Raises NotFound for what is no answer in one of this user's conversations, Conflict(`turn_active`) for one that
    is not whole yet.
    """
    about = _answer(connection, user_id, opinion.message_id)
    if about.finish_reason is None:
        raise Conflict("turn_active")
    here = feedback.c.message_id == opinion.message_id
    before = connection.execute(select(feedback).where(here)).one_or_none()
    values = {
        "rating": opinion.rating,
        "reason": opinion.reason,
        "comment": opinion.comment,
        "updated_at": opinion.updated_at,
    }
    if before is None:
        own = {"message_id": opinion.message_id, "user_id": user_id, "company_id": about.company_id}
        connection.execute(insert(feedback), {**values, **own, "created_at": opinion.created_at})
    else:
        connection.execute(update(feedback).where(here).values(values))
    fresh = before is None or before.rating != opinion.rating
    kept = connection.execute(select(feedback).where(here)).one()
    return _opinion(kept), Rated(about.thread_id, about.turn_id, about.company_id, fresh)


def take_back(connection: Connection, user_id: UserId, message_id: MessageId) -> tuple[Rated, bool]:
    """Forget it; whether there was one. Raises NotFound for what is no answer in one of this user's conversations."""
    about = _answer(connection, user_id, message_id)
    gone = connection.execute(delete(feedback).where(feedback.c.message_id == message_id))
    return Rated(about.thread_id, about.turn_id, about.company_id, fresh=False), gone.rowcount == 1


def of_messages(connection: Connection, message_ids: Collection[MessageId]) -> dict[MessageId, Opinion]:
    """What was said of these answers."""
    if not message_ids:
        return {}
    rows = connection.execute(select(feedback).where(feedback.c.message_id.in_(message_ids)))
    return {row.message_id: _opinion(row) for row in rows}


def page(
    connection: Connection, company_id: CompanyId, limit: int, before: tuple[float, str] | None = None
) -> list[Told]:
    """What the company's people said, the newest first, `before` the last `(updated_at, message_id)` of the page above.

    Of conversations that were deleted nothing is told.
    """
    at = (threads.c.user_id == messages.c.user_id) & (threads.c.id == messages.c.thread_id)
    query = (
        select(feedback, messages.c.turn_id, messages.c.provider, users.c.name, users.c.email)
        .join(messages, messages.c.id == feedback.c.message_id)
        .join(threads, at)
        .join(users, users.c.id == feedback.c.user_id)
        .where(feedback.c.company_id == company_id, threads.c.deleted_at.is_(None))
        .order_by(feedback.c.updated_at.desc(), feedback.c.message_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(feedback.c.updated_at, feedback.c.message_id) < tuple_(*before))
    return [
        Told(_opinion(row), row.turn_id, row.provider, row.user_id, row.name, row.email)
        for row in connection.execute(query)
    ]


def _answer(connection: Connection, user_id: UserId, message_id: MessageId) -> Row[Any]:
    """Locked, so that two tabs that say something at once do so one after the other."""
    at = (threads.c.user_id == messages.c.user_id) & (threads.c.id == messages.c.thread_id)
    query: Select[Any] = (
        select(messages.c.thread_id, messages.c.turn_id, messages.c.finish_reason, threads.c.company_id)
        .join(threads, at)
        .where(
            messages.c.id == message_id,
            messages.c.user_id == user_id,
            messages.c.role == "assistant",
            threads.c.deleted_at.is_(None),
        )
        .with_for_update(of=messages)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def _opinion(row: Row[Any]) -> Opinion:
    return Opinion(row.message_id, row.rating, row.reason, row.comment, row.created_at, row.updated_at)
