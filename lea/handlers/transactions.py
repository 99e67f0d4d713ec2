"""Transactions: list, search, open, read, change."""

from aiohttp import web

from lea.actions.by_hand import Hand
from lea.clock import iso
from lea.errors import BadRequest
from lea.handlers import paging
from lea.handlers.keys import CLOCK, CONFIG, DESK, NEWS, STORE
from lea.handlers.parameters import PAGED, one_of
from lea.handlers.routes import Body, Call, Empty, Routes, client_id, json_response
from lea.handlers.transactions_answers import (
    TransactionAnswer,
    TransactionBody,
    TransactionChange,
    TransactionPage,
    WholeTransaction,
    form_summary,
    note_answer,
    transaction_answer,
)
from lea.ids import CompanyId, derived_id, new_id
from lea.records import forms
from lea.records import transactions as rules
from lea.records.fields import KINDS, STAGES
from lea.records.transactions import FIELDS, Author, Connection, Note, Transaction
from lea.store import acts, directory
from lea.store.acts import Receipt

PAGE = 50
NOTES = 50
"""Of a transaction's notes, the newest that come with it."""
RECEIPTS = 50

routes = Routes("transactions")


@routes.add(
    "GET",
    "/v1/transactions",
    answer=TransactionPage,
    query={
        "q": "words of the reference, the address or a party's name",
        "kind": one_of(*KINDS),
        "stage": one_of(*STAGES),
        **PAGED,
    },
)
async def list_transactions(call: Call[Empty]) -> web.StreamResponse:
    """The company's transactions, the last changed first."""
    request, company_id = call.request, call.identity.company_id
    limit, before = paging.limit(request, PAGE), paging.cursor(request)
    query = paging.words(request) if request.query.get("q", "").strip() else ""
    kind, stage = _known(request, "kind", KINDS), _known(request, "stage", STAGES)
    files, total = await call.app[STORE].read(
        lambda connection: rules.find(
            connection, company_id, query=query, kind=kind, stage=stage, limit=limit + 1, before=before
        )
    )
    last = files[limit - 1] if len(files) > limit else None
    return json_response(
        {
            "transactions": [transaction_answer(file) for file in files[:limit]],
            "total": total,
            "next_cursor": None if last is None else paging.cursor_after(last.updated_at, last.id),
        }
    )


@routes.add("POST", "/v1/transactions", body=TransactionBody, answer=TransactionAnswer, status=201)
async def create(call: Call[TransactionBody]) -> web.StreamResponse:
    """Open a file; with a `request_id` that was used already, the file it opened then."""
    identity, now = call.identity, call.app[CLOCK].now()
    fields = call.body.model_dump(exclude={"parties", "request_id"})
    parties = [party.model_dump() for party in call.body.parties]
    asked = call.body.request_id
    own_id = new_id("tr") if asked is None else derived_id("transaction", identity.company_id, identity.user_id, asked)
    geocode = bool(call.app[CONFIG].geocoding.url)
    author, hand = author_of(call), hand_of(call, now)

    def unit(connection: Connection) -> Transaction:
        file = rules.create(
            connection, identity.company_id, fields, parties, author, now, transaction_id=own_id, geocode=geocode
        )
        if file.created_at == now:
            hand.created(connection, file)
        return file

    file = await call.app[STORE].write(unit)
    if file.created_at == now:
        call.app[NEWS].changed(identity.company_id, file.id, file.reference, "created")
    return json_response(transaction_answer(file), 201)


@routes.add("GET", "/v1/transactions/{id}", answer=WholeTransaction)
async def read(call: Call[Empty]) -> web.StreamResponse:
    """One transaction by its id or reference, with its parties, newest notes, forms, and what was done to it last."""
    name, company_id = client_id(call.request), call.identity.company_id
    file, notes, made, done = await call.app[STORE].read(lambda connection: _whole(connection, company_id, name))
    events = [
        call.app[DESK].event(receipt, call.language).wire()["action"] | {"at": iso(receipt.created_at), "by": by}
        for receipt, by in done
    ]
    return json_response(
        transaction_answer(file)
        | {
            "notes": [note_answer(note) for note in notes],
            "forms": [form_summary(form) for form in made],
            "receipts": events,
        }
    )


@routes.add("PATCH", "/v1/transactions/{id}", body=TransactionChange, answer=TransactionAnswer)
async def change(call: Call[TransactionChange]) -> web.StreamResponse:
    """Change fields; 409 where `version` is no longer the current one."""
    name, company_id, now = client_id(call.request), call.identity.company_id, call.app[CLOCK].now()
    sent = call.body.model_dump(exclude_unset=True)
    fields = {field: value for field, value in sent.items() if field in FIELDS}
    version, geocode = call.body.version, bool(call.app[CONFIG].geocoding.url)
    hand = hand_of(call, now)

    def unit(connection: Connection) -> tuple[bool, Transaction]:
        before, after = rules.change(connection, company_id, name, fields, now, version=version, geocode=geocode)
        file = rules.get(connection, company_id, name)
        if after:
            hand.changed(connection, file, before, after)
        return bool(after), file

    changed, file = await call.app[STORE].write(unit)
    if changed:
        call.app[NEWS].changed(company_id, file.id, file.reference)
    return json_response(transaction_answer(file))


def author_of(call: Call[Body]) -> Author:
    """The caller, as records remember who did it."""
    return Author(call.identity.user_id, call.identity.name)


def hand_of(call: Call[Body], now: float) -> Hand:
    """Whoever writes the receipt of what the caller does."""
    return Hand(call.identity, call.language, now)


def _whole(
    connection: Connection, company_id: CompanyId, name: str
) -> tuple[Transaction, list[Note], list[forms.Form], list[tuple[Receipt, str]]]:
    file = rules.get(connection, company_id, name)
    done = acts.of_record(connection, company_id, file.id, RECEIPTS)
    names = directory.names(connection, company_id, {receipt.user_id for receipt in done})
    return (
        file,
        rules.notes(connection, company_id, file.id, NOTES),
        forms.forms(connection, company_id, file.id),
        [(receipt, names.get(receipt.user_id, "")) for receipt in done],
    )


def _known(request: web.Request, name: str, values: tuple[str, ...]) -> str | None:
    value = request.query.get(name)
    if value is not None and value not in values:
        raise BadRequest(f"{name}_unknown", errors=[{"path": name, "message": f"{name}_unknown"}])
    return value
