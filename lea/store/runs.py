"""Runs, as they are begun, read, asked to end, and opened again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from lea.errors import Conflict, NotFound
from lea.ids import CompanyId, RunId, UserId
from lea.sentences import Language
from lea.store.run_tables import run_jobs, runs

PERSONAL: Final = "own:"
"""What begins the family of runs that are one person's: the company's others are told nothing of them."""

__all__ = [
    "PERSONAL",
    "Connection",
    "NewRun",
    "Run",
    "active",
    "ask_cancel",
    "begin",
    "find",
    "latest",
    "page",
    "reopen",
    "under_way",
]


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is asked for."""

    id: RunId
    company_id: CompanyId
    user_id: UserId
    pipeline: str
    family: str
    language: Language
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands; `version` grows with each change of it or its jobs."""

    id: RunId
    company_id: CompanyId
    user_id: UserId
    pipeline: str
    family: str
    language: Language
    arguments: Mapping[str, Any]
    state: str
    error_code: str | None
    jobs_total: int
    jobs_completed: int
    jobs_failed: int
    jobs_cancelled: int
    cost_nano_usd: int
    version: int
    cancel_asked_at: float | None
    started_at: float
    ended_at: float | None
    updated_at: float

    @property
    def personal(self) -> bool:
        """Whether it is only for whoever began it."""
        return self.family.startswith(PERSONAL)


COLUMNS: Final = tuple(Run.__slots__)
SELECTED: Final[Select[Any]] = select(*(runs.c[name] for name in COLUMNS))
SHARED: Final = ~runs.c.family.startswith(PERSONAL)


def begin(connection: Connection, new: NewRun, now: float) -> Run:
    """The run of this id, made now unless it is there.

    Raises Conflict(`run_active`, run_id=…) where the company has one of the family.
    """
    known = find(connection, new.company_id, new.id)
    if known is not None:
        return known
    values: dict[str, Any] = {name: getattr(new, name) for name in NewRun.__slots__}
    counts = dict.fromkeys(("jobs_total", "jobs_completed", "jobs_failed", "jobs_cancelled", "cost_nano_usd"), 0)
    values |= {"arguments": dict(new.arguments), "state": "planning", "version": 1, "started_at": now, **counts}
    with _alone(connection, new.company_id, new.family):
        connection.execute(insert(runs).values(values | {"updated_at": now}))
    return of_id(connection, new.id)


def of_id(connection: Connection, run_id: RunId) -> Run:
    """A run there is."""
    return _run(connection.execute(SELECTED.where(runs.c.id == run_id)).one())


def find(connection: Connection, company_id: CompanyId, run_id: RunId) -> Run | None:
    """The company's run of this id."""
    row = connection.execute(SELECTED.where(runs.c.company_id == company_id, runs.c.id == run_id)).one_or_none()
    return None if row is None else _run(row)


def active(connection: Connection, company_id: CompanyId, family: str) -> RunId | None:
    """The one run of the family that has not ended."""
    query = select(runs.c.id).where(runs.c.company_id == company_id, runs.c.family == family, runs.c.ended_at.is_(None))
    found: RunId | None = connection.execute(query).scalar_one_or_none()
    return found


def under_way(connection: Connection, company_id: CompanyId) -> list[Run]:
    """The company's runs that have not ended, of every family."""
    here = (runs.c.company_id == company_id) & runs.c.ended_at.is_(None) & SHARED
    query = SELECTED.where(here).order_by(runs.c.started_at)
    return [_run(row) for row in connection.execute(query)]


def latest(connection: Connection, company_id: CompanyId, family: str | None = None) -> Run | None:
    """The run that was started last."""
    query = SELECTED.where(runs.c.company_id == company_id, SHARED if family is None else runs.c.family == family)
    row = connection.execute(query.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def page(
    connection: Connection, company_id: CompanyId, family: str, limit: int, before: tuple[float, str] | None
) -> list[Run]:
    """The company's runs, started last first, after the `(started_at, id)` of the page before."""
    query = SELECTED.where(runs.c.company_id == company_id, runs.c.family == family)
    if before is not None:
        query = query.where(tuple_(runs.c.started_at, runs.c.id) < before)
    rows = connection.execute(query.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit))
    return [_run(row) for row in rows]


def ask_cancel(connection: Connection, company_id: CompanyId, run_id: RunId, now: float) -> Run:
    """Ask whoever works at it to end it; nothing where it has ended. Raises NotFound."""
    here = (runs.c.company_id == company_id) & (runs.c.id == run_id)
    open_still = here & runs.c.ended_at.is_(None) & runs.c.cancel_asked_at.is_(None)
    connection.execute(update(runs).where(open_still).values(cancel_asked_at=now, updated_at=now))
    found = find(connection, company_id, run_id)
    if found is None:
        raise NotFound
    return found


def reopen(connection: Connection, company_id: CompanyId, run_id: RunId, now: float) -> Run:
    """Open an ended run again for what failed in it: its failed jobs, or its planning.

    Raises NotFound, Conflict(`run_active`, run_id=…), also while it is open itself, and Conflict(`nothing_to_retry`).
    """
    run = find(connection, company_id, run_id)
    if run is None:
        raise NotFound
    if run.ended_at is None:
        raise Conflict("run_active", run_id=run.id)
    if not run.jobs_failed and run.error_code is None:
        raise Conflict("nothing_to_retry")
    state = "running" if run.error_code is None else "planning"
    version = run.version + 1
    with _alone(connection, company_id, run.family):
        changed = connection.execute(
            update(runs)
            .where(runs.c.id == run_id, runs.c.version == run.version)
            .values(
                state=state,
                error_code=None,
                jobs_failed=0,
                version=version,
                owner=None,
                lease_until=None,
                cancel_asked_at=None,
                ended_at=None,
                updated_at=now,
            )
        )
    if changed.rowcount == 0:  # opened by somebody else between
        raise Conflict("run_active", run_id=run.id)
    connection.execute(
        update(run_jobs)
        .where(run_jobs.c.run_id == run_id, run_jobs.c.state == "failed")
        .values(state="waiting", error_code=None, started_at=None, ended_at=None, version=version, updated_at=now)
    )
    return of_id(connection, run_id)


@contextmanager
def _alone(connection: Connection, company_id: CompanyId, family: str) -> Iterator[None]:
    """Around what the unique index may refuse; the savepoint lets it be told who is there."""
    connection.exec_driver_sql("SAVEPOINT run")
    try:
        yield
    except IntegrityError:
        connection.exec_driver_sql("ROLLBACK TO run")
        holder = active(connection, company_id, family)
        if holder is None:
            raise
        raise Conflict("run_active", run_id=holder) from None
    connection.exec_driver_sql("RELEASE run")


def _run(row: Row[Any]) -> Run:
    return Run(**{name: getattr(row, name) for name in COLUMNS})
