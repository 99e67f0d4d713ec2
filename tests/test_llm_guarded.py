"""Asking again: how often, when, and when never."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from lea.errors import (
    CircuitOpen,
    ExternalRejected,
    ExternalTimeout,
    ExternalUnavailable,
    LeaError,
    NetworkError,
    Overloaded,
)
from lea.llm.guarded import Guarded
from lea.llm.provider import Finished
from lea.metrics import REGISTRY
from lea.resilience.dependency import Dependency
from lea.resilience.retry import RESERVE
from lea.tasks import TaskOwner
from tests.fakes import time_passes
from tests.llm_parts import PROMPT, dependency, listen, rest, settings, streaming
from tests.model_replies import Fault
from tests.model_server import Answer, ModelServer, Refusal, Reply
from tests.test_dependencies import settled, waiting


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@asynccontextmanager
async def guarded(url: str, way: Dependency | None = None, **changes: object) -> AsyncIterator[Guarded]:
    config = settings(url, **changes)
    async with streaming(config) as model:
        yield Guarded(model, config, way or dependency())


def attempts(outcome: str) -> float:
    labels = {"provider": "openai", "outcome": outcome}
    return REGISTRY.get_sample_value("lea_model_attempts_total", labels) or 0.0


BEFORE_THE_FIRST_TOKEN: list[Reply] = [
    Refusal(500),
    Refusal(429),
    Answer(fault="cut", fault_at=-1),
    Answer(fault="cut", fault_at=0),
    Answer(fault="end", fault_at=0),
    Answer(fault="error", fault_at=0),
    Answer(fault="malformed", fault_at=0),
]


@pytest.mark.parametrize("fault", BEFORE_THE_FIRST_TOKEN, ids=repr)
async def test_what_fails_before_the_first_token_is_asked_again(server: ModelServer, fault: Reply) -> None:
    server.script(fault, fault, Answer("enfin"))
    async with guarded(server.url) as model:
        heard = await listen(model)
    assert (heard.text, heard.finished, len(server.exchanges)) == ("enfin", Finished("stop"), 3)


@pytest.mark.parametrize("retries", [0, 1, 2])
async def test_it_is_asked_at_most_as_often_as_configured(server: ModelServer, retries: int) -> None:
    server.default = Refusal(500)
    async with guarded(server.url, dependency(retries=retries)) as model:
        with pytest.raises(ExternalUnavailable):
            await listen(model)
    assert len(server.exchanges) == 1 + retries


@pytest.mark.parametrize("fault", ["cut", "end", "error", "malformed"])
async def test_nothing_is_asked_again_after_the_first_token(server: ModelServer, fault: Fault) -> None:
    gate = asyncio.Semaphore(1)
    server.script(Answer("un deux", gate=gate, fault=fault, fault_at=2))
    async with guarded(server.url) as model, model.open(PROMPT) as stream:
        assert await anext(stream) == ["un "]
        gate.release()
        with pytest.raises(ExternalUnavailable):
            await rest(stream)
    assert len(server.exchanges) == 1


@pytest.mark.parametrize("at", [-1, 0, 1], ids=["header", "first token", "mid-answer"])
async def test_nothing_is_asked_again_after_a_timeout(server: ModelServer, at: int) -> None:
    before = attempts("external_api_timeout")
    server.script(Answer(fault="silence", fault_at=at))
    async with guarded(server.url, timeout=0.15) as model:
        with pytest.raises(ExternalTimeout):
            await listen(model)
    assert attempts("external_api_timeout") == before + 1
    assert len(server.exchanges) <= 1  # on a busy machine the one attempt may not even have come to it


@pytest.mark.parametrize("reply", [Refusal(400), Refusal(401), Refusal(404), Refusal(429, "insufficient_quota")])
async def test_nothing_rejected_is_asked_again(server: ModelServer, reply: Refusal) -> None:
    server.script(reply)
    async with guarded(server.url) as model:
        with pytest.raises((ExternalRejected, ExternalUnavailable)):
            await listen(model)
    assert len(server.exchanges) == 1


async def test_a_server_that_cannot_be_reached_is_asked_again() -> None:
    before = attempts("network_error")
    async with guarded("http://127.0.0.1:1") as model:
        with pytest.raises(NetworkError):
            await listen(model)
    assert attempts("network_error") == before + 3


async def test_all_attempts_together_keep_within_the_total_timeout(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def jitter(low: float, high: float) -> float:
        time_passes(monkeypatch, 400)
        return 0.0

    server.script(Refusal(500), Answer(fault="silence", fault_at=0))
    async with guarded(server.url, dependency(jitter=jitter), total_timeout=600, timeout=1000) as model:
        asking = TaskOwner().spawn("listen", listen(model))
        await server.exchange(1)
        time_passes(monkeypatch, 210)
        async with asyncio.timeout(30):
            with pytest.raises(ExternalTimeout):
                await asking
            await server.wait_until_closed(1)


async def test_the_total_timeout_does_not_end_an_answer_that_has_begun(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Semaphore(1)
    server.script(Answer("un deux trois quatre", gate=gate))
    async with guarded(server.url, total_timeout=60, timeout=1000) as model, model.open(PROMPT) as stream:
        assert await anext(stream) == ["un "]
        time_passes(monkeypatch, 61)
        for _ in range(3):
            gate.release()
        told = await rest(stream)
    assert "".join(event for event in told if isinstance(event, str)) == "deux trois quatre"


async def test_a_wait_the_server_asks_for_is_kept(server: ModelServer) -> None:
    server.script(Refusal(429, headers=(("retry-after-ms", "120"),)))
    async with guarded(server.url) as model:
        await listen(model)
    first, second = server.exchanges
    assert second.began - first.began >= 0.12


async def test_a_wait_that_does_not_fit_is_told_instead_of_waited(server: ModelServer) -> None:
    server.script(Refusal(429, headers=(("Retry-After", "90"),)))
    async with guarded(server.url) as model:
        with pytest.raises(ExternalRejected) as caught:
            await listen(model)
    assert (caught.value.reason, caught.value.retry_after_s, len(server.exchanges)) == ("model_busy", 90.0, 1)


async def test_pauses_grow_and_are_drawn_anew_from_nothing_to_their_bound(server: ModelServer) -> None:
    bounds: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        bounds.append((low, high))
        return 0.0

    server.default = Refusal(500)
    async with guarded(server.url, dependency(jitter=jitter, retry_pause=0.5)) as model:
        with pytest.raises(ExternalUnavailable):
            await listen(model)
    assert bounds == [(0, 0.5), (0, 1.0)]


async def test_each_attempt_is_counted_and_each_failed_one_logged(server: ModelServer) -> None:
    before = attempts("ok"), attempts("external_api_unavailable")
    server.script(Refusal(500))
    async with guarded(server.url) as model:
        with capture_logs() as logs:
            await listen(model)
    assert (attempts("ok"), attempts("external_api_unavailable")) == (before[0] + 1, before[1] + 1)
    failed = [line for line in logs if line["event"] == "model.attempt_failed"]
    assert [(line["attempt"], line["attempts"], line["reason"]) for line in failed] == [
        (1, 3, "external_api_unavailable")
    ]


async def test_an_answer_that_breaks_off_is_no_success(server: ModelServer) -> None:
    before = attempts("ok"), attempts("model_cut")
    server.script(Answer(fault="end", fault_at=1))
    async with guarded(server.url) as model:
        with pytest.raises(LeaError):
            await listen(model)
    assert (attempts("ok"), attempts("model_cut")) == (before[0], before[1] + 1)


@pytest.mark.parametrize("reply", [Answer(fault="silence", fault_at=-1), Answer(fault="silence", fault_at=0)])
async def test_cancelling_while_opening_is_neutral_and_hangs_up(server: ModelServer, reply: Answer) -> None:
    before = attempts("left")
    server.script(reply)
    tasks = TaskOwner()
    async with guarded(server.url) as model:
        task = tasks.spawn("listen", listen(model))
        exchange = await server.exchange(0)
        task.cancel()
        await asyncio.wait([task])
        async with asyncio.timeout(30):
            await exchange.closed.wait()
    assert task.cancelled()
    assert (attempts("left"), len(server.exchanges)) == (before + 1, 1)


async def test_leaving_in_mid_answer_is_neutral_and_hangs_up(server: ModelServer) -> None:
    before = attempts("left")
    server.script(Answer("un deux", gate=asyncio.Semaphore(1)))
    async with guarded(server.url) as model:
        async with model.open(PROMPT) as stream:
            await anext(stream)
        async with asyncio.timeout(30):
            await server.wait_until_closed(0)
    assert attempts("left") == before + 1


async def test_the_first_token_is_there_when_opening_returns(server: ModelServer) -> None:
    server.script(Answer("un deux", gate=asyncio.Semaphore(1)))
    async with guarded(server.url) as model, model.open(PROMPT) as stream:
        assert server.exchanges[0].sent == ["un "]
        assert await anext(stream) == ["un "]


async def test_each_attempt_counts_and_an_open_circuit_ends_them(server: ModelServer) -> None:
    server.default = Refusal(500)
    way = dependency(breaker_minimum=2, retries=2)
    async with guarded(server.url, way) as model:
        with pytest.raises(ExternalUnavailable):
            await listen(model)
        with capture_logs() as logs, pytest.raises(CircuitOpen):
            await listen(model)
    assert (way.breaker.look().failures, len(server.exchanges), logs) == (2, 2, [])


async def test_an_outage_is_not_multiplied(server: ModelServer) -> None:
    server.default = Refusal(500)
    way = dependency(breaker_minimum=1000, retry_budget=0)
    async with guarded(server.url, way) as model:
        for _ in range(20):
            with pytest.raises(ExternalUnavailable):
                await listen(model)
    assert len(server.exchanges) == 20 + RESERVE


async def test_an_answer_counts_when_it_has_ended_and_not_when_it_began(server: ModelServer) -> None:
    server.script(
        Answer("un deux"), Answer("un deux", fault="cut", fault_at=1), Answer("un deux", gate=asyncio.Semaphore(1))
    )
    way = dependency()
    async with guarded(server.url, way) as model:
        async with model.open(PROMPT) as stream:
            assert way.breaker.look().calls == 0
            await rest(stream)
        assert (way.breaker.look().calls, way.breaker.look().failures) == (1, 0)
        with pytest.raises(ExternalUnavailable):
            await listen(model)
        assert (way.breaker.look().calls, way.breaker.look().failures) == (2, 1)
        async with model.open(PROMPT) as stream:
            await anext(stream)
        assert way.breaker.look().calls == 2


async def test_what_a_reader_breaks_is_not_held_against_the_model(server: ModelServer) -> None:
    way = dependency()
    async with guarded(server.url, way) as model:
        with pytest.raises(NetworkError):
            async with model.open(PROMPT):
                raise NetworkError  # the reader's own, as a database's would be
    assert way.breaker.look().calls == 0


async def test_a_place_is_held_until_the_answer_has_been_read(server: ModelServer) -> None:
    gate = asyncio.Semaphore(1)
    server.script(Answer("un deux", gate=gate))
    way = dependency(concurrency=1, waiting_timeout=0.02)
    async with guarded(server.url, way) as model:
        async with model.open(PROMPT) as stream:
            with pytest.raises(Overloaded):
                await listen(model)
            gate.release()
            await rest(stream)
        assert (await listen(model)).finished is not None
    assert len(server.exchanges) == 2


async def test_the_deadline_counts_while_waiting_for_a_place_too(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script(Answer("un deux", gate=asyncio.Semaphore(1)))
    way = dependency("deadline", concurrency=1, waiting_timeout=1000)
    async with guarded(server.url, way, total_timeout=60, timeout=1000) as model, model.open(PROMPT):
        asking = TaskOwner().spawn("listen", listen(model))
        await settled(lambda: waiting("deadline") == 1)
        time_passes(monkeypatch, 61)
        async with asyncio.timeout(30):
            with pytest.raises(ExternalTimeout):
                await asking
    assert (len(server.exchanges), way.breaker.look().calls) == (1, 0)
