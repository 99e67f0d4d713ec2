"""A company's people, as its admins see and change them; people of other companies are not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from lea.errors import Conflict, NotFound
from lea.ids import CompanyId, UserId
from lea.sentences import Language
from lea.store.accounts import Role
from lea.store.folding import contains
from lea.store.tables import api_keys, companies, one_time_links, refresh_families, users

STEP_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class Person:
    """`last_seen` is when the page was last opened or kept open; `keys` are those that were not revoked.

    Times are seconds since the epoch.
    """

    id: UserId
    email: str
    name: str
    role: Role
    language: Language
    created_at: float
    disabled_at: float | None
    has_password: bool
    last_seen: float | None
    keys: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is None stays as it is."""

    name: str | None = None
    role: Role | None = None
    language: Language | None = None
    disabled: bool | None = None

    @property
    def takes_away(self) -> bool:
        """Whether an admin would be none afterwards."""
        return self.disabled is True or self.role == "member"


@dataclass(frozen=True, slots=True)
class Changed:
    """The person as they are since `at`, and which sign-ins and keys ended with that."""

    person: Person
    at: float
    families: Sequence[str]
    keys: Sequence[str]


def page(
    connection: Connection, company_id: CompanyId, *, words: str | None, after: str | None, limit: int
) -> list[Person]:
    """By e-mail address, those after `after`; with `words` those whose name or address has them."""
    query = _people(company_id).order_by(users.c.email).limit(limit)
    if after is not None:
        query = query.where(users.c.email > after)
    if words is not None:
        query = query.where(contains(connection, users.c.name, words) | contains(connection, users.c.email, words))
    return [_person(row) for row in connection.execute(query)]


def find(connection: Connection, company_id: CompanyId, user_id: UserId) -> Person:
    """Raises NotFound."""
    row = connection.execute(_people(company_id).where(users.c.id == user_id)).one_or_none()
    if row is None:
        raise NotFound
    return _person(row)


def change(
    connection: Connection, company_id: CompanyId, user_id: UserId, given: Change, *, by: UserId, now: float
) -> Changed:
    """Change somebody; disabling ends their sign-ins, their keys and their links for good.

    Raises NotFound, and Conflict: `own_account` for what would take the admin's own rights away, `last_admin` for what
    would leave the company without one. Changes of one company wait for each other, so that two cannot both be last.
    """
    connection.execute(select(companies.c.id).where(companies.c.id == company_id).with_for_update())
    before = find(connection, company_id, user_id)
    if given.takes_away:
        if user_id == by:
            raise Conflict("own_account")
        if not _other_admins(connection, company_id, user_id):
            raise Conflict("last_admin")
    at = _later(connection, user_id, now)
    connection.execute(update(users).where(users.c.id == user_id).values(changed_at=at, **_values(given, before, now)))
    families: Sequence[str] = ()
    keys: Sequence[str] = ()
    if given.disabled:
        families = end_sign_ins(connection, user_id, now)
        keys = _revoke_keys(connection, user_id, now)
        connection.execute(delete(one_time_links).where(one_time_links.c.user_id == user_id))
    return Changed(find(connection, company_id, user_id), at, families, keys)


def end_sign_ins(connection: Connection, user_id: UserId, now: float) -> list[str]:
    """End all sign-ins of a user; which they were."""
    ended = (
        update(refresh_families)
        .where(refresh_families.c.user_id == user_id, refresh_families.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(refresh_families.c.id)
    )
    return list(connection.scalars(ended))


def set_password(connection: Connection, user_id: UserId, password_hash: str, now: float) -> list[str]:
    """Keep a password that was chosen by a link; it ends all sign-ins, which are given, and other links."""
    connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))
    connection.execute(delete(one_time_links).where(one_time_links.c.user_id == user_id))
    return end_sign_ins(connection, user_id, now)


def _later(connection: Connection, user_id: UserId, now: float) -> float:
    """Now, but after the change before it, whatever the clock of that machine said: processes believe the latest."""
    before = connection.scalar(select(users.c.changed_at).where(users.c.id == user_id))
    return now if before is None else max(now, before + STEP_S)


def _revoke_keys(connection: Connection, user_id: UserId, now: float) -> list[str]:
    revoked = (
        update(api_keys)
        .where(api_keys.c.user_id == user_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(api_keys.c.id)
    )
    return list(connection.scalars(revoked))


def _other_admins(connection: Connection, company_id: CompanyId, user_id: UserId) -> int:
    """How many could still sign in as admin without this one."""
    query = select(func.count()).where(
        users.c.company_id == company_id,
        users.c.role == "admin",
        users.c.disabled_at.is_(None),
        users.c.id != user_id,
    )
    return connection.scalar(query) or 0


def _values(given: Change, before: Person, now: float) -> Mapping[str, object]:
    values: dict[str, object] = {
        name: value
        for name, value in (("name", given.name), ("role", given.role), ("language", given.language))
        if value is not None
    }
    if given.disabled is not None:
        values["disabled_at"] = (before.disabled_at or now) if given.disabled else None
    return values


def _people(company_id: CompanyId) -> Select[Any]:
    seen = select(func.max(refresh_families.c.rotated_at)).where(refresh_families.c.user_id == users.c.id)
    keys = select(func.count()).where(api_keys.c.user_id == users.c.id, api_keys.c.revoked_at.is_(None))
    return select(
        users.c.id,
        users.c.email,
        users.c.name,
        users.c.role,
        users.c.language,
        users.c.created_at,
        users.c.disabled_at,
        users.c.password_hash.is_not(None).label("has_password"),
        seen.scalar_subquery().label("last_seen"),
        keys.scalar_subquery().label("keys_that_count"),
    ).where(users.c.company_id == company_id)


def _person(row: "Row[tuple[object, ...]]") -> Person:
    return Person(*tuple(row))  # type: ignore[arg-type]
