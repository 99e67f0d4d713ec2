"""What the calls of models took: one row a call, written once under an id that follows from its turn and its place.

A call is paid for whatever became of its turn and conversation, so its row refers to neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lea.ids import CompanyId, ThreadId, TurnId, UserId, derived_id
from lea.store.action_tables import usage
from lea.store.prepared import Prepared
from lea.store.tables import companies, turns

SLACK_S: Final = 86_400.0
"""How far the clocks of two processes may be apart."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One call. `cost_nano_usd` is None where no price is known; `budget_nano_usd` is what it counts for then."""

    id: str
    company_id: CompanyId
    user_id: UserId
    thread_id: ThreadId | None
    turn_id: TurnId | None
    purpose: str
    provider: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    estimated: bool
    cost_nano_usd: int | None
    budget_nano_usd: int
    at: float


@dataclass(frozen=True, slots=True)
class Earlier:
    """The calls of a turn that have ended, added up; `cost_nano_usd` is None where that of one is not known."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost_nano_usd: int | None = 0


COLUMNS: Final = tuple(UsageRow.__slots__)
ROW: Final = select(*(bindparam(name, type_=usage.c[name].type).label(name) for name in COLUMNS)).where(
    companies.c.id == bindparam("company_id")
)
ADD: Final = {
    "sqlite": Prepared(sqlite.insert(usage).from_select(COLUMNS, ROW).on_conflict_do_nothing()),
    "postgresql": Prepared(postgresql.insert(usage).from_select(COLUMNS, ROW).on_conflict_do_nothing()),
}
"""Nothing for a company that was removed meanwhile: the answer that is saved with it must not fail."""
NO_CALL: Final = (
    update(turns).where(turns.c.id == bindparam("at"), turns.c.ended_at.is_(None)).values(prompt_tokens=None)
)


def usage_id(turn_id: TurnId, place: int) -> str:
    """The id of a turn's call, the first of which has place 0."""
    return derived_id("u", turn_id, str(place))


def add(connection: Connection, rows: Sequence[UsageRow]) -> None:
    """Keep these calls; those that are kept already stay as they are."""
    if rows:
        values = [{name: getattr(row, name) for name in COLUMNS} for row in rows]
        ADD[connection.dialect.name].run(connection, values)


def add_of_live(connection: Connection, row: UsageRow) -> None:
    """Keep a call of a turn that goes on: until a checkpoint says otherwise, no call of it is under way."""
    add(connection, [row])
    connection.execute(NO_CALL, {"at": row.turn_id})


def earlier(connection: Connection, user_id: UserId, turn_id: TurnId, started_at: float) -> Earlier:
    """What is kept of a turn's calls; found by its user's index."""
    sums: list[Any] = [func.sum(usage.c[name]) for name in ("prompt_tokens", "completion_tokens", "cached_tokens")]
    query = select(func.count(), *sums, func.sum(usage.c.cost_nano_usd), func.count(usage.c.cost_nano_usd)).where(
        usage.c.user_id == user_id, usage.c.at >= started_at - SLACK_S, usage.c.turn_id == turn_id
    )
    calls, prompt, completion, cached, cost, priced = connection.execute(query).one()
    if not calls:
        return Earlier()
    return Earlier(calls, int(prompt), int(completion), int(cached), int(cost) if priced == calls else None)
