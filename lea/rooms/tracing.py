"""Where traces go, if anywhere."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from lea.config import Config
from lea.errors import StartError
from lea.handlers.keys import CLOCK, TRACES
from lea.rooms.keys import Room


def tracing(config: Config) -> Room:
    """OpenTelemetry is an extra, and imported only where there is a receiver. Raises StartError."""
    endpoint = config.tracing.endpoint
    if not endpoint:
        return _none
    try:
        from lea.tracing import Traces
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        raise StartError("tracing.endpoint: needs the tracing extra: pip install 'lea[tracing]'") from None

    async def room(app: web.Application) -> AsyncIterator[None]:
        traces = await asyncio.to_thread(Traces, endpoint, app[CLOCK])  # it reads the environment and files
        app[TRACES] = traces
        yield
        await traces.aclose()

    return room


async def _none(app: web.Application) -> AsyncIterator[None]:
    app[TRACES] = None
    yield
