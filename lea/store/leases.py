"""Which process answers a turn: kept by renewing, lost by not doing so, and asked to stop.

Times of leases are the database's own where it is a server, since the processes' clocks may differ.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Double, bindparam, cast, func, select, update

from lea.ids import ThreadId, TurnId, UserId
from lea.store.tables import turns

EARLIER = turns.alias("earlier")
BEFORE: Final = (
    select(func.count())
    .select_from(EARLIER)
    .where(
        EARLIER.c.user_id == bindparam("of_user"),
        EARLIER.c.thread_id == bindparam("of_thread"),
        EARLIER.c.ended_at.is_(None),
        EARLIER.c.fence < turns.c.fence,
    )
    .scalar_subquery()
)
PLACE: Final = select(BEFORE).where(turns.c.id == bindparam("turn"), turns.c.ended_at.is_(None))
RUN: Final = update(turns).where(turns.c.id == bindparam("turn"), turns.c.ended_at.is_(None)).values(state="running")
DATABASE_NOW: Final = select(cast(func.extract("epoch", func.clock_timestamp()), Double))


@dataclass(frozen=True, slots=True)
class Lease:
    """A live turn as the store knows it."""

    turn_id: TurnId
    owner: str
    until: float


@dataclass(frozen=True, slots=True)
class Renewed:
    """What is still the owner's, and what of it somebody asked to stop."""

    held: frozenset[TurnId]
    stopping: frozenset[TurnId]


def moment(connection: Connection, now: float) -> float:
    """The time leases are measured with: `now` where the database is a file of this machine."""
    if connection.dialect.name == "sqlite":
        return now
    return float(connection.execute(DATABASE_NOW).scalar_one())


def claim(connection: Connection, user_id: UserId, thread_id: ThreadId, turn_id: TurnId) -> int | None:
    """Begin to answer a turn that has waited; how many go first, 0 once it is claimed.

    None if it is no longer live: stopped, deleted, or given up for dead.
    """
    place: int | None = connection.execute(
        PLACE, {"of_user": user_id, "of_thread": thread_id, "turn": turn_id}
    ).scalar_one_or_none()
    if place == 0 and connection.execute(RUN, {"turn": turn_id}).rowcount == 0:
        return None
    return place


def renew(connection: Connection, owner: str, held: Collection[TurnId], lease_s: float, now: float) -> Renewed:
    """Keep these turns for `lease_s` more seconds."""
    mine = (turns.c.id.in_(held)) & (turns.c.owner == owner) & turns.c.ended_at.is_(None)
    connection.execute(update(turns).where(mine).values(lease_until=moment(connection, now) + lease_s))
    rows = connection.execute(select(turns.c.id, turns.c.stop_asked_at).where(mine)).all()
    return Renewed(
        frozenset(row.id for row in rows), frozenset(row.id for row in rows if row.stop_asked_at is not None)
    )


def stopping(connection: Connection, owner: str) -> list[TurnId]:
    """The owner's live turns that somebody asked to stop."""
    query = select(turns.c.id).where(
        turns.c.ended_at.is_(None), turns.c.owner == owner, turns.c.stop_asked_at.is_not(None)
    )
    return list(connection.scalars(query))


def abandoned(connection: Connection, owner: str, now: float) -> list[Lease]:
    """Live turns of `owner`, which knows itself whether it answers them, and those whose lease has run out."""
    late = turns.c.lease_until < moment(connection, now)
    query = select(turns.c.id, turns.c.owner, turns.c.lease_until).where(
        turns.c.ended_at.is_(None), (turns.c.owner == owner) | late
    )
    return [Lease(*row) for row in connection.execute(query)]


def ask_stop(
    connection: Connection, user_id: UserId, thread_id: ThreadId, turn_id: TurnId | None, now: float
) -> TurnId | None:
    """Ask whoever answers this turn, or the thread's first live one, to stop; None if there is none to be stopped."""
    live = (
        select(turns.c.id)
        .where(turns.c.user_id == user_id, turns.c.thread_id == thread_id, turns.c.ended_at.is_(None))
        .order_by(turns.c.fence)
        .limit(1)
    )
    if turn_id is not None:
        live = live.where(turns.c.id == turn_id)
    found: TurnId | None = connection.execute(live).scalar_one_or_none()
    if found is not None:
        connection.execute(update(turns).where(turns.c.id == found).values(stop_asked_at=now))
    return found
