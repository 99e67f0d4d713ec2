"""What is told of runs and their jobs."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from lea.clock import iso
from lea.handlers.keys import RUNS
from lea.store.run_views import NANO
from lea.store.runs import Run


class RunAnswer(BaseModel):
    """`state` is planning, running, completed, failed or cancelled; `error` says why there was no plan."""

    id: str
    pipeline: str
    state: str
    error: str | None
    arguments: dict[str, Any]
    user_id: str
    user_name: str | None
    steps: list[str]
    jobs_total: int
    jobs_completed: int
    jobs_failed: int
    jobs_cancelled: int
    cost_usd: float
    cancelling: bool
    started_at: str
    ended_at: str | None
    updated_at: str


class LatestRun(BaseModel):
    run: RunAnswer | None


class RunPage(BaseModel):
    runs: list[RunAnswer]
    next_cursor: str | None


class RunJobAnswer(BaseModel):
    """`state` is waiting, running, completed, failed or cancelled."""

    run_id: str
    id: str
    key: str
    title: str
    step: str
    state: str
    attempts: int
    summary: str
    error: str | None
    cost_usd: float
    started_at: str | None
    ended_at: str | None


class JobList(BaseModel):
    jobs: list[RunJobAnswer]


class RunningStatus(BaseModel):
    is_running: bool
    current_run_id: str | None


def run_answer(app: web.Application, run: Run, names: Mapping[str, str]) -> dict[str, Any]:
    """The model above; `names` of the people who began runs."""
    return {
        "id": run.id,
        "pipeline": run.pipeline,
        "state": run.state,
        "error": run.error_code,
        "arguments": dict(run.arguments),
        "user_id": run.user_id,
        "user_name": names.get(run.user_id),
        "steps": list(app[RUNS].pipelines.steps(run.pipeline)),
        "jobs_total": run.jobs_total,
        "jobs_completed": run.jobs_completed,
        "jobs_failed": run.jobs_failed,
        "jobs_cancelled": run.jobs_cancelled,
        "cost_usd": run.cost_nano_usd / NANO,
        "cancelling": run.cancel_asked_at is not None and run.ended_at is None,
        "started_at": iso(run.started_at),
        "ended_at": None if run.ended_at is None else iso(run.ended_at),
        "updated_at": iso(run.updated_at),
    }
