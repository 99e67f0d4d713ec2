"""The departments' jobs as they are read and written; whose they are is part of every question."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, tuple_, update

from lea.ids import CompanyId
from lea.store.business_tables import department_jobs
from lea.store.folding import contains
from lea.store.tables import companies

__all__ = ["Connection", "JobFilter", "JobRow"]

OWN: Final = "lea"
"""The source of the jobs that people and programs make by the API."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A department's job, whole; an amount is in cents and has a currency, a moment is in seconds since the epoch."""

    id: str
    department: str
    state: str
    title: str
    created_at: float
    updated_at: float
    source: str = OWN
    external_id: str | None = None
    fingerprint: str | None = None
    amount_cents: int | None = None
    currency: str | None = None
    due_at: float | None = None
    details: dict[str, Any] | None = None
    version: int = 1


class JobFilter(NamedTuple):
    """Which jobs are meant; every word is found in the title."""

    words: Sequence[str] = ()
    department: str | None = None
    states: Collection[str] = ()


def search(
    connection: Connection,
    company_id: CompanyId,
    chosen: JobFilter,
    limit: int,
    before: tuple[float, str] | None = None,
) -> list[JobRow]:
    """The one changed last first, `before` the last `(updated_at, id)` of the page above; ids compare by code point."""
    own_id = by_code_point(connection)
    query = (
        select(department_jobs)
        .where(*_fitting(connection, company_id, chosen))
        .order_by(department_jobs.c.updated_at.desc(), own_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(department_jobs.c.updated_at, own_id) < tuple_(*before))
    return [_job(row) for row in connection.execute(query)]


def count(connection: Connection, company_id: CompanyId, chosen: JobFilter) -> int:
    """How many fit."""
    query = select(func.count()).select_from(department_jobs).where(*_fitting(connection, company_id, chosen))
    return connection.execute(query).scalar_one()


def get(connection: Connection, company_id: CompanyId, job_id: str, *, lock: bool = False) -> JobRow | None:
    """`lock` keeps others from changing it until the unit has ended."""
    query = select(department_jobs).where(department_jobs.c.company_id == company_id, department_jobs.c.id == job_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _job(row)


def hold(connection: Connection, company_id: CompanyId) -> None:
    """Nobody else who calls this adds a job to the company until the unit has ended."""
    connection.execute(select(companies.c.id).where(companies.c.id == company_id).with_for_update())


def named(connection: Connection, company_id: CompanyId, external_id: str) -> JobRow | None:
    """The job that was made with this id of the client's."""
    query = select(department_jobs).where(
        department_jobs.c.company_id == company_id,
        department_jobs.c.source == OWN,
        department_jobs.c.external_id == external_id,
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _job(row)


def put(connection: Connection, job_id: str, values: Mapping[str, Any]) -> None:
    """Change these columns."""
    connection.execute(update(department_jobs).where(department_jobs.c.id == job_id).values(**values))


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


def by_code_point(connection: Connection) -> ColumnElement[str]:
    """As Python compares, so that lists from elsewhere can be merged; a database's own order is its language's."""
    plain: ColumnElement[str] = department_jobs.c.id
    return plain if connection.dialect.name == "sqlite" else plain.collate("C")


def _fitting(connection: Connection, company_id: CompanyId, chosen: JobFilter) -> list[ColumnElement[bool]]:
    conditions = [department_jobs.c.company_id == company_id]
    if chosen.department is not None:
        conditions.append(department_jobs.c.department == chosen.department)
    if chosen.states:
        conditions.append(department_jobs.c.state.in_(chosen.states))
    conditions += [contains(connection, department_jobs.c.title, word) for word in chosen.words]
    return conditions


COLUMNS: Final = tuple(field.name for field in fields(JobRow))


def _job(row: Row[Any]) -> JobRow:
    return JobRow(**{name: getattr(row, name) for name in COLUMNS})
