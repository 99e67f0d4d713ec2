"""One wide log line and two metrics for every request."""

from collections.abc import Awaitable, Callable
from time import perf_counter

import structlog
from aiohttp import web

from lea.handlers.problems import REQUEST_ID
from lea.metrics import HTTP_REQUESTS, HTTP_SECONDS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger()


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost, so that it sees the status that really goes out. Paths are logged as patterns, never as sent."""
    start = perf_counter()
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    finally:
        seconds = perf_counter() - start
        route = _pattern(request)
        HTTP_REQUESTS.labels(request.method, route, str(status)).inc()
        HTTP_SECONDS.labels(request.method, route).observe(seconds)
        log.info(
            "request.ended",
            request_id=request.get(REQUEST_ID),
            method=request.method,
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 3),
            remote=request.remote,
        )


def _pattern(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"
