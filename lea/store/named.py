"""A company's records by the references people call them by."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, select

from lea.ids import CompanyId
from lea.store.business_tables import transactions
from lea.store.catalog_tables import catalog_items

TRANSACTIONS: Final[Select[Any]] = select(
    transactions.c.id, transactions.c.reference, transactions.c.address.label("label")
).where(
    transactions.c.company_id == bindparam("company"),
    transactions.c.reference.in_(bindparam("names", expanding=True)),
)
ARTICLES: Final[Select[Any]] = select(
    catalog_items.c.id, catalog_items.c.reference, catalog_items.c.name.label("label")
).where(
    catalog_items.c.company_id == bindparam("company"),
    catalog_items.c.reference.in_(bindparam("names", expanding=True)),
)


def named(connection: Connection, company_id: CompanyId, references: Collection[str]) -> list[tuple[str, Row[Any]]]:
    """Kind and `(id, reference, label)` of those there are, by one query a kind; transactions come first."""
    values = {"company": company_id, "names": list(references)}
    return [
        (kind, row)
        for kind, query in (("transaction", TRANSACTIONS), ("article", ARTICLES))
        for row in connection.execute(query, values)
    ]
