"""One table of routes: what is served, who may call it, what it takes and gives.

A handler gets a `Call`: the caller already identified, the body already read and validated. The same table makes
`/openapi.json`, so what is documented is what runs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from lea.auth.permissions import Identity, require_admin, unauthorized
from lea.errors import BadRequest, RequestTimeout, TooLarge, UnsupportedMedia
from lea.handlers.keys import CONFIG
from lea.handlers.parameters import Parameter
from lea.handlers.problems import LANGUAGE, SERVER_LANGUAGE
from lea.handlers.timing import measured
from lea.ids import CLIENT_ID
from lea.sentences import SENTENCES, Language, choose_language

Access = Literal["public", "user", "admin"]
Body = TypeVar("Body", bound=BaseModel)


class Identify(Protocol):
    """Who is calling: from memory wherever possible. Raises Unauthorized or Forbidden."""

    async def __call__(self, request: web.Request) -> Identity: ...


IDENTIFY = web.AppKey("identify", Identify)


class Model(BaseModel):
    """A body on the wire: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Empty(Model):
    """`{}`, or no body at all."""


@dataclass(frozen=True, slots=True)
class Call(Generic[Body]):
    """A request whose caller is known (None on public routes) and whose body is valid."""

    request: web.Request
    body: Body
    language: Language
    caller: Identity | None

    @property
    def app(self) -> web.Application:
        return self.request.app

    @property
    def identity(self) -> Identity:
        """Raises Unauthorized where nobody is signed in."""
        if self.caller is None:
            raise unauthorized()
        return self.caller


@dataclass(frozen=True, slots=True)
class Route:
    """`answer` is the model of the success body, `text/event-stream`, or None for no body.

    `upload` is the name of the one part of a multipart body, which the handler reads itself, or None. `streams` where
    the answer comes as `text/event-stream` too, as the caller wishes. `problem` is the body of its refusals, None for
    the usual one. `headers` are those it reads, `media` the answer's other content types, `also` its other statuses
    that are no refusal and what they say, `events` one event of its stream. `counted`: it tells how many requests are
    left.
    """

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    summary: str
    access: Access
    body: type[BaseModel]
    answer: type[BaseModel] | str | None
    status: int
    query: Mapping[str, str | Parameter]
    upload: str | None
    streams: bool
    problem: type[BaseModel] | None
    headers: Mapping[str, str | Parameter]
    media: Mapping[str, type[BaseModel] | None]
    also: Mapping[int, str]
    events: type[BaseModel] | None
    counted: bool


class Routes:
    """The routes of one module, in order."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.all: list[Route] = []

    def add(
        self,
        method: str,
        path: str,
        *,
        body: type[Body] = Empty,  # type: ignore[assignment]
        answer: type[BaseModel] | str | None = None,
        status: int = 200,
        access: Access = "user",
        query: Mapping[str, str | Parameter] | None = None,
        upload: str | None = None,
        streams: bool = False,
        problem: type[BaseModel] | None = None,
        headers: Mapping[str, str | Parameter] | None = None,
        media: Mapping[str, type[BaseModel] | None] | None = None,
        also: Mapping[int, str] | None = None,
        events: type[BaseModel] | None = None,
        counted: bool = False,
        check: Callable[[web.Request, bytes], None] | None = None,
    ) -> Callable[[Callable[[Call[Body]], Awaitable[web.StreamResponse]]], None]:
        """Register the decorated handler; its docstring is the route's summary, `query` names its parameters.

        With `upload` nothing is read before the handler is called, and only it bounds what comes. `check` sees the
        bytes of a body before anything is made of them, and raises what they are refused with.
        """

        def register(handler: Callable[[Call[Body]], Awaitable[web.StreamResponse]]) -> None:
            async def called(request: web.Request) -> web.StreamResponse:
                caller = None if access == "public" else await _identified(request)
                request[LANGUAGE] = language = _language(request, caller)
                if access == "admin" and caller is not None:
                    require_admin(caller)
                parsed = await _read(request, body, check) if upload is None else body()
                return await handler(Call(request, parsed, language, caller))

            summary = (handler.__doc__ or "").strip()
            route = Route(
                method,
                path,
                called,
                summary,
                access,
                body,
                answer,
                status,
                query or {},
                upload,
                streams,
                problem,
                headers or {},
                media or {},
                also or {},
                events,
                counted,
            )
            self.all.append(route)

        return register


def json_response(body: object, status: int = 200) -> web.Response:
    """A JSON answer of plain values."""
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def client_id(request: web.Request, name: str = "id") -> str:
    """An id out of the path. Raises BadRequest(`invalid_id`)."""
    value = request.match_info[name]
    if not CLIENT_ID.fullmatch(value):
        raise BadRequest("invalid_id")
    return value


async def _identified(request: web.Request) -> Identity:
    with measured(request, "auth"):
        return await request.app[IDENTIFY](request)


def _language(request: web.Request, caller: Identity | None) -> Language:
    """What the client prefers, else the account's language, else the server's."""
    own = request.app[SERVER_LANGUAGE] if caller is None else caller.language
    return choose_language(request.headers.get("Accept-Language"), own)


async def _read(request: web.Request, model: type[Body], check: Callable[[web.Request, bytes], None] | None) -> Body:
    if request.method in {"GET", "HEAD", "DELETE"}:
        return model()
    try:
        data = await _in_time(request)
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge from None
    except web.RequestPayloadError:  # a lying Content-Encoding or length, or a client that left in mid-body
        raise BadRequest from None
    if check is not None:
        check(request, data)
    if not data and not any(field.is_required() for field in model.model_fields.values()):
        return _valid(model, {})
    if request.content_type != "application/json":
        raise UnsupportedMedia
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("invalid_encoding") from None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequest("invalid_json") from None
    return _valid(model, value)


def _valid(model: type[Body], value: object) -> Body:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None


async def _in_time(request: web.Request) -> bytes:
    """The whole body, nearly always here already. Raises RequestTimeout."""
    if request.content.is_eof():
        return await request.read()
    try:
        async with asyncio.timeout(request.app[CONFIG].server.body_timeout):
            return await request.read()
    except TimeoutError:
        raise RequestTimeout from None


def invalid(error: ValidationError) -> BadRequest:
    """Names each wrong field; a field may bring its own code as the validator's message."""
    fields = [
        {"path": ".".join(str(part) for part in item["loc"]), "message": item["msg"].removeprefix("Value error, ")}
        for item in error.errors(include_url=False, include_input=False, include_context=False)[:20]
    ]
    code = fields[0]["message"]
    return BadRequest(code if code in SENTENCES else "invalid_request", errors=fields)
