"""A company's API keys, as its admins see, make and revoke them."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, or_, select

from lea.errors import Conflict, NotFound
from lea.ids import CompanyId, UserId
from lea.store import administration, credentials
from lea.store.people import find as find_person
from lea.store.tables import api_keys, companies, users

MOST: Final = 20
"""Keys of one person that count."""


@dataclass(frozen=True, slots=True)
class Key:
    """Whose it is and what for, without anything it could be used with; times are seconds since the epoch."""

    id: str
    user_id: UserId
    name: str
    email: str
    label: str
    created_at: float
    revoked_at: float | None


def page(
    connection: Connection,
    company_id: CompanyId,
    *,
    of: UserId | None,
    after: tuple[float, str] | None,
    limit: int,
) -> list[Key]:
    """The newest first, those after `after`; with `of` one person's."""
    query = _keys(company_id).order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc()).limit(limit)
    if of is not None:
        query = query.where(users.c.id == of)
    if after is not None:
        moment, last_id = after
        earlier = (api_keys.c.created_at == moment) & (api_keys.c.id < last_id)
        query = query.where(or_(api_keys.c.created_at < moment, earlier))
    return [_key(row) for row in connection.execute(query)]


def create(
    connection: Connection, company_id: CompanyId, user_id: UserId, key: tuple[str, str, str], now: float
) -> Key:
    """Keep a key (id, hash of its secret, label) of somebody of this company.

    Raises NotFound, or Conflict: `account_disabled`, `too_many_keys`.
    """
    connection.execute(select(companies.c.id).where(companies.c.id == company_id).with_for_update())
    person = find_person(connection, company_id, user_id)
    if person.disabled_at is not None:
        raise Conflict("account_disabled")
    if person.keys >= MOST:
        raise Conflict("too_many_keys")
    key_id, secret_hash, label = key
    credentials.create_key(connection, key_id, user_id, secret_hash, now, label)
    return _one(connection, company_id, key_id)


def revoke(connection: Connection, company_id: CompanyId, key_id: str, now: float) -> tuple[Key, bool]:
    """Take a key back for good; the key, and whether it counted until now. Raises NotFound."""
    _one(connection, company_id, key_id)
    revoked = administration.revoke_key(connection, key_id, now)
    return _one(connection, company_id, key_id), revoked


def _one(connection: Connection, company_id: CompanyId, key_id: str) -> Key:
    row = connection.execute(_keys(company_id).where(api_keys.c.id == key_id)).one_or_none()
    if row is None:
        raise NotFound
    return _key(row)


def _keys(company_id: CompanyId) -> Select[Any]:
    return (
        select(
            api_keys.c.id,
            api_keys.c.user_id,
            users.c.name,
            users.c.email,
            api_keys.c.label,
            api_keys.c.created_at,
            api_keys.c.revoked_at,
        )
        .join(users, users.c.id == api_keys.c.user_id)
        .where(users.c.company_id == company_id)
    )


def _key(row: "Row[tuple[object, ...]]") -> Key:
    return Key(*tuple(row))  # type: ignore[arg-type]
