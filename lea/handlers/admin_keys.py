"""The API keys of the company's people, for its admins."""

from aiohttp import web
from pydantic import BaseModel

from lea.clock import iso
from lea.errors import BadRequest
from lea.handlers.admin_users import OneLine
from lea.handlers.chat import ClientId
from lea.handlers.keys import AUTH, STORE
from lea.handlers.paging import cursor, cursor_after, limit
from lea.handlers.parameters import PAGED, Parameter
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.ids import CLIENT_ID, UserId
from lea.store import keys as rows
from lea.store.keys import Key

PAGE = 50
KEYS = "/v1/admin/keys"
BEGINNING = 14
"""Shown characters of a key after `lea_`: the time it was made and some of chance; the secret comes after 24."""


class KeyBody(Model):
    """Whose the key is, and what it is for."""

    user_id: ClientId
    label: OneLine


class KeyEntry(BaseModel):
    """`begins` is how the key itself begins, so that it can be found where it is used."""

    id: str
    begins: str
    user_id: str
    name: str
    email: str
    label: str
    created_at: str
    revoked_at: str | None


class KeyPage(BaseModel):
    keys: list[KeyEntry]
    next_cursor: str | None


class KeyMade(BaseModel):
    """`secret` is the whole key, shown this once."""

    key: KeyEntry
    secret: str


routes = Routes("admin")


@routes.add(
    "GET",
    KEYS,
    answer=KeyPage,
    access="admin",
    query={"user_id": Parameter("whose"), **PAGED},
)
async def keys(call: Call[Empty]) -> web.StreamResponse:
    """The company's keys, the newest first, also those that were revoked."""
    request, company_id = call.request, call.identity.company_id
    size, after, of = limit(request, PAGE), cursor(request), request.query.get("user_id")
    if of is not None and not CLIENT_ID.fullmatch(of):
        raise BadRequest("invalid_id")
    whose = None if of is None else UserId(of)
    found = await call.app[STORE].read(lambda c: rows.page(c, company_id, of=whose, after=after, limit=size + 1))
    shown = found[:size]
    following = cursor_after(shown[-1].created_at, shown[-1].id) if len(found) > size else None
    return json_response({"keys": [_entry(one) for one in shown], "next_cursor": following})


@routes.add("POST", KEYS, body=KeyBody, answer=KeyMade, status=201, access="admin")
async def create(call: Call[KeyBody]) -> web.StreamResponse:
    """A new key of somebody of the company, who is whom its requests are made by."""
    key, secret = await call.app[AUTH].people.create_key(call.identity, UserId(call.body.user_id), call.body.label)
    response = json_response({"key": _entry(key), "secret": secret}, status=201)
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.add("DELETE", KEYS + "/{id}", status=204, access="admin")
async def revoke(call: Call[Empty]) -> web.StreamResponse:
    """Take a key back for good, at once."""
    await call.app[AUTH].people.revoke_key(call.identity, client_id(call.request))
    return web.Response(status=204)


def _entry(one: Key) -> dict[str, object]:
    return {
        "id": one.id,
        "begins": f"lea_{one.id.removeprefix('key_')[:BEGINNING]}",
        "user_id": one.user_id,
        "name": one.name,
        "email": one.email,
        "label": one.label,
        "created_at": iso(one.created_at),
        "revoked_at": None if one.revoked_at is None else iso(one.revoked_at),
    }
