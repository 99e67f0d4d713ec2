"""The business records of a company: its transactions and the jobs of its departments."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from lea.ids import CompanyId
from lea.store.business_tables import department_jobs, transactions

__all__ = [
    "Connection",
    "FileQuery",
    "JobRow",
    "TransactionRow",
    "count_files",
    "count_jobs",
    "insert_jobs",
    "insert_transactions",
    "job_ids",
    "recent_files",
    "recent_jobs",
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
class JobRow:
    """A department's job, whole."""

    id: str
    department: str
    state: str
    title: str
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class FileQuery:
    """Which transactions are meant; an empty field asks for nothing."""

    kinds: Collection[str] = ()
    stages: Collection[str] = ()
    reference: str = ""


def recent_files(
    connection: Connection, company_id: CompanyId, limit: int, query: FileQuery | None = None
) -> list[TransactionRow]:
    """The company's transactions that fit, the one changed last first."""
    chosen = (
        select(transactions)
        .where(*_fitting(company_id, query or FileQuery()))
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


def recent_jobs(connection: Connection, company_id: CompanyId, states: Collection[str], limit: int) -> list[JobRow]:
    """The company's jobs in one of `states`, the one changed last first."""
    query = (
        select(department_jobs)
        .where(department_jobs.c.company_id == company_id, department_jobs.c.state.in_(states))
        .order_by(department_jobs.c.updated_at.desc(), department_jobs.c.id.desc())
        .limit(limit)
    )
    return [
        JobRow(row.id, row.department, row.state, row.title, row.created_at, row.updated_at)
        for row in connection.execute(query)
    ]


def count_jobs(connection: Connection, company_id: CompanyId) -> Sequence[tuple[str, str, int]]:
    """(department, state, count) for every pair that has jobs."""
    pair = (department_jobs.c.department, department_jobs.c.state)
    query = select(*pair, func.count().label("jobs")).where(department_jobs.c.company_id == company_id).group_by(*pair)
    return [(row.department, row.state, row.jobs) for row in connection.execute(query.order_by(*pair))]


def job_ids(connection: Connection, company_id: CompanyId, among: Collection[str]) -> set[str]:
    """Which of the ids are jobs of the company already."""
    query = select(department_jobs.c.id).where(
        department_jobs.c.company_id == company_id, department_jobs.c.id.in_(among)
    )
    return set(connection.execute(query).scalars())


def insert_jobs(connection: Connection, company_id: CompanyId, rows: Iterable[JobRow]) -> None:
    """Add them all; an id that is taken is an IntegrityError."""
    values = [{**asdict(row), "company_id": company_id} for row in rows]
    if values:
        connection.execute(insert(department_jobs), values)


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
