"""What every session loads: its person, their company's newest transactions, the open jobs, how many jobs there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from lea.ids import CompanyId, UserId
from lea.sentences import Language
from lea.store.business_tables import department_jobs, transactions
from lea.store.jobs import JobRow, by_code_point
from lea.store.prepared import Prepared
from lea.store.records import TransactionRow
from lea.store.tables import companies, users

__all__ = ["Connection", "Profile", "connection_mode", "count_jobs", "newest_files", "newest_jobs", "profile"]


@dataclass(frozen=True, slots=True)
class Profile:
    """A user with the company they belong to."""

    name: str
    email: str
    role: str
    language: Language
    company_name: str
    connection_mode: str


COMPANY: Final[BindParameter[Any]] = bindparam("company")
PROFILE: Final = Prepared(
    select(
        users.c.name,
        users.c.email,
        users.c.role,
        users.c.language,
        companies.c.name.label("company_name"),
        companies.c.connection_mode,
    )
    .join(companies, companies.c.id == users.c.company_id)
    .where(users.c.id == bindparam("user"), users.c.company_id == COMPANY)
)
MODE: Final = Prepared(select(companies.c.connection_mode).where(companies.c.id == COMPANY))
FILE: Final = (
    "id", "reference", "kind", "stage", "address", "price_cents", "currency", "created_at", "updated_at",
)  # fmt: skip
FILES: Final = Prepared(
    select(*(transactions.c[name] for name in FILE))
    .where(transactions.c.company_id == COMPANY)
    .order_by(transactions.c.updated_at.desc(), transactions.c.reference.desc())
    .limit(bindparam("most"))
)
PAIR: Final = (department_jobs.c.department, department_jobs.c.state)
COUNTS: Final = Prepared(
    select(*PAIR, func.count().label("jobs"))
    .where(department_jobs.c.company_id == COMPANY)
    .group_by(*PAIR)
    .order_by(*PAIR)
)
JOB: Final = (
    "id", "department", "state", "title", "created_at", "updated_at", "source", "external_id", "fingerprint",
    "amount_cents", "currency", "due_at",
)  # fmt: skip
"""A job's `details` are of no use to a session, and would have to be read."""


def profile(connection: Connection, user_id: UserId, company_id: CompanyId) -> Profile | None:
    """The profile of this company's user; None for a user of another one."""
    row = PROFILE.run(connection, {"user": user_id, "company": company_id}).one_or_none()
    if row is None:
        return None
    return Profile(row.name, row.email, row.role, cast(Language, row.language), row.company_name, row.connection_mode)


def connection_mode(connection: Connection, company_id: CompanyId) -> str | None:
    """How the company is connected; None where there is no such company."""
    return cast(str | None, MODE.run(connection, {"company": company_id}).scalar_one_or_none())


def newest_files(connection: Connection, company_id: CompanyId, most: int) -> list[TransactionRow]:
    """The company's transactions, the one changed last first."""
    return [TransactionRow(*tuple(row)) for row in FILES.run(connection, {"company": company_id, "most": most})]


def newest_jobs(connection: Connection, company_id: CompanyId, states: Sequence[str], most: int) -> list[JobRow]:
    """The company's jobs in one of `states`, the one changed last first, without their details."""
    values = {f"state_{place}": state for place, state in enumerate(states)}
    statement = _JOBS.get((connection.dialect.name, len(states))) or _jobs(connection, len(states))
    return [JobRow(*tuple(row)) for row in statement.run(connection, {"company": company_id, "most": most, **values})]


def count_jobs(connection: Connection, company_id: CompanyId) -> list[tuple[str, str, int]]:
    """(department, state, count) for every pair that has jobs."""
    rows = COUNTS.run(connection, {"company": company_id})
    return [(department, state, jobs) for department, state, jobs in map(tuple, rows)]


_JOBS: Final[dict[tuple[str, int], Prepared]] = {}


def _jobs(connection: Connection, states: int) -> Prepared:
    among: list[BindParameter[Any]] = [bindparam(f"state_{place}") for place in range(states)]
    made = _JOBS[connection.dialect.name, states] = Prepared(
        select(*(department_jobs.c[name] for name in JOB))
        .where(department_jobs.c.company_id == COMPANY, department_jobs.c.state.in_(among))
        .order_by(department_jobs.c.updated_at.desc(), by_code_point(connection).desc())
        .limit(bindparam("most"))
    )
    return made
