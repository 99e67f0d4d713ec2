"""Traces, as a receiver of OTLP over HTTP gets them, and what becomes of turns when it gets none."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import pytest
from aiohttp import ClientSession, web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from lea.config import Config
from tests.lea_server import running, settings
from tests.model_server import Answer, ModelServer, Refusal
from tests.test_process import refused, started

SECRET = "un secret que personne ne doit lire"
ASKED_BY = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
LEFT_S = 20
"""Far more than leaving takes, and less than the library's own 30 s for a receiver that hangs."""


class Receiver:
    """Takes what is sent to it, or holds every request until the test is over."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.attempts = 0
        self.taken = asyncio.Event()
        self.reached = asyncio.Event()
        self.hold: asyncio.Event | None = None
        self.status = 200
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.attempts += 1
        self.reached.set()
        body = await request.read()
        if self.hold is not None:
            await self.hold.wait()
        if self.status == 200:
            sent = ExportTraceServiceRequest.FromString(body)
            for resource in sent.resource_spans:
                assert attributes(resource.resource)["service.name"] == "lea"
                for scope in resource.scope_spans:
                    self.spans.extend(scope.spans)
            self.taken.set()
        return web.Response(status=self.status)

    def named(self, name: str) -> Span:
        [found] = [span for span in self.spans if span.name == name]
        return found

    def below(self, span: Span) -> set[str]:
        return {child.name for child in self.spans if child.parent_span_id == span.span_id}


def attributes(of: object) -> dict[str, object]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in of.attributes}  # type: ignore[attr-defined]


def milliseconds(span: Span) -> float:
    return (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6


@pytest.fixture(autouse=True)
def nothing_left_to_send() -> Iterator[None]:
    """What a test left with a receiver that hung would be sent, and logged, during the next one."""
    yield
    for thread in threading.enumerate():
        if thread.name == "traces.end":
            thread.join(30)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that works, on a machine that may stand still meanwhile, is sent everything."""
    monkeypatch.setattr("lea.tracing.EXPORT_S", 60)
    monkeypatch.setattr("lea.tracing.CLOSE_S", 60)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/v1/traces", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/traces"
    yield receiver
    if receiver.hold is not None:
        receiver.hold.set()
        async with asyncio.timeout(30):
            while any(thread.name == "traces.end" for thread in threading.enumerate()):
                await asyncio.sleep(0.01)
    await runner.cleanup()


def traced(folder: Path, model: ModelServer, endpoint: str) -> Config:
    return settings(folder, llm={"base_url": model.url}, tracing={"endpoint": endpoint})


@asynccontextmanager
async def nobody() -> AsyncIterator[str]:
    """An address where nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1/traces"


@pytest.mark.usefixtures("patient")
async def test_a_turn_is_a_trace_below_the_request_that_asked(
    tmp_path: Path, model: ModelServer, receiver: Receiver
) -> None:
    model.script(Answer("un deux trois"))
    async with running(traced(tmp_path, model, receiver.url)) as lea:
        ada = await lea.person()
        header = f"00-{ASKED_BY[0]}-{ASKED_BY[1]}-01"
        status, done = await ada.call("POST", "/v1/lea/chat", {"message": SECRET}, traceparent=header)
        assert status == 200
    request, turn = receiver.named("POST /v1/lea/chat"), receiver.named("turn")
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == ASKED_BY
    assert (turn.trace_id, turn.parent_span_id) == (request.trace_id, request.span_id)
    direct = {"auth", "limits", "start", "queue", "save_message", "load", "first_token", "stream", "save_answer"}
    assert receiver.below(turn) == direct
    assert {"load_user_context", "load_jobs_data", "load_history"} <= receiver.below(receiver.named("load"))
    assert receiver.below(request) == {"turn"}
    for name in ("stream", "load"):
        span = receiver.named(name)
        assert turn.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
        assert span.end_time_unix_nano <= turn.end_time_unix_nano
    timings = done["timings_ms"]
    assert milliseconds(receiver.named("stream")) == pytest.approx(
        timings["last_token"] - timings["first_token"], abs=0.01
    )
    assert milliseconds(receiver.named("auth")) == pytest.approx(timings["auth"], abs=0.01)
    assert milliseconds(turn) >= timings["ended"]
    told = attributes(turn)
    assert told == {
        "turn_id": done["turn_id"],
        "thread_id": done["session_id"],
        "company_id": ada.identity.company_id,
        "user_id": ada.identity.user_id,
        "kind": "message",
        "provider": "openai",
        "model": told["model"],
        "finish_reason": "stop",
        "prompt_tokens": done["usage"]["prompt_tokens"],
        "completion_tokens": done["usage"]["completion_tokens"],
        "cached_tokens": done["usage"]["cached_tokens"],
    }
    assert SECRET not in str(receiver.spans)


@pytest.mark.usefixtures("patient")
async def test_a_request_is_one_span_with_its_pattern_and_status(
    tmp_path: Path, model: ModelServer, receiver: Receiver
) -> None:
    async with running(traced(tmp_path, model, receiver.url)) as lea:
        ada = await lea.person()
        await ada.call("GET", "/v1/lea/threads/unknown", traceparent="no such thing")
        await ada.call("GET", "/v1/lea/threads", traceparent=f"00-{ASKED_BY[0]}-{ASKED_BY[1]}-00")
    span = receiver.named("GET /v1/lea/threads/{id}")
    assert (span.parent_span_id, span.kind) == (b"", Span.SPAN_KIND_SERVER)
    assert attributes(span) == {
        "http.request.method": "GET",
        "http.route": "/v1/lea/threads/{id}",
        "http.response.status_code": 404,
    }
    assert len(receiver.spans) == 1, "whoever asked did not want that one to be kept"


@pytest.mark.usefixtures("patient")
async def test_a_turn_that_failed_is_told_as_an_error_and_a_stream_ends_with_its_request(
    tmp_path: Path, model: ModelServer, receiver: Receiver
) -> None:
    model.script(Refusal(401))
    async with running(traced(tmp_path, model, receiver.url)) as lea:
        ada = await lea.person()
        await ada.ask("Bonjour")
    turn, request = receiver.named("turn"), receiver.named("POST /v1/lea/chat/stream")
    assert turn.parent_span_id == request.span_id
    assert turn.status.code == Status.STATUS_CODE_ERROR
    assert attributes(turn)["finish_reason"] == "error"
    assert attributes(turn)["error"] == "model_key_refused"
    assert request.status.code == Status.STATUS_CODE_UNSET


async def test_nobody_waits_for_a_receiver_that_is_not_there(tmp_path: Path, model: ModelServer, logged) -> None:
    model.script(Answer("un deux"), Answer("trois"))
    async with nobody() as address, running(traced(tmp_path, model, address)) as lea:
        ada = await lea.person()
        for words in ("un deux", "trois"):
            assert (await ada.ask("Compte", session_id="s1")).text == words
        async with asyncio.timeout(30):
            while not logged.named("traces.lost"):
                await asyncio.sleep(0.01)
    assert len(logged.named("traces.lost")) == 1
    assert not logged.named("library.logged")


async def test_nobody_waits_for_a_receiver_that_hangs_nor_does_the_end_of_the_process(
    tmp_path: Path, model: ModelServer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.tracing.EXPORT_S", 60)  # so that the end of a batch is not what ends the waiting
    receiver.hold = asyncio.Event()
    model.script(Answer("un deux"), Answer("trois"))
    async with running(traced(tmp_path, model, receiver.url)) as lea:
        ada = await lea.person()
        assert (await ada.ask("Compte", session_id="s1")).text == "un deux"
        async with asyncio.timeout(30):
            await receiver.reached.wait()
        assert (await ada.ask("Compte", session_id="s1")).text == "trois"
        leaving = perf_counter()
    assert perf_counter() - leaving < LEFT_S


@pytest.mark.usefixtures("patient")
async def test_a_receiver_that_comes_back_is_told_of_what_follows(
    tmp_path: Path, model: ModelServer, receiver: Receiver, logged
) -> None:
    receiver.status = 400
    async with running(traced(tmp_path, model, receiver.url)) as lea:
        ada = await lea.person()
        await ada.call("GET", "/v1/lea/threads")
        async with asyncio.timeout(30):
            while not logged.named("traces.lost"):
                await asyncio.sleep(0.01)
        receiver.status = 200
        await ada.call("GET", "/v1/lea/sessions/count")
        async with asyncio.timeout(30):
            await receiver.taken.wait()
    assert [span.name for span in receiver.spans] == ["GET /v1/lea/sessions/count"]
    assert logged.named("traces.taken")[0]["lost"] == 1


async def test_tracing_without_its_extra_is_one_clear_line(tmp_path: Path) -> None:
    package = tmp_path / "path" / "opentelemetry"
    package.mkdir(parents=True)
    missing = "raise ModuleNotFoundError(\"No module named 'opentelemetry'\", name='opentelemetry')"
    (package / "__init__.py").write_text(missing)
    environ = {"PYTHONPATH": str(package.parent)}
    said = await refused(tmp_path, LEA_TRACING__ENDPOINT="http://127.0.0.1:1/v1/traces", **environ)
    assert "tracing.endpoint: needs the tracing extra" in said
    async with started(tmp_path, **environ) as server:
        assert (await server.end())[0] == 0


async def test_a_process_ends_in_time_while_its_receiver_hangs(tmp_path: Path, receiver: Receiver) -> None:
    receiver.hold = asyncio.Event()
    async with started(tmp_path, LEA_TRACING__ENDPOINT=receiver.url) as server, ClientSession() as session:
        async with session.get(f"{server.url}/health/live") as response:
            assert response.status == 200
        async with asyncio.timeout(30):
            await receiver.reached.wait()
        leaving = perf_counter()
        assert (await server.end())[0] == 0
    assert perf_counter() - leaving < LEFT_S
