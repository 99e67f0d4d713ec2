"""What was written on WhatsApp, for a company's admins, and answering oneself."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy import Row

from lea.channels.whatsapp.formatting import split
from lea.channels.whatsapp.line import WINDOW_S
from lea.clock import iso
from lea.errors import BadRequest, Conflict
from lea.handlers.keys import CLOCK, STORE
from lea.handlers.paging import cursor, cursor_after, limit
from lea.handlers.parameters import PAGED
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.handlers.whatsapp import READ_ALONG, WHATSAPP
from lea.handlers.whatsapp_admin import NUMBERS, company_of, contact_of
from lea.ids import CompanyId, new_id
from lea.log import audit
from lea.store import directory, whatsapp, whatsapp_outbox, whatsapp_views
from lea.store.acts import Connection
from lea.store.whatsapp_outbox import Part

PAGE: Final = 50


class ReplyBody(Model):
    """What a person writes instead of Léa."""

    text: Annotated[str, Field(min_length=1, max_length=16_000)]


class InboxMessage(BaseModel):
    """`error` says why it is as it is: `window` after 24 hours, `unsure`, a word of Léa's, or Meta's code.

    `log` is what `by` did with the conversation: `held` or `given_back`; else `by` is who wrote instead of Léa.
    """

    id: str
    direction: Literal["in", "out", "log"]
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
    by: str | None


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
    if not parts:
        raise BadRequest("message_blank")

    def unit(connection: Connection) -> None:
        contact = contact_of(connection, company_id, number)
        if now - (contact.wrote_at or 0.0) >= WINDOW_S:
            raise Conflict("whatsapp_window")
        whatsapp_outbox.put(connection, company_id, number, new_id("wr"), parts, now, call.identity.user_id)
        whatsapp.wake(connection, number, now)

    await call.app[STORE].write(unit)
    audit("whatsapp_number.answered", "done", who=call.identity.user_id)
    call.app[READ_ALONG](company_id)
    worker = call.app[WHATSAPP]
    if worker is not None:
        worker.wake()
    return json_response({"parts": len(parts)}, 202)


@routes.add("GET", "/v1/admin/whatsapp/inbox", answer=InboxPage, access="admin", query=PAGED)
async def inbox(call: Call[Empty]) -> web.StreamResponse:
    """Every message of either direction with how far it came, newest first."""
    return json_response(await _page(call, await company_of(call), None))


@routes.add("GET", NUMBERS + "/{id}/messages", answer=InboxPage, access="admin", query=PAGED)
async def said(call: Call[Empty]) -> web.StreamResponse:
    """What was said with this number, and who took it over and gave it back, newest first."""
    company_id, number = await company_of(call), client_id(call.request)
    await call.app[STORE].read(lambda connection: contact_of(connection, company_id, number))
    return json_response(await _page(call, company_id, number))


async def _page(call: Call[Empty], company_id: CompanyId, number: str | None) -> dict[str, object]:
    size, after = limit(call.request, PAGE), cursor(call.request)

    def unit(connection: Connection) -> tuple[list[Row[Any]], dict[str, str]]:
        found = whatsapp_views.page(connection, company_id, after, size + 1, number)
        return found, directory.names(connection, company_id, {row.said_by for row in found if row.said_by})

    found, names = await call.app[STORE].read(unit)
    shown = found[:size]
    more = cursor_after(shown[-1].created_at, shown[-1].id) if len(found) > size else None
    return {"messages": [message_answer(row, names) for row in shown], "next_cursor": more}


def message_answer(row: Row[Any], names: dict[str, str]) -> dict[str, object]:
    """A message on the wire."""
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
        "by": None if row.said_by is None else names.get(row.said_by, ""),
    }
