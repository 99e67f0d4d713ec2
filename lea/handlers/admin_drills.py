"""What drills found, as the company's admins keep it and look at it."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from lea.clock import iso
from lea.handlers.chat import ClientId
from lea.handlers.keys import CLOCK, STORE
from lea.handlers.routes import Call, Empty, Model, Routes, json_response
from lea.ids import new_id
from lea.log import audit
from lea.store import drill_reports as rows
from lea.store.drill_reports import Report

DRILLS_KEPT = "/v1/admin/drills"
MOST_SCENARIOS = 30
DAY_S = 86_400

Seconds = Annotated[float, Field(ge=0, le=DAY_S, allow_inf_nan=False)]
Words = Annotated[str, Field(max_length=500)]


class ScenarioBody(Model):
    """What became of one: the slowest times of its questions, what the first was told, and what did not pass."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    result: Literal["passed", "failed", "skipped", "not_run"]
    why: Words | None = None
    first_byte_s: Seconds | None = None
    first_token_s: Seconds | None = None
    total_s: Seconds | None = None
    lost: int = Field(0, ge=0, le=10_000)
    ended: Annotated[list[Words], Field(default_factory=list, max_length=20)]
    told: Annotated[list[Words], Field(default_factory=list, max_length=50)]
    said: Words | None = None
    failures: Annotated[list[Words], Field(default_factory=list, max_length=30)]


class ReportBody(Model):
    """What `lea drill` found; `seconds` is how long it took, up to now."""

    drill_id: ClientId
    seconds: Seconds
    scenarios: Annotated[list[ScenarioBody], Field(min_length=1, max_length=MOST_SCENARIOS)]


class ReportEntry(BaseModel):
    """`passed`, `failed` and `skipped` count scenarios; one that was not run although it should have is failed."""

    id: str
    by: str
    began_at: str
    seconds: float
    ok: bool
    passed: int
    failed: int
    skipped: int
    scenarios: list[ScenarioBody]


class ReportList(BaseModel):
    drills: list[ReportEntry]


SCENARIOS = TypeAdapter(list[ScenarioBody])
FAILED = frozenset({"failed", "not_run"})

routes = Routes("admin")


@routes.add("GET", DRILLS_KEPT, answer=ReportList, access="admin")
async def drills(call: Call[Empty]) -> web.StreamResponse:
    """The reports of the company's last 20 drills, the newest first."""
    company_id = call.identity.company_id
    found = await call.app[STORE].read(lambda c: rows.newest(c, company_id))
    return json_response({"drills": [_entry(report, by) for report, by in found]})


@routes.add("POST", DRILLS_KEPT, body=ReportBody, answer=ReportEntry, status=201, access="admin")
async def keep(call: Call[ReportBody]) -> web.StreamResponse:
    """Keep the report of a drill; the oldest goes when there are more than 20."""
    caller, body, now = call.identity, call.body, call.app[CLOCK].now()
    ok = all(one.result not in FAILED for one in body.scenarios)
    report = Report(new_id("report"), now - body.seconds, now, ok, SCENARIOS.dump_python(body.scenarios))
    await call.app[STORE].write(lambda c: rows.keep(c, caller.company_id, caller.user_id, report))
    audit(
        "drill_reported",
        "done",
        who=caller.user_id,
        target=report.id,
        drill_id=body.drill_id,
        company=caller.company_id,
        via=caller.via,
    )
    return json_response(_entry(report, caller.name), status=201)


def _entry(report: Report, by: str) -> dict[str, object]:
    results = [str(one["result"]) for one in report.scenarios]
    return {
        "id": report.id,
        "by": by,
        "began_at": iso(report.began_at),
        "seconds": round(report.ended_at - report.began_at, 3),
        "ok": report.passed,
        "passed": results.count("passed"),
        "failed": sum(result in FAILED for result in results),
        "skipped": results.count("skipped"),
        "scenarios": report.scenarios,
    }
