"""What people wrote on WhatsApp: kept once, taken in order, and each message part of one turn only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, Insert, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lea.ids import AttachmentId, CompanyId, TurnId, derived_id
from lea.store.tables import turns
from lea.store.whatsapp_tables import messages

AT_ONCE: Final = 200
INSERT: Final[dict[str, Insert]] = {
    "sqlite": sqlite.insert(messages).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(messages).on_conflict_do_nothing(),
}
State = Literal["received", "taken", "done", "ignored", "failed"]


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: `button` is the id of the one that was tapped, `media_…` name a file at WhatsApp's."""

    wamid: str
    number: str
    kind: str
    text: str
    said_at: float
    button: str | None = None
    media_id: str | None = None
    media_name: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class InMessage(Received):
    """A message as it is kept."""

    id: str = ""
    state: str = "received"
    created_at: float = 0.0
    turn_id: TurnId | None = None
    attachment_id: AttachmentId | None = None


COLUMNS: Final = tuple(messages.c[name] for name in (*Received.__slots__, *InMessage.__slots__))


def keep(connection: Connection, company_id: CompanyId, received: Received, now: float, place: int) -> bool:
    """Keep it; False where it came before."""
    row = {
        "id": derived_id("wi", received.wamid),
        "company_id": company_id,
        "direction": "in",
        "state": "received",
        "created_at": now,
        "place": place,
        **{name: getattr(received, name) for name in Received.__slots__},
    }
    return connection.execute(INSERT[connection.dialect.name], row).rowcount == 1


def waiting(connection: Connection, number: str) -> Sequence[InMessage]:
    """What is not over yet, in the order it was written."""
    here = (messages.c.number == number) & (messages.c.direction == "in")
    order = (messages.c.said_at, messages.c.created_at, messages.c.place)
    query = select(*COLUMNS).where(here, messages.c.state.in_(("received", "taken"))).order_by(*order).limit(AT_ONCE)
    return [_message(row) for row in connection.execute(query)]


def take(connection: Connection, ids: Collection[str], turn_id: TurnId) -> None:
    """These are one turn from here on."""
    fresh = messages.c.id.in_(ids) & (messages.c.state == "received")
    connection.execute(update(messages).where(fresh).values(state="taken", turn_id=turn_id))


def end(connection: Connection, ids: Collection[str], state: State, error: str | None = None) -> None:
    """Nothing more happens to these."""
    connection.execute(update(messages).where(messages.c.id.in_(ids)).values(state=state, error=error))


def attached(connection: Connection, message_id: str, attachment_id: AttachmentId) -> None:
    """Its file was fetched."""
    connection.execute(update(messages).where(messages.c.id == message_id).values(attachment_id=attachment_id))


def heard(connection: Connection, message_id: str, text: str) -> None:
    """Its words were written down."""
    connection.execute(update(messages).where(messages.c.id == message_id).values(text=text))


def turn_state(connection: Connection, turn_id: TurnId) -> Literal["none", "live", "ended"]:
    """How far the turn of taken messages is."""
    row = connection.execute(select(turns.c.ended_at).where(turns.c.id == turn_id)).one_or_none()
    if row is None:
        return "none"
    return "live" if row.ended_at is None else "ended"


def _message(row: Row[Any]) -> InMessage:
    return InMessage(**row._mapping)
