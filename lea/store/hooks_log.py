"""What became of deliveries: noted as they are tried, read by admins, begun anew, and forgotten after a while."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, tuple_, update

from lea.errors import NotFound
from lea.ids import CompanyId
from lea.store.hooks_outbox import PING, Sending
from lea.store.hooks_tables import attempts, deliveries, webhooks
from lea.store.leases import moment

State = Literal["waiting", "delivered", "failed"]
STATES: Final[tuple[State, ...]] = ("waiting", "delivered", "failed")
KEPT: Final = 20
"""Attempts of one delivery that are kept: the newest."""
BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request: `status` is what was answered, else `reason` why there is none; `answer` its first characters."""

    at: float
    ms: int
    status: int | None
    reason: str | None
    answer: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """As it is kept; `sending` while it is on its way."""

    id: str
    event_id: str
    type: str
    body: str
    state: State
    attempts: int
    due_at: float | None
    created_at: float
    ended_at: float | None
    tried: Sequence[Attempt]


COLUMNS: Final = tuple(deliveries.c[name] for name in Delivery.__slots__[:-1])


def settle(
    connection: Connection,
    owner: str,
    sent: Sending,
    attempt: Attempt,
    state: State,
    due_at: float | None,
    *,
    gone: bool = False,
    failing_for_s: float = float("inf"),
) -> str | None:
    """Note how an attempt ended; why its webhook was switched off by it. Nothing where it is not the owner's any more.

    `gone` where whoever answered wants no more of it. A ping says nothing about its webhook.
    """
    mine = (deliveries.c.id == sent.id) & (deliveries.c.owner == owner)
    ended_at = None if state == "waiting" else attempt.at
    number = sent.attempts + 1
    changed = connection.execute(
        update(deliveries)
        .where(mine)
        .values(state=state, attempts=number, tries=sent.tries + 1, owner=None, due_at=due_at, ended_at=ended_at)
    )
    if changed.rowcount == 0:
        return None
    values = {name: getattr(attempt, name) for name in Attempt.__slots__}
    connection.execute(insert(attempts).values(delivery_id=sent.id, number=number, **values))
    old = (attempts.c.delivery_id == sent.id) & (attempts.c.number <= number - KEPT)
    if number > KEPT:
        connection.execute(delete(attempts).where(old))
    if sent.type == PING:
        return None
    return _judge(connection, sent.webhook_id, attempt.at, failing_for_s, delivered=state == "delivered", gone=gone)


def _judge(
    connection: Connection, webhook_id: str, now: float, failing_for_s: float, *, delivered: bool, gone: bool
) -> str | None:
    here = webhooks.c.id == webhook_id
    if delivered:
        failed_before = webhooks.c.failing_since.is_not(None)
        connection.execute(update(webhooks).where(here, failed_before).values(failing_since=None))
        return None
    since = func.coalesce(webhooks.c.failing_since, now)
    connection.execute(update(webhooks).where(here).values(failing_since=since))
    why = "gone" if gone else "failing"
    failing = [] if gone else [webhooks.c.failing_since <= now - failing_for_s]
    switched_off = update(webhooks).where(here, webhooks.c.enabled, *failing)
    off = connection.execute(switched_off.values(enabled=False, disabled_why=why, updated_at=now))
    return why if off.rowcount else None


def page(
    connection: Connection,
    company_id: CompanyId,
    webhook_id: str,
    *,
    state: str | None,
    after: tuple[float, str] | None,
    limit: int,
) -> list[Delivery]:
    """The newest first, with what was tried."""
    query = select(*COLUMNS).where(deliveries.c.company_id == company_id, deliveries.c.webhook_id == webhook_id)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    if after is not None:
        query = query.where(tuple_(deliveries.c.created_at, deliveries.c.id) < after)
    query = query.order_by(deliveries.c.created_at.desc(), deliveries.c.id.desc()).limit(limit)
    rows = connection.execute(query).all()
    tried = _tried(connection, [row.id for row in rows])
    return [_delivery(row, tried) for row in rows]


def find(connection: Connection, company_id: CompanyId, webhook_id: str, delivery_id: str) -> Delivery:
    """One of this webhook. Raises NotFound."""
    row = connection.execute(select(*COLUMNS).where(*_here(company_id, webhook_id, delivery_id))).one_or_none()
    if row is None:
        raise NotFound
    return _delivery(row, _tried(connection, [delivery_id]))


def replay(connection: Connection, company_id: CompanyId, webhook_id: str, delivery_id: str, now: float) -> Delivery:
    """Have it sent at once, and again as often as a new one; nothing where it is just being sent. Raises NotFound."""
    here = _here(company_id, webhook_id, delivery_id)
    _again(connection, [*here, or_(deliveries.c.owner.is_(None), deliveries.c.due_at <= moment(connection, now))], now)
    return find(connection, company_id, webhook_id, delivery_id)


def replay_failed(connection: Connection, company_id: CompanyId, webhook_id: str, since: float, now: float) -> int:
    """Up to BATCH deliveries that failed since they were made then, the oldest first; how many."""
    failed = (
        select(deliveries.c.id)
        .where(deliveries.c.company_id == company_id, deliveries.c.webhook_id == webhook_id)
        .where(deliveries.c.state == "failed", deliveries.c.created_at >= since, deliveries.c.type != PING)
        .order_by(deliveries.c.created_at)
        .limit(BATCH)
    )
    return _again(connection, [deliveries.c.id.in_(list(connection.scalars(failed)))], now)


def prune(connection: Connection, before: float) -> int:
    """Forget up to BATCH of the oldest that were made before then; how many."""
    old = select(deliveries.c.id).where(deliveries.c.created_at < before).order_by(deliveries.c.created_at).limit(BATCH)
    return connection.execute(delete(deliveries).where(deliveries.c.id.in_(list(connection.scalars(old))))).rowcount


def _again(connection: Connection, which: Sequence[Any], now: float) -> int:
    values = {"state": "waiting", "tries": 0, "owner": None, "due_at": moment(connection, now), "ended_at": None}
    return connection.execute(update(deliveries).where(*which).values(**values)).rowcount


def _here(company_id: CompanyId, webhook_id: str, delivery_id: str) -> tuple[Any, ...]:
    mine = deliveries.c.company_id == company_id
    return mine, deliveries.c.webhook_id == webhook_id, deliveries.c.id == delivery_id


def _tried(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[Attempt]]:
    found: defaultdict[str, list[Attempt]] = defaultdict(list)
    query = select(attempts).where(attempts.c.delivery_id.in_(ids)).order_by(attempts.c.number)
    for row in connection.execute(query):
        found[row.delivery_id].append(Attempt(row.at, row.ms, row.status, row.reason, row.answer))
    return found


def _delivery(row: Row[Any], tried: Mapping[str, list[Attempt]]) -> Delivery:
    return Delivery(**row._mapping, tried=tried.get(row.id, []))
