"""Refresh families: one row for each sign-in, with the number of its newest refresh token."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from lea.ids import UserId, new_id
from lea.store.accounts import ACCOUNT, ACCOUNTS, Account, account_of, find
from lea.store.tables import refresh_families, users


@dataclass(frozen=True, slots=True)
class LiveFamily:
    """A sign-in that is neither ended nor expired, of a user who is not disabled."""

    counter: int
    account: Account


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of a refresh: the newest token's number and its account, or the code of the refusal.

    A value and not an exception, because a refusal may revoke the family and that has to be committed.
    """

    counter: int = 0
    account: Account | None = None
    refusal: str = "unauthorized"


def create(connection: Connection, user_id: UserId, *, now: float, expires_at: float) -> str:
    """A new family, at token 0; the user's expired ones go."""
    connection.execute(
        delete(refresh_families).where(refresh_families.c.user_id == user_id, refresh_families.c.expires_at <= now)
    )
    family = new_id("fam")
    connection.execute(
        insert(refresh_families).values(id=family, user_id=user_id, counter=0, rotated_at=now, expires_at=expires_at)
    )
    return family


def rotate(
    connection: Connection, family: str, presented: int, *, now: float, expires_at: float, grace_s: float
) -> Rotation:
    """Advance the family from `presented`, once: whoever comes second finds what the first one made.

    The immediate predecessor counts as the same request within `grace_s`; anything else revokes the family.
    """
    advanced = connection.execute(
        update(refresh_families)
        .where(
            refresh_families.c.id == family,
            refresh_families.c.counter == presented,
            refresh_families.c.revoked_at.is_(None),
            refresh_families.c.expires_at > now,
        )
        .values(counter=presented + 1, rotated_at=now, expires_at=expires_at)
        .returning(refresh_families.c.user_id)
    ).one_or_none()
    if advanced is None:
        return _repeated(connection, family, presented, now=now, grace_s=grace_s)
    return _for(connection, advanced.user_id, family, presented + 1, now)


def revoke(connection: Connection, ended: Collection[str], now: float) -> None:
    """End sign-ins; again is no different."""
    connection.execute(
        update(refresh_families)
        .where(refresh_families.c.id.in_(ended), refresh_families.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def find_live(connection: Connection, family: str, now: float) -> LiveFamily | None:
    """The family, while somebody is signed in by it."""
    row = connection.execute(
        select(*ACCOUNT, refresh_families.c.counter)
        .select_from(ACCOUNTS.join(refresh_families, refresh_families.c.user_id == users.c.id))
        .where(
            refresh_families.c.id == family,
            refresh_families.c.revoked_at.is_(None),
            refresh_families.c.expires_at > now,
            users.c.disabled_at.is_(None),
        )
    ).one_or_none()
    return LiveFamily(row.counter, account_of(row)) if row else None


def _repeated(connection: Connection, family: str, presented: int, *, now: float, grace_s: float) -> Rotation:
    row = connection.execute(select(refresh_families).where(refresh_families.c.id == family)).one_or_none()
    if row is None or row.revoked_at is not None:
        return Rotation()
    if row.expires_at <= now:
        return Rotation(refusal="token_expired")
    if presented == row.counter - 1 and now - row.rotated_at <= grace_s:
        return _for(connection, row.user_id, family, row.counter, now)
    revoke(connection, {family}, now)
    return Rotation(refusal="refresh_reused")


def _for(connection: Connection, user_id: UserId, family: str, counter: int, now: float) -> Rotation:
    account = find(connection, user_id)
    if account is None or account.disabled:
        revoke(connection, {family}, now)
        return Rotation()
    return Rotation(counter, account)
