"""A company's transactions as lists and samples have them."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from lea.ids import CompanyId
from lea.store.business_tables import transactions

__all__ = [
    "Connection",
    "FileQuery",
    "TransactionRow",
    "count_files",
    "insert_transactions",
    "recent_files",
    "references",
]


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """A transaction as lists have it, which read none of its days; `price_cents` and `currency` are None together."""

    id: str
    reference: str
    kind: str
    stage: str
    address: str
    price_cents: int | None
    currency: str | None
    created_at: float
    updated_at: float
    mandate_on: str | None = None
    offer_on: str | None = None
    agreement_on: str | None = None
    deed_on: str | None = None


@dataclass(frozen=True, slots=True)
class FileQuery:
    """Which transactions are meant; an empty field asks for nothing."""

    kinds: Collection[str] = ()
    stages: Collection[str] = ()
    reference: str = ""


def recent_files(connection: Connection, company_id: CompanyId, limit: int, query: FileQuery) -> list[TransactionRow]:
    """The company's transactions that fit, the one changed last first."""
    chosen = (
        select(transactions)
        .where(*_fitting(company_id, query))
        .order_by(transactions.c.updated_at.desc(), transactions.c.reference.desc())
        .limit(limit)
    )
    return [_transaction(row) for row in connection.execute(chosen)]


def count_files(connection: Connection, company_id: CompanyId, query: FileQuery) -> int:
    """How many transactions fit."""
    counted = select(func.count()).select_from(transactions).where(*_fitting(company_id, query))
    return connection.execute(counted).scalar_one()


def references(connection: Connection, company_id: CompanyId, among: Collection[str]) -> set[str]:
    """Which of the references the company has already."""
    query = select(transactions.c.reference).where(
        transactions.c.company_id == company_id, transactions.c.reference.in_(among)
    )
    return set(connection.execute(query).scalars())


def insert_transactions(connection: Connection, company_id: CompanyId, rows: Iterable[TransactionRow]) -> None:
    """Add them all; a reference the company has already is an IntegrityError."""
    values = [{**asdict(row), "company_id": company_id} for row in rows]
    if values:
        connection.execute(insert(transactions), values)


def _fitting(company_id: CompanyId, query: FileQuery) -> list[ColumnElement[bool]]:
    conditions = [transactions.c.company_id == company_id]
    if query.kinds:
        conditions.append(transactions.c.kind.in_(query.kinds))
    if query.stages:
        conditions.append(transactions.c.stage.in_(query.stages))
    if query.reference:
        conditions.append(transactions.c.reference == query.reference)
    return conditions


def _transaction(row: Row[tuple[object, ...]]) -> TransactionRow:
    return TransactionRow(
        row.id,
        row.reference,
        row.kind,
        row.stage,
        row.address,
        row.price_cents,
        row.currency,
        row.created_at,
        row.updated_at,
    )
