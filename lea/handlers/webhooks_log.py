"""What became of what webhooks were told, for a company's admins; and telling it again."""

from datetime import UTC, datetime
from typing import Any, Final, Literal

import orjson
from aiohttp import web
from pydantic import BaseModel

from lea.clock import iso
from lea.errors import BadRequest
from lea.handlers.keys import STORE
from lea.handlers.paging import cursor, cursor_after, limit
from lea.handlers.parameters import PAGED, Parameter, one_of
from lea.handlers.routes import Call, Empty, Routes, client_id, json_response
from lea.handlers.webhooks import HOOKS, WEBHOOKS
from lea.store import hooks, hooks_log
from lea.store.acts import Connection
from lea.store.hooks_log import STATES, Delivery

PAGE: Final = 20
SINCE: Final = Parameter("from when on, RFC 3339; without it everything that is kept")


class AttemptEntry(BaseModel):
    """`status` is what was answered, else `reason` why there is none: `timeout`, `unreachable`, `dns`, `tls`, `address`
    (one nobody may be told at) or `broken`. `answer` is the beginning of the answer."""

    at: str
    ms: int
    status: int | None
    reason: str | None
    answer: str


class DeliveryEntry(BaseModel):
    """`event_id` is the `webhook-id` of every attempt, `payload` what is sent; `due_at` when it is tried next."""

    id: str
    event_id: str
    type: str
    state: Literal["waiting", "delivered", "failed"]
    payload: dict[str, Any]
    attempts: int
    tried: list[AttemptEntry]
    due_at: str | None
    created_at: str
    ended_at: str | None


class DeliveryPage(BaseModel):
    deliveries: list[DeliveryEntry]
    next_cursor: str | None


class Replayed(BaseModel):
    """`more` where there were too many for one request."""

    replayed: int
    more: bool


routes = Routes("admin")


@routes.add(
    "GET",
    WEBHOOKS + "/{id}/deliveries",
    answer=DeliveryPage,
    access="admin",
    query={"state": one_of(*STATES, says="only those"), **PAGED},
)
async def deliveries(call: Call[Empty]) -> web.StreamResponse:
    """What a webhook was told in the last 30 days, the newest first, with every attempt."""
    request, company_id, webhook_id = call.request, call.identity.company_id, client_id(call.request)
    size, after, state = limit(request, PAGE), cursor(request), request.query.get("state")
    if state is not None and state not in STATES:
        raise BadRequest(errors=[{"path": "state", "message": f"one of {', '.join(STATES)}"}])

    def unit(connection: Connection) -> list[Delivery]:
        hooks.find(connection, company_id, webhook_id)
        return hooks_log.page(connection, company_id, webhook_id, state=state, after=after, limit=size + 1)

    found = await call.app[STORE].read(unit)
    shown = found[:size]
    following = cursor_after(shown[-1].created_at, shown[-1].id) if len(found) > size else None
    return json_response({"deliveries": [_entry(one) for one in shown], "next_cursor": following})


@routes.add("POST", WEBHOOKS + "/{id}/test", answer=DeliveryEntry, status=202, access="admin")
async def test(call: Call[Empty]) -> web.StreamResponse:
    """Send a `ping`, once, also where the webhook is switched off; the deliveries tell what came of it."""
    made = await call.app[HOOKS].ping(call.identity.company_id, client_id(call.request))
    return json_response(_entry(made), 202)


@routes.add(
    "POST", WEBHOOKS + "/{id}/deliveries/{delivery_id}/replay", answer=DeliveryEntry, status=202, access="admin"
)
async def replay(call: Call[Empty]) -> web.StreamResponse:
    """Send it again at once, under the same `webhook-id`; 409 `webhook_disabled` where the webhook is switched off."""
    delivery_id = client_id(call.request, "delivery_id")
    replayed = await call.app[HOOKS].replay(call.identity.company_id, client_id(call.request), delivery_id)
    return json_response(_entry(replayed), 202)


@routes.add("POST", WEBHOOKS + "/{id}/replay", answer=Replayed, status=202, access="admin", query={"since": SINCE})
async def replay_failed(call: Call[Empty]) -> web.StreamResponse:
    """Send again what failed since then, as above; at most 10,000 at once, the oldest first."""
    since = _since(call.request.query.get("since"))
    replayed, more = await call.app[HOOKS].replay_failed(call.identity.company_id, client_id(call.request), since)
    return json_response({"replayed": replayed, "more": more}, 202)


def _since(value: str | None) -> float:
    if value is None:
        return 0.0
    try:
        moment = datetime.fromisoformat(value[:40])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise BadRequest(errors=[{"path": "since", "message": "a time like 2026-11-21T08:00:00Z"}]) from None


def _entry(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "event_id": one.event_id,
        "type": one.type,
        "state": one.state,
        "payload": orjson.loads(one.body),
        "attempts": one.attempts,
        "tried": [
            {"at": iso(try_.at), "ms": try_.ms, "status": try_.status, "reason": try_.reason, "answer": try_.answer}
            for try_ in one.tried
        ],
        "due_at": None if one.due_at is None else iso(one.due_at),
        "created_at": iso(one.created_at),
        "ended_at": None if one.ended_at is None else iso(one.ended_at),
    }
