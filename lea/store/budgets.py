"""A month's limits, and what has been spent of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from lea.clock import Month
from lea.errors import NotFound
from lea.ids import CompanyId, UserId
from lea.store.action_tables import budgets, usage
from lea.store.tables import users

COMPANY: Final = UserId("")
"""Who the company's own limit belongs to."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Nano-USD a month; None: no limit."""

    soft: int | None = None
    hard: int | None = None


NO_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a budget can be made for."""

    user_id: UserId
    name: str
    email: str


def look(
    connection: Connection, company_id: CompanyId, month: Month, *, always: bool
) -> tuple[dict[UserId, Limits], dict[UserId, int]]:
    """Limits and what was spent; nothing is added up where there is no limit, unless `always`."""
    limits = limits_of(connection, company_id)
    return limits, spent_in(connection, company_id, month) if limits or always else {}


def limits_of(connection: Connection, company_id: CompanyId) -> dict[UserId, Limits]:
    """Those that are set in this company, by user."""
    query = select(budgets.c.user_id, budgets.c.soft_nano_usd, budgets.c.hard_nano_usd)
    rows = connection.execute(query.where(budgets.c.company_id == company_id))
    return {user_id: Limits(soft, hard) for user_id, soft, hard in rows}


def spent_in(connection: Connection, company_id: CompanyId, month: Month) -> dict[UserId, int]:
    """Nano-USD that count, by user; whoever spent nothing is not in it."""
    query = (
        select(usage.c.user_id, func.sum(usage.c.budget_nano_usd))
        .where(usage.c.company_id == company_id, usage.c.at >= month.begins, usage.c.at < month.ends)
        .group_by(usage.c.user_id)
    )
    return {user_id: int(spent) for user_id, spent in connection.execute(query)}


def people_of(connection: Connection, company_id: CompanyId) -> Sequence[Person]:
    """Everybody in the company, by name."""
    query = select(users.c.id, users.c.name, users.c.email).where(users.c.company_id == company_id)
    return [Person(*row) for row in connection.execute(query.order_by(users.c.name, users.c.id))]


def set_limits(connection: Connection, company_id: CompanyId, user_id: UserId, limits: Limits) -> None:
    """What applies from now on, instead of what did. Raises NotFound for a user of another company."""
    if user_id != COMPANY:
        known = select(users.c.id).where(users.c.id == user_id, users.c.company_id == company_id)
        if connection.execute(known).first() is None:
            raise NotFound
    here = (budgets.c.company_id == company_id) & (budgets.c.user_id == user_id)
    if limits == NO_LIMITS:
        connection.execute(delete(budgets).where(here))
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"soft_nano_usd": limits.soft, "hard_nano_usd": limits.hard}
    setting = dialect.insert(budgets).values(company_id=company_id, user_id=user_id, **values)
    connection.execute(setting.on_conflict_do_update(index_elements=["company_id", "user_id"], set_=values))
