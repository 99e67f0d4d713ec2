"""Receipts of what Léa did: one row a key, written with the effect it tells of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from lea.ids import CompanyId, ThreadId, TurnId, UserId, derived_id
from lea.store import hooks_events
from lea.store.action_tables import action_calls, action_policies
from lea.store.tables import threads

__all__ = [
    "Connection",
    "Receipt",
    "add",
    "conclude",
    "find",
    "last_of",
    "last_of_record",
    "link",
    "mark_undone",
    "of_confirmation",
    "of_record",
    "of_turns",
    "pending",
    "policies",
    "set_policy",
]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done by whom, where and when; `before` and `after` are what changed."""

    id: str
    company_id: CompanyId
    user_id: UserId
    thread_id: ThreadId
    turn_id: TurnId
    confirmation_id: str | None
    name: str
    state: str
    arguments: Mapping[str, Any]
    summary: str
    record_kind: str | None
    record_id: str | None
    record_reference: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    error_code: str | None
    created_at: float
    ended_at: float | None
    undone_at: float | None


COLUMNS: Final = tuple(Receipt.__slots__)
ADD: Final = insert(action_calls)
BY_ID: Final[Select[Any]] = select(action_calls).where(action_calls.c.id == bindparam("key"))
DONE: Final = ("succeeded", "undone")


def add(connection: Connection, receipt: Receipt) -> None:
    """A key that is taken is an IntegrityError: `find` it first, in the same transaction."""
    connection.execute(ADD, {name: getattr(receipt, name) for name in COLUMNS})
    if receipt.state == "succeeded":
        hooks_events.receipt_written(connection, receipt, receipt.created_at)


def find(connection: Connection, key: str) -> Receipt | None:
    """What was done under this key."""
    row = connection.execute(BY_ID, {"key": key}).one_or_none()
    return None if row is None else _receipt(row)


def of_confirmation(connection: Connection, confirmation_id: str) -> Receipt | None:
    """What came of a yes."""
    query = select(action_calls).where(action_calls.c.id == derived_id("a", confirmation_id))
    row = connection.execute(query).one_or_none()
    return None if row is None else _receipt(row)


def conclude(connection: Connection, receipt: Receipt) -> bool:
    """How what was pending ended; False where somebody else has found out."""
    changed = connection.execute(
        update(action_calls)
        .where(action_calls.c.id == receipt.id, action_calls.c.state == "pending")
        .values({name: getattr(receipt, name) for name in COLUMNS if name not in {"id", "created_at"}})
    )
    if changed.rowcount == 1 and receipt.state == "succeeded":
        hooks_events.receipt_written(connection, receipt, receipt.ended_at or receipt.created_at)
    return changed.rowcount == 1


def mark_undone(connection: Connection, key: str, now: float) -> bool:
    """False where it is not there to be undone any more."""
    changed = connection.execute(
        update(action_calls)
        .where(action_calls.c.id == key, action_calls.c.state == "succeeded")
        .values(state="undone", undone_at=now)
    )
    return changed.rowcount == 1


def last_of(connection: Connection, user_id: UserId, thread_id: ThreadId) -> Receipt | None:
    """The newest write of a conversation that has not been undone."""
    query = (
        select(action_calls)
        .where(
            action_calls.c.user_id == user_id,
            action_calls.c.thread_id == thread_id,
            action_calls.c.state == "succeeded",
        )
        .order_by(action_calls.c.ended_at.desc(), action_calls.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _receipt(row)


def last_of_record(connection: Connection, company_id: CompanyId, record_id: str) -> str | None:
    """The key of the newest write to a record, by anybody, that stands."""
    query = (
        select(action_calls.c.id)
        .where(
            action_calls.c.company_id == company_id,
            action_calls.c.record_id == record_id,
            action_calls.c.state == "succeeded",
        )
        .order_by(action_calls.c.ended_at.desc(), action_calls.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def of_record(connection: Connection, company_id: CompanyId, record_id: str, limit: int) -> Sequence[Receipt]:
    """What was done to a record, newest first."""
    query = (
        select(action_calls)
        .where(
            action_calls.c.company_id == company_id,
            action_calls.c.record_id == record_id,
            action_calls.c.state.in_(DONE),
        )
        .order_by(action_calls.c.ended_at.desc(), action_calls.c.id.desc())
        .limit(limit)
    )
    return [_receipt(row) for row in connection.execute(query)]


def of_turns(connection: Connection, turn_ids: Collection[TurnId]) -> Sequence[Receipt]:
    """What was done in these turns, oldest first."""
    if not turn_ids:
        return []
    query = (
        select(action_calls)
        .where(action_calls.c.turn_id.in_(turn_ids))
        .order_by(action_calls.c.created_at, action_calls.c.id)
    )
    return [_receipt(row) for row in connection.execute(query)]


def pending(connection: Connection, before: float, limit: int) -> Sequence[Receipt]:
    """Effects elsewhere that were asked for before that moment and of which nobody has heard, oldest first."""
    query = (
        select(action_calls)
        .where(action_calls.c.state == "pending", action_calls.c.created_at < before)
        .order_by(action_calls.c.created_at)
        .limit(limit)
    )
    return [_receipt(row) for row in connection.execute(query)]


def link(connection: Connection, user_id: UserId, thread_id: ThreadId, transaction_id: str | None) -> None:
    """The conversation is about this transaction from now on."""
    connection.execute(
        update(threads)
        .where(threads.c.user_id == user_id, threads.c.id == thread_id)
        .values(transaction_id=transaction_id)
    )


def policies(connection: Connection, company_id: CompanyId) -> dict[str, tuple[str, str]]:
    """(said, proposed) by action, where the company decided."""
    query = select(action_policies).where(action_policies.c.company_id == company_id)
    return {row.name: (row.said, row.proposed) for row in connection.execute(query)}


def set_policy(connection: Connection, company_id: CompanyId, name: str, said: str, proposed: str) -> None:
    """What applies to an action from now on."""
    here = (action_policies.c.company_id == company_id) & (action_policies.c.name == name)
    changed = connection.execute(update(action_policies).where(here).values(said=said, proposed=proposed))
    if changed.rowcount == 0:
        values = {"company_id": company_id, "name": name, "said": said, "proposed": proposed}
        connection.execute(insert(action_policies).values(values))


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(**{name: getattr(row, name) for name in COLUMNS})
