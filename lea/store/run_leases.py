"""Which process works at a run: kept by renewing, taken by another when that ends.

Whatever a process writes about a run it writes as its owner: where another has taken it, nothing is written.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true, update

from lea.ids import RunId
from lea.store.leases import moment
from lea.store.run_tables import run_jobs, runs
from lea.store.runs import Run, of_id


@dataclass(frozen=True, slots=True)
class Kept:
    """What is still the owner's, and what of it somebody asked to cancel."""

    held: frozenset[RunId]
    cancelling: frozenset[RunId]


def takeable(
    connection: Connection, owner: str, held: Collection[RunId], now: float, limit: int, *, sole: bool
) -> list[RunId]:
    """Runs nobody works at, oldest first; `sole`: nobody else can, so whatever is not in `held` is such a one."""
    query = (
        select(runs.c.id)
        .where(runs.c.ended_at.is_(None), runs.c.id.not_in(held), _free(connection, owner, now, sole=sole))
        .order_by(runs.c.started_at)
        .limit(limit)
    )
    return list(connection.scalars(query))


def take(connection: Connection, run_id: RunId, owner: str, lease_s: float, now: float, *, sole: bool) -> Run | None:
    """Become the owner; what its last owner was at waits again. None where somebody was faster."""
    taken = connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.ended_at.is_(None), _free(connection, owner, now, sole=sole))
        .values(owner=owner, lease_until=moment(connection, now) + lease_s, version=runs.c.version + 1, updated_at=now)
    )
    if taken.rowcount == 0:
        return None
    run = of_id(connection, run_id)
    connection.execute(
        update(run_jobs)
        .where(run_jobs.c.run_id == run_id, run_jobs.c.state == "running")
        .values(state="waiting", started_at=None, version=run.version, updated_at=now)
    )
    return run


def keep(connection: Connection, owner: str, held: Collection[RunId], lease_s: float, now: float) -> Kept:
    """For `lease_s` more seconds."""
    mine = runs.c.id.in_(held) & (runs.c.owner == owner) & runs.c.ended_at.is_(None)
    connection.execute(update(runs).where(mine).values(lease_until=moment(connection, now) + lease_s))
    return kept(connection, owner, held)


def kept(connection: Connection, owner: str, held: Collection[RunId]) -> Kept:
    """As it stands."""
    mine = runs.c.id.in_(held) & (runs.c.owner == owner) & runs.c.ended_at.is_(None)
    rows = connection.execute(select(runs.c.id, runs.c.cancel_asked_at).where(mine)).all()
    return Kept(frozenset(row.id for row in rows), frozenset(row.id for row in rows if row.cancel_asked_at is not None))


def let_go(connection: Connection, owner: str) -> None:
    """The owner goes away: others need not wait for its leases to end."""
    mine = (runs.c.owner == owner) & runs.c.ended_at.is_(None)
    connection.execute(update(runs).where(mine).values(owner=None, lease_until=None))


def advance(connection: Connection, run_id: RunId, owner: str, now: float, **values: Any) -> int | None:
    """The run's next version, for changes in this transaction, which others of the run now wait for.

    None where the run is not the owner's any more.
    """
    return connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.owner == owner, runs.c.ended_at.is_(None))
        .values(version=runs.c.version + 1, updated_at=now, **values)
        .returning(runs.c.version)
    ).scalar_one_or_none()


def _free(connection: Connection, owner: str, now: float, *, sole: bool) -> ColumnElement[bool]:
    if sole:
        return true()
    return runs.c.owner.is_(None) | (runs.c.owner == owner) | (runs.c.lease_until < moment(connection, now))
