"""WhatsApp's conversations as people read them: which there are, what was said in one, and who waits for a person."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, Select, func, insert, literal, select, tuple_

from lea.ids import CompanyId, UserId, new_id
from lea.store.whatsapp import COLUMNS, Contact
from lea.store.whatsapp_tables import contacts, messages

NO_QUESTION: Final = ("reaction", "system", "ephemeral", "request_welcome")
"""Kinds that nobody has to answer."""
SHOWN: Final = ~((messages.c.state == "skipped") & (messages.c.text == ""))
"""Of messages: all but the note that there was nothing to say."""
ORDER: Final = (messages.c.created_at.desc(), messages.c.place.desc(), messages.c.id.desc())


@dataclass(frozen=True, slots=True)
class Talk:
    """A number's conversation: when something was last said or done in it, and how many messages wait for a person."""

    contact: Contact
    at: float
    last: Row[Any] | None
    waiting: int


def conversations(
    connection: Connection, company_id: CompanyId, after: tuple[float, str] | None, limit: int
) -> list[Talk]:
    """The company's, those last used first."""
    all_ = _at().where(contacts.c.company_id == company_id).subquery()
    newest = select(all_).where(all_.c.at.is_not(None))
    if after is not None:
        newest = newest.where(tuple_(all_.c.at, all_.c.number) < after)
    newest = newest.order_by(all_.c.at.desc(), all_.c.number.desc()).limit(limit)
    return [_talk(connection, row) for row in connection.execute(newest).all()]


def conversation(connection: Connection, company_id: CompanyId, number: str) -> Talk | None:
    """One of the company's, if anything was ever said in it."""
    here = (contacts.c.company_id == company_id) & (contacts.c.number == number)
    row = connection.execute(_at().where(here)).one_or_none()
    return None if row is None or row.at is None else _talk(connection, row)


def page(
    connection: Connection,
    company_id: CompanyId,
    after: tuple[float, str] | None,
    limit: int,
    number: str | None = None,
) -> list[Row[Any]]:
    """Messages of either direction, newest first; of one number with what people did there."""
    query = select(messages).where(messages.c.company_id == company_id, SHOWN)
    query = query.where(messages.c.direction != "log" if number is None else messages.c.number == number)
    if after is not None:
        moment, last_id = after
        placed = select(messages.c.place).where(messages.c.id == last_id).scalar_subquery()
        place = tuple_(messages.c.created_at, messages.c.place, messages.c.id)
        query = query.where(place < tuple_(literal(moment), func.coalesce(placed, 0), literal(last_id)))
    return list(connection.execute(query.order_by(*ORDER).limit(limit)))


def note(
    connection: Connection, contact: Contact, what: Literal["held", "given_back"], user_id: UserId, now: float
) -> None:
    """Somebody did this with the conversation."""
    row = {
        "id": new_id("wn"),
        "company_id": contact.company_id,
        "number": contact.number,
        "direction": "log",
        "kind": what,
        "text": "",
        "state": "done",
        "created_at": now,
        "said_by": user_id,
    }
    connection.execute(insert(messages), row)


def _at() -> Select[Any]:
    """Contacts, each with when something was last said or done."""
    theirs = (messages.c.number == contacts.c.number) & (messages.c.company_id == contacts.c.company_id)
    last = select(func.max(messages.c.created_at)).where(theirs).scalar_subquery()
    return select(*COLUMNS, last.label("at"))


def _talk(connection: Connection, row: Row[Any]) -> Talk:
    values = dict(row._mapping)
    at = values.pop("at")
    contact = Contact(**values)
    here = (messages.c.number == contact.number) & (messages.c.company_id == contact.company_id)
    said = select(messages).where(here, messages.c.direction != "log", SHOWN)
    last = connection.execute(said.order_by(*ORDER).limit(1)).one_or_none()
    return Talk(contact, at, last, 0 if contact.held_at is None else _waiting(connection, contact))


def _waiting(connection: Connection, contact: Contact) -> int:
    """What came since it was taken over and since a person last wrote."""
    here = (messages.c.number == contact.number) & (messages.c.company_id == contact.company_id)
    told = select(func.max(messages.c.created_at)).where(
        here, messages.c.direction == "out", messages.c.said_by.is_not(None)
    )
    since = max(contact.held_at or 0.0, connection.execute(told).scalar() or 0.0)
    came = here & (messages.c.direction == "in") & messages.c.kind.not_in(NO_QUESTION) & (messages.c.created_at > since)
    return connection.execute(select(func.count()).where(came)).scalar_one()
