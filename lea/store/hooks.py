"""A company's webhooks, as its admins make and change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from lea.errors import Conflict, NotFound
from lea.ids import CompanyId, UserId
from lea.store.hooks_tables import webhooks
from lea.store.tables import companies, users

MOST: Final = 10
"""Webhooks of one company."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a company is told what; `disabled_why` is `gone` or `failing` where nobody switched it off."""

    id: str
    company_id: CompanyId
    url: str
    description: str
    events: Sequence[str]
    enabled: bool
    disabled_why: str | None
    generation: int
    rotated_at: float | None
    failing_since: float | None
    created_at: float
    updated_at: float


COLUMNS: Final = tuple(webhooks.c[name] for name in Webhook.__slots__)


def of_company(connection: Connection, company_id: CompanyId) -> list[Webhook]:
    """All of them, the oldest first."""
    query = select(*COLUMNS).where(webhooks.c.company_id == company_id)
    return [_webhook(row) for row in connection.execute(query.order_by(webhooks.c.created_at, webhooks.c.id))]


def find(connection: Connection, company_id: CompanyId, webhook_id: str) -> Webhook:
    """One of this company. Raises NotFound."""
    row = connection.execute(select(*COLUMNS).where(*_here(company_id, webhook_id))).one_or_none()
    if row is None:
        raise NotFound
    return _webhook(row)


def companies_with(connection: Connection) -> frozenset[CompanyId]:
    """Which companies have any."""
    return frozenset(CompanyId(one) for one in connection.scalars(select(webhooks.c.company_id).distinct()))


def create(
    connection: Connection, company_id: CompanyId, webhook_id: str, values: Mapping[str, Any], now: float
) -> Webhook:
    """Raises Conflict(`too_many_webhooks`)."""
    connection.execute(select(companies.c.id).where(companies.c.id == company_id).with_for_update())
    count = connection.scalar(select(func.count()).select_from(webhooks).where(webhooks.c.company_id == company_id))
    if (count or 0) >= MOST:
        raise Conflict("too_many_webhooks")
    row = {"id": webhook_id, "company_id": company_id, "generation": 1, "served_at": 0.0, "created_at": now}
    connection.execute(insert(webhooks).values(**values, **row, updated_at=now))
    return find(connection, company_id, webhook_id)


def change(
    connection: Connection, company_id: CompanyId, webhook_id: str, values: Mapping[str, Any], now: float
) -> Webhook:
    """Change these columns; switching it on or off forgets that it failed. Raises NotFound."""
    forgotten = {"disabled_why": None, "failing_since": None} if "enabled" in values else {}
    changed = update(webhooks).where(*_here(company_id, webhook_id)).values(**values, **forgotten, updated_at=now)
    if connection.execute(changed).rowcount == 0:
        raise NotFound
    return find(connection, company_id, webhook_id)


def rotate(connection: Connection, company_id: CompanyId, webhook_id: str, now: float) -> Webhook:
    """From here on there is another secret. Raises NotFound."""
    values = {"generation": webhooks.c.generation + 1, "rotated_at": now, "updated_at": now}
    if connection.execute(update(webhooks).where(*_here(company_id, webhook_id)).values(**values)).rowcount == 0:
        raise NotFound
    return find(connection, company_id, webhook_id)


def remove(connection: Connection, company_id: CompanyId, webhook_id: str) -> None:
    """With its deliveries, those that wait too. Raises NotFound."""
    if connection.execute(delete(webhooks).where(*_here(company_id, webhook_id))).rowcount == 0:
        raise NotFound


def admins(connection: Connection, company_id: CompanyId) -> list[UserId]:
    """Who is to know."""
    query = select(users.c.id).where(
        users.c.company_id == company_id, users.c.role == "admin", users.c.disabled_at.is_(None)
    )
    return [UserId(one) for one in connection.scalars(query)]


def _here(company_id: CompanyId, webhook_id: str) -> tuple[Any, Any]:
    return webhooks.c.company_id == company_id, webhooks.c.id == webhook_id


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(**row._mapping)
