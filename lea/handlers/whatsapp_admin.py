"""Whose number on WhatsApp is whose, for a company's admins, and handing one over to people."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import AfterValidator, BaseModel, Field

from lea.channels.whatsapp.line import WINDOW_S
from lea.clock import iso
from lea.errors import Conflict, NotFound
from lea.handlers.keys import CLOCK, CONFIG, STORE
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.handlers.whatsapp import READ_ALONG
from lea.ids import CompanyId, UserId
from lea.log import audit
from lea.store import accounts, directory, whatsapp, whatsapp_outbox, whatsapp_views
from lea.store.acts import Connection
from lea.store.whatsapp import Contact

NUMBERS: Final = "/v1/admin/whatsapp/numbers"
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
SEPARATORS: Final = re.compile(r"[ .()\-\u00a0\u202f]")


def _number(value: str) -> str:
    bare = SEPARATORS.sub("", value)
    if not E164.fullmatch(bare):
        raise ValueError("phone_not_international")
    return bare


class NumberBody(Model):
    """A number as it is dialled from abroad (`+33612345678`), and whose it is."""

    number: Annotated[str, Field(max_length=40), AfterValidator(_number)]
    user_id: Annotated[str, Field(min_length=1, max_length=140)]


class HoldBody(Model):
    """`held`: people answer instead of Léa."""

    held: bool


class NumberEntry(BaseModel):
    """`window_until` is until when the person may be written to; `held_at` since when people answer, `held_by` who."""

    number: str
    user_id: str | None
    name: str
    linked_at: str | None
    wrote_at: str | None
    window_until: str | None
    held_at: str | None
    held_by: str | None


class NumberList(BaseModel):
    numbers: list[NumberEntry]


routes = Routes("admin")


@routes.add("GET", NUMBERS, answer=NumberList, access="admin")
async def numbers(call: Call[Empty]) -> web.StreamResponse:
    """Every number that is somebody's."""
    company_id = await company_of(call)

    def unit(connection: Connection) -> tuple[list[Contact], dict[str, str]]:
        found = list(whatsapp.linked(connection, company_id))
        return found, names_of(connection, found)

    found, names = await call.app[STORE].read(unit)
    return json_response({"numbers": [number_answer(one, names) for one in found]})


@routes.add("PUT", NUMBERS, body=NumberBody, answer=NumberEntry, access="admin")
async def link(call: Call[NumberBody]) -> web.StreamResponse:
    """From here on who writes from this number is this user: their conversations, actions, limits and costs."""
    company_id, user_id = await company_of(call), UserId(call.body.user_id)
    number, now = call.body.number.removeprefix("+"), call.app[CLOCK].now()

    def unit(connection: Connection) -> tuple[Contact, dict[str, str]]:
        account = accounts.find(connection, user_id)
        if account is None or account.company_id != company_id:
            raise NotFound
        if account.disabled:
            raise Conflict("account_disabled")
        before = whatsapp.find(connection, company_id, number)
        if before is not None and before.user_id != user_id:
            whatsapp_outbox.drop_answers(connection, number)
        whatsapp.link(connection, company_id, number, user_id, now)
        contact = contact_of(connection, company_id, number)
        return contact, names_of(connection, [contact])

    contact, names = await call.app[STORE].write(unit)
    audit("whatsapp_number.linked", "done", who=call.identity.user_id, target=user_id)
    call.app[READ_ALONG](company_id)
    return json_response(number_answer(contact, names))


@routes.add("DELETE", NUMBERS + "/{id}", status=204, access="admin")
async def unlink(call: Call[Empty]) -> web.StreamResponse:
    """The number (digits, without +) is nobody's any more."""
    company_id, number = await company_of(call), client_id(call.request)

    def unit(connection: Connection) -> None:
        if not whatsapp.unlink(connection, company_id, number):
            raise NotFound
        whatsapp_outbox.drop_answers(connection, number)

    await call.app[STORE].write(unit)
    audit("whatsapp_number.unlinked", "done", who=call.identity.user_id)
    call.app[READ_ALONG](company_id)
    return web.Response(status=204)


@routes.add("PUT", NUMBERS + "/{id}/hold", body=HoldBody, answer=NumberEntry, access="admin")
async def hold(call: Call[HoldBody]) -> web.StreamResponse:
    """People answer this number, or Léa again; what comes meanwhile is kept and not answered later."""
    company_id, number = await company_of(call), client_id(call.request)
    who, now = call.identity.user_id, call.app[CLOCK].now()
    holder = who if call.body.held else None

    def unit(connection: Connection) -> tuple[Contact, dict[str, str], bool]:
        contact = contact_of(connection, company_id, number)
        if contact.user_id is None:
            raise NotFound
        changes = (contact.held_by, contact.held_at is None) != (holder, holder is None)
        if changes:
            whatsapp.hold(connection, contact, holder, now)
            whatsapp_views.note(connection, contact, "held" if holder else "given_back", who, now)
            contact = contact_of(connection, company_id, number)
        return contact, names_of(connection, [contact]), changes

    contact, names, changed = await call.app[STORE].write(unit)
    if changed:
        audit("whatsapp_number.held" if holder else "whatsapp_number.given_back", "done", who=who)
        call.app[READ_ALONG](company_id)
    return json_response(number_answer(contact, names))


async def company_of(call: Call[Any]) -> CompanyId:
    """The caller's company, if it has WhatsApp. Raises NotFound."""
    name, own = call.app[CONFIG].whatsapp.company, call.identity.company_id
    if not name or own != await call.app[STORE].read(lambda connection: directory.company_called(connection, name)):
        raise NotFound
    return own


def contact_of(connection: Connection, company_id: CompanyId, number: str) -> Contact:
    """A number of this company. Raises NotFound."""
    contact = whatsapp.find(connection, company_id, number)
    if contact is None:
        raise NotFound
    return contact


def names_of(connection: Connection, found: Sequence[Contact]) -> dict[str, str]:
    """What the people are called whose these numbers are, and those who answer instead of Léa."""
    ids = {user_id for one in found for user_id in (one.user_id, one.held_by) if user_id is not None}
    return directory.names(connection, found[0].company_id, ids) if found else {}


def number_answer(contact: Contact, names: dict[str, str]) -> dict[str, object]:
    """A number on the wire."""
    wrote_at = contact.wrote_at
    return {
        "number": "+" + contact.number,
        "user_id": contact.user_id,
        "name": names.get(contact.user_id or "", ""),
        "linked_at": None if contact.linked_at is None else iso(contact.linked_at),
        "wrote_at": None if wrote_at is None else iso(wrote_at),
        "window_until": None if wrote_at is None else iso(wrote_at + WINDOW_S),
        "held_at": None if contact.held_at is None else iso(contact.held_at),
        "held_by": None if contact.held_at is None else names.get(contact.held_by or "", ""),
    }
