"""A transaction as the business knows it, which its people call a file, and what belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from lea.ids import CompanyId, UserId
from lea.store import transactions as store
from lea.store.transactions import Connection, Row

DAYS: Final = ("mandate_on", "offer_on", "agreement_on", "deed_on")
FIELDS: Final = ("kind", "stage", "address", "price", "currency", *DAYS)
"""What people change of a transaction; the values are those of `lea.records.fields`, None where there is none."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who does it."""

    user_id: UserId
    name: str


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with a part in a transaction."""

    id: str
    role: str
    name: str
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down; `author` is their name of then."""

    id: str
    text: str
    author_id: str
    author: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction, whole; `price_cents` and `currency` are None together."""

    id: str
    reference: str
    kind: str
    stage: str
    address: str
    price_cents: int | None
    currency: str | None
    mandate_on: str | None
    offer_on: str | None
    agreement_on: str | None
    deed_on: str | None
    latitude: float | None
    longitude: float | None
    geocoding: str
    version: int
    created_by: str | None
    created_at: float
    updated_at: float
    parties: tuple[Party, ...]

    @property
    def price(self) -> str | None:
        """As on the wire: "350000.00"."""
        return written(self.price_cents)

    def fields(self) -> dict[str, Any]:
        """What people can change of it."""
        return {name: getattr(self, name) for name in FIELDS}


def written(price_cents: int | None) -> str | None:
    """As on the wire: "350000.00"."""
    return None if price_cents is None else f"{price_cents // 100}.{price_cents % 100:02d}"


def cents(price: str | None) -> int | None:
    """Of a price as on the wire."""
    return None if price is None else int(Decimal(price) * 100)


def party_of(row: Row[Any]) -> Party:
    return Party(row.id, row.role, row.name, row.email, row.phone)


def with_parties(connection: Connection, company_id: CompanyId, rows: Iterable[Row[Any]]) -> list[Transaction]:
    """The transactions of these rows, their parties read at once."""
    known = list(rows)
    parties: dict[str, list[Party]] = {row.id: [] for row in known}
    if known:
        for row in store.parties(connection, company_id, list(parties)):
            parties[row.transaction_id].append(party_of(row))
    return [_transaction(row, tuple(parties[row.id])) for row in known]


def _transaction(row: Row[Any], parties: tuple[Party, ...]) -> Transaction:
    own = (name for name in Transaction.__slots__ if name != "parties")
    return Transaction(**{name: getattr(row, name) for name in own}, parties=parties)
