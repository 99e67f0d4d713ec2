"""Other sites' scripts: refused by every browser unless the settings name their origin.

A named one may call what a bearer token opens. Cookies never come along, since nothing here allows credentials.
"""

from collections.abc import Iterable
from typing import Final

from aiohttp import web

from lea.errors import MethodNotAllowed
from lea.handlers.routes import Routes

OF_OPENAI: Final = ("Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Retry-Count", "Timeout")
"""What OpenAI's client tells of itself; a browser sends none of its requests where one of these is not allowed."""
ALLOWED_HEADERS: Final = ", ".join(
    (
        *("Authorization", "Content-Type", "Accept-Language", "Last-Event-ID", "X-Request-Id", "X-Lea-Thread"),
        *(f"X-Stainless-{name}" for name in OF_OPENAI),
    )
)
EXPOSED_HEADERS: Final = "X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, Content-Disposition"
REMEMBERED_S: Final = "600"


class Cors:
    """Which origin may call what."""

    def __init__(self, origins: Iterable[str], groups: Iterable[Routes]) -> None:
        self._origins = frozenset(origins)
        self._methods: dict[str, list[str]] = {}
        for group in groups:
            for route in group.all:
                if route.access != "public":
                    self._methods.setdefault(route.path, []).append(route.method)

    def install(self, app: web.Application) -> None:
        """Nothing at all where no origin is named."""
        if not self._origins:
            return
        for path in self._methods:
            app.router.add_route("OPTIONS", path, self.preflight)
        app.on_response_prepare.append(self.tell)

    async def preflight(self, request: web.Request) -> web.Response:
        """What a browser asks before the request itself."""
        methods = ", ".join(self._methods[_pattern(request)])
        if not self._allows(request) or "Access-Control-Request-Method" not in request.headers:
            raise MethodNotAllowed(headers={"Allow": methods})
        headers = {
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": REMEMBERED_S,
        }
        return web.Response(status=204, headers=headers)

    async def tell(self, request: web.Request, response: web.StreamResponse) -> None:
        """For `on_response_prepare`: refusals and streams can be read as well."""
        response.headers.add("Vary", "Origin")
        if self._allows(request):
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS

    def _allows(self, request: web.Request) -> bool:
        return request.headers.get("Origin") in self._origins and _pattern(request) in self._methods


def _pattern(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical
