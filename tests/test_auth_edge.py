"""The routes of "who is calling", over a real server: bodies, cookie, other sites, limits."""

import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer

from lea.auth.permissions import Identity
from lea.config import Config, Limits, Server
from lea.handlers import auth
from lea.handlers.identity import COOKIE, identify, page_cookies
from lea.handlers.keys import AUTH, CONFIG
from lea.handlers.problems import SERVER_LANGUAGE, problems
from lea.handlers.routes import IDENTIFY, Call, Empty, Routes, json_response
from tests.auth_parts import EMAIL, PASSWORD, AuthParts, auth_parts, newcomer

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web.NotAppKeyWarning:aiohttp_session")
"""aiohttp-session keeps its own things in requests under plain strings."""

probe = Routes("probe")


def _told(identity: Identity) -> web.Response:
    return json_response({"via": identity.via, "company": identity.company_id})


@probe.add("GET", "/read")
async def read_something(call: Call[Empty]) -> web.StreamResponse:
    """A safe request."""
    return _told(call.identity)


@probe.add("POST", "/write")
async def write_something(call: Call[Empty]) -> web.StreamResponse:
    """A request that changes something."""
    return _told(call.identity)


@probe.add("GET", "/admin", access="admin")
async def look_as_admin(call: Call[Empty]) -> web.StreamResponse:
    """For admins."""
    return _told(call.identity)


@dataclass(slots=True)
class Edge:
    parts: AuthParts
    server: TestServer
    page: ClientSession
    """Keeps cookies, as a browser does."""
    program: ClientSession
    """Keeps none."""

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))

    @property
    def origin(self) -> str:
        return self.url("").rstrip("/")

    async def first_account(self, **more: object) -> ClientResponse:
        body = {
            "token": await self.parts.service.enrolment.setup_link(),
            "email": EMAIL,
            "password": PASSWORD,
            "name": "Ada",
            "company": "Analytical Engines",
        }
        return await self.page.post(self.url("/v1/auth/setup"), json={**body, **more})

    async def login(self, session: ClientSession, **more: object) -> ClientResponse:
        return await session.post(self.url("/v1/auth/login"), json={"email": EMAIL, "password": PASSWORD, **more})


async def open_edge(stack: AsyncExitStack, folder: Path, config: Config) -> Edge:
    parts = await stack.enter_async_context(auth_parts(folder, config=config))
    app = web.Application(middlewares=[problems])
    app[CONFIG], app[AUTH], app[IDENTIFY] = config, parts.service, identify
    app[SERVER_LANGUAGE] = config.server.language
    page_cookies(app, b"s" * 32, config)
    for route in [*auth.routes.all, *probe.all]:
        app.router.add_route(route.method, route.path, route.handler)
    server = TestServer(app)
    await server.start_server()
    stack.push_async_callback(server.close)
    page = await stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
    program = await stack.enter_async_context(ClientSession())
    return Edge(parts, server, page, program)


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    async with AsyncExitStack() as stack:
        yield await open_edge(stack, tmp_path, Config())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def refusal(response: ClientResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    body = await response.json(content_type=None)
    assert body["status"] == response.status
    return response.status, body["code"]


async def test_the_first_account_is_made_once_and_signed_in(edge: Edge) -> None:
    assert await (await edge.program.get(edge.url("/v1/auth/setup"))).json() == {"needed": True}
    made = await edge.first_account(sample=True)
    assert made.status == 201
    tokens = await made.json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    assert tokens["refresh_token"].startswith("lea_rt_")
    assert await (await edge.program.get(edge.url("/v1/auth/setup"))).json() == {"needed": False}
    assert await refusal(await edge.first_account(token="any")) == (409, "already_set_up")
    assert edge.parts.sql("SELECT count(*) FROM transactions") == [(1,)]


async def test_me_is_the_account_of_the_caller(edge: Edge) -> None:
    token = (await (await edge.first_account(language="en")).json())["access_token"]
    me = await (await edge.program.get(edge.url("/v1/auth/me"), headers=bearer(token))).json()
    assert me.pop("user_id").startswith("user_")
    assert me["company"].pop("id").startswith("company_")
    assert me == {
        "email": EMAIL,
        "name": "Ada",
        "role": "admin",
        "language": "en",
        "company": {"name": "Analytical Engines"},
        "whatsapp": False,
    }


async def test_the_first_accounts_language_is_by_default_that_of_the_request(edge: Edge) -> None:
    edge.page.headers["Accept-Language"] = "en-GB,en;q=0.9"
    await edge.first_account()
    assert edge.parts.sql("SELECT language FROM users") == [("en",)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "too short"},
        {"password": "x" * 201},
        {"email": "nobody"},
        {"email": "a" * 260 + "@x.org"},
        {"name": "  "},
        {"company": ""},
        {"company": "x" * 201},
        {"language": "de"},
        {"sample": "yes"},
        {"more": 1},
    ],
)
async def test_a_wrong_field_is_named_and_makes_no_account(edge: Edge, wrong: dict[str, object]) -> None:
    response = await edge.first_account(**wrong)
    assert await refusal(response) == (400, "invalid_request")
    assert [field["path"] for field in (await response.json(content_type=None))["errors"]] == list(wrong)
    assert edge.parts.sql("SELECT count(*) FROM users") == [(0,)]


async def test_a_wrong_setup_token_is_refused(edge: Edge) -> None:
    assert await refusal(await edge.first_account(token="wrong")) == (400, "link_invalid")


async def test_a_one_time_link_signs_in_once(edge: Edge) -> None:
    account = await edge.parts.service.enrolment.add_user(newcomer(), "member")
    token = await edge.parts.service.enrolment.signin_link(account.id)
    assert (await edge.page.post(edge.url("/v1/auth/link"), json={"token": token, "cookie": True})).status == 200
    assert (await edge.page.get(edge.url("/read"))).status == 200
    again = await edge.page.post(edge.url("/v1/auth/link"), json={"token": token})
    assert await refusal(again) == (400, "link_invalid")


async def test_a_wrong_password_is_a_401_in_the_callers_language(edge: Edge) -> None:
    await edge.first_account()
    response = await edge.program.post(
        edge.url("/v1/auth/login"),
        json={"email": EMAIL, "password": "wrong password"},
        headers={"Accept-Language": "en"},
    )
    assert await refusal(response) == (401, "invalid_credentials")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (await response.json(content_type=None))["detail"] == "Wrong e-mail address or password."


async def test_a_program_refreshes_with_its_token_and_gets_no_cookie(edge: Edge) -> None:
    await edge.first_account()
    response = await edge.login(edge.program)
    assert COOKIE not in response.cookies
    assert response.headers["Cache-Control"] == "no-store"
    tokens = await response.json()
    refreshed = await edge.program.post(edge.url("/v1/auth/refresh"), json={"refresh_token": tokens["refresh_token"]})
    again = await refreshed.json()
    assert refreshed.status == 200
    assert again["refresh_token"] != tokens["refresh_token"]


async def test_a_refresh_token_used_again_later_ends_the_sign_in(edge: Edge) -> None:
    tokens = await (await edge.first_account()).json()
    body = {"refresh_token": tokens["refresh_token"]}
    successor = await (await edge.program.post(edge.url("/v1/auth/refresh"), json=body)).json()
    edge.parts.clock.advance(31)
    reused = await edge.program.post(edge.url("/v1/auth/refresh"), json=body)
    assert await refusal(reused) == (401, "refresh_reused")
    after = await edge.program.get(edge.url("/read"), headers=bearer(successor["access_token"]))
    assert await refusal(after) == (401, "token_expired")


async def test_the_page_never_sees_its_refresh_token(edge: Edge) -> None:
    made = await edge.first_account(cookie=True)
    assert "refresh_token" not in await made.json()
    cookie = made.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Strict", "/", "")
    assert int(cookie["max-age"]) == 30 * 86_400
    readable = base64.urlsafe_b64decode(cookie.value + "==")
    assert b"lea_rt_" not in readable
    refreshed = await edge.page.post(edge.url("/v1/auth/refresh"), json={})
    assert "refresh_token" not in await refreshed.json()
    assert refreshed.cookies[COOKIE].value != cookie.value


async def test_the_cookie_is_for_https_only_when_the_server_is_reached_by_it(tmp_path: Path) -> None:
    config = Config(server=Server(public_url="https://lea.example.org"))
    async with AsyncExitStack() as stack:
        edge = await open_edge(stack, tmp_path, config)
        assert (await edge.first_account(cookie=True)).cookies[COOKIE]["secure"] is True


async def test_the_cookie_reads_and_does_not_write(edge: Edge) -> None:
    tokens = await (await edge.first_account(cookie=True)).json()
    read = await edge.page.get(edge.url("/read"))
    assert (await read.json())["via"] == "cookie"
    assert await refusal(await edge.page.post(edge.url("/write"), json={})) == (401, "unauthorized")
    written = await edge.page.post(edge.url("/write"), json={}, headers=bearer(tokens["access_token"]))
    assert (await written.json())["via"] == "token"


async def test_an_authorization_header_decides_even_where_a_cookie_would_do(edge: Edge) -> None:
    await edge.first_account(cookie=True)
    for header in ("Bearer nonsense", "Basic YTpi", "Bearer ", "Bearer"):
        response = await edge.page.get(edge.url("/read"), headers={"Authorization": header})
        assert await refusal(response) == (401, "invalid_token")


async def test_an_expired_access_token_does_not_stop_the_pages_refresh(edge: Edge) -> None:
    tokens = await (await edge.first_account(cookie=True)).json()
    edge.parts.clock.advance(901)
    headers = bearer(tokens["access_token"])
    assert await refusal(await edge.page.get(edge.url("/read"), headers=headers)) == (401, "token_expired")
    assert (await edge.page.post(edge.url("/v1/auth/refresh"), json={}, headers=headers)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[half"},
        {"Referer": "https://evil.example/page"},
    ],
)
async def test_another_site_can_do_nothing_with_the_cookie(edge: Edge, headers: dict[str, str]) -> None:
    await edge.first_account(cookie=True)
    for response in (
        await edge.page.get(edge.url("/read"), headers=headers),
        await edge.page.post(edge.url("/v1/auth/refresh"), json={}, headers=headers),
        await edge.page.post(edge.url("/v1/auth/logout"), json={}, headers=headers),
    ):
        assert await refusal(response) == (403, "cross_origin")
    assert (await edge.page.get(edge.url("/read"))).status == 200


async def test_our_own_page_may_use_the_cookie(edge: Edge) -> None:
    await edge.first_account(cookie=True)
    for headers in (
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": edge.origin},
        {"Referer": edge.url("/")},
    ):
        assert (await edge.page.get(edge.url("/read"), headers=headers)).status == 200
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": edge.origin}):
        assert (await edge.page.post(edge.url("/v1/auth/refresh"), json={}, headers=headers)).status == 200
    typed = await edge.page.post(edge.url("/v1/auth/refresh"), json={}, headers={"Sec-Fetch-Site": "none"})
    assert await refusal(typed) == (403, "cross_origin")


async def test_behind_a_proxy_the_public_address_is_our_own(tmp_path: Path) -> None:
    config = Config(server=Server(public_url="http://lea.example.org"))
    async with AsyncExitStack() as stack:
        edge = await open_edge(stack, tmp_path, config)
        await edge.first_account(cookie=True)
        read = await edge.page.get(edge.url("/read"), headers={"Origin": "http://lea.example.org"})
        assert read.status == 200


@pytest.mark.parametrize("cookie", ["", "nonsense", "gAAAAA" + "A" * 200])
async def test_a_damaged_cookie_is_nobodys(edge: Edge, cookie: str) -> None:
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    assert await refusal(await edge.program.get(edge.url("/read"), headers=headers)) == (401, "unauthorized")
    response = await edge.program.post(edge.url("/v1/auth/refresh"), json={}, headers=headers)
    assert await refusal(response) == (401, "unauthorized")


async def test_logout_ends_the_pages_sign_in_and_takes_the_cookie_away(edge: Edge) -> None:
    tokens = await (await edge.first_account(cookie=True)).json()
    kept = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in edge.page.cookie_jar)}
    assert (await edge.page.post(edge.url("/v1/auth/logout"))).status == 204
    assert not list(edge.page.cookie_jar)
    assert await refusal(await edge.program.get(edge.url("/read"), headers=kept)) == (401, "token_expired")
    late = await edge.program.get(edge.url("/read"), headers=bearer(tokens["access_token"]))
    assert await refusal(late) == (401, "token_expired")
    assert (await edge.page.post(edge.url("/v1/auth/logout"), json={})).status == 204


async def test_logout_ends_a_programs_sign_in(edge: Edge) -> None:
    tokens = await (await edge.first_account()).json()
    assert (await edge.program.post(edge.url("/v1/auth/logout"), headers=bearer(tokens["access_token"]))).status == 204
    body = {"refresh_token": tokens["refresh_token"]}
    assert await refusal(await edge.program.post(edge.url("/v1/auth/refresh"), json=body)) == (401, "unauthorized")


async def test_a_key_signs_its_program_in(edge: Edge) -> None:
    await edge.first_account()
    key = await edge.parts.service.enrolment.create_key(EMAIL)
    written = await edge.program.post(edge.url("/write"), headers=bearer(key))
    assert (await written.json())["via"] == "key"


async def test_members_do_not_get_what_admins_get(edge: Edge) -> None:
    await edge.parts.service.enrolment.add_user(newcomer(), "member")
    token = (await (await edge.login(edge.program)).json())["access_token"]
    assert await refusal(await edge.program.get(edge.url("/admin"), headers=bearer(token))) == (403, "forbidden")


async def test_nobody_gets_nothing(edge: Edge) -> None:
    response = await edge.program.get(edge.url("/v1/auth/me"))
    assert await refusal(response) == (401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_too_many_attempts_are_told_to_wait(edge: Edge) -> None:
    await edge.first_account()
    for _ in range(10):
        assert (await edge.login(edge.program, password="wrong password")).status == 401
    response = await edge.login(edge.program)
    assert await refusal(response) == (429, "login_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= 300
    assert response.headers["Retry-After"] in (await response.json(content_type=None))["detail"]


async def test_an_address_is_limited_over_all_accounts(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        edge = await open_edge(stack, tmp_path, Config(limits=Limits(login_per_address=3)))
        for number in range(3):
            assert (await edge.login(edge.program, email=f"u{number}@x.org")).status == 401
        response = await edge.login(edge.program, email="another@x.org")
        assert await refusal(response) == (429, "login_limited")


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{}", '{"email": 1, "password": "x"}', '{"email": "a@b.c"}'])
async def test_a_body_of_another_shape_is_refused(edge: Edge, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = await edge.program.post(edge.url("/v1/auth/login"), data=body, headers=headers)
    assert await refusal(response) == (400, "invalid_request")
