"""Who a user is, and how their company is connected."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, select

from lea.ids import CompanyId, UserId
from lea.sentences import Language
from lea.store.tables import companies, users


@dataclass(frozen=True, slots=True)
class Profile:
    """A user with the company they belong to."""

    name: str
    email: str
    role: str
    language: Language
    company_name: str
    connection_mode: str


def profile(connection: Connection, user_id: UserId, company_id: CompanyId) -> Profile | None:
    """The profile of this company's user; None for a user of another one."""
    columns = (
        users.c.name,
        users.c.email,
        users.c.role,
        users.c.language,
        companies.c.name.label("company_name"),
        companies.c.connection_mode,
    )
    query = (
        select(*columns)
        .join(companies, companies.c.id == users.c.company_id)
        .where(users.c.id == user_id, users.c.company_id == company_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Profile(row.name, row.email, row.role, cast(Language, row.language), row.company_name, row.connection_mode)


def connection_mode(connection: Connection, company_id: CompanyId) -> str | None:
    """How the company is connected; None where there is no such company."""
    query = select(companies.c.connection_mode).where(companies.c.id == company_id)
    return connection.execute(query).scalar_one_or_none()


def company_name(connection: Connection, company_id: CompanyId) -> str | None:
    """None where there is no such company."""
    return connection.execute(select(companies.c.name).where(companies.c.id == company_id)).scalar_one_or_none()


def names(connection: Connection, company_id: CompanyId, user_ids: Collection[str]) -> dict[str, str]:
    """What these people of the company are called."""
    if not user_ids:
        return {}
    query = select(users.c.id, users.c.name).where(users.c.company_id == company_id, users.c.id.in_(user_ids))
    return {row.id: row.name for row in connection.execute(query)}


def company_called(connection: Connection, name: str) -> CompanyId | None:
    """The company with this id, else the only one with this name."""
    if company_name(connection, CompanyId(name)) is not None:
        return CompanyId(name)
    found = connection.execute(select(companies.c.id).where(companies.c.name == name).limit(2)).scalars().all()
    return CompanyId(found[0]) if len(found) == 1 else None
