"""Throw-away companies: made for a drill, and removed with everything in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from lea.ids import CompanyId, ThreadId, UserId, new_id
from lea.sentences import Language
from lea.store.schema import metadata
from lea.store.tables import api_keys, companies, threads, users

MODE: Final = "drill"
"""The `connection_mode` that marks such a company; nothing else is ever removed here."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What was there, for whoever keeps something of it in memory."""

    threads: Sequence[tuple[UserId, ThreadId]]
    keys: Sequence[str]


def make(
    connection: Connection, name: str, emails: Sequence[str], language: Language, now: float
) -> tuple[CompanyId, list[UserId]]:
    """A marked company with one member an address; none of them has a password."""
    company_id = CompanyId(new_id("company"))
    connection.execute(insert(companies).values(id=company_id, name=name, connection_mode=MODE, created_at=now))
    user_ids = [UserId(new_id("user")) for _ in emails]
    rows = [
        {
            "id": user_id,
            "company_id": company_id,
            "email": email,
            "name": f"{name}, {number}",
            "role": "member",
            "language": language,
            "created_at": now,
        }
        for number, (user_id, email) in enumerate(zip(user_ids, emails, strict=True), start=1)
    ]
    connection.execute(insert(users), rows)
    return company_id, user_ids


def left_over(connection: Connection, before: float) -> list[CompanyId]:
    """Marked companies made before that moment: nobody came to remove them."""
    query = select(companies.c.id).where(companies.c.connection_mode == MODE, companies.c.created_at < before)
    return list(connection.scalars(query))


def remove(connection: Connection, company_id: CompanyId) -> Removed:
    """Delete a marked company and every row of it and of its people, whatever tables there are."""
    marked = select(companies.c.id).where(companies.c.id == company_id, companies.c.connection_mode == MODE)
    if connection.scalar(marked) is None:
        return Removed((), ())
    people = select(users.c.id).where(users.c.company_id == company_id)
    said = connection.execute(select(threads.c.user_id, threads.c.id).where(threads.c.company_id == company_id))
    keys = connection.scalars(select(api_keys.c.id).where(api_keys.c.user_id.in_(people)))
    removed = Removed([(row.user_id, row.id) for row in said], list(keys))
    for table in reversed(metadata.sorted_tables):
        if "company_id" in table.c:
            connection.execute(delete(table).where(table.c.company_id == company_id))
        elif "user_id" in table.c:
            connection.execute(delete(table).where(table.c.user_id.in_(people)))
    connection.execute(delete(companies).where(companies.c.id == company_id))
    return removed
