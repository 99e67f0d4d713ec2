"""What protects a Léa that strangers can reach: headers, other sites, bytes that are no HTTP, slowness, files, logs."""

import asyncio
import re
import resource
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import ClientResponse

from lea.auth.enrolment import Newcomer
from lea.handlers.assets import files_of
from lea.handlers.keys import AUTH
from lea.handlers.parser import IDLE_S
from tests.conftest import Logged
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer, Refusal

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
APP = "https://app.example.org"


def assert_safe(headers: Any) -> None:
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert headers["Permissions-Policy"].startswith("microphone=(self), ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "aiohttp" not in headers["Server"]
    assert "Python" not in headers["Server"]
    assert "Strict-Transport-Security" not in headers


class Raw:
    """A connection that sends whatever it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, lea: Lea, data: bytes) -> "Raw":
        host, port = lea.url.removeprefix("http://").split(":")
        raw = cls(*await asyncio.open_connection(host, int(port)))
        raw.writer.write(data)
        return raw

    async def answer(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Everything until the server hangs up, as status, headers and problem."""
        head, _, body = (await self.reader.read()).partition(b"\r\n\r\n")
        self.writer.close()
        status, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        assert headers["Content-Type"] == "application/problem+json"
        assert int(headers["Content-Length"]) == len(body)
        return int(status.split()[1]), headers, orjson.loads(body)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/static/css/tokens.css", 200),
        ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/health", 200),
        ("GET", "/metrics", 200),
        ("GET", "/v1/auth/me", 200),
        ("POST", "/v1/lea/chat/stream", 200),
        ("POST", "/v1/lea/chat", 400),
        ("GET", "/v1/lea/threads/none", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/v1/lea/threads", 405),
    ],
)
async def test_every_answer_tells_browsers_to_be_careful(
    lea: Lea, ada: Person, method: str, path: str, status: int
) -> None:
    body = {"message": "Bonjour"} if path.endswith("stream") else {} if method == "POST" else None
    async with await ada.request(method, path, body) as response:
        assert response.status == status
        assert_safe(response.headers)
        await response.read()


async def test_a_file_that_is_known_already_comes_with_them_too(lea: Lea) -> None:
    async with lea.session.get(lea.url + "/") as response:
        tag = response.headers["ETag"]
    async with lea.session.get(lea.url + "/", headers={"If-None-Match": tag}) as response:
        assert response.status == 304
        assert_safe(response.headers)


async def test_the_page_runs_our_files_and_its_one_import_map(lea: Lea) -> None:
    async with lea.session.get(lea.url + "/") as response:
        inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", await response.text(), re.DOTALL)
        policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    [text] = inline
    digest = b64encode(sha256(text.encode()).digest()).decode()
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert policy["style-src"] == "'self'"
    assert policy["object-src"] == "'none'"


async def test_the_docs_need_nothing_but_their_style_sheet(lea: Lea) -> None:
    async with lea.session.get(lea.url + "/docs") as response:
        html = await response.text()
        assert "style-src 'self'" in response.headers["Content-Security-Policy"]
        assert "script-src" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)
    [sheet] = re.findall(r"rel=stylesheet href='([^']+)'", html)
    async with lea.session.get(lea.url + sheet) as response:
        assert response.content_type == "text/css"


@pytest.fixture
async def open_lea(tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """One that lets scripts of APP in."""
    async with running(settings(tmp_path, llm={"base_url": model.url}, server={"cors_origins": [APP]})) as server:
        yield server


def told(response: ClientResponse) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("Access-Control")}


async def preflight(lea: Lea, path: str, origin: str = APP) -> ClientResponse:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return await lea.session.options(lea.url + path, headers=headers)


async def test_another_site_is_told_nothing_unless_configured(lea: Lea, ada: Person) -> None:
    assert (await preflight(lea, "/v1/lea/chat/stream")).status == 405
    response = await ada.request("GET", "/v1/auth/me", Origin=APP)
    assert told(response) == {}
    assert "Vary" not in response.headers


async def test_a_named_origin_may_ask_and_read(open_lea: Lea) -> None:
    ada = await open_lea.person()
    asked = await preflight(open_lea, "/v1/lea/chat/stream")
    assert asked.status == 204
    assert asked.headers["Access-Control-Allow-Origin"] == APP
    assert asked.headers["Access-Control-Allow-Methods"] == "POST"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    for method, path, body, status in (
        ("GET", "/v1/lea/threads/a/search?q=x", None, 404),
        ("POST", "/v1/lea/chat/stream", {"message": "Bonjour"}, 200),
        ("POST", "/v1/lea/chat", {}, 400),
    ):
        response = await ada.request(method, path, body, Origin=APP)
        assert response.status == status
        assert response.headers["Access-Control-Allow-Origin"] == APP
        assert {"X-Request-Id", "RateLimit", "Retry-After"} <= set(
            response.headers["Access-Control-Expose-Headers"].split(", ")
        )
        assert response.headers["Vary"] == "Origin"
        assert_safe(response.headers)
        await response.read()


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://app.example.org", f"{APP}.evil.example", f"{APP}:8443", f"{APP}/", "*"],
)
async def test_an_origin_is_compared_whole(open_lea: Lea, origin: str) -> None:
    ada = await open_lea.person()
    asked = await preflight(open_lea, "/v1/lea/chat/stream", origin)
    assert (asked.status, told(asked)) == (405, {})
    assert told(await ada.request("GET", "/v1/auth/me", Origin=origin)) == {}


@pytest.mark.parametrize("path", ["/v1/auth/login", "/v1/auth/refresh", "/metrics", "/health", "/", "/nothing"])
async def test_what_needs_no_bearer_token_stays_closed_to_other_sites(open_lea: Lea, path: str) -> None:
    assert told(await preflight(open_lea, path)) == {}
    assert told(await open_lea.session.get(open_lea.url + path, headers={"Origin": APP})) == {}


async def test_cookies_never_come_along(open_lea: Lea) -> None:
    ada = await open_lea.person()
    for response in (await preflight(open_lea, "/v1/auth/me"), await ada.request("GET", "/v1/auth/me", Origin=APP)):
        assert "Access-Control-Allow-Credentials" not in response.headers
    headers = {"Origin": APP, "Cookie": "lea_session=whatever"}
    async with open_lea.session.get(open_lea.url + "/v1/auth/me", headers=headers) as response:
        assert (response.status, (await response.json(content_type=None))["code"]) == (403, "cross_origin")


async def test_a_method_is_what_the_request_line_says(lea: Lea, ada: Person) -> None:
    await ada.ask("Bonjour", session_id="s1")
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert (await ada.call("GET", "/v1/lea/threads/s1?_method=DELETE", **{name: "DELETE"}))[0] == 200
    assert (await ada.call("GET", "/v1/lea/threads/s1"))[0] == 200


GET = b"GET / HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"nonsense\r\n\r\n", 400, "invalid_request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "invalid_request"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "invalid_request"),
        (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400, "invalid_request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "invalid_request"),
        (b"GET /caf\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid_request"),
        (GET + b"Authorization: Bearer MARK\x01ED\r\n\r\n", 400, "invalid_request"),
        (GET + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "invalid_request"),
        (GET + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400, "invalid_request"),
        (GET + b"Cookie: MARKED" + b"a" * 65_536 + b"\r\n\r\n", 431, "headers_too_large"),
        (GET + b"Cookie: MARKED" + b"a" * 4_000_000 + b"\r\n\r\n", 431, "headers_too_large"),
        (GET + b"X: MARKED\r\n" * 500 + b"\r\n", 431, "headers_too_large"),
        (b"GET /MARKED" + b"a" * 65_536 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 431, "headers_too_large"),
        (
            b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nExpect: MARKED\r\nContent-Length: 0\r\n\r\n",
            417,
            "invalid_request",
        ),
    ],
)
async def test_what_is_no_http_gets_a_problem_a_count_and_a_line_without_contents(
    lea: Lea, logged: Logged, data: bytes, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.handlers.parser.LINGER_S", 60)  # it ends when the client has its answer
    raw = await Raw.open(lea, data)
    got, headers, problem = await raw.answer()
    assert (got, problem["status"], problem["code"]) == (status, status, code)
    assert headers["X-Request-Id"] == problem["request_id"]
    assert_safe(headers)
    [line] = logged.named("request.ended")
    assert (line["route"], line["status"], line["remote"]) == ("unparsed", status, "127.0.0.1")
    assert line["request_id"] == problem["request_id"]
    assert "MARKED" not in str(logged)
    async with lea.session.get(lea.url + "/metrics") as response:
        text = await response.text()
    assert f'http_requests_total{{method="OTHER",route="unparsed",status="{status}"}}' in text
    assert "MARKED" not in text


def allow_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def test_a_thousand_half_requests_cost_nobody_anything(tmp_path: Path, model: ModelServer) -> None:
    allow_files()
    model.default = Answer("un deux trois")
    async with running(settings(tmp_path, llm={"base_url": model.url}, server={"header_timeout": 300})) as lea:
        ada = await lea.person()
        slow = [await Raw.open(lea, b"GET /v1/lea/thr") for _ in range(1000)]
        told = await ada.ask("Bonjour")
        assert told.text == "un deux trois"
        assert not any(raw.reader.at_eof() for raw in slow)
        for raw in slow:
            raw.writer.close()


async def test_each_of_a_thousand_half_requests_is_given_up(tmp_path: Path) -> None:
    allow_files()
    async with running(settings(tmp_path, server={"header_timeout": 3.0})) as lea:
        slow = [await Raw.open(lea, b"GET /v1/lea/thr") for _ in range(1000)]
        answers = await asyncio.gather(*(raw.answer() for raw in slow))
    assert {(status, problem["code"]) for status, _, problem in answers} == {(408, "request_timeout")}


async def test_dripping_headers_do_not_buy_time_on_a_kept_connection_either(tmp_path: Path) -> None:
    async with running(settings(tmp_path, server={"header_timeout": 0.5})) as lea:
        raw = await Raw.open(lea, b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        await raw.reader.readuntil(b'{"status":"ok"}')
        raw.writer.write(b"GET /health/live HTTP/1.1\r\n")

        async def drip() -> None:
            while not raw.reader.at_eof():
                raw.writer.write(b"X: y\r\n")
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        assert (await raw.answer())[0] == 408
        dripping.cancel()


async def test_a_kept_connection_may_be_quiet_for_longer_than_headers_take(tmp_path: Path) -> None:
    assert IDLE_S > 60
    async with running(settings(tmp_path, server={"header_timeout": 0.5})) as lea:
        raw = await Raw.open(lea, b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        await raw.reader.readuntil(b'{"status":"ok"}')
        quiet = await Raw.open(lea, b"")
        assert await quiet.reader.read() == b""  # said nothing at all, and is let go without a word
        raw.writer.write(b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert b" 200 OK" in await raw.reader.read()
        for one in (raw, quiet):
            one.writer.close()


async def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    async with running(settings(tmp_path, server={"body_timeout": 0.2})) as lea:
        ada = await lea.person()
        head = (
            f"POST /v1/lea/chat/stream HTTP/1.1\r\nHost: a\r\nAuthorization: {ada.headers['Authorization']}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        raw = await Raw.open(lea, head.encode())
        head_told = await raw.reader.readuntil(b"\r\n\r\n")
        raw.writer.close()
        assert head_told.startswith(b"HTTP/1.1 408 ")
        assert b"Connection: close" in head_told


async def test_connections_beyond_the_most_are_told_so_and_the_others_go_on(tmp_path: Path) -> None:
    async with running(settings(tmp_path, server={"connections": 3})) as lea:
        ada = await lea.person()
        assert (await ada.call("GET", "/v1/auth/me"))[0] == 200  # the first; it is kept
        two = [await Raw.open(lea, b"GET /health/live HTTP/1.1\r\n") for _ in range(2)]
        full = await Raw.open(lea, b"")
        status, headers, problem = await full.answer()
        assert (status, problem["code"], headers["Retry-After"]) == (503, "overloaded", "5")
        assert (await ada.call("GET", "/v1/auth/me"))[0] == 200
        for raw in two:
            raw.writer.write(b"Host: a\r\nConnection: close\r\n\r\n")
            assert b" 200 OK" in await raw.reader.read()
            raw.writer.close()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../config.toml",
        "/static/%2e%2e/config.toml",
        "/static/..%2fconfig.toml",
        "/static/%2e%2e%2f%2e%2e%2fetc/passwd",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/..%5c..%5cconfig.toml",
        "/static/js/../../config.toml",
        "/static/index.html%00.css",
        "/static/%c0%ae%c0%ae/config.toml",
        "/static/",
        "/static/js",
    ],
)
async def test_no_address_leads_out_of_the_pages_folder(lea: Lea, path: str) -> None:
    raw = await Raw.open(lea, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert (await raw.answer())[0] == 404


def test_a_link_out_of_the_pages_folder_is_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "secret", tmp_path / "static"
    folder.mkdir()
    outside.write_text("secret")
    (folder / "index.html").write_text("<p>")
    (folder / "inside.html").symlink_to(folder / "index.html")
    (folder / "outside.html").symlink_to(outside)
    (folder / "up").symlink_to(tmp_path)
    assert sorted(files_of(folder)) == ["index.html", "inside.html"]


SECRET = "MARKED"
QUESTION = f"{SECRET} question of somebody who has a private matter"


async def test_no_secret_and_no_text_reaches_a_log_line_or_a_metric(
    lea: Lea, model: ModelServer, logged: Logged, capfd: pytest.CaptureFixture[str]
) -> None:
    ada = await lea.person()
    key = ada.headers["Authorization"].removeprefix("Bearer ")
    model.script(
        Answer(f"{SECRET} answer"),
        Refusal(500, message=f"Cannot answer '{QUESTION}'"),
        Refusal(500, message=f"Cannot answer '{QUESTION}'"),
        Refusal(500, message=f"Cannot answer '{QUESTION}'"),
        Answer(f"{SECRET} cut", fault="cut", fault_at=1),
        Answer(f"{SECRET} broken", fault="malformed", fault_at=1),
        Refusal(401, message=f"Incorrect API key provided: sk-{SECRET}0123456789"),
    )
    for _ in range(6):
        await ada.ask(QUESTION, session_id="s1", request_id=None)
    await ada.call("PATCH", "/v1/lea/threads/s1", {"title": f"{SECRET} title"})
    await ada.call("GET", f"/v1/lea/threads/search?q={SECRET}")
    await ada.call("GET", f"/v1/{SECRET}?{SECRET}={SECRET}")
    await ada.call("POST", "/v1/lea/chat", {"message": 7, SECRET: SECRET})
    await ada.call("POST", "/v1/lea/chat", {"message": SECRET}, **{"X-Request-Id": f"{SECRET} {SECRET}"})
    await ada.call("GET", "/v1/auth/me", Authorization=f"Bearer {SECRET}", Cookie=f"lea_session={SECRET}")
    for email, password in ((f"{SECRET}@example.org", SECRET), (SECRET, SECRET), ("ada@example.org", SECRET)):
        await ada.call("POST", "/v1/auth/login", {"email": email, "password": password})
    for door in ("refresh", "link", "setup"):
        await ada.call("POST", f"/v1/auth/{door}", {"token": SECRET, "refresh_token": SECRET})
        await ada.call("POST", f"/v1/auth/{door}", {"token" if door == "link" else "refresh_token": SECRET})
    await (await Raw.open(lea, GET + f"X: {SECRET}\x01\r\n\r\n".encode())).answer()
    async with lea.session.get(lea.url + "/metrics") as response:
        metrics = await response.text()
    out, err = capfd.readouterr()
    written = "\n".join([*map(str, logged), metrics, out, err])
    assert len(logged) > 20
    assert SECRET.lower() not in written.lower()
    assert key not in written
    assert key.rpartition("_")[2] not in written


async def test_who_came_in_and_who_did_not_can_be_looked_up(lea: Lea, logged: Logged) -> None:
    newcomer = Newcomer("bob@example.org", "correct horse battery", "Bob", "Engines", "en")
    bob = await lea.app[AUTH].enrolment.add_user(newcomer, "member")
    link = await lea.app[AUTH].enrolment.signin_link(bob.id)
    for door, body in (
        ("login", {"email": "bob@example.org", "password": "wrong password"}),
        ("login", {"email": "bob@example.org", "password": "correct horse battery"}),
        ("login", {"email": "nobody@example.org", "password": "wrong password"}),
        ("link", {"token": link}),
        ("link", {"token": link}),
        ("refresh", {"refresh_token": "lea_rt_nonsense"}),
    ):
        await lea.session.post(f"{lea.url}/v1/auth/{door}", json=body)
    assert [(line["act"], line["outcome"], line["who"], line["by"]) for line in logged.named("audit")] == [
        ("sign_in", "refused", bob.id, "password"),
        ("sign_in", "done", bob.id, "password"),
        ("sign_in", "refused", None, "password"),
        ("sign_in", "done", bob.id, "link"),
        ("sign_in", "refused", None, "link"),
    ]
