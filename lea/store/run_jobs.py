"""The jobs of a run, as they are planned, taken and saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Update, bindparam, func, insert, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from lea import faults
from lea.errors import LeaError
from lea.ids import RunId, derived_id
from lea.store.run_leases import advance
from lea.store.run_tables import run_jobs, runs
from lea.store.runs import Run, of_id

OPEN: Final = ("waiting", "running")
HERE: Final = (run_jobs.c.run_id == bindparam("of_run")) & (run_jobs.c.key == bindparam("of_key"))
BEGIN: Final[Update] = (
    update(run_jobs)
    .where(HERE, run_jobs.c.state == "waiting")
    .values(
        state="running",
        attempts=bindparam("new_attempts"),
        started_at=bindparam("new_started_at"),
        version=bindparam("new_version"),
        updated_at=bindparam("new_updated_at"),
    )
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """A job that waits; `attempts` were made before."""

    key: str
    place: int
    step: str
    title: str
    payload: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody is at it."""

    key: str
    attempts: int
    started_at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How it went; `save` is run with it, once."""

    key: str
    state: str
    attempts: int
    started_at: float
    ended_at: float
    summary: str = ""
    error_code: str | None = None
    cost_nano_usd: int = 0
    save: Callable[[Connection], None] | None = None


def plan(connection: Connection, run_id: RunId, owner: str, jobs: Sequence[Job], now: float) -> Run | None:
    """Write down jobs that are not there. None where the run is not the owner's any more."""
    version = advance(connection, run_id, owner, now)
    if version is None:
        return None
    keys = [job.key for job in jobs]
    known = set(connection.scalars(select(run_jobs.c.key).where(run_jobs.c.run_id == run_id, run_jobs.c.key.in_(keys))))
    run = of_id(connection, run_id)
    rows = [_row(run, job, now) for job in jobs if job.key not in known]
    if rows:
        connection.execute(insert(run_jobs), rows)
    faults.reach("run.planning")
    return run


def planned(connection: Connection, run_id: RunId, owner: str, now: float) -> Run | None:
    """All jobs are written down. None as above."""
    count = connection.scalar(select(func.count()).where(run_jobs.c.run_id == run_id))
    if advance(connection, run_id, owner, now, state="running", jobs_total=count) is None:
        return None
    return of_id(connection, run_id)


def waiting(connection: Connection, run_id: RunId, after: int, limit: int) -> list[Job]:
    """The next jobs in their order."""
    query = (
        select(*(run_jobs.c[name] for name in Job.__slots__))
        .where(run_jobs.c.run_id == run_id, run_jobs.c.state == "waiting", run_jobs.c.place > after)
        .order_by(run_jobs.c.place)
        .limit(limit)
    )
    return [Job(*row) for row in connection.execute(query)]


def save(
    connection: Connection, run_id: RunId, owner: str, begun: Sequence[Begun], ended: Sequence[Ended], now: float
) -> Run | None:
    """What happened to these jobs, each with its effect; what was saved before is passed over. None as above."""
    version = advance(connection, run_id, owner, now)
    if version is None:
        return None
    if begun:
        connection.execute(BEGIN, [_beginning(run_id, job, version, now) for job in begun])
    counts = {"jobs_completed": 0, "jobs_failed": 0, "cost_nano_usd": 0}
    for job in ended:
        state = _save_one(connection, run_id, job, version, now)
        if state is not None:
            counts[f"jobs_{state}"] += 1
            counts["cost_nano_usd"] += job.cost_nano_usd
    grown = {name: runs.c[name] + count for name, count in counts.items()}
    connection.execute(update(runs).where(runs.c.id == run_id).values(grown))
    faults.reach("jobs.saving")
    return of_id(connection, run_id)


def end(
    connection: Connection, run_id: RunId, owner: str, state: str, error_code: str | None, now: float
) -> Run | None:
    """Nothing more will be done; jobs that were not are cancelled. None as above.

    The run's last version is of the end alone: a reader who has seen the version before knows all jobs.
    """
    version = advance(connection, run_id, owner, now)
    if version is None:
        return None
    left = connection.execute(
        update(run_jobs)
        .where(run_jobs.c.run_id == run_id, run_jobs.c.state.in_(OPEN))
        .values(state="cancelled", ended_at=now, version=version, updated_at=now)
    ).rowcount
    values = {"state": state, "error_code": error_code, "jobs_cancelled": runs.c.jobs_cancelled + left}
    connection.execute(
        update(runs).where(runs.c.id == run_id).values(**values, version=version + 1, ended_at=now, lease_until=None)
    )
    faults.reach("run.ending")
    return of_id(connection, run_id)


def _save_one(connection: Connection, run_id: RunId, job: Ended, version: int, now: float) -> str | None:
    """The state it got; None where it had ended."""
    here = (run_jobs.c.run_id == run_id) & (run_jobs.c.key == job.key) & run_jobs.c.state.in_(OPEN)
    error_code = job.error_code
    if job.save is not None:
        still = connection.scalar(select(run_jobs.c.key).where(here))
        if still is None:
            return None
        error_code = _effect(connection, run_id, job.key, job.save)
    state = job.state if error_code is None else "failed"
    changed = connection.execute(
        update(run_jobs)
        .where(here)
        .values(
            state=state,
            attempts=job.attempts,
            summary=job.summary if state == "completed" else "",
            error_code=error_code,
            cost_nano_usd=run_jobs.c.cost_nano_usd + job.cost_nano_usd,
            started_at=job.started_at,
            ended_at=job.ended_at,
            version=version,
            updated_at=now,
        )
    )
    return state if changed.rowcount else None


def _effect(connection: Connection, run_id: RunId, key: str, effect: Callable[[Connection], None]) -> str | None:
    """The code of what went wrong, and then nothing of it is left; a database that fails fails the whole unit."""
    connection.exec_driver_sql("SAVEPOINT job")
    try:
        effect(connection)
    except Exception as error:  # one job's mistake must not keep the others of its batch from being saved
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError):
            raise
        connection.exec_driver_sql("ROLLBACK TO job")
        if isinstance(error, LeaError):
            return error.code
        log.error("run.job_not_saved", run_id=run_id, job=key, exc_info=error)
        return "internal_error"
    connection.exec_driver_sql("RELEASE job")
    return None


def _beginning(run_id: RunId, job: Begun, version: int, now: float) -> dict[str, Any]:
    return {
        "of_run": run_id,
        "of_key": job.key,
        "new_attempts": job.attempts,
        "new_started_at": job.started_at,
        "new_version": version,
        "new_updated_at": now,
    }


def _row(run: Run, job: Job, now: float) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "key": job.key,
        "id": derived_id("rj", run.id, job.key),
        "company_id": run.company_id,
        "place": job.place,
        "step": job.step,
        "title": job.title,
        "payload": dict(job.payload),
        "state": "waiting",
        "attempts": 0,
        "summary": "",
        "cost_nano_usd": 0,
        "version": run.version,
        "updated_at": now,
    }
