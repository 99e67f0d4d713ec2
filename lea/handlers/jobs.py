"""The departments' jobs: list, make, change, count."""

import asyncio
from collections.abc import Sequence
from functools import partial

from aiohttp import web

from lea.errors import BadRequest, Conflict, NotFound
from lea.handlers import paging
from lea.handlers.jobs_answers import (
    JobAnswer,
    JobBody,
    JobChange,
    JobPage,
    MetricsAnswer,
    job_answer,
)
from lea.handlers.keys import CLOCK, FOREIGN_JOBS, NEWS, SOURCE, STORE
from lea.handlers.parameters import PAGED, one_of
from lea.handlers.routes import Body, Call, Empty, Routes, client_id, json_response
from lea.ids import CompanyId
from lea.records import jobs as rules
from lea.sources.combined import own_state
from lea.sources.foreign import place
from lea.sources.kept import Part
from lea.sources.source import DEPARTMENTS, STATES, JobSummary
from lea.store import jobs as store
from lea.store.folding import folded
from lea.store.jobs import Connection, JobFilter, JobRow

PAGE = 50
WORDS = 8
"""Most words of a search that are looked for."""

routes = Routes("jobs")


@routes.add(
    "GET",
    "/v1/jobs",
    answer=JobPage,
    query={
        "department": one_of(*DEPARTMENTS),
        "state": one_of(*STATES),
        "q": "words of the title",
        **PAGED,
    },
)
async def list_jobs(call: Call[Empty]) -> web.StreamResponse:
    """The departments' jobs, the last changed first; of another system those changed last."""
    request, company_id = call.request, call.identity.company_id
    limit, before = paging.limit(request, PAGE), paging.cursor(request)
    chosen = _chosen(request)

    def unit(connection: Connection) -> tuple[Sequence[JobRow], int]:
        rows = store.search(connection, company_id, chosen, limit + 1, before)
        return rows, store.count(connection, company_id, chosen)

    (rows, own_total), parts = await asyncio.gather(call.app[STORE].read(unit), call.app[FOREIGN_JOBS].of(company_id))
    there = _fitting(parts, chosen)
    later = [job for job in there if before is None or place(job) < before]
    both: list[JobRow | JobSummary] = [*rows, *later]
    jobs = sorted(both, key=lambda job: (job.updated_at, job.id), reverse=True)[: limit + 1]
    last = jobs[limit - 1] if len(jobs) > limit else None
    return json_response(
        {
            "jobs": [job_answer(job) for job in jobs[:limit]],
            "total": own_total + len(there),
            "next_cursor": None if last is None else paging.cursor_after(last.updated_at, last.id),
            "sources": [state.wire() for state in (own_state(call.app[CLOCK]), *(part.state for part in parts))],
        }
    )


@routes.add("GET", "/v1/jobs/metrics", answer=MetricsAnswer)
async def metrics(call: Call[Empty]) -> web.StreamResponse:
    """How many jobs each department has in each state, and how each source of them is doing."""
    found = await call.app[SOURCE].jobs_metrics(call.identity.company_id)
    return json_response(found.wire() | {"sources": [source.wire() for source in found.sources]})


@routes.add("POST", "/v1/jobs", body=JobBody, answer=JobAnswer, status=201)
async def create(call: Call[JobBody]) -> web.StreamResponse:
    """Give a department a job; 200 and the job there is where the same was sent with this `id` before."""
    fields = call.body.model_dump(exclude={"id"})
    unit = partial(
        rules.create,
        company_id=call.identity.company_id,
        fields=fields,
        now=call.app[CLOCK].now(),
        client_id=call.body.id,
    )
    job, created = await call.app[STORE].write(unit)
    if created:
        call.app[NEWS].job_changed(call.identity.company_id, job.id, job.department, job.state)
    return json_response(job_answer(job), 201 if created else 200)


@routes.add("GET", "/v1/jobs/{id}", answer=JobAnswer)
async def read(call: Call[Empty]) -> web.StreamResponse:
    """One job, by its id or the one it was made with."""
    name, company_id = client_id(call.request), call.identity.company_id
    job: JobRow | JobSummary
    try:
        job = await call.app[STORE].read(lambda connection: rules.get(connection, company_id, name))
    except NotFound:
        job = await _foreign(call, company_id, name)
    return json_response(job_answer(job))


@routes.add("PATCH", "/v1/jobs/{id}", body=JobChange, answer=JobAnswer)
async def change(call: Call[JobChange]) -> web.StreamResponse:
    """Change fields; 409 where `version` is no longer the current one, and for the jobs of another system."""
    name, company_id, now = client_id(call.request), call.identity.company_id, call.app[CLOCK].now()
    fields = call.body.model_dump(exclude_unset=True, exclude={"version"})
    version = call.body.version
    try:
        job, changed = await call.app[STORE].write(
            lambda connection: rules.change(connection, company_id, name, fields, now, version=version)
        )
    except NotFound:
        foreign = await _foreign(call, company_id, name)
        raise Conflict("job_read_only", source=foreign.source) from None
    if changed:
        call.app[NEWS].job_changed(company_id, job.id, job.department, job.state)
    return json_response(job_answer(job))


async def _foreign(call: Call[Body], company_id: CompanyId, name: str) -> JobSummary:
    """The job another system has under this id, as far as it is known. Raises NotFound."""
    for part in await call.app[FOREIGN_JOBS].of(company_id):
        for job in part.jobs:
            if job.id == name:
                return job
    raise NotFound


def _fitting(parts: Sequence[Part], chosen: JobFilter) -> list[JobSummary]:
    """As the store chooses among its own."""
    words = [folded(word) for word in chosen.words]
    return [
        job
        for part in parts
        for job in part.jobs
        if chosen.department in {None, job.department}
        and (not chosen.states or job.state in chosen.states)
        and all(word in folded(job.title) for word in words)
    ]


def _chosen(request: web.Request) -> JobFilter:
    words = tuple(paging.words(request).split()[:WORDS]) if request.query.get("q", "").strip() else ()
    state = _known(request, "state", STATES)
    return JobFilter(words, _known(request, "department", DEPARTMENTS), () if state is None else (state,))


def _known(request: web.Request, name: str, values: tuple[str, ...]) -> str | None:
    value = request.query.get(name) or None
    if value is not None and value not in values:
        raise BadRequest(f"{name}_unknown", errors=[{"path": name, "message": f"{name}_unknown"}])
    return value
