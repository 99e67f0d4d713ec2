"""What was written on WhatsApp, for a company's admins, and answering oneself."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field

from lea.channels.whatsapp.formatting import split
from lea.channels.whatsapp.line import WINDOW_S
from lea.clock import iso
from lea.errors import Conflict
from lea.handlers.keys import CLOCK, STORE
from lea.handlers.paging import cursor, cursor_after, limit
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.handlers.whatsapp import WHATSAPP
from lea.handlers.whatsapp_admin import NUMBERS, company_of, contact_of
from lea.ids import new_id
from lea.log import audit
from lea.store import whatsapp, whatsapp_outbox
from lea.store.acts import Connection
from lea.store.whatsapp_outbox import Part

PAGE: Final = 50


class ReplyBody(Model):
    """What a person writes instead of Léa."""

    text: Annotated[str, Field(min_length=1, max_length=16_000)]


class InboxMessage(BaseModel):
    """`error` says why it is as it is: `window` after 24 hours, `unsure`, a word of Léa's, or Meta's code."""

    id: str
    direction: Literal["in", "out"]
    number: str
    kind: str
    text: str
    file: str | None
    state: str
    error: str | None
    attempts: int
    said_at: str | None
    created_at: str
    turn_id: str | None


class InboxPage(BaseModel):
    messages: list[InboxMessage]
    next_cursor: str | None


class Queued(BaseModel):
    parts: int


routes = Routes("admin")


@routes.add("POST", NUMBERS + "/{id}/messages", body=ReplyBody, answer=Queued, status=202, access="admin")
async def reply(call: Call[ReplyBody]) -> web.StreamResponse:
    """Write to this number oneself; 409 `whatsapp_window` where its person has not written for 24 hours."""
    company_id, number, now = await company_of(call), client_id(call.request), call.app[CLOCK].now()
    parts = [Part(text) for text in split(call.body.text.replace("\0", ""))]

    def unit(connection: Connection) -> None:
        contact = contact_of(connection, company_id, number)
        if now - (contact.wrote_at or 0.0) >= WINDOW_S:
            raise Conflict("whatsapp_window")
        whatsapp_outbox.put(connection, company_id, number, new_id("wr"), parts, now)
        whatsapp.wake(connection, number, now)

    await call.app[STORE].write(unit)
    audit("whatsapp_number.answered", "done", who=call.identity.user_id)
    worker = call.app[WHATSAPP]
    if worker is not None:
        worker.wake()
    return json_response({"parts": len(parts)}, 202)


@routes.add(
    "GET",
    "/v1/admin/whatsapp/inbox",
    answer=InboxPage,
    access="admin",
    query={"limit": "1 to 100", "cursor": "of the page before"},
)
async def inbox(call: Call[Empty]) -> web.StreamResponse:
    """Every message of either direction with how far it came, newest first."""
    company_id, size, after = await company_of(call), limit(call.request, PAGE), cursor(call.request)
    found = await call.app[STORE].read(lambda c: whatsapp_outbox.page(c, company_id, after, size + 1))
    shown = found[:size]
    more = cursor_after(shown[-1].created_at, shown[-1].id) if len(found) > size else None
    return json_response({"messages": [_message(row) for row in shown], "next_cursor": more})


def _message(row: Any) -> dict[str, object]:
    turn_id = row.turn_id or (row.about if (row.about or "").startswith("t_") else None)
    return {
        "id": row.id,
        "direction": row.direction,
        "number": "+" + row.number,
        "kind": row.kind,
        "text": row.text,
        "file": row.media_name,
        "state": row.state,
        "error": row.error,
        "attempts": row.attempts,
        "said_at": None if row.said_at is None else iso(row.said_at),
        "created_at": iso(row.created_at),
        "turn_id": turn_id,
    }
