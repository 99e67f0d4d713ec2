"""What belongs to a transaction: its parties, its notes and its forms."""

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from aiohttp import web

from lea.actions.by_hand import Hand
from lea.errors import BadRequest
from lea.handlers.headers import CSP, NOTHING
from lea.handlers.keys import CLOCK, MANAGER, NEWS, STORE
from lea.handlers.parameters import one_of
from lea.handlers.routes import Body, Call, Empty, Routes, client_id, json_response
from lea.handlers.transactions import author_of, hand_of
from lea.handlers.transactions_answers import (
    FormAnswer,
    FormBody,
    NoteAnswer,
    NoteBody,
    PartyAnswer,
    PartyBody,
    form_answer,
    note_answer,
    party_answer,
)
from lea.ids import new_id
from lea.records import form_html, forms
from lea.records import transactions as rules
from lea.records.form_pdf import pdf
from lea.records.forms import Form
from lea.records.transactions import Connection, Transaction

T = TypeVar("T")

PRINTED = f"{NOTHING}; style-src 'sha256-{base64.b64encode(sha256(form_html.STYLE.encode()).digest()).decode()}'"
"""A form's page has the one style it brings, and nothing else."""

routes = Routes("transactions")


@routes.add("POST", "/v1/transactions/{id}/parties", body=PartyBody, answer=PartyAnswer, status=201)
async def add_party(call: Call[PartyBody]) -> web.StreamResponse:
    """Add somebody to a transaction."""
    name, company_id, now = client_id(call.request), call.identity.company_id, call.app[CLOCK].now()
    party, party_id = call.body.model_dump(), new_id("pa")
    added = await _written(
        call,
        lambda connection: rules.add_party(connection, company_id, name, party, now, party_id=party_id),
        Hand.party_added,
    )
    return json_response(party_answer(added), 201)


@routes.add("DELETE", "/v1/transactions/{id}/parties/{party_id}", status=204)
async def remove_party(call: Call[Empty]) -> web.StreamResponse:
    """Take somebody out of a transaction."""
    name, party_id = client_id(call.request), client_id(call.request, "party_id")
    company_id, now = call.identity.company_id, call.app[CLOCK].now()
    await _written(
        call,
        lambda connection: rules.remove_party(connection, company_id, name, party_id, now),
        Hand.party_removed,
    )
    return web.Response(status=204)


@routes.add("POST", "/v1/transactions/{id}/notes", body=NoteBody, answer=NoteAnswer, status=201)
async def add_note(call: Call[NoteBody]) -> web.StreamResponse:
    """Write something down."""
    name, company_id, now = client_id(call.request), call.identity.company_id, call.app[CLOCK].now()
    text, author, note_id = call.body.text, author_of(call), new_id("no")
    note = await _written(
        call,
        lambda connection: rules.add_note(connection, company_id, name, text, author, now, note_id=note_id),
        Hand.note_added,
    )
    return json_response(note_answer(note), 201)


@routes.add("DELETE", "/v1/transactions/{id}/notes/{note_id}", status=204)
async def remove_note(call: Call[Empty]) -> web.StreamResponse:
    """Delete a note."""
    name, note_id = client_id(call.request), client_id(call.request, "note_id")
    company_id, now = call.identity.company_id, call.app[CLOCK].now()
    await _written(
        call,
        lambda connection: rules.remove_note(connection, company_id, name, note_id, now),
        Hand.note_removed,
    )
    return web.Response(status=204)


@routes.add("POST", "/v1/transactions/{id}/forms", body=FormBody, answer=FormAnswer, status=201)
async def make_form(call: Call[FormBody]) -> web.StreamResponse:
    """Fill a form with what the transaction knows; it stays as it was made."""
    name, company_id, now = client_id(call.request), call.identity.company_id, call.app[CLOCK].now()
    template, language = call.body.template, call.body.language or call.language
    author, form_id = author_of(call), new_id("fo")
    form = await _written(
        call,
        lambda connection: forms.make(connection, company_id, name, template, language, author, now, form_id=form_id),
        Hand.form_made,
    )
    return json_response(form_answer(form), 201)


@routes.add(
    "GET",
    "/v1/forms/{id}",
    answer="text/html",
    media={"application/pdf": None, "application/json": FormAnswer},
    query={"format": one_of("html", "pdf", "json")},
)
async def read_form(call: Call[Empty]) -> web.StreamResponse:
    """A form to read and print, as a PDF file, or its values."""
    kind = call.request.query.get("format", "html")
    if kind not in {"html", "pdf", "json"}:
        raise BadRequest(errors=[{"path": "format", "message": "html, pdf or json"}])
    form_id, company_id = client_id(call.request), call.identity.company_id
    form = await call.app[STORE].read(lambda connection: forms.form(connection, company_id, form_id))
    if kind == "json":
        return json_response(form_answer(form))
    if kind == "pdf":
        return await _pdf(call, form)
    return web.Response(
        text=form_html.page(form),
        content_type="text/html",
        charset="utf-8",
        headers={CSP: PRINTED, "Cache-Control": "no-store"},
    )


async def _pdf(call: Call[Empty], form: Form) -> web.Response:
    """Drawn in the caller's own slot of the threads, so that many at once delay nobody else."""
    session, _ = await call.app[MANAGER].session(call.identity)
    drawn = await session.run_blocking(lambda: pdf(form))
    name = f"{form.content['reference']}-{form.template}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=drawn, content_type="application/pdf", headers=headers)


async def _written(
    call: Call[Body],
    unit: Callable[[Connection], T],
    receipt: Callable[[Hand, Connection, Transaction, T], None],
) -> T:
    """Run the unit with its receipt, then tell of the transaction it belongs to."""
    company_id, name = call.identity.company_id, client_id(call.request)
    hand = hand_of(call, call.app[CLOCK].now())

    def whole(connection: Connection) -> tuple[T, Transaction]:
        done, file = unit(connection), rules.get(connection, company_id, name)
        receipt(hand, connection, file, done)
        return done, file

    done, file = await call.app[STORE].write(whole)
    call.app[NEWS].changed(company_id, file.id, file.reference)
    return done
