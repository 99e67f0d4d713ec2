"""What a server can say to the client that Léa's own says only on bad days: a scripted one says it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from aiohttp import web

from lea.client import ConnectionLost, LeaClient, LeaError, NotFound, Replaced, TooManyRequests, Unauthorized

KEY = "lea_key"


def event(n: int, turn: str = "t1", **data: Any) -> bytes:
    return b"id: %b:%d\ndata: %b\n\n" % (turn.encode(), n, orjson.dumps(data))


CONNECTING = event(1, status="connecting", session_id="s1", turn_id="t1")


def done(n: int, turn: str = "t1") -> bytes:
    return event(n, turn, done=True, session_id="s1", turn_id=turn, message_id="m1", finish_reason="stop")


def said(status: int, code: str = "", **headers: str) -> web.Response:
    """A problem of Léa's, or with no code a proxy's page."""
    if not code:
        return web.Response(status=status, text="<h1>Bad gateway</h1>", content_type="text/html")
    body = orjson.dumps({"detail": "Non.", "code": code, "request_id": "r_1"})
    return web.Response(status=status, body=body, content_type="application/problem+json", headers=headers)


def stream(*events: bytes) -> web.Response:
    """Ends after them, as a server that dies does."""
    return web.Response(body=b": ok\n\n" + b"".join(events), content_type="text/event-stream")


def json(body: object) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")


@dataclass(frozen=True)
class Silent:
    """A stream that stays open after them, and says nothing."""

    events: tuple[bytes, ...]


@dataclass
class Script:
    """Answers in order; everything asked is kept."""

    answers: deque[web.Response | Silent] = field(default_factory=deque)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    peers: set[Any] = field(default_factory=set)
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path, request.headers.get("Last-Event-ID")))
        self.queries.append(dict(request.query))
        assert request.transport is not None
        self.peers.add(request.transport.get_extra_info("peername"))
        self.raw.append(request.path_qs)
        data = await request.read()
        self.bodies.append(orjson.loads(data) if data else None)
        answer = self.answers.popleft()
        if isinstance(answer, web.Response):
            return answer
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": ok\n\n" + b"".join(answer.events))
        await self.over.wait()
        return response


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    made = Script()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    try:
        async with asyncio.timeout(30):
            yield made
    finally:
        made.over.set()
        await runner.cleanup()


STREAM = ("GET", "/v1/lea/threads/s1/stream")


async def test_a_text_that_begins_again_is_told_as_replaced(script: Script) -> None:
    script.answers += [stream(CONNECTING, event(2, delta="un de"), event(3, snapshot="un deux")), stream(
        event(4, snapshot="eins"), b"data: no json\n\n", event(5, error="x", code="c", retryable=True), done(6)
    )]  # fmt: skip
    async with LeaClient(script.url, key=KEY) as lea, lea.chat("Compte") as answer:
        pieces = [piece async for piece in answer]
    assert pieces == ["un de", "ux", "eins"]
    assert [isinstance(piece, Replaced) for piece in pieces] == [False, False, True]
    assert (answer.text, answer.error) == ("eins", None)
    assert script.asked[1] == (*STREAM, "t1:3")


async def test_a_proxy_s_pages_and_a_server_that_leaves_are_waited_for(script: Script) -> None:
    leaving = said(503, "shutting_down", **{"Retry-After": "1"})
    script.answers += [said(502), leaving, stream(CONNECTING), said(502), said(503, "overloaded"), stream(done(2))]
    waits: list[tuple[str, float]] = []
    waiting = lambda error, seconds: waits.append((error.code, seconds))  # noqa: E731
    async with LeaClient(script.url, key=KEY, waiting=waiting) as lea:
        assert (await lea.ask("Compte", request_id="r1")).done is not None
    assert [method for method, _, _ in script.asked] == ["POST", "POST", "POST", "GET", "GET", "GET"]
    assert [code for code, _ in waits] == ["", "shutting_down", "connection_lost", "", "overloaded"]
    assert waits[1][1] >= 1
    assert {body["request_id"] for body in script.bodies[:3]} == {"r1"}


async def test_a_message_a_dying_server_forgot_is_sent_again(script: Script) -> None:
    script.answers += [stream(CONNECTING), said(404, "not_found"), said(404, "not_found")]
    script.answers += [stream(CONNECTING, event(2, delta="un"), done(3))]
    async with LeaClient(script.url, key=KEY) as lea:
        assert (await lea.ask("Compte", thread="s1", request_id="r1")).text == "un"
    assert [method for method, _, _ in script.asked] == ["POST", "GET", "GET", "POST"]
    assert script.bodies[0] == script.bodies[3]
    script.answers += [stream(CONNECTING, event(2, delta="un")), said(404, "not_found"), said(404, "not_found")]
    async with LeaClient(script.url, key=KEY) as lea, lea.chat("Compte", thread="s1") as answer:
        with pytest.raises(NotFound):  # what was read is not silently asked anew
            await answer.whole()


@pytest.mark.parametrize("next_turn", [True, False])
async def test_an_end_nobody_tells_any_more_is_read_from_the_conversation(script: Script, next_turn: bool) -> None:
    message = {"id": "m1", "role": "assistant", "content": "un deux", "created_at": "2026-01-01T00:00:00.000Z"}
    messages: list[dict[str, Any]] = [
        message | {"turn_id": "t0", "content": "x"},
        message | {"turn_id": "t1", "finish_reason": "stop"},
    ]
    thread = {"id": "s1", "title": "Compte", "created_at": "", "updated_at": "", "messages": messages}
    following = event(1, "t2", status="connecting", session_id="s1", turn_id="t2")
    nothing = stream(following) if next_turn else web.Response(status=204)
    script.answers += [stream(CONNECTING, event(2, delta="un ")), nothing]
    messages[1]["finish_reason"] = None  # its end is not saved yet
    script.answers += [json(thread), web.Response(status=204)]
    messages[1]["finish_reason"] = "stop"
    script.answers += [json(thread)]
    async with LeaClient(script.url, key=KEY) as lea, lea.chat("Compte") as answer:
        assert [piece async for piece in answer] == ["un ", "deux"]
    assert answer.done is not None
    assert (answer.done.turn_id, answer.done.finish_reason) == ("t1", "stop")
    assert [after for _, path, after in script.asked if path == STREAM[1]] == ["t1:2", "t1:2"]


async def test_what_asking_again_does_not_help_is_raised(script: Script) -> None:
    script.answers += [stream(CONNECTING), said(401, "unauthorized")]
    async with LeaClient(script.url, key=KEY, patience=30) as lea:
        with pytest.raises(Unauthorized):
            await lea.ask("Compte")
        script.answers += [said(503, "circuit_open")]
        with pytest.raises(LeaError) as refused:
            await lea.ask("Compte")
        assert (refused.value.status, refused.value.code, refused.value.request_id) == (503, "circuit_open", "r_1")
        script.answers += [stream(CONNECTING), said(429, "queue_full", **{"Retry-After": "3600"})]
        with pytest.raises(TooManyRequests) as limited:
            await lea.ask("Compte")
        assert limited.value.retry_after == 3600
        script.answers += [web.Response(text="<h1>Router</h1>", content_type="text/html")]
        with pytest.raises(LeaError, match="not Léa's"):
            await lea.threads.get("s1")
        script.answers += [web.Response(status=307, headers={"Location": "http://127.0.0.1:1/"})]
        with pytest.raises(LeaError, match="HTTP 307"):
            await lea.threads.get("s1")


async def test_a_server_that_accepts_and_says_no_more_is_not_asked_for_ever(script: Script) -> None:
    script.answers += [stream(CONNECTING), *(stream() for _ in range(50))]
    async with LeaClient(script.url, key=KEY, patience=0.5) as lea:
        with pytest.raises(ConnectionLost):
            await lea.ask("Compte")
    assert len(script.asked) < 10


async def test_a_list_is_read_page_after_page(script: Script) -> None:
    def page(cursor: str | None, *ids: str, pinned: tuple[str, ...] = ()) -> web.Response:
        entries = {
            name: [{"id": one, "title": one, "created_at": "", "updated_at": ""} for one in part]
            for name, part in (("threads", ids), ("pinned", pinned))
        }
        return json({**entries, "next_cursor": cursor})

    script.answers += [page("a+/=&b", "s1", "s2", pinned=("s0", "s2")), page(None, "s3", "s0")]
    async with LeaClient(script.url, key=KEY) as lea:
        assert [thread.id async for thread in lea.threads.list()] == ["s0", "s2", "s1", "s3"]
    assert script.queries == [
        {"archived": "false", "limit": "100"},
        {"archived": "false", "limit": "100", "cursor": "a+/=&b"},
    ]


async def test_an_id_cannot_lead_to_another_path(script: Script) -> None:
    script.answers.append(said(404, "not_found"))
    async with LeaClient(script.url, key=KEY) as lea:
        with pytest.raises(NotFound):
            await lea.transactions.get("../auth/me?x=é")
        for name in ("", ".", ".."):
            with pytest.raises(ValueError, match="no id"):
                await lea.threads.get(name)
    assert script.raw == ["/v1/transactions/..%2Fauth%2Fme%3Fx=%C3%A9"]


async def test_answers_one_after_the_other_share_a_connection(script: Script) -> None:
    script.answers += [stream(CONNECTING, done(2)) for _ in range(3)]
    async with LeaClient(script.url, key=KEY) as lea:
        for _ in range(3):
            await lea.ask("Compte")
    assert len(script.peers) == 1


async def test_a_stream_that_says_nothing_for_too_long_is_taken_up_again(script: Script) -> None:
    script.answers += [Silent((CONNECTING, event(2, delta="un "))), stream(event(3, delta="deux"), done(4))]
    async with LeaClient(script.url, key=KEY, silence=1, waiting=lambda *_: patient()) as lea:
        silence = lea._http._silence

        def patient() -> None:
            """So that only the stream that is meant says nothing for too long, whatever this machine does."""
            lea._http._silence = 60

        patient()
        async with lea.chat("Compte") as answer:
            pieces = aiter(answer)
            assert await anext(pieces) == "un "
            lea._http._silence = silence
            assert [piece async for piece in pieces] == ["deux"]
    assert [after for _, _, after in script.asked] == [None, "t1:2"]
