"""What a company's work comes to: its turns, actions, runs, transactions and catalogue, counted."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Integer, Select, case, cast, func, select

from lea.ids import CompanyId, UserId
from lea.store.action_tables import action_calls, usage
from lea.store.business_tables import transactions
from lea.store.catalog_tables import catalog_items
from lea.store.costs import DAY_S, SECONDS
from lea.store.run_tables import runs
from lea.store.runs import SHARED
from lea.store.tables import threads, turns

__all__ = ["Connection", "Kpis", "Runs", "Turns", "kpis"]

NEWEST: Final = 1_000
"""Most turns whose first word is looked at: the percentiles are of what was lately."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Those that have ended, by the day they began; of conversations that were deleted nothing is left.

    `first_token_ms` are p50 and p95; None where no model has said a word.
    """

    by_state: dict[str, int]
    by_day: dict[int, tuple[int, int]]
    """All of a day, and those of them that failed."""
    first_token_ms: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Runs:
    """Those that began, by state; `items` are the jobs they completed."""

    by_state: dict[str, int]
    items: int


@dataclass(frozen=True, slots=True)
class Kpis:
    """Turns, actions, runs, `created` and `cost_nano_usd` are of the days asked for; the rest is as it is now."""

    turns: Turns
    actions: dict[str, int]
    runs: Runs
    stages: dict[str, int]
    created: int
    items: int
    enriched: int
    cost_nano_usd: int


def kpis(connection: Connection, company_id: CompanyId, user_id: UserId | None, since_day: int) -> Kpis:
    """From that day on, of the whole company; the money only of that user, if one is given."""
    since = since_day * DAY_S
    stages, created = _transactions(connection, company_id, since)
    items, enriched = _catalogue(connection, company_id)
    return Kpis(
        turns=_turns(connection, company_id, since),
        actions=_actions(connection, company_id, since),
        runs=_runs(connection, company_id, since),
        stages=stages,
        created=created,
        items=items,
        enriched=enriched,
        cost_nano_usd=_cost(connection, company_id, user_id, since),
    )


def _turns(connection: Connection, company_id: CompanyId, since: float) -> Turns:
    """Found by their conversations: one that has a turn of these days was changed in them."""
    day, states, days = _day(turns.c.started_at, connection.dialect.name), Counter[str](), dict[int, tuple[int, int]]()
    query = select(day.label("day"), turns.c.state, func.count().label("found"))
    for row in connection.execute(_of_company(query, company_id, since).group_by(day, turns.c.state)):
        states[row.state] += row.found
        total, failed = days.get(row.day, (0, 0))
        days[row.day] = (total + row.found, failed + (row.found if row.state == "failed" else 0))
    return Turns(dict(states), days, _first_token(connection, company_id, since))


def _first_token(connection: Connection, company_id: CompanyId, since: float) -> tuple[float, float] | None:
    query = _of_company(select(turns.c.timings_ms), company_id, since).order_by(turns.c.started_at.desc())
    newest = query.limit(NEWEST).subquery()
    waited = newest.c.timings_ms["first_token"].as_float()
    found = sorted(connection.execute(select(waited).where(waited.is_not(None))).scalars())
    if not found:
        return None
    p50, p95 = (found[min(len(found) - 1, int(len(found) * share))] for share in (0.5, 0.95))
    return p50, p95


def _of_company(query: Select[Any], company_id: CompanyId, since: float) -> Select[Any]:
    own = (turns.c.user_id == threads.c.user_id) & (turns.c.thread_id == threads.c.id)
    return query.select_from(threads.join(turns, own)).where(
        threads.c.company_id == company_id,
        threads.c.updated_at >= since,
        turns.c.started_at >= since,
        turns.c.ended_at.is_not(None),
    )


def _actions(connection: Connection, company_id: CompanyId, since: float) -> dict[str, int]:
    query = select(action_calls.c.state, func.count().label("found")).where(
        action_calls.c.company_id == company_id, action_calls.c.created_at >= since
    )
    return {row.state: row.found for row in connection.execute(query.group_by(action_calls.c.state))}


def _runs(connection: Connection, company_id: CompanyId, since: float) -> Runs:
    query = select(runs.c.state, func.count().label("found"), func.sum(runs.c.jobs_completed).label("items")).where(
        runs.c.company_id == company_id, runs.c.started_at >= since, SHARED
    )
    found = connection.execute(query.group_by(runs.c.state)).all()
    return Runs({row.state: row.found for row in found}, sum(int(row.items) for row in found))


def _transactions(connection: Connection, company_id: CompanyId, since: float) -> tuple[dict[str, int], int]:
    fresh = func.sum(case((transactions.c.created_at >= since, 1), else_=0))
    query = select(transactions.c.stage, func.count().label("found"), fresh.label("fresh")).where(
        transactions.c.company_id == company_id
    )
    found = connection.execute(query.group_by(transactions.c.stage)).all()
    return {row.stage: row.found for row in found}, sum(int(row.fresh) for row in found)


def _catalogue(connection: Connection, company_id: CompanyId) -> tuple[int, int]:
    query = select(func.count(), func.count(catalog_items.c.enriched_by)).where(
        catalog_items.c.company_id == company_id
    )
    items, enriched = connection.execute(query).one()
    return items, enriched


def _cost(connection: Connection, company_id: CompanyId, user_id: UserId | None, since: float) -> int:
    query = select(func.sum(usage.c.cost_nano_usd)).where(usage.c.company_id == company_id, usage.c.at >= since)
    if user_id is not None:
        query = query.where(usage.c.user_id == user_id)
    return int(connection.execute(query).scalar_one() or 0)


def _day(column: Column[Any], dialect: str) -> ColumnElement[int]:
    """Days since the epoch: a cast cuts in the one database and rounds in the other."""
    return cast(column / SECONDS if dialect == "sqlite" else func.floor(column / SECONDS), Integer)
