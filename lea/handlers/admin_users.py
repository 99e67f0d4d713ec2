"""The company's people, for its admins: who there is, who is new, who may no longer come in."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Literal

from aiohttp import web
from pydantic import AfterValidator, BaseModel, Field, model_validator

from lea.auth.enrolment import MAX_EMAIL, normalise_email
from lea.auth.people import Invited, Link
from lea.clock import iso
from lea.errors import BadRequest
from lea.handlers.keys import AUTH, CONFIG, STORE
from lea.handlers.paging import limit, words
from lea.handlers.parameters import PAGED, Parameter
from lea.handlers.proxies import client_of
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.ids import UserId
from lea.sentences import Language
from lea.store import people
from lea.store.people import Change, Person

PAGE = 50
USERS = "/v1/admin/users"


def _one_line(value: str) -> str:
    value = value.strip()
    if not 1 <= len(value) <= 200 or not value.isprintable():
        raise ValueError("name_invalid")
    return value


def _address(value: str) -> str:
    try:
        return normalise_email(value)
    except ValueError:
        raise ValueError("email_invalid") from None


OneLine = Annotated[str, Field(max_length=1000), AfterValidator(_one_line)]
Address = Annotated[str, Field(max_length=1000), AfterValidator(_address)]
RoleName = Literal["member", "admin"]


class InvitedBody(Model):
    """Somebody new; `language` is by default that of the request."""

    email: Address
    name: OneLine
    role: RoleName = "member"
    language: Language | None = None


class UserChange(Model):
    """What is not named stays as it is."""

    name: OneLine | None = None
    role: RoleName | None = None
    language: Language | None = None
    disabled: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> "UserChange":
        if all(value is None for value in (self.name, self.role, self.language, self.disabled)):
            raise ValueError("nothing_to_change")
        return self


class UserEntry(BaseModel):
    """`last_seen` is of the page, not of keys; `invited`: has no password yet; `keys`: how many count."""

    id: str
    email: str
    name: str
    role: RoleName
    language: Language
    created_at: str
    disabled_at: str | None
    invited: bool
    last_seen: str | None
    keys: int


class UserPage(BaseModel):
    users: list[UserEntry]
    next_cursor: str | None


class LinkAnswer(BaseModel):
    """An address where a password can be chosen, once; shown this once."""

    url: str
    expires_at: str


class InvitedAnswer(BaseModel):
    user: UserEntry
    link: LinkAnswer


routes = Routes("admin")


@routes.add(
    "GET",
    USERS,
    answer=UserPage,
    access="admin",
    query={"q": Parameter("words in the name or the address"), **PAGED},
)
async def users(call: Call[Empty]) -> web.StreamResponse:
    """The company's people by e-mail address."""
    request, company_id = call.request, call.identity.company_id
    size, after = limit(request, PAGE), _after(request)
    looked_for = words(request) if request.query.get("q") else None
    found = await call.app[STORE].read(
        lambda c: people.page(c, company_id, words=looked_for, after=after, limit=size + 1)
    )
    shown = found[:size]
    cursor = urlsafe_b64encode(shown[-1].email.encode()).decode() if len(found) > size else None
    return json_response({"users": [_entry(one) for one in shown], "next_cursor": cursor})


@routes.add("POST", USERS, body=InvitedBody, answer=InvitedAnswer, status=201, access="admin")
async def invite(call: Call[InvitedBody]) -> web.StreamResponse:
    """An account for somebody of the company, and the one-time link by which they choose a password."""
    body = call.body
    who = Invited(body.email, body.name, body.role, body.language or call.language)
    person, link = await call.app[AUTH].people.invite(call.identity, who)
    return _secret({"user": _entry(person), "link": _shown(call.request, link)})


@routes.add("POST", USERS + "/{id}/link", answer=LinkAnswer, status=201, access="admin")
async def link(call: Call[Empty]) -> web.StreamResponse:
    """A new one-time link to choose a password; earlier ones no longer work."""
    made = await call.app[AUTH].people.link(call.identity, UserId(client_id(call.request)))
    return _secret(_shown(call.request, made))


@routes.add("PATCH", USERS + "/{id}", body=UserChange, answer=UserEntry, access="admin")
async def change(call: Call[UserChange]) -> web.StreamResponse:
    """Change somebody's name, role or language, shut them out, or let them in again."""
    body = call.body
    given = Change(body.name, body.role, body.language, body.disabled)
    person = await call.app[AUTH].people.change(call.identity, UserId(client_id(call.request)), given)
    return json_response(_entry(person))


def _secret(body: dict[str, object]) -> web.Response:
    response = json_response(body, status=201)
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(request: web.Request, made: Link) -> dict[str, object]:
    """What stands behind the # is not sent to any server, and so is in no proxy's log."""
    scheme = "https" if client_of(request).https else request.scheme
    base = request.app[CONFIG].server.public_url.rstrip("/") or f"{scheme}://{request.host}"
    return {"url": f"{base}/#password={made.token}", "expires_at": iso(made.expires_at)}


def _after(request: web.Request) -> str | None:
    """The last address of the page before. Raises BadRequest."""
    value = request.query.get("cursor")
    if value is None:
        return None
    try:
        after = urlsafe_b64decode(value[:1000].encode()).decode()
        if after and after.isprintable() and len(after) <= MAX_EMAIL:
            return after
    except (binascii.Error, ValueError):
        pass
    raise BadRequest(errors=[{"path": "cursor", "message": "not a cursor of this list"}])


def _entry(one: Person) -> dict[str, object]:
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "role": one.role,
        "language": one.language,
        "created_at": iso(one.created_at),
        "disabled_at": None if one.disabled_at is None else iso(one.disabled_at),
        "invited": not one.has_password,
        "last_seen": None if one.last_seen is None else iso(one.last_seen),
        "keys": one.keys,
    }
