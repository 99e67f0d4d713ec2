"""Where transactions are: which wait for their place, and how it is kept."""

from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from lea.ids import CompanyId
from lea.store.business_tables import transactions

PLACE: Final = (
    update(transactions)
    .where(
        transactions.c.id == bindparam("at"),
        transactions.c.geocoding == "waiting",
        transactions.c.address == bindparam("where"),
    )
    .values({name: bindparam(name) for name in ("latitude", "longitude", "geocoding")})
)
WAITING: Final = (
    select(transactions.c.id, transactions.c.company_id, transactions.c.reference, transactions.c.address)
    .where(transactions.c.geocoding == "waiting", transactions.c.id > bindparam("after"))
    .order_by(transactions.c.id)
    .limit(bindparam("most"))
)


class Waiting(NamedTuple):
    """A transaction whose place is not known yet."""

    id: str
    company_id: CompanyId
    reference: str
    address: str


def waiting(connection: Connection, after: str, limit: int) -> list[Waiting]:
    """Those of every company that wait for their place, by id."""
    rows = connection.execute(WAITING, {"after": after, "most": limit})
    return [Waiting(row.id, CompanyId(row.company_id), row.reference, row.address) for row in rows]


def place(connection: Connection, transaction_id: str, address: str, found: tuple[float, float] | None) -> bool:
    """Keep where that address is, as (latitude, longitude); False where it has another address by now."""
    latitude, longitude = found or (None, None)
    values = {"at": transaction_id, "where": address, "latitude": latitude, "longitude": longitude}
    return connection.execute(PLACE, values | {"geocoding": "found" if found else "unknown"}).rowcount == 1
