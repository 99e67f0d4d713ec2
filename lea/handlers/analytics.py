"""What a company's work comes to, in figures."""

import asyncio

from aiohttp import web
from pydantic import BaseModel

from lea.handlers.costs import MOST_DAYS, asked, date_of, usd
from lea.handlers.keys import KPIS, SOURCE
from lea.handlers.parameters import between
from lea.handlers.routes import Call, Empty, Routes, json_response
from lea.records.fields import STAGES
from lea.sources.source import OPEN_STATES, JobsMetrics
from lea.store.kpis import Kpis, Runs, Turns

OVER = "closed"
"""The stage of a transaction in which nothing is left to do."""


class TurnsOfDay(BaseModel):
    day: str
    turns: int
    failed: int


class TurnFigures(BaseModel):
    """Turns that ended, by the day they began; deleted conversations are not counted."""

    total: int
    completed: int
    failed: int
    stopped: int
    interrupted: int
    by_day: list[TurnsOfDay]


class Percentiles(BaseModel):
    """Of those of the newest thousand turns in which a model said something."""

    p50: float
    p95: float


class ActionFigures(BaseModel):
    done: int
    undone: int
    failed: int


class RunFigures(BaseModel):
    """`items` are the jobs that were completed."""

    total: int
    completed: int
    failed: int
    cancelled: int
    items: int


class TransactionFigures(BaseModel):
    """`created` in the days asked for; the others are as it is now."""

    open: int
    by_stage: dict[str, int]
    created: int


class JobFigures(BaseModel):
    """As `/v1/jobs/metrics` counts them, which also says where a part of them is missing."""

    open: int
    departments: dict[str, dict[str, int]]


class CatalogFigures(BaseModel):
    items: int
    enriched: int


class KpisAnswer(BaseModel):
    """`cost_usd` is the company's for its admins, else the caller's own, as `cost_of` says."""

    days: int
    turns: TurnFigures
    first_token_ms: Percentiles | None
    actions: ActionFigures
    runs: RunFigures
    transactions: TransactionFigures
    jobs: JobFigures
    catalog: CatalogFigures
    cost_usd: float
    cost_of: str


routes = Routes("analytics")


@routes.add("GET", "/v1/analytics/kpis", answer=KpisAnswer, query={"days": between(1, MOST_DAYS, "today's included")})
async def kpis(call: Call[Empty]) -> web.StreamResponse:
    """What the company's work came to in these days; what is spent is the company's for its admins, else one's own."""
    days, since, today, one = asked(call)
    caller = call.identity
    found, jobs = await asyncio.gather(
        call.app[KPIS].read(caller.company_id, one, since), call.app[SOURCE].jobs_metrics(caller.company_id)
    )
    first = found.turns.first_token_ms
    return json_response(
        {
            "days": days,
            "turns": _turns(found.turns, since, today),
            "first_token_ms": None if first is None else dict(zip(("p50", "p95"), first, strict=True)),
            "actions": {name: found.actions.get(state, 0) for name, state in ACTIONS.items()},
            "runs": _runs(found.runs),
            "transactions": _transactions(found),
            "jobs": _jobs(jobs),
            "catalog": {"items": found.items, "enriched": found.enriched},
            "cost_usd": usd(found.cost_nano_usd),
            "cost_of": "company" if one is None else "user",
        }
    )


ACTIONS = {"done": "succeeded", "undone": "undone", "failed": "failed"}
TURNS = ("completed", "failed", "stopped", "interrupted")
RUNS = ("completed", "failed", "cancelled")


def _turns(turns: Turns, since: int, today: int) -> dict[str, object]:
    by_day = [(day, *turns.by_day.get(day, (0, 0))) for day in range(since, today + 1)]
    return {
        "total": sum(turns.by_state.values()),
        **{state: turns.by_state.get(state, 0) for state in TURNS},
        "by_day": [{"day": date_of(day), "turns": total, "failed": failed} for day, total, failed in by_day],
    }


def _runs(runs: Runs) -> dict[str, int]:
    states = {state: runs.by_state.get(state, 0) for state in RUNS}
    return {"total": sum(runs.by_state.values()), **states, "items": runs.items}


def _transactions(found: Kpis) -> dict[str, object]:
    by_stage = dict.fromkeys(STAGES, 0) | found.stages
    return {"open": sum(by_stage.values()) - by_stage[OVER], "by_stage": by_stage, "created": found.created}


def _jobs(jobs: JobsMetrics) -> dict[str, object]:
    left = sum(states.get(state, 0) for states in jobs.counts.values() for state in OPEN_STATES)
    return {"open": left, "departments": jobs.counts}
