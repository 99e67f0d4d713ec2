"""What stand-ins of other systems share: a real HTTP server on any port that can hang, break off or be gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler

Fault = Literal["", "hang", "drop", "busy", "down", "nonsense"]


class FaultyApp:
    """`calls` counts requests that were begun; `heard` waits for them."""

    def __init__(self) -> None:
        self.url = ""
        self.fault: Fault = ""
        self.calls = 0
        self.released = asyncio.Event()
        self._heard = asyncio.Condition()

    async def heard(self, calls: int) -> None:
        """Until it was called so often."""
        async with asyncio.timeout(30), self._heard:
            await self._heard.wait_for(lambda: self.calls >= calls)

    @web.middleware
    async def meet(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the fault strike instead of the handler."""
        async with self._heard:
            self.calls += 1
            self._heard.notify_all()
        match self.fault:
            case "hang":
                await self.released.wait()
            case "drop":
                assert request.transport is not None
                request.transport.abort()
            case "busy":
                return web.Response(status=429, text="slow down")
            case "down":
                return web.Response(status=503, text="<html>maintenance</html>")
            case "nonsense":
                return web.Response(text="<html>welcome</html>", content_type="text/html")
        answer: web.StreamResponse = await handler(request)
        return answer

    @asynccontextmanager
    async def serving(self, app: web.Application) -> AsyncIterator[None]:
        """On any free port of this machine, until the end; what hangs is let go."""
        app.middlewares.append(self.meet)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*runner.addresses[0][:2])
        try:
            yield
        finally:
            self.released.set()
            await runner.cleanup()
