"""Every error leaves as `application/problem+json`, from one place."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson
import structlog
from aiohttp import web

from lea.errors import InternalError, LeaError, MethodNotAllowed, NotFound, RequestTimeout, TooLarge
from lea.ids import CLIENT_ID, new_id
from lea.sentences import Language, choose_language

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PROBLEM: Final = "application/problem+json"
REQUEST_ID = web.RequestKey("request_id", str)
LANGUAGE: web.RequestKey[Language] = web.RequestKey("language")
"""There once it is known who is calling."""
Body = Callable[[LeaError, Language], Mapping[str, Any]]
OTHER_BODIES: web.AppKey[Mapping[str, Body]] = web.AppKey("other_bodies")
"""Paths, by how they begin, whose refusals have a body of another protocol."""
SERVER_LANGUAGE: web.AppKey[Language] = web.AppKey("server_language", str)  # type: ignore[arg-type]

GONE_STATUS: Final = 499
"""nginx's number for it; only the log and the metrics ever see it."""

log = structlog.get_logger()


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Names the request, and turns what its handler raises into an answer without a stack trace."""
    sent = request.headers.get("X-Request-Id", "")
    request[REQUEST_ID] = sent if CLIENT_ID.fullmatch(sent) else new_id("r")
    try:
        response = await handler(request)
    except LeaError as error:
        response = problem(request, error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = problem(request, of_framework(error))
    except Exception as error:
        response = _crashed(request, error)
    if not response.prepared:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
    return response


def _crashed(request: web.Request, error: Exception) -> web.Response:
    """The last wall: a mistake of ours is logged whole and told in one sentence."""
    if isinstance(error, ConnectionError) and request.transport is None:  # whoever asked is gone: nobody's mistake
        return web.Response(status=GONE_STATUS)
    log.error("request.crashed", request_id=request[REQUEST_ID], exc_info=error)
    return problem(request, InternalError())


def problem(request: web.Request, error: LeaError) -> web.Response:
    """The RFC 9457 answer for an error, in the language the client prefers; another body where the path has one."""
    response = answer_of(error, language_of(request), request[REQUEST_ID])
    for beginning, body in request.app.get(OTHER_BODIES, {}).items():
        if request.path.startswith(beginning):
            response.body = orjson.dumps(body(error, language_of(request)))
            response.content_type = "application/json"
    return response


def answer_of(error: LeaError, language: Language, request_id: str) -> web.Response:
    """The same where there is no request."""
    headers = dict(error.headers)
    if error.retry_after_s is not None:
        headers.setdefault("Retry-After", str(max(1, round(error.retry_after_s + 0.4999))))
    response = web.Response(
        status=error.status,
        body=orjson.dumps(error.problem(language, request_id)),
        content_type=PROBLEM,
        headers=headers,
    )
    if isinstance(error, RequestTimeout):  # what comes late is not waited for
        response.force_close()
    return response


def language_of(request: web.Request) -> Language:
    """The language this client reads, else the caller's, else the server's."""
    known = request.get(LANGUAGE)
    return known or choose_language(request.headers.get("Accept-Language"), request.app[SERVER_LANGUAGE])


def of_framework(error: web.HTTPException) -> LeaError:
    """What aiohttp refuses by itself, in our words."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        return MethodNotAllowed(headers={"Allow": ", ".join(sorted(error.allowed_methods))})
    if error.status == 413:
        return TooLarge()
    if error.status == 404:
        return NotFound()
    return _Framework(error.status)


class _Framework(LeaError):
    """A refusal of the HTTP parser itself."""

    default_code = "invalid_request"

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status  # type: ignore[misc]
