"""What people and programs sign in with: API keys and one-time links. Only hashes are kept."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from lea.ids import UserId
from lea.store.accounts import ACCOUNT, ACCOUNTS, Account, account_of
from lea.store.tables import api_keys, one_time_links, users

LinkKind = Literal["setup", "signin", "password"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that may be used; `secret_hash` is the hex SHA-256 of its secret."""

    secret_hash: str
    account: Account


@dataclass(frozen=True, slots=True)
class TakenLink:
    """A link nobody can use any more; a setup link has no user yet."""

    user_id: UserId | None


def create_key(
    connection: Connection, key_id: str, user_id: UserId, secret_hash: str, now: float, label: str = ""
) -> None:
    """Keep a new API key of a user."""
    values = {"id": key_id, "user_id": user_id, "secret_hash": secret_hash, "label": label, "created_at": now}
    connection.execute(insert(api_keys).values(values))


def find_key(connection: Connection, key_id: str) -> ApiKey | None:
    """A key that is neither revoked nor a disabled user's."""
    row = connection.execute(
        select(*ACCOUNT, api_keys.c.secret_hash)
        .select_from(ACCOUNTS.join(api_keys, api_keys.c.user_id == users.c.id))
        .where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None), users.c.disabled_at.is_(None))
    ).one_or_none()
    return ApiKey(row.secret_hash, account_of(row)) if row else None


def put_link(
    connection: Connection, kind: LinkKind, token_hash: str, expires_at: float, *, now: float, user_id: UserId | None
) -> None:
    """Keep a new link in the place of the unused ones of its kind and user; expired ones of all kinds go."""
    same = (one_time_links.c.kind == kind) & (one_time_links.c.user_id.is_not_distinct_from(user_id))
    connection.execute(delete(one_time_links).where((one_time_links.c.expires_at <= now) | same))
    connection.execute(
        insert(one_time_links).values(token_hash=token_hash, kind=kind, user_id=user_id, expires_at=expires_at)
    )


def link_works(connection: Connection, kind: LinkKind, token_hash: str, now: float) -> bool:
    """Whether a link could be taken at this moment; only `take_link` decides."""
    found = connection.scalar(
        select(one_time_links.c.token_hash).where(
            one_time_links.c.token_hash == token_hash,
            one_time_links.c.kind == kind,
            one_time_links.c.expires_at > now,
        )
    )
    return found is not None


def take_link(connection: Connection, kind: LinkKind, token_hash: str, now: float) -> TakenLink | None:
    """Use a link up; of many who try at once exactly one gets it."""
    row = connection.execute(
        delete(one_time_links)
        .where(
            one_time_links.c.token_hash == token_hash,
            one_time_links.c.kind == kind,
            one_time_links.c.expires_at > now,
        )
        .returning(one_time_links.c.user_id)
    ).one_or_none()
    return TakenLink(row.user_id) if row else None
