"""Runs of the catalogue: read, watched, cancelled, done again; what starts them is with what they work on."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from lea.errors import NotFound
from lea.handlers import paging
from lea.handlers.keys import RUNS, STATUSES, STORE, STREAMS, WATCHING
from lea.handlers.parameters import AFTER, LAST_EVENT, PAGED, between
from lea.handlers.routes import Body, Call, Empty, Routes, client_id, json_response
from lea.handlers.runs_answers import JobList, LatestRun, RunAnswer, RunningStatus, RunPage, run_answer
from lea.handlers.streamed import RunEvent
from lea.ids import RunId
from lea.store import directory, run_views, runs
from lea.store.runs import Run

FAMILY = "catalog"
PAGE = 50
JOBS = 100
MOST_JOBS = 1000
EVENT_STREAM = "text/event-stream"


routes = Routes("runs")


@routes.add("GET", "/v1/catalog/latest-run", answer=LatestRun)
async def latest(call: Call[Empty]) -> web.StreamResponse:
    """The company's run that was started last; null before the first."""
    company_id = call.identity.company_id
    run = await call.app[STORE].read(lambda connection: runs.latest(connection, company_id, FAMILY))
    return json_response({"run": None if run is None else await _answer(call, run)})


@routes.add("GET", "/v1/catalog/run/{id}", answer=RunAnswer)
async def read(call: Call[Empty]) -> web.StreamResponse:
    """One run."""
    return json_response(await _answer(call, await _run(call)))


@routes.add("GET", "/v1/catalog/runs", answer=RunPage, query=PAGED)
async def list_runs(call: Call[Empty]) -> web.StreamResponse:
    """The company's runs, the last one first."""
    limit, before = paging.limit(call.request, PAGE), paging.cursor(call.request)
    company_id = call.identity.company_id
    found = await call.app[STORE].read(lambda connection: runs.page(connection, company_id, FAMILY, limit + 1, before))
    more = len(found) > limit
    return json_response(
        {
            "runs": await _answers(call, found[:limit]),
            "next_cursor": paging.cursor_after(found[limit - 1].started_at, found[limit - 1].id) if more else None,
        }
    )


@routes.add("GET", "/v1/catalog/jobs", answer=JobList, query={"limit": between(1, MOST_JOBS)})
async def list_jobs(call: Call[Empty]) -> web.StreamResponse:
    """The run jobs that changed last, of whichever run."""
    limit, company_id = paging.limit(call.request, JOBS, MOST_JOBS), call.identity.company_id
    found = await call.app[STORE].read(lambda connection: run_views.newest(connection, company_id, limit))
    return json_response({"jobs": found})


@routes.add("GET", "/v1/catalog/running-status", answer=RunningStatus)
async def running_status(call: Call[Empty]) -> web.StreamResponse:
    """Whether a run is under way, and which."""
    active = await call.app[STATUSES].active(call.identity.company_id)
    return json_response({"is_running": active is not None, "current_run_id": active})


@routes.add("POST", "/v1/catalog/run/{id}/cancel", answer=RunAnswer, status=202)
async def cancel(call: Call[Empty]) -> web.StreamResponse:
    """Ask for a run's end; what is done is kept. Nothing happens to one that has ended."""
    run_id = (await _run(call)).id
    run = await call.app[RUNS].cancel(call.identity.company_id, run_id)
    return json_response(await _answer(call, run), 202)


@routes.add("POST", "/v1/catalog/run/{id}/retry", answer=RunAnswer, status=202)
async def retry(call: Call[Empty]) -> web.StreamResponse:
    """Do again what failed, in the same run; 409 while a run is under way, or where nothing failed."""
    run_id = (await _run(call)).id
    run = await call.app[RUNS].retry(call.identity.company_id, run_id)
    return json_response(await _answer(call, run), 202)


@routes.add(
    "GET",
    "/v1/catalog/job-stream/{id}",
    answer=EVENT_STREAM,
    events=RunEvent,
    query=AFTER,
    headers=LAST_EVENT,
    also={204: "Nothing more will come"},
)
async def job_stream(call: Call[Empty]) -> web.StreamResponse:
    """All jobs of a run as an array, then those that change; 204 to the cursor of `done`."""
    run = await _run(call)
    after, streams = _after(call.request, run), call.app[STREAMS]
    if run.ended_at is not None and after == run.version:
        return web.Response(status=204)
    streams.check(call.identity)
    async with call.app[WATCHING].watching(run.id) as topic, streams.open(call.request, call.identity, {}) as opened:
        return await streams.follow(opened, topic, after)


@routes.add("GET", "/v1/catalog/status-stream", answer=EVENT_STREAM, events=RunningStatus)
async def status_stream(call: Call[Empty]) -> web.StreamResponse:
    """Whether a run is under way, at once and when it changes."""
    who, streams = call.identity, call.app[STREAMS]
    async with (
        call.app[STATUSES].listening(who.company_id) as (topic, after),
        streams.open(call.request, who, {}) as opened,
    ):
        return await streams.follow(opened, topic, after)


async def _answers(call: Call[Body], found: Sequence[Run]) -> list[dict[str, Any]]:
    company_id, who = call.identity.company_id, {run.user_id for run in found}
    names = await call.app[STORE].read(lambda connection: directory.names(connection, company_id, who))
    return [run_answer(call.app, run, names) for run in found]


async def _answer(call: Call[Body], run: Run) -> dict[str, Any]:
    [answer] = await _answers(call, [run])
    return answer


async def _run(call: Call[Body]) -> Run:
    run_id, company_id = RunId(client_id(call.request)), call.identity.company_id
    run = await call.app[STORE].read(lambda connection: runs.find(connection, company_id, run_id))
    if run is None or (run.personal and run.user_id != call.identity.user_id):
        raise NotFound
    return run


def _after(request: web.Request, run: Run) -> int:
    """The run's version a cursor stands for; 0 without one of this run."""
    cursor = request.headers.get("Last-Event-ID") or request.query.get("after") or ""
    run_id, _, version = cursor.rpartition(":")
    known = run_id == run.id and version.isascii() and version.isdigit() and len(version) < 18
    return int(version) if known else 0
