"""Drills: failures an admin has played, for a test company only, while `lea drill` looks at what people would see."""

from aiohttp import web
from pydantic import BaseModel, Field

from lea.clock import iso
from lea.drill.drills import MOST_S
from lea.drill.target import Fault
from lea.handlers.keys import CONFIG, DRILLS
from lea.handlers.routes import Call, Empty, Model, Routes, json_response
from lea.log import audit


class DrillBody(Model):
    """How long it may run; then it ends by itself."""

    seconds: int = Field(MOST_S, ge=1, le=MOST_S)


class FaultsBody(Model):
    """The faults that are active from now on; none ends them all. At most one of the model's."""

    faults: list[Fault] = Field(max_length=10)


class DrillBegun(BaseModel):
    """`keys` belong to the people of the test company, `key` to the first; the rest are limits that are promised."""

    drill_id: str
    key: str
    keys: list[str]
    until: str
    model_timeout_s: float
    load_timeout_s: float


class DrillAnswer(BaseModel):
    """`struck` says how often each fault hit since the faults were set."""

    running: bool
    drill_id: str | None
    until: str | None
    faults: list[str]
    struck: dict[str, int]


routes = Routes("drill")


@routes.add("POST", "/v1/admin/drill", body=DrillBody, answer=DrillBegun, status=201, access="admin")
async def begin(call: Call[DrillBody]) -> web.StreamResponse:
    """Begin a drill at this process: a throw-away test company, whose people's keys are shown this once."""
    drill, keys = await call.app[DRILLS].begin(call.body.seconds, call.identity.language)
    _audit(call, "begun", drill_id=drill.id, test_company_id=drill.company_id, seconds=call.body.seconds)
    config = call.app[CONFIG]
    body = {
        "drill_id": drill.id,
        "key": keys[0],
        "keys": keys,
        "until": iso(drill.until),
        "model_timeout_s": config.llm.timeout,
        "load_timeout_s": config.sessions.load_timeout,
    }
    return json_response(body, status=201)


@routes.add("GET", "/v1/admin/drill", answer=DrillAnswer, access="admin")
async def state(call: Call[Empty]) -> web.StreamResponse:
    """Whether a drill runs at this process, and what its faults have hit."""
    return _answer(call)


@routes.add("PUT", "/v1/admin/drill/faults", body=FaultsBody, answer=DrillAnswer, access="admin")
async def strike(call: Call[FaultsBody]) -> web.StreamResponse:
    """Strike the test company with these faults and no others."""
    await call.app[DRILLS].strike_with(call.body.faults)
    _audit(call, "faults_set", faults=call.body.faults)
    return _answer(call)


@routes.add("DELETE", "/v1/admin/drill", status=204, access="admin")
async def end(call: Call[Empty]) -> web.StreamResponse:
    """End the drill and delete the test company with everything in it; nothing where none runs."""
    _audit(call, "ended")
    await call.app[DRILLS].end("asked")
    return web.Response(status=204)


def _answer(call: Call[Empty] | Call[FaultsBody]) -> web.StreamResponse:
    drills = call.app[DRILLS]
    drill, target = drills.running, drills.target
    return json_response(
        {
            "running": drill is not None,
            "drill_id": drill and drill.id,
            "until": drill and iso(drill.until),
            "faults": sorted(target.faults),
            "struck": dict(target.struck),
        }
    )


def _audit(call: Call[Empty] | Call[DrillBody] | Call[FaultsBody], what: str, **facts: object) -> None:
    caller = call.identity
    told = {name: str(fact) for name, fact in facts.items()}
    audit(f"drill_{what}", "done", who=caller.user_id, company=caller.company_id, via=caller.via, **told)
