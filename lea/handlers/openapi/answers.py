"""What a route answers: what it is for, its event stream, and every refusal."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from lea.handlers.problems import PROBLEM
from lea.handlers.routes import Route

EVENT_STREAM: Final = "text/event-stream"
REFUSALS: Final = {
    400: ("parameter", "id", "body"),
    404: ("id",),
    413: ("body",),
    415: ("body",),
}
"""By what can be wrong about a request; any other refusal is the default answer."""


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    path: str
    message: str


class Problem(BaseModel):
    """RFC 9457: `code` is for programs, `detail` for people.

    `reason` says more where many causes share a code, `run_id` which run is in the way.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    run_id: str | None = None
    reason: str | None = None
    errors: list[FieldProblem] = []


def _header(says: str, **schema: Any) -> dict[str, Any]:
    return {"description": says, "schema": schema or {"type": "string"}}


HEADERS: Final = {
    "RequestId": _header("what the log calls this request"),
    "RetryAfter": _header("seconds after which it may be asked again", type="integer", minimum=1),
    "RateLimit": _header('how many requests are left, and for how many seconds: "chat";r=29;t=60'),
    "RateLimitPolicy": _header('how many there are in how many seconds: "chat";q=30;w=60'),
}


def answers(route: Route, schemas: Mapping[type[BaseModel], Any], takes: frozenset[str]) -> dict[str, Any]:
    """By status; `takes` is what can be wrong about a request."""
    told = {str(route.status): _success(route, schemas)}
    for status, says in route.also.items():
        told[str(status)] = _head(route, says) if status == 204 else {**_success(route, schemas), "description": says}
    refusal = {"$ref": f"#/components/responses/{body_of(route).__name__}"}
    statuses = [status for status, causes in REFUSALS.items() if takes & frozenset(causes)]
    if route.access != "public":
        statuses += [401, 403]
    return told | {str(status): refusal for status in sorted(statuses)} | {"default": refusal}


def body_of(route: Route) -> type[BaseModel]:
    """Of the route's refusals."""
    return route.problem or Problem


def problem_of(body: type[BaseModel], schemas: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    """The answer of this body."""
    kind = PROBLEM if body is Problem else "application/json"
    headers = {"X-Request-Id": _reference("RequestId"), "Retry-After": _reference("RetryAfter")}
    return {"description": "A problem", "headers": headers, "content": {kind: {"schema": schemas[body]}}}


def _success(route: Route, schemas: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    told = _head(route, "Done" if route.answer is None else "OK")
    if route.answer is None:
        return told
    if isinstance(route.answer, str):
        content = {route.answer: _text(route, route.answer, schemas)}
    else:
        content = {"application/json": {"schema": schemas[route.answer]}}
    if route.streams:
        content[EVENT_STREAM] = _text(route, EVENT_STREAM, schemas)
    for kind, model in route.media.items():
        content[kind] = _text(route, kind, schemas) if model is None else {"schema": schemas[model]}
    return told | {"content": content}


def _head(route: Route, says: str) -> dict[str, Any]:
    headers = {"X-Request-Id": _reference("RequestId")}
    if route.counted:
        headers |= {"RateLimit": _reference("RateLimit"), "RateLimit-Policy": _reference("RateLimitPolicy")}
    return {"description": says, "headers": headers}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _text(route: Route, kind: str, schemas: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    """An answer that is no JSON; of an event stream with what its events are."""
    if kind == EVENT_STREAM and route.events is not None:
        return {"schema": {"type": "string"}, "x-itemSchema": _item(schemas[route.events])}
    if kind.startswith("text/"):
        return {"schema": {"type": "string"}}
    return {"schema": {"type": "string", "format": "binary", "contentMediaType": kind}}


def _item(data: Any) -> dict[str, Any]:
    json = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    position = {"type": "string", "description": "to be sent as Last-Event-ID, to go on after this event"}
    return {"type": "object", "required": ["data"], "properties": {"id": position, "data": json}}
