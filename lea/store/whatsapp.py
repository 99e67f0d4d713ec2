"""Who writes on WhatsApp, and which process looks after a number: by lease, so that one does at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Insert, Row, case, exists, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lea.ids import CompanyId, ThreadId, UserId
from lea.store.leases import moment
from lea.store.tables import turns, users
from lea.store.whatsapp_tables import contacts, messages

THREAD: Final = "whatsapp-"
AT_ONCE: Final = 1000
NOBODYS: Final = dict.fromkeys(("user_id", "linked_at", "held_at", "held_by"))
TOLD_FOR_S: Final = 2 * 86_400.0
"""An answer older than this is not told any more where it was not told yet."""
INSERT: Final[dict[str, Insert]] = {
    "sqlite": sqlite.insert(contacts).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(contacts).on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """A number, in digits, and whose it is; `wrote_at` is WhatsApp's time of its newest message."""

    number: str
    company_id: CompanyId
    user_id: UserId | None
    linked_at: float | None
    wrote_at: float | None
    refused_at: float | None
    held_at: float | None
    held_by: UserId | None


COLUMNS: Final = tuple(contacts.c[name] for name in Contact.__slots__)


def thread_of(number: str) -> ThreadId:
    """The conversation of a number."""
    return ThreadId(THREAD + number)


def known(connection: Connection, company_id: CompanyId, number: str, now: float) -> None:
    """From here on there is such a number; one that was another company's is nobody's now."""
    values = {"number": number, "company_id": company_id, "created_at": now}
    if connection.execute(INSERT[connection.dialect.name], values).rowcount == 1:
        return
    moved = (contacts.c.number == number) & (contacts.c.company_id != company_id)
    anew = {**NOBODYS, "company_id": company_id, "wrote_at": None, "refused_at": None}
    if connection.execute(update(contacts).where(moved).values(**anew)).rowcount:
        theirs = (messages.c.number == number) & (messages.c.company_id != company_id)
        unfinished = messages.c.state.in_(("received", "taken", "queued", "sending"))
        connection.execute(update(messages).where(theirs, unfinished).values(state="failed", error="moved"))


def find(connection: Connection, company_id: CompanyId, number: str) -> Contact | None:
    """A number of this company."""
    query = select(*COLUMNS).where(contacts.c.number == number, contacts.c.company_id == company_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _contact(row)


def linked(connection: Connection, company_id: CompanyId) -> Sequence[Contact]:
    """Every number that is somebody's."""
    query = select(*COLUMNS).where(contacts.c.company_id == company_id, contacts.c.user_id.is_not(None))
    return [_contact(row) for row in connection.execute(query.order_by(contacts.c.number))]


def link(connection: Connection, company_id: CompanyId, number: str, user_id: UserId, now: float) -> None:
    """From here on the number is this user's."""
    known(connection, company_id, number, now)
    same = func.coalesce(contacts.c.user_id, "") == user_id
    connection.execute(
        update(contacts)
        .where(contacts.c.number == number, contacts.c.company_id == company_id)
        .values(user_id=user_id, linked_at=case((same, contacts.c.linked_at), else_=now), refused_at=None)
    )


def unlink(connection: Connection, company_id: CompanyId, number: str) -> bool:
    """The number is nobody's any more; False where it was not."""
    mine = (contacts.c.number == number) & (contacts.c.company_id == company_id) & contacts.c.user_id.is_not(None)
    changed = connection.execute(update(contacts).where(mine).values(**NOBODYS))
    return changed.rowcount == 1


def hold(connection: Connection, contact: Contact, by: UserId | None, now: float) -> None:
    """A person answers from here on, or Léa again; who takes it from another person goes on since when that one did."""
    since = None if by is None else (contact.held_at or now)
    mine = (contacts.c.number == contact.number) & (contacts.c.company_id == contact.company_id)
    connection.execute(update(contacts).where(mine).values(held_at=since, held_by=by))


def heard(connection: Connection, number: str, said_at: float) -> None:
    """The number wrote; messages may come in any order."""
    later = case((func.coalesce(contacts.c.wrote_at, 0.0) < said_at, said_at), else_=contacts.c.wrote_at)
    connection.execute(update(contacts).where(contacts.c.number == number).values(wrote_at=later))


def refused(connection: Connection, number: str, now: float) -> None:
    """It was told that it is nobody's."""
    connection.execute(update(contacts).where(contacts.c.number == number).values(refused_at=now))


def wake(connection: Connection, number: str, now: float) -> None:
    """There is something to do for it at once."""
    soon = moment(connection, now)
    later = contacts.c.due_at.is_(None) | (contacts.c.due_at > soon)
    connection.execute(update(contacts).where(contacts.c.number == number, later).values(due_at=soon))


def untold(connection: Connection, now: float) -> list[str]:
    """Numbers in whose conversation an answer has ended that they were not sent."""
    here = (turns.c.user_id == contacts.c.user_id) & (turns.c.thread_id == literal(THREAD) + contacts.c.number)
    ended = exists().where(here, untold_turn(now), turns.c.ended_at >= contacts.c.linked_at)
    theirs = (users.c.id == contacts.c.user_id) & (users.c.company_id == contacts.c.company_id)
    query = select(contacts.c.number).join(users, theirs).where(users.c.disabled_at.is_(None), ended)
    return list(connection.scalars(query.limit(AT_ONCE)))


def untold_turn(now: float) -> Any:
    """Of turns: that it ended lately and nothing was made ready to be sent of it."""
    told = exists().where(messages.c.about == turns.c.id)
    return turns.c.ended_at.is_not(None) & (turns.c.ended_at > now - TOLD_FOR_S) & ~told


def any_due(connection: Connection, now: float) -> bool:
    """Whether there is anything to be claimed."""
    soon = moment(connection, now)
    query = select(contacts.c.number).where(contacts.c.due_at <= soon, contacts.c.lease_until <= soon).limit(1)
    return connection.execute(query).first() is not None


def claim(connection: Connection, owner: str, limit: int, lease_s: float, now: float) -> list[Contact]:
    """Take numbers for which there is something to do; should the owner die they are due again after its lease."""
    soon = moment(connection, now)
    until = soon + lease_s
    free = (contacts.c.due_at <= soon) & (contacts.c.lease_until <= soon)
    query = select(*COLUMNS).where(free).order_by(contacts.c.due_at).limit(limit)
    mine = []
    for row in connection.execute(query).all():
        taken = update(contacts).where(contacts.c.number == row.number, free)
        if connection.execute(taken.values(owner=owner, lease_until=until, due_at=until)).rowcount:
            mine.append(_contact(row))
    return mine


def release(connection: Connection, owner: str, number: str, due_at: float | None) -> None:
    """Give it back, with what is next; somebody may have woken it meanwhile, and that counts."""
    woken = contacts.c.due_at < contacts.c.lease_until
    next_one = case((woken, contacts.c.due_at), else_=due_at)
    mine = (contacts.c.number == number) & (contacts.c.owner == owner)
    connection.execute(update(contacts).where(mine).values(due_at=next_one, lease_until=0.0, owner=None))


def free(connection: Connection, owner: str | None, now: float) -> None:
    """Give back everything the owner has, or every owner where none is named: they are due at once."""
    held = contacts.c.owner.is_not(None) if owner is None else contacts.c.owner == owner
    values = {"owner": None, "lease_until": 0.0, "due_at": moment(connection, now)}
    connection.execute(update(contacts).where(held).values(**values))


def _contact(row: Row[Any]) -> Contact:
    return Contact(**row._mapping)
