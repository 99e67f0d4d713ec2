"""One stream a tab for everything outside the conversation it shows."""

from aiohttp import web

from lea.handlers.keys import NOTICES, STREAMS
from lea.handlers.routes import Call, Empty, Routes

routes = Routes("events")


@routes.add(
    "GET", "/v1/lea/events", answer="text/event-stream", query={"after": "a cursor, where no header can be sent"}
)
async def events(call: Call[Empty]) -> web.StreamResponse:
    """Turns that begin and end, conversations that change; `resync` when something may have been missed."""
    cursor = call.request.headers.get("Last-Event-ID") or call.request.query.get("after")
    streams = call.app[STREAMS]
    with call.app[NOTICES].listening(call.identity.user_id, cursor) as (topic, after):
        return await streams.follow(await streams.open(call.request, {}), topic, after)
