"""Who is calling: sign-in, refresh, sign-out, the first account, and who one is."""

from contextlib import suppress
from typing import Annotated, Literal

from aiohttp import web
from pydantic import AfterValidator, BaseModel, Field

from lea.auth.enrolment import Newcomer, normalise_email
from lea.auth.passwords import MAX_LENGTH, check_password
from lea.auth.permissions import unauthorized
from lea.auth.service import Grant
from lea.errors import Unauthorized
from lea.handlers.identity import bearer, forget_in_page, keep_in_page, page_token
from lea.handlers.keys import AUTH, CONFIG
from lea.handlers.proxies import client_of
from lea.handlers.routes import Call, Empty, Model, Routes, json_response
from lea.sentences import Language


def _stripped(value: str) -> str:
    value = value.strip()
    if not value or not value.isprintable():
        raise ValueError("is empty or has control characters")
    return value


Name = Annotated[str, Field(max_length=200), AfterValidator(_stripped)]
Token = Annotated[str, Field(min_length=1, max_length=200)]


class LoginBody(Model):
    """With `cookie` the refresh token goes into the page's cookie instead of the answer."""

    email: str = Field(max_length=300)
    password: str = Field(max_length=MAX_LENGTH)
    cookie: bool = False


class RefreshBody(Model):
    """Without `refresh_token` the page's cookie is refreshed."""

    refresh_token: Token | None = None


class LinkBody(Model):
    """A one-time link's token."""

    token: Token
    cookie: bool = False


class SetupBody(Model):
    """The first account; `language` is by default that of the request."""

    token: Token
    email: Annotated[str, AfterValidator(normalise_email)]
    password: Annotated[str, AfterValidator(check_password)]
    name: Name
    company: Name
    sample: bool = False
    cookie: bool = False
    language: Language | None = None


class PasswordBody(Model):
    """The token of a link an admin made, and the password that is chosen."""

    token: Token
    password: Annotated[str, AfterValidator(check_password)]
    cookie: bool = False


class TokensAnswer(BaseModel):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str | None = None


class SetupAnswer(BaseModel):
    needed: bool


class CompanyAnswer(BaseModel):
    id: str
    name: str


class MeAnswer(BaseModel):
    user_id: str
    email: str
    name: str
    role: Literal["member", "admin"]
    language: Language
    company: CompanyAnswer
    whatsapp: bool


routes = Routes("auth")


@routes.add("POST", "/v1/auth/login", body=LoginBody, answer=TokensAnswer, access="public")
async def login(call: Call[LoginBody]) -> web.StreamResponse:
    """Sign in by e-mail address and password."""
    grant = await call.app[AUTH].login(call.body.email, call.body.password, client_of(call.request).address)
    return await _granted(call.request, grant, in_page=call.body.cookie)


@routes.add("POST", "/v1/auth/refresh", body=RefreshBody, answer=TokensAnswer, access="public")
async def refresh(call: Call[RefreshBody]) -> web.StreamResponse:
    """A fresh access token and the successor of the refresh token."""
    sent = call.body.refresh_token
    token = sent or await page_token(call.request)
    if token is None:
        raise unauthorized()
    return await _granted(call.request, await call.app[AUTH].refresh(token), in_page=sent is None)


@routes.add("POST", "/v1/auth/logout", body=Empty, status=204, access="public")
async def logout(call: Call[Empty]) -> web.StreamResponse:
    """End the sign-in of the token or cookie that comes with it; nobody signed in is fine too."""
    in_page, token = await page_token(call.request), None
    with suppress(Unauthorized):
        token = bearer(call.request)
    await call.app[AUTH].logout(bearer=token, refresh_token=in_page)
    await forget_in_page(call.request)
    return web.Response(status=204)


@routes.add("GET", "/v1/auth/setup", answer=SetupAnswer, access="public")
async def setup_needed(call: Call[Empty]) -> web.StreamResponse:
    """Whether the first account is still to be made."""
    return json_response({"needed": await call.app[AUTH].enrolment.needed()})


@routes.add("POST", "/v1/auth/setup", body=SetupBody, answer=TokensAnswer, status=201, access="public")
async def set_up(call: Call[SetupBody]) -> web.StreamResponse:
    """Make the first account, with the token of the link the server showed at its start."""
    body = call.body
    language = body.language or call.language
    newcomer = Newcomer(body.email, body.password, body.name, body.company, language)
    address = client_of(call.request).address
    grant = await call.app[AUTH].set_up(body.token, newcomer, sample=body.sample, address=address)
    return await _granted(call.request, grant, in_page=body.cookie, status=201)


@routes.add("POST", "/v1/auth/link", body=LinkBody, answer=TokensAnswer, access="public")
async def link(call: Call[LinkBody]) -> web.StreamResponse:
    """Sign in by a one-time link."""
    grant = await call.app[AUTH].take_link(call.body.token, client_of(call.request).address)
    return await _granted(call.request, grant, in_page=call.body.cookie)


@routes.add("POST", "/v1/auth/password", body=PasswordBody, answer=TokensAnswer, access="public")
async def password(call: Call[PasswordBody]) -> web.StreamResponse:
    """Choose a password by a one-time link, and sign in; all earlier sign-ins end."""
    address = client_of(call.request).address
    grant = await call.app[AUTH].choose_password(call.body.token, call.body.password, address)
    return await _granted(call.request, grant, in_page=call.body.cookie)


@routes.add("GET", "/v1/auth/me", answer=MeAnswer)
async def me(call: Call[Empty]) -> web.StreamResponse:
    """The caller's account."""
    account = await call.app[AUTH].account(call.identity)
    return json_response(
        {
            "user_id": account.id,
            "email": account.email,
            "name": account.name,
            "role": account.role,
            "language": account.language,
            "company": {"id": account.company_id, "name": account.company_name},
            "whatsapp": account.role == "admin"
            and call.app[CONFIG].whatsapp.company in {account.company_id, account.company_name},
        }
    )


async def _granted(request: web.Request, grant: Grant, *, in_page: bool, status: int = 200) -> web.Response:
    body: dict[str, object] = {
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "expires_in": grant.expires_in_s,
    }
    if in_page:
        await keep_in_page(request, grant.refresh_token)
    else:
        body["refresh_token"] = grant.refresh_token
    response = json_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response
