"""What the server holds for a person: made ready, refreshed, counted."""

from aiohttp import web
from pydantic import BaseModel

from lea.handlers.keys import ASKED, CLOCK, MANAGER, PROVIDER, STATE, STORE, Asked
from lea.handlers.routes import Call, Empty, Routes, json_response
from lea.handlers.voice import VOICE
from lea.manager.voice import Listening
from lea.store import threads

SESSION_LIFETIME_S = 24 * 3600


class JobsMetricsAnswer(BaseModel):
    departments: dict[str, dict[str, int]]
    total: int


class InitializeAnswer(BaseModel):
    success: bool
    status: str
    session_key: str
    jobs_metrics: JobsMetricsAnswer | None
    timings_ms: dict[str, float]


class CountAnswer(BaseModel):
    active_sessions: int
    users: int
    storage_backend: str


class ProviderEntry(BaseModel):
    """`state` is the circuit breaker's; `lesser` stands in for the one that is meant."""

    name: str
    model: str
    configured: bool
    state: str
    lesser: bool


class VoiceBounds(BaseModel):
    """Of a recording."""

    max_seconds: float
    max_bytes: int


class LlmStatus(BaseModel):
    """`voice` is null where nobody listens to recordings."""

    provider: str
    configured: bool
    model: str | None
    voice: VoiceBounds | None
    providers: list[ProviderEntry]


routes = Routes("sessions")


@routes.add("POST", "/v1/lea/sessions/initialize", answer=InitializeAnswer)
async def initialize(call: Call[Empty]) -> web.StreamResponse:
    """Load what Léa should know of the caller, or refresh the jobs of a session that is there."""
    done = await call.app[MANAGER].initialize(call.identity)
    return json_response(
        {
            "success": True,
            "status": done.status,
            "session_key": done.session_key,
            "jobs_metrics": None if done.jobs_metrics is None else done.jobs_metrics.wire(),
            "timings_ms": done.timings_ms,
        }
    )


@routes.add("GET", "/v1/lea/sessions/count", answer=CountAnswer)
async def count(call: Call[Empty]) -> web.StreamResponse:
    """The company's conversations used within a day, and its sessions, over all processes that share them."""
    company_id = call.identity.company_id
    since = call.app[CLOCK].now() - SESSION_LIFETIME_S
    active = await call.app[STORE].read(lambda connection: threads.count_active(connection, company_id, since))
    users = await call.app[MANAGER].users(company_id)
    return json_response({"active_sessions": active, "users": users, "storage_backend": call.app[STATE].backend})


@routes.add("GET", "/v1/llm/status", answer=LlmStatus)
async def model(call: Call[Empty]) -> web.StreamResponse:
    """Who answers: the configured model, or the built-in engine; and everybody who may, in the order they are asked."""
    provider = call.app[PROVIDER].answering
    configured = provider.name != "offline"
    return json_response(
        {
            "provider": provider.name,
            "configured": configured,
            "model": provider.model if configured else None,
            "voice": _voice(call.app[VOICE]),
            "providers": [_entry(one) for one in call.app[ASKED]],
        }
    )


def _voice(listening: Listening) -> dict[str, float] | None:
    bounds = listening.settings
    return {"max_seconds": bounds.max_seconds, "max_bytes": bounds.max_bytes} if listening.able else None


def _entry(one: Asked) -> dict[str, object]:
    return {
        "name": one.answering.name,
        "model": one.answering.model,
        "configured": one.breaker is not None,
        "state": "closed" if one.breaker is None else one.breaker.state,
        "lesser": one.answering.lesser,
    }
