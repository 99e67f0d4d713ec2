"""The jobs of a run, as they are planned, taken and saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Update, bindparam, func, insert, select, update

from lea import faults
from lea.ids import RunId, derived_id
from lea.store import hooks_events
from lea.store.run_effects import effects
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

END: Final[Update] = (
    update(run_jobs)
    .where(HERE)
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("new_attempts"),
        summary=bindparam("new_summary"),
        error_code=bindparam("new_error_code"),
        cost_nano_usd=run_jobs.c.cost_nano_usd + bindparam("more_cost"),
        started_at=bindparam("new_started_at"),
        ended_at=bindparam("new_ended_at"),
        version=bindparam("new_version"),
        updated_at=bindparam("new_updated_at"),
    )
)


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
    """How it went; `save` is run with it, once, and `over` when nothing more becomes of it; it
    writes `items` rows."""

    key: str
    state: str
    attempts: int
    started_at: float
    ended_at: float
    summary: str = ""
    error_code: str | None = None
    cost_nano_usd: int = 0
    save: Callable[[Connection], str | None] | None = None
    over: Callable[[], None] | None = None
    items: int = 1


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
    fresh = _still_open(connection, run_id, ended)
    failed, told = effects(connection, run_id, {job.key: job.save for job in fresh if job.save is not None})
    if fresh:
        ends = [replace(job, summary=told.get(job.key, job.summary)) for job in fresh]
        connection.execute(END, [_ending(run_id, job, failed.get(job.key), version, now) for job in ends])
    wrong = sum(job.state == "failed" or job.key in failed for job in fresh)
    counts = {
        "jobs_completed": len(fresh) - wrong,
        "jobs_failed": wrong,
        "cost_nano_usd": sum(job.cost_nano_usd for job in fresh),
    }
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
    ended = of_id(connection, run_id)
    if not ended.personal:
        hooks_events.run_ended(connection, ended, now)
    faults.reach("run.ending")
    return ended


def _still_open(connection: Connection, run_id: RunId, ended: Sequence[Ended]) -> list[Ended]:
    if not ended:
        return []
    here = (run_jobs.c.run_id == run_id) & run_jobs.c.key.in_([job.key for job in ended]) & run_jobs.c.state.in_(OPEN)
    keys = set(connection.scalars(select(run_jobs.c.key).where(here)))
    return [job for job in ended if job.key in keys]


def _ending(run_id: RunId, job: Ended, failed: str | None, version: int, now: float) -> dict[str, Any]:
    return {
        "of_run": run_id,
        "of_key": job.key,
        "new_state": job.state if failed is None else "failed",
        "new_attempts": job.attempts,
        "new_summary": job.summary if failed is None else "",
        "new_error_code": job.error_code if failed is None else failed,
        "more_cost": job.cost_nano_usd,
        "new_started_at": job.started_at,
        "new_ended_at": job.ended_at,
        "new_version": version,
        "new_updated_at": now,
    }


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
