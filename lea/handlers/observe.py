"""One wide log line, two metrics and, where traces are kept, one span for every request."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from time import perf_counter

import structlog
from aiohttp import web
from prometheus_client import Counter, Histogram

from lea.handlers.keys import TRACES
from lea.handlers.problems import REQUEST_ID
from lea.handlers.proxies import client_of
from lea.handlers.timing import BEGAN, TRACE, RequestTrace
from lea.metrics import HTTP_REQUESTS, HTTP_SECONDS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""A method anybody can invent is no label."""

UNPARSED = "unparsed"

log = structlog.get_logger()


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost, so that it sees the status that really goes out. Paths are logged as patterns, never as sent."""
    request[BEGAN] = start = perf_counter()
    status = 500
    trace = _trace(request)
    try:
        response = await handler(request)
        status = response.status
        return response
    finally:
        seconds = perf_counter() - start
        if trace is not None:
            trace.end(status, seconds)
        route = _pattern(request)
        counter, histogram = _metrics(request.method, route, status)
        counter.inc()
        histogram.observe(seconds)
        log.info(
            "request.ended",
            request_id=request.get(REQUEST_ID),
            method=request.method,
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 3),
            remote=client_of(request).address,
        )


def note_unparsed(status: int, reason: str, *, request_id: str, remote: str | None) -> None:
    """The same for what was refused before it was a request; `reason` is a class's name, never what was sent."""
    HTTP_REQUESTS.labels("OTHER", UNPARSED, str(status)).inc()
    log.info(
        "request.ended",
        request_id=request_id,
        method="OTHER",
        route=UNPARSED,
        status=status,
        reason=reason,
        remote=remote,
    )


@lru_cache(maxsize=2000)
def _metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Looking labels up costs more than counting."""
    method = _method(method)
    return HTTP_REQUESTS.labels(method, route, str(status)), HTTP_SECONDS.labels(method, route)


def _method(method: str) -> str:
    return method if method in METHODS else "OTHER"


def _trace(request: web.Request) -> RequestTrace | None:
    traces = request.app[TRACES]
    if traces is None:
        return None
    trace = traces.request(_method(request.method), _pattern(request), request.headers)
    request[TRACE] = trace.parent
    return trace


def _pattern(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"
