"""What webhooks are told: made ready with the thing itself, taken by lease, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
from sqlalchemy import Connection, Insert, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lea.clock import iso
from lea.ids import CompanyId, derived_id, new_id
from lea.store.hooks_tables import deliveries, webhooks
from lea.store.leases import moment

EventType = Literal["turn.done", "run.done", "transaction.changed"]
EVENTS: Final[tuple[EventType, ...]] = ("turn.done", "run.done", "transaction.changed")
PING: Final = "ping"

INSERT: Final[dict[str, Insert]] = {
    "sqlite": sqlite.insert(deliveries).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(deliveries).on_conflict_do_nothing(),
}
LISTENING: Final[Select[Any]] = (
    select(webhooks.c.id, webhooks.c.events)
    .where(webhooks.c.company_id == bindparam("company"), webhooks.c.enabled)
    .with_for_update(read=True, key_share=True)
)
"""Locked against being deleted until the unit has ended: a delivery without its webhook would undo what is told."""
DUE: Final = and_(
    deliveries.c.webhook_id == webhooks.c.id,
    deliveries.c.state == "waiting",
    deliveries.c.due_at <= bindparam("soon"),
    or_(webhooks.c.enabled, deliveries.c.type == PING),
)
ANY_DUE: Final[Select[Any]] = select(webhooks.c.id).where(exists().where(DUE)).limit(1)


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery that is its owner's to send; `earlier_until` is how long the secret before the current one counts."""

    id: str
    webhook_id: str
    company_id: CompanyId
    event_id: str
    type: str
    body: str
    attempts: int
    tries: int
    url: str
    generation: int
    rotated_at: float | None


COLUMNS: Final = (
    *(deliveries.c[name] for name in Sending.__slots__[:8]),
    *(webhooks.c[name] for name in Sending.__slots__[8:]),
)


def put(
    connection: Connection, company_id: CompanyId, kind: EventType, key: str, data: Mapping[str, Any], now: float
) -> int:
    """Make ready to be told, once for each `key`, to each of the company's webhooks that listens; how many do."""
    listening = [row.id for row in connection.execute(LISTENING, {"company": company_id}) if kind in row.events]
    if listening:
        event_id = derived_id("evt", kind, key)
        rows = [_row(one, company_id, event_id, kind, data, now) for one in listening]
        connection.execute(INSERT[connection.dialect.name], rows)
    return len(listening)


def ping(connection: Connection, company_id: CompanyId, webhook_id: str, now: float) -> str:
    """Make a ping ready for this webhook, unless one is on its way; the delivery's id."""
    here = (deliveries.c.webhook_id == webhook_id) & (deliveries.c.type == PING) & (deliveries.c.state == "waiting")
    waiting: str | None = connection.execute(select(deliveries.c.id).where(here).limit(1)).scalar_one_or_none()
    if waiting is not None:
        return waiting
    row = _row(webhook_id, company_id, new_id("evt"), PING, {"webhook_id": webhook_id}, now)
    connection.execute(INSERT[connection.dialect.name], row)
    return str(row["id"])


def any_due(connection: Connection, now: float) -> bool:
    """Whether there is anything to be claimed."""
    return connection.execute(ANY_DUE, {"soon": moment(connection, now)}).first() is not None


def claim(
    connection: Connection, owner: str, busy: Mapping[str, int], each: int, most: int, lease_s: float, now: float
) -> list[Sending]:
    """Take what is due, those first who were served longest ago; should the owner die it is due again after its lease.

    `busy` says how much is being sent already, by webhook, of the `each` there may be at once; `most` are taken.
    """
    soon = moment(connection, now)
    full = [webhook_id for webhook_id, count in busy.items() if count >= each]
    ready = select(webhooks.c.id).where(exists().where(DUE), webhooks.c.id.not_in(full))
    taken: list[Sending] = []
    for webhook_id in connection.scalars(ready.order_by(webhooks.c.served_at).limit(most), {"soon": soon}).all():
        room = min(each - busy.get(webhook_id, 0), most - len(taken))
        if room <= 0:
            break
        taken += _take(connection, owner, webhook_id, room, lease_s, soon)
        connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(served_at=soon))
    return taken


def free(connection: Connection, owner: str | None, now: float) -> None:
    """Give back what the owner has, or every owner where none is named: it is due at once."""
    held = deliveries.c.owner.is_not(None) if owner is None else deliveries.c.owner == owner
    waiting = deliveries.c.state == "waiting"
    connection.execute(update(deliveries).where(held, waiting).values(owner=None, due_at=moment(connection, now)))


def _take(connection: Connection, owner: str, webhook_id: str, room: int, lease_s: float, soon: float) -> list[Sending]:
    query = (
        select(*COLUMNS)
        .where(DUE, webhooks.c.id == webhook_id)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(room)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    mine = [Sending(*row) for row in connection.execute(query, {"soon": soon})]
    for one in mine:
        here = deliveries.c.id == one.id
        connection.execute(update(deliveries).where(here).values(owner=owner, due_at=soon + lease_s))
    return mine


def _row(
    webhook_id: str, company_id: CompanyId, event_id: str, kind: str, data: Mapping[str, Any], now: float
) -> dict[str, Any]:
    told = {"id": event_id, "type": kind, "timestamp": iso(now), "company_id": company_id, "data": dict(data)}
    return {
        "id": derived_id("wd", webhook_id, event_id),
        "webhook_id": webhook_id,
        "company_id": company_id,
        "event_id": event_id,
        "type": kind,
        "body": orjson.dumps(told).decode(),
        "state": "waiting",
        "attempts": 0,
        "tries": 0,
        "due_at": now,
        "created_at": now,
    }
