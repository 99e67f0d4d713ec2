"""What the company's admins see and do: the circuit breakers of this process."""

from aiohttp import web
from pydantic import BaseModel, RootModel

from lea.clock import iso
from lea.errors import Conflict, NotFound
from lea.events.notice import BreakerChanged
from lea.handlers.keys import ADMINS, CLOCK, DEPENDENCIES, LINK, NOTICES
from lea.handlers.routes import Call, Empty, Routes, client_id, json_response
from lea.log import audit
from lea.resilience.breaker import Looked

REDIS = "redis"
REDIS_PROBE_S = 1.0


class BreakerAnswer(BaseModel):
    name: str
    state: str
    since: str
    calls: int
    failures: int
    slow: int
    failure_rate: float
    last_error: str | None
    next_probe_s: float | None


class BreakerList(RootModel[list[BreakerAnswer]]):
    """By name."""


routes = Routes("admin")


@routes.add("GET", "/v1/admin/circuit-breakers", answer=BreakerList, access="admin")
async def breakers(call: Call[Empty]) -> web.StreamResponse:
    """The circuit breaker of everything this process calls, as it is now."""
    looked = [dependency.breaker.look() for dependency in call.app[DEPENDENCIES]]
    redis = _redis(call.app)
    if redis is not None:
        looked.append(redis)
    return json_response([_entry(one) for one in sorted(looked, key=lambda one: one.name)])


@routes.add("POST", "/v1/admin/circuit-breakers/{name}/reset", answer=BreakerAnswer, access="admin")
async def reset(call: Call[Empty]) -> web.StreamResponse:
    """Close a circuit breaker of this process; 409 for Redis, which comes back by itself."""
    name = client_id(call.request, "name")
    dependency = call.app[DEPENDENCIES].find(name)
    if dependency is None:
        raise Conflict if name == REDIS and call.app[LINK] is not None else NotFound
    before = dependency.breaker.state
    dependency.breaker.reset()
    caller = call.identity
    audit(
        "breaker_reset", "done", who=caller.user_id, target=name, was=before, company=caller.company_id, via=caller.via
    )
    return json_response(_entry(dependency.breaker.look()))


def tell_admins(app: web.Application, changed: Looked) -> None:
    """To every admin who listens at this process; a change at another process is told there."""
    event = BreakerChanged(changed.name, changed.state, iso(changed.since))
    for user_id in app[ADMINS]:
        app[NOTICES].tell_here(user_id, event)


def _entry(looked: Looked) -> dict[str, object]:
    return {
        "name": looked.name,
        "state": looked.state,
        "since": iso(looked.since),
        "calls": looked.calls,
        "failures": looked.failures,
        "slow": looked.slow,
        "failure_rate": round(looked.failures / looked.calls, 4) if looked.calls else 0.0,
        "last_error": looked.last_error,
        "next_probe_s": looked.next_probe_s,
    }


def _redis(app: web.Application) -> Looked | None:
    """Redis is there or gone, and looked for again every second while it is gone; it has no rates."""
    link = app[LINK]
    if link is None:
        return None
    since = app[CLOCK].now() - link.unchanged_s
    if link.available:
        return Looked(REDIS, "closed", since, 0, 0, 0, None, None)
    return Looked(REDIS, "open", since, 0, 0, 0, link.detail, REDIS_PROBE_S)
