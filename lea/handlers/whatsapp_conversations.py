"""The conversations on WhatsApp, for a company's admins: which there are, and which of them wait for a person."""

from typing import Final

from aiohttp import web
from pydantic import BaseModel

from lea.channels.whatsapp.formatting import shortened
from lea.clock import iso
from lea.errors import NotFound
from lea.handlers.keys import STORE
from lea.handlers.paging import cursor, cursor_after, limit
from lea.handlers.parameters import PAGED
from lea.handlers.routes import Call, Empty, Routes, client_id, json_response
from lea.handlers.whatsapp_admin import NumberEntry, company_of, names_of, number_answer
from lea.store import whatsapp_views
from lea.store.acts import Connection
from lea.store.whatsapp_views import Talk

PAGE: Final = 30
EXCERPT: Final = 200
CONVERSATIONS: Final = "/v1/admin/whatsapp/conversations"


class LastMessage(BaseModel):
    """`text` is its beginning."""

    direction: str
    kind: str
    text: str
    file: str | None
    state: str


class Conversation(NumberEntry):
    """`waiting` is how many messages came since people answer, after the last of theirs; `at` when it was last used."""

    at: str
    waiting: int
    last: LastMessage | None


class ConversationPage(BaseModel):
    conversations: list[Conversation]
    next_cursor: str | None


routes = Routes("admin")


@routes.add("GET", CONVERSATIONS, answer=ConversationPage, access="admin", query=PAGED)
async def conversations(call: Call[Empty]) -> web.StreamResponse:
    """Whoever was ever written with, those last used first; numbers that are nobody's too."""
    company_id, size, after = await company_of(call), limit(call.request, PAGE), cursor(call.request)

    def unit(connection: Connection) -> tuple[list[Talk], dict[str, str]]:
        found = whatsapp_views.conversations(connection, company_id, after, size + 1)
        return found, names_of(connection, [one.contact for one in found])

    found, names = await call.app[STORE].read(unit)
    shown = found[:size]
    more = cursor_after(shown[-1].at, shown[-1].contact.number) if len(found) > size else None
    return json_response({"conversations": [_answer(one, names) for one in shown], "next_cursor": more})


@routes.add("GET", CONVERSATIONS + "/{id}", answer=Conversation, access="admin")
async def conversation(call: Call[Empty]) -> web.StreamResponse:
    """One of them, by its number's digits."""
    company_id, number = await company_of(call), client_id(call.request)

    def unit(connection: Connection) -> tuple[Talk | None, dict[str, str]]:
        found = whatsapp_views.conversation(connection, company_id, number)
        return found, {} if found is None else names_of(connection, [found.contact])

    found, names = await call.app[STORE].read(unit)
    if found is None:
        raise NotFound
    return json_response(_answer(found, names))


def _answer(talk: Talk, names: dict[str, str]) -> dict[str, object]:
    row = talk.last
    last = row and {
        "direction": row.direction,
        "kind": row.kind,
        "text": shortened(" ".join(row.text.split()), EXCERPT),
        "file": row.media_name,
        "state": row.state,
    }
    return {**number_answer(talk.contact, names), "at": iso(talk.at), "waiting": talk.waiting, "last": last}
