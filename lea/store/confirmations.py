"""What Léa asks before she writes: saved before it is shown, decided once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, insert, literal, not_, select, update

from lea.ids import CompanyId, ThreadId, TurnId, UserId
from lea.sentences import Language
from lea.store.action_tables import confirmations
from lea.store.deleted import MARK
from lea.store.tables import turns

Decision = Literal["approved", "rejected"]
REQUEST: Final = "confirm."
"""The decision's own turn is the answer to the request of this and the confirmation's id."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for consent; `state` is `asked`, `approved` or `rejected`."""

    id: str
    company_id: CompanyId
    user_id: UserId
    thread_id: ThreadId
    turn_id: TurnId
    name: str
    arguments: Mapping[str, Any]
    language: Language
    summary: str
    facts: Sequence[Mapping[str, Any]]
    state: str
    record_id: str | None
    record_version: int | None
    created_at: float
    expires_at: float
    decided_at: float | None
    decided_in: TurnId | None

    def expired(self, now: float) -> bool:
        """Nobody has decided, and nobody can any more."""
        return self.state == "asked" and now >= self.expires_at


KEPT: Final = not_(confirmations.c.thread_id.startswith(MARK))
"""Nobody decides what was asked in a deleted conversation."""

COLUMNS: Final = tuple(Asked.__slots__)


def add(connection: Connection, asked: Asked) -> None:
    """Ask; the same question of the same turn again is the same question."""
    if find(connection, asked.user_id, asked.id) is None:
        connection.execute(insert(confirmations), {name: getattr(asked, name) for name in COLUMNS})


def find(connection: Connection, user_id: UserId, confirmation_id: str) -> Asked | None:
    """A question asked of this user."""
    here = (confirmations.c.id == confirmation_id) & (confirmations.c.user_id == user_id) & KEPT
    row = connection.execute(select(confirmations).where(here)).one_or_none()
    return None if row is None else _asked(row)


def decide(
    connection: Connection,
    confirmation_id: str,
    decision: Decision,
    arguments: Mapping[str, Any],
    now: float,
    told_in: TurnId | None,
) -> bool:
    """The one decision that counts; False where another one was first or it is too late."""
    changed = connection.execute(
        update(confirmations)
        .where(
            confirmations.c.id == confirmation_id,
            confirmations.c.state == "asked",
            confirmations.c.expires_at > now,
        )
        .values(state=decision, arguments=dict(arguments), decided_at=now, decided_in=told_in)
    )
    return changed.rowcount == 1


def open_of(connection: Connection, user_id: UserId, now: float, limit: int) -> Sequence[Asked]:
    """What the user has not decided and still can, newest first."""
    return _found(
        connection,
        (confirmations.c.user_id == user_id) & (confirmations.c.state == "asked") & (confirmations.c.expires_at > now),
        limit,
    )


def open_in(connection: Connection, user_id: UserId, thread_id: ThreadId, now: float) -> Asked | None:
    """The newest one of a conversation, if it can still be decided."""
    here = (confirmations.c.user_id == user_id) & (confirmations.c.thread_id == thread_id)
    found = _found(connection, here, 1)
    return found[0] if found and found[0].state == "asked" and not found[0].expired(now) else None


def of_turns(connection: Connection, turn_ids: Collection[TurnId]) -> Sequence[Asked]:
    """What was asked in these turns, newest first."""
    return _found(connection, confirmations.c.turn_id.in_(turn_ids), 1000) if turn_ids else []


def untold(connection: Connection, since: float, until: float, limit: int) -> Sequence[Asked]:
    """Decided between these moments, but with no turn that tells what came of it."""
    told = exists().where(
        turns.c.user_id == confirmations.c.user_id,
        turns.c.request_id == literal(REQUEST) + confirmations.c.id,
    )
    return _found(
        connection,
        and_(
            confirmations.c.decided_at > since,
            confirmations.c.decided_at <= until,
            confirmations.c.decided_in.is_(None),
            not_(told),
        ),
        limit,
    )


def _found(connection: Connection, condition: ColumnElement[bool], limit: int) -> list[Asked]:
    query = (
        select(confirmations)
        .where(condition, KEPT)
        .order_by(confirmations.c.created_at.desc(), confirmations.c.id.desc())
        .limit(limit)
    )
    return [_asked(row) for row in connection.execute(query)]


def _asked(row: Row[Any]) -> Asked:
    return Asked(**{name: getattr(row, name) for name in COLUMNS})
