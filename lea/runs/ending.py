"""How a run ended: decided by its jobs as they are saved, unless something kept it from being done."""

import structlog

from lea.ids import RunId
from lea.store import run_jobs
from lea.store.runs import Connection, Run, of_id

log = structlog.get_logger()


def end(
    connection: Connection, run_id: RunId, owner: str, error_code: str | None, now: float, *, cancelled: bool
) -> Run | None:
    """None where the run is not the owner's any more; one whose jobs have all ended was cancelled too late."""
    run = of_id(connection, run_id)
    left = run.jobs_total - run.jobs_completed - run.jobs_failed - run.jobs_cancelled
    if error_code is not None:
        state = "failed"
    elif cancelled and (left or run.state == "planning"):
        state = "cancelled"
    else:
        state = "failed" if run.jobs_failed and not run.jobs_completed else "completed"
    return run_jobs.end(connection, run_id, owner, state, error_code, now)


def log_end(run: Run, seconds: float) -> None:
    """The run's one wide line; `seconds` at this process."""
    log.info(
        "run.ended",
        run_id=run.id,
        pipeline=run.pipeline,
        company_id=run.company_id,
        state=run.state,
        error=run.error_code,
        jobs_total=run.jobs_total,
        jobs_completed=run.jobs_completed,
        jobs_failed=run.jobs_failed,
        jobs_cancelled=run.jobs_cancelled,
        seconds=round(seconds, 3),
    )
