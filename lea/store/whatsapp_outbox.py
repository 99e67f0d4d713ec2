"""What is sent on WhatsApp: made ready once, sent in order, and how far it came, in whatever order that is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, Insert, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lea.ids import CompanyId, ThreadId, TurnId, UserId, derived_id
from lea.store.tables import messages as said
from lea.store.tables import turns
from lea.store.whatsapp import untold_turn
from lea.store.whatsapp_tables import messages

Lost = Literal["failed", "expired", "skipped"]
AT_ONCE: Final = 20
INSERT: Final[dict[str, Insert]] = {
    "sqlite": sqlite.insert(messages).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(messages).on_conflict_do_nothing(),
}
BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "sent": ("queued", "sending"),
    "failed": ("queued", "sending", "sent"),
    "delivered": ("queued", "sending", "sent", "failed"),
    "read": ("queued", "sending", "sent", "failed", "delivered"),
}
"""What a message may be when it becomes this: `read` is never `delivered` again, and what arrived did not fail."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something to be sent: a text, or the question of a confirmation with its buttons."""

    text: str
    confirmation_id: str | None = None

    @property
    def kind(self) -> str:
        return "text" if self.confirmation_id is None else "buttons"


@dataclass(frozen=True, slots=True)
class OutMessage:
    """As it is kept; `unsure` where it may have been sent."""

    id: str
    number: str
    kind: str
    text: str
    state: str
    error: str | None
    attempts: int
    due_at: float | None
    confirmation_id: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What WhatsApp tells of a message of ours; `ours` is our id where it comes with it."""

    wamid: str
    ours: str | None
    state: Literal["sent", "delivered", "read", "failed"]
    said_at: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A turn that ended, with what was asked in it and answered to it."""

    turn_id: TurnId
    request_id: str
    asked: str
    answer: str
    finish_reason: str | None
    error_code: str | None


COLUMNS: Final = tuple(messages.c[name] for name in OutMessage.__slots__)


def put(
    connection: Connection,
    company_id: CompanyId,
    number: str,
    about: str,
    parts: Sequence[Part],
    now: float,
    said_by: UserId | None = None,
) -> None:
    """Make ready what is said about a turn or a message, once; nothing at all is noted as `skipped`.

    `said_by` is who says it where that is not Léa.
    """
    for place, part in enumerate(parts or [Part("")]):
        row = {
            "id": derived_id("wo", about, str(place)),
            "company_id": company_id,
            "number": number,
            "direction": "out",
            "kind": part.kind,
            "text": part.text,
            "state": "queued" if parts else "skipped",
            "created_at": now,
            "place": place,
            "about": about,
            "part": place,
            "confirmation_id": part.confirmation_id,
            "said_by": said_by,
        }
        connection.execute(INSERT[connection.dialect.name], row)


def queued(connection: Connection, number: str) -> Sequence[OutMessage]:
    """What is to be sent next, in its order."""
    here = (messages.c.number == number) & (messages.c.direction == "out")
    query = select(*COLUMNS).where(here, messages.c.state.in_(("queued", "sending")))
    order = (messages.c.created_at, messages.c.about, messages.c.place)
    return [OutMessage(*row) for row in connection.execute(query.order_by(*order).limit(AT_ONCE))]


def sending(connection: Connection, message_id: str, due_at: float, *, again: bool) -> bool:
    """It is about to go out; should nobody say what came of it, it is looked at again at `due_at`."""
    waiting = (messages.c.id == message_id) & messages.c.state.in_(("queued", "sending"))
    changed = connection.execute(
        update(messages)
        .where(waiting)
        .values(
            state="sending",
            attempts=messages.c.attempts + 1,
            due_at=due_at,
            error="unsure" if again else messages.c.error,
        )
    )
    return changed.rowcount == 1


def sent(connection: Connection, message_id: str, wamid: str, now: float) -> None:
    """WhatsApp took it; its statuses may have been quicker."""
    waits = messages.c.state.in_(("queued", "sending"))
    connection.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(
            wamid=func.coalesce(messages.c.wamid, wamid),
            said_at=func.coalesce(messages.c.said_at, now),
            state=case((waits, "sent"), else_=messages.c.state),
            error=case((waits, None), else_=messages.c.error),
            due_at=None,
        )
    )


def postpone(connection: Connection, message_id: str, due_at: float, error: str) -> None:
    """It did not go out, and is tried again."""
    here = (messages.c.id == message_id) & (messages.c.state == "sending")
    connection.execute(update(messages).where(here).values(state="queued", due_at=due_at, error=error))


def give_up(connection: Connection, message_id: str, state: Lost, error: str | None) -> None:
    """It is not sent."""
    here = (messages.c.id == message_id) & messages.c.state.in_(("queued", "sending"))
    connection.execute(update(messages).where(here).values(state=state, error=error, due_at=None))


def drop_answers(connection: Connection, number: str) -> None:
    """The number is not, or no longer, that person's whose answers wait to be sent to it."""
    here = (messages.c.number == number) & (messages.c.direction == "out")
    theirs = messages.c.state.in_(("queued", "sending")) & messages.c.about.startswith("t_", autoescape=True)
    gone = update(messages).where(here, theirs).values(state="skipped", error="relinked", due_at=None)
    connection.execute(gone)


def told(connection: Connection, company_id: CompanyId, told: Told) -> bool:
    """WhatsApp says how far a message is; False where that is no news."""
    which = messages.c.wamid == told.wamid
    if told.ours is not None:
        which = or_(which, messages.c.id == told.ours)
    here = which & (messages.c.company_id == company_id) & (messages.c.direction == "out")
    changed = connection.execute(
        update(messages)
        .where(here, messages.c.state.in_(BEFORE[told.state]))
        .values(
            state=told.state,
            wamid=func.coalesce(messages.c.wamid, told.wamid),
            said_at=func.coalesce(messages.c.said_at, told.said_at),
            error=told.error,
            due_at=None,
        )
    )
    return changed.rowcount > 0


def untold(connection: Connection, user_id: UserId, thread_id: ThreadId, since: float, now: float) -> Sequence[Ended]:
    """Answers of the conversation that nothing was made ready of, in their order."""
    question, answer = said.alias("question"), said.alias("answer")
    query = (
        select(turns.c.id, turns.c.request_id, question.c.content, answer.c.content, answer.c.finish_reason,
               answer.c.error_code)
        .join(answer, answer.c.id == turns.c.assistant_message_id)
        .outerjoin(question, question.c.id == turns.c.user_message_id)
        .where(turns.c.user_id == user_id, turns.c.thread_id == thread_id, turns.c.ended_at >= since)
        .where(untold_turn(now))
        .order_by(turns.c.fence)
        .limit(AT_ONCE)
    )  # fmt: skip
    return [Ended(row[0], row[1], row[2] or "", *row[3:]) for row in connection.execute(query)]
