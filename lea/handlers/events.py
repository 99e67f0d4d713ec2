"""One stream a tab for everything outside the conversation it shows."""

from aiohttp import web

from lea.handlers.keys import ADMINS, NOTICES, STREAMS
from lea.handlers.parameters import AFTER, LAST_EVENT
from lea.handlers.routes import Call, Empty, Routes
from lea.handlers.streamed import NoticeEvent

routes = Routes("events")


@routes.add("GET", "/v1/lea/events", answer="text/event-stream", events=NoticeEvent, query=AFTER, headers=LAST_EVENT)
async def events(call: Call[Empty]) -> web.StreamResponse:
    """Turns, conversations and records that change, and `resync` when something was missed; breakers for admins."""
    cursor = call.request.headers.get("Last-Event-ID") or call.request.query.get("after")
    streams = call.app[STREAMS]
    notices, admins = call.app[NOTICES], call.app[ADMINS]
    who = call.identity
    with admins.listening(who), notices.listening(who.user_id, who.company_id, cursor) as (topic, after):
        async with streams.open(call.request, who, {}) as opened:
            return await streams.follow(opened, topic, after)
