"""What the company's admins look at: its sessions and locks in this process, and where the time of a turn went."""

from dataclasses import asdict, replace

from aiohttp import web
from pydantic import BaseModel

from lea.clock import iso
from lea.errors import BadRequest, NotFound, of_reason
from lea.handlers.answers import Cost, MessageError, Usage
from lea.handlers.keys import STORE
from lea.handlers.parameters import CURSOR, between
from lea.handlers.routes import Call, Empty, Routes, client_id, json_response
from lea.ids import CLIENT_ID, TurnId
from lea.manager.attribution import Attributed, Attribution, Holding, Spread, levels
from lea.manager.spans import spans
from lea.sentences import Language
from lea.store.inspected import InspectedTurn, turn_of_company

PAGE = 50
MOST = 200
HOLDERS = 100
"""Most threads told one by one, the longest held first."""

ATTRIBUTION = web.AppKey("attribution", Attribution)


class SessionEntry(BaseModel):
    user_id: str
    name: str | None
    email: str | None
    age_s: float
    idle_s: float
    threads_live: int
    threads_quiet: int
    live_turns: int
    memory_bytes: int
    cpu_s: float


class SessionTotals(BaseModel):
    sessions: int
    threads_live: int
    threads_quiet: int
    live_turns: int
    memory_bytes: int
    cpu_s: float


class SessionPage(BaseModel):
    sessions: list[SessionEntry]
    totals: SessionTotals
    next_cursor: str | None


class SpreadEntry(BaseModel):
    p50: float
    p95: float
    p99: float
    max: float


class LevelEntry(BaseModel):
    count: int
    wait_ms: SpreadEntry
    held_ms: SpreadEntry


class HolderEntry(BaseModel):
    user_id: str
    thread_id: str
    turn_id: str | None
    held_s: float
    waiting: int


class LocksAnswer(BaseModel):
    levels: dict[str, LevelEntry]
    held: int
    waiting: int
    holders: list[HolderEntry]


class SpanEntry(BaseModel):
    name: str
    start_ms: float
    end_ms: float | None
    kind: str


class TurnView(BaseModel):
    turn_id: str
    thread_id: str
    user_id: str
    state: str
    live: bool
    provider: str | None
    model: str | None
    usage: Usage | None
    cost: Cost | None
    finish_reason: str | None
    error: MessageError | None
    started_at: str
    ended_at: str | None
    duration_ms: float | None
    timings_ms: dict[str, float]
    spans: list[SpanEntry]


routes = Routes("admin")


@routes.add(
    "GET",
    "/v1/admin/sessions",
    answer=SessionPage,
    access="admin",
    query={"limit": between(1, MOST), "cursor": CURSOR},
)
async def sessions(call: Call[Empty]) -> web.StreamResponse:
    """The company's sessions in this process by user, with memory and CPU as far as they can be attributed."""
    limit = _limit(call.request.query.get("limit", str(PAGE)))
    after = call.request.query.get("cursor", "")
    if after and not CLIENT_ID.fullmatch(after):
        raise BadRequest(errors=[{"path": "cursor", "message": "not a cursor of this list"}])
    everyone = await call.app[ATTRIBUTION].sessions(call.identity.company_id)
    page = [one for one in everyone if one.user_id > after][: limit + 1]
    more = len(page) > limit
    return json_response(
        {
            "sessions": [_session(one) for one in page[:limit]],
            "totals": _totals(everyone),
            "next_cursor": page[limit - 1].user_id if more else None,
        }
    )


@routes.add("GET", "/v1/admin/locks", answer=LocksAnswer, access="admin")
async def locks(call: Call[Empty]) -> web.StreamResponse:
    """What this process's locks took lately, and which of the company's threads are held now."""
    held = await call.app[ATTRIBUTION].holdings(call.identity.company_id)
    return json_response(
        {
            "levels": {
                name: {
                    "count": level.count,
                    "wait_ms": asdict(Spread.of(level.waits)),
                    "held_ms": asdict(Spread.of(level.holds)),
                }
                for name, level in levels().items()
            },
            "held": len(held),
            "waiting": sum(one.waiting for one in held),
            "holders": [_holder(one) for one in held[:HOLDERS]],
        }
    )


@routes.add("GET", "/v1/admin/turns/{turn_id}", answer=TurnView, access="admin")
async def turn(call: Call[Empty]) -> web.StreamResponse:
    """Where the time of a turn of the company's went, live or ended; never what was said."""
    turn_id = TurnId(client_id(call.request, "turn_id"))
    company_id = call.identity.company_id
    attribution = call.app[ATTRIBUTION]
    running = attribution.turn(company_id, turn_id)  # looked for first: a turn that ends meanwhile is in the store
    told = None if running is None or running.elsewhere else (running.timings_ms, running.outcome)
    stored = await call.app[STORE].read(lambda connection: turn_of_company(connection, company_id, turn_id))
    if stored is None:
        raise NotFound
    if stored.ended_at is not None or told is None:
        saved = attribution.saved_ms(turn_id)
        duration = stored.timings_ms.get("ended")
        return json_response(_turn(stored, stored.timings_ms, saved, duration, call.language))
    timings, outcome = told
    now = timings.pop("now")
    answering = replace(stored, provider=outcome.provider, model=outcome.model)
    return json_response(_turn(answering, timings, timings.get("saved_answer"), now, call.language))


def _turn(
    row: InspectedTurn, timings: dict[str, float], saved_ms: float | None, duration_ms: float | None, language: Language
) -> dict[str, object]:
    live = row.ended_at is None
    error = None if row.error_code is None else of_reason(row.error_code)
    return {
        "turn_id": row.turn_id,
        "thread_id": row.thread_id,
        "user_id": row.user_id,
        "state": row.state,
        "live": live,
        "provider": row.provider,
        "model": row.model,
        "usage": _usage(row),
        "cost": None
        if row.cost_nano_usd is None
        else {"usd": row.cost_nano_usd / 1e9, "estimated": bool(row.usage_estimated)},
        "finish_reason": row.finish_reason,
        "error": None
        if error is None
        else {"code": error.code, "detail": error.detail(language), "retryable": error.retryable},
        "started_at": iso(row.started_at),
        "ended_at": None if row.ended_at is None else iso(row.ended_at),
        "duration_ms": duration_ms,
        "timings_ms": timings,
        "spans": [asdict(span) for span in spans(timings, live=live, saved_ms=saved_ms)],
    }


def _usage(row: InspectedTurn) -> dict[str, object] | None:
    if row.prompt_tokens is None or row.completion_tokens is None:
        return None
    return {
        "prompt_tokens": row.prompt_tokens,
        "completion_tokens": row.completion_tokens,
        "cached_tokens": row.cached_tokens or 0,
        "estimated": bool(row.usage_estimated),
    }


def _session(one: Attributed) -> dict[str, object]:
    rounded = {"age_s": round(one.age_s, 3), "idle_s": round(one.idle_s, 3), "cpu_s": round(one.cpu_s, 6)}
    return {**asdict(one), **rounded}


def _totals(everyone: list[Attributed]) -> dict[str, object]:
    return {
        "sessions": len(everyone),
        "threads_live": sum(one.threads_live for one in everyone),
        "threads_quiet": sum(one.threads_quiet for one in everyone),
        "live_turns": sum(one.live_turns for one in everyone),
        "memory_bytes": sum(one.memory_bytes for one in everyone),
        "cpu_s": round(sum(one.cpu_s for one in everyone), 6),
    }


def _holder(one: Holding) -> dict[str, object]:
    return {**asdict(one), "held_s": round(one.held_s, 3)}


def _limit(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= MOST:
        raise BadRequest(errors=[{"path": "limit", "message": f"a number from 1 to {MOST}"}])
    return int(value)
