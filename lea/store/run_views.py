"""What people are shown of a run's jobs, as it goes over the wire."""

from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, Row, select

from lea.clock import iso
from lea.ids import CompanyId, RunId
from lea.store.run_tables import run_jobs, runs
from lea.store.runs import SELECTED, SHARED, Run

NANO: Final = 1e9
SHOWN: Final = (
    "run_id", "id", "key", "place", "step", "title", "state", "attempts", "summary", "error_code",
    "cost_nano_usd", "version", "started_at", "ended_at",
)  # fmt: skip
JOBS: Final = select(*(run_jobs.c[name] for name in SHOWN))


class Seen(NamedTuple):
    """A job as JSON, its place in the run and the run's version it changed at."""

    place: int
    version: int
    body: bytes


def changed(connection: Connection, run_id: RunId, after: int) -> tuple[Run, list[Seen]] | None:
    """The run, and its jobs that changed after that version; None where there is none of it any more."""
    row = connection.execute(SELECTED.where(runs.c.id == run_id)).one_or_none()
    if row is None:
        return None
    run = Run(*row)
    if run.version <= after:
        return run, []
    query = JOBS.where(
        run_jobs.c.run_id == run_id, run_jobs.c.version > after, run_jobs.c.version <= run.version
    ).order_by(run_jobs.c.place)
    return run, [Seen(row.place, row.version, orjson.dumps(_job(row))) for row in connection.execute(query)]


def newest(connection: Connection, company_id: CompanyId, limit: int) -> list[dict[str, Any]]:
    """The company's jobs that changed last, of whichever of its runs."""
    query = (
        JOBS.join(runs, runs.c.id == run_jobs.c.run_id)
        .where(run_jobs.c.company_id == company_id, SHARED)
        .order_by(run_jobs.c.updated_at.desc(), run_jobs.c.id.desc())
        .limit(limit)
    )
    return [{"run_id": row.run_id, **_job(row)} for row in connection.execute(query)]


def _job(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "title": row.title,
        "step": row.step,
        "state": row.state,
        "attempts": row.attempts,
        "summary": row.summary,
        "error": row.error_code,
        "cost_usd": row.cost_nano_usd / NANO,
        "started_at": _time(row.started_at),
        "ended_at": _time(row.ended_at),
    }


def _time(moment: float | None) -> str | None:
    return None if moment is None else iso(moment)
