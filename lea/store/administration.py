"""What whoever runs the server does to accounts: shutting them, opening them again, and taking keys back."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from lea.ids import UserId
from lea.store.accounts import ACCOUNT, ACCOUNTS, Account, account_of
from lea.store.tables import api_keys, refresh_families, users


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key without anything it could be used with; times are seconds since the epoch."""

    id: str
    created_at: float
    revoked_at: float | None


def disable(connection: Connection, user_id: UserId, now: float) -> None:
    """Nobody signs in as this user any more, and whoever is signed in no longer is; the keys rest."""
    connection.execute(
        update(users)
        .where(users.c.id == user_id, users.c.disabled_at.is_(None))
        .values(disabled_at=now, changed_at=now)
    )
    connection.execute(
        update(refresh_families)
        .where(refresh_families.c.user_id == user_id, refresh_families.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def enable(connection: Connection, user_id: UserId, now: float) -> None:
    """The user may sign in again, and keys that were not revoked work again."""
    connection.execute(update(users).where(users.c.id == user_id).values(disabled_at=None, changed_at=now))


def keys_of(connection: Connection, user_id: UserId) -> list[KeyRow]:
    """All keys of a user, the oldest first."""
    rows = connection.execute(
        select(api_keys.c.id, api_keys.c.created_at, api_keys.c.revoked_at)
        .where(api_keys.c.user_id == user_id)
        .order_by(api_keys.c.created_at, api_keys.c.id)
    )
    return [KeyRow(*row) for row in rows]


def revoke_key(connection: Connection, key_id: str, now: float) -> bool:
    """Take a key back for good; whether there was one that counted."""
    changed = connection.execute(
        update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return changed.rowcount == 1


def revoke_keys(connection: Connection, user_id: UserId, now: float) -> list[str]:
    """Take all keys of a user back; which of them still counted."""
    revoked = connection.execute(
        update(api_keys)
        .where(api_keys.c.user_id == user_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(api_keys.c.id)
    )
    return sorted(revoked.scalars())


def ended_since(connection: Connection, since: float, most: int) -> list[str]:
    """Sign-ins that were ended since then, the newest first."""
    ended = connection.execute(
        select(refresh_families.c.id)
        .where(refresh_families.c.revoked_at >= since)
        .order_by(refresh_families.c.revoked_at.desc())
        .limit(most)
    )
    return list(ended.scalars())


def changed_since(connection: Connection, since: float, most: int) -> list[tuple[Account, float]]:
    """People whose accounts were changed since then, and when; the newest first."""
    changed = connection.execute(
        select(*ACCOUNT, users.c.changed_at)
        .select_from(ACCOUNTS)
        .where(users.c.changed_at >= since)
        .order_by(users.c.changed_at.desc())
        .limit(most)
    )
    return [(account_of(row), row.changed_at) for row in changed]
