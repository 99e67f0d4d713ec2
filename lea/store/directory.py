"""What people and companies are called."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from lea.ids import CompanyId
from lea.store.tables import companies, users


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
