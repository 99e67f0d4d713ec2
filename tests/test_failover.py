"""When the model fails: the circuit breaker, whoever stands in for it, and what people are told; all over HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lea.app import Adapters
from lea.handlers.keys import DEPENDENCIES
from lea.resilience.breaker import BreakerState
from tests.fakes import ManualClock
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer, Refusal, Reply

QUESTION = "Raconte-moi une histoire"
FACTS = "Combien de dossiers ?"
MINIMUM = 4


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def second() -> AsyncIterator[ModelServer]:
    async with ModelServer(default=Answer("Je suis l'autre.")) as server:
        yield server


@asynccontextmanager
async def serving(
    folder: Path, url: str, clock: ManualClock, fallback: str = "", timeout: float = 30.0, **llm: object
) -> AsyncIterator[tuple[Lea, Person]]:
    """A server without retries whose circuit opens after `MINIMUM` failures."""
    limits = {"retries": 0, "retry_pause": 0.001, "breaker_minimum": MINIMUM, "connect_timeout": 30.0, **llm}
    config = settings(
        folder,
        llm={"base_url": url, "timeout": timeout},
        llm_fallback={"base_url": fallback},
        dependencies={"llm": limits, "llm_fallback": limits},
    )
    async with running(config, Adapters(clock=clock)) as lea:
        yield lea, await lea.person()


async def ask(person: Person, message: str = QUESTION) -> tuple[int, Any]:
    return await person.call("POST", "/v1/lea/chat", {"message": message})


async def open_circuit(person: Person, model: ModelServer, reply: Reply | None = None) -> None:
    model.script(*[reply or Refusal(500)] * MINIMUM)
    for _ in range(MINIMUM):
        await ask(person)


def state(lea: Lea, name: str = "llm") -> BreakerState:
    found = lea.app[DEPENDENCIES].find(name)
    assert found is not None
    return found.breaker.state


FAULTS: list[Reply] = [
    Refusal(500),
    Refusal(429),
    Answer(fault="cut", fault_at=-1),
    Answer(fault="cut", fault_at=2),
    Answer(fault="end", fault_at=2),
    Answer(fault="error", fault_at=0),
    Answer(fault="silence", fault_at=0),
    Answer(fault="silence", fault_at=2),
]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
async def test_a_model_that_fails_again_and_again_is_not_asked_any_more(
    tmp_path: Path, clock: ManualClock, model: ModelServer, fault: Reply
) -> None:
    async with serving(tmp_path, model.url, clock, timeout=0.1) as (lea, ada):
        await open_circuit(ada, model, fault)
        assert state(lea) == "open"
        asked = len(model.exchanges)
        status, problem = await ask(ada)
    assert (status, problem["code"], len(model.exchanges)) == (503, "circuit_open", asked)


async def test_a_model_nobody_can_reach_is_not_called_any_more(tmp_path: Path, clock: ManualClock) -> None:
    with socket.socket() as silent:  # nobody listens there, and nobody else can
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        async with serving(tmp_path, url, clock) as (lea, ada):
            codes = [(await ask(ada))[1]["code"] for _ in range(MINIMUM + 1)]
    assert codes == ["network_error"] * MINIMUM + ["circuit_open"]


@pytest.mark.parametrize("reply", [Refusal(400), Refusal(401), Refusal(404), Refusal(413)])
async def test_what_the_model_rejects_opens_nothing(
    tmp_path: Path, clock: ManualClock, model: ModelServer, reply: Refusal
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, ada):
        await open_circuit(ada, model, reply)
        assert state(lea) == "closed"


async def test_an_open_circuit_answers_at_once_and_says_when_to_come_back(
    tmp_path: Path, clock: ManualClock, model: ModelServer
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, ada):
        await open_circuit(ada, model)
        clock.advance(5)
        async with await ada.request("POST", "/v1/lea/chat", {"message": QUESTION}) as response:
            assert (response.status, response.headers["Retry-After"]) == (503, "10")
        told = await ada.ask(QUESTION)
    assert len(model.exchanges) == MINIMUM
    error = told.error
    assert (error["code"], error["retryable"], error["retry_after_s"]) == ("circuit_open", True, 10.0)
    assert (told.done["finish_reason"], told.done["usage"], told.done["cost"]) == ("error", None, None)


async def test_one_call_tries_whether_the_model_is_back_and_then_all_pass(
    tmp_path: Path, clock: ManualClock, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(1)
    async with serving(tmp_path, model.url, clock) as (lea, ada):
        await open_circuit(ada, model)
        clock.advance(15)
        model.script(Answer("un deux", gate=gate))
        async with ada.reading(QUESTION) as reading:
            await reading.until("delta")
            assert state(lea) == "half_open"
            assert [(await ask(ada))[1]["code"] for _ in range(3)] == ["circuit_open"] * 3
            gate.release()
            assert (await reading.rest()).done["finish_reason"] == "stop"
        assert state(lea) == "closed"
        assert [(await ask(ada))[0] for _ in range(3)] == [200] * 3
    assert len(model.exchanges) == MINIMUM + 1 + 3


async def test_a_person_who_stops_the_trying_call_leaves_it_to_the_next(
    tmp_path: Path, clock: ManualClock, model: ModelServer
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, ada):
        await open_circuit(ada, model)
        clock.advance(15)
        model.script(Answer("un deux", gate=asyncio.Semaphore(1)))
        async with ada.reading(QUESTION, session_id="s1") as reading:
            await reading.until("delta")
            await ada.call("POST", "/v1/lea/threads/s1/stop", {})
            assert (await reading.rest()).done["finish_reason"] == "stopped"
        assert state(lea) == "half_open"
        assert (await ask(ada))[0] == 200
        assert state(lea) == "closed"


async def test_health_says_that_the_circuit_is_open_without_asking(
    tmp_path: Path, clock: ManualClock, model: ModelServer
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, ada):
        await ada.call("GET", "/health")
        pings = model.pings
        await open_circuit(ada, model)
        async with lea.session.get(lea.url + "/health") as response:
            body = await response.json()
        assert (response.status, body["status"], model.pings) == (200, "degraded", pings)
        entry = body["dependencies"]["llm"]
        assert entry["status"] == "degraded"
        assert entry["detail"] == "circuit open after external_api_unavailable, next try in 15 s"


@pytest.mark.parametrize(
    "fault", [*FAULTS[:3], FAULTS[5], Refusal(401), Refusal(404), Refusal(429, "insufficient_quota")]
)
async def test_another_model_answers_where_the_first_cannot_begin(
    tmp_path: Path, clock: ManualClock, model: ModelServer, second: ModelServer, fault: Reply
) -> None:
    model.script(fault)
    async with serving(tmp_path, model.url, clock, second.url) as (lea, ada):
        told = await ada.ask(QUESTION)
        again = await ada.ask(QUESTION)
        saved = await lea.sql("SELECT provider FROM turns ORDER BY rowid")
    assert (told.text, told.done["provider"], told.done["degraded"]) == ("Je suis l'autre.", "fallback", True)
    assert told.kinds == ["connecting", "loading", "thinking", "delta", "done"]
    assert (again.done["provider"], "degraded" in again.done) == ("openai", False)
    assert (len(model.exchanges), len(second.exchanges)) == (2, 1)
    assert saved == [("fallback",), ("openai",)]


async def test_the_other_model_is_asked_by_its_own_name_and_key(
    tmp_path: Path, clock: ManualClock, model: ModelServer, second: ModelServer
) -> None:
    model.default = Refusal(503)
    config = settings(
        tmp_path,
        llm={"base_url": model.url, "api_key": "sk-first"},
        llm_fallback={"base_url": second.url, "api_key": "sk-second", "model": "mistral"},
    )
    async with running(config) as lea:
        ada = await lea.person()
        status, body = await ask(ada)
        _, health = await ada.call("GET", "/health")
    assert (status, body["provider"], body["degraded"]) == (200, "fallback", True)
    exchange = second.exchanges[0]
    assert (exchange.body["model"], exchange.headers["Authorization"]) == ("mistral", "Bearer sk-second")
    assert health["dependencies"]["llm_fallback"]["status"] == "ok"


async def test_while_the_circuit_is_open_the_other_model_answers_and_the_first_is_not_asked(
    tmp_path: Path, clock: ManualClock, model: ModelServer, second: ModelServer
) -> None:
    async with serving(tmp_path, model.url, clock, second.url) as (lea, ada):
        await open_circuit(ada, model)
        told = await ada.ask(QUESTION)
    assert (told.done["provider"], len(model.exchanges), len(second.exchanges)) == ("fallback", MINIMUM, MINIMUM + 1)


async def test_a_failure_in_mid_answer_keeps_the_text_and_asks_nobody_else(
    tmp_path: Path, clock: ManualClock, model: ModelServer, second: ModelServer
) -> None:
    model.script(Answer("un deux trois", fault="cut", fault_at=2))
    async with serving(tmp_path, model.url, clock, second.url, retries=2) as (lea, ada):
        told = await ada.ask(QUESTION, session_id="s1")
        async with ada.reading(None, "/v1/lea/threads/s1/continue") as reading:
            rest = await reading.rest()
    assert (told.text, told.error["code"]) == ("un deux ", "external_api_unavailable")
    assert (told.done["finish_reason"], told.done["provider"], "degraded" in told.done) == ("error", "openai", False)
    assert rest.text.startswith("un deux ")
    assert (len(model.exchanges), len(second.exchanges)) == (2, 0)


@pytest.mark.parametrize("reply", [Refusal(400), Refusal(413), Refusal(400, "context_length_exceeded")])
async def test_a_question_that_is_rejected_is_put_to_nobody_else(
    tmp_path: Path, clock: ManualClock, model: ModelServer, second: ModelServer, reply: Refusal
) -> None:
    model.script(reply)
    async with serving(tmp_path, model.url, clock, second.url) as (lea, ada):
        assert (await ask(ada, FACTS))[0] == 400
    assert len(second.exchanges) == 0


async def test_when_all_are_down_the_rules_answer_what_they_understand_and_say_so(
    tmp_path: Path, clock: ManualClock, model: ModelServer, second: ModelServer
) -> None:
    model.default = second.default = Refusal(503)
    async with serving(tmp_path, model.url, clock, second.url) as (lea, ada):
        told = await ada.ask(FACTS)
        status, problem = await ask(ada, QUESTION)
        _, hello = await ask(ada, "Bonjour")
    done = told.done
    assert "error" not in told.kinds
    assert (done["provider"], done["degraded"], done["finish_reason"]) == ("offline", True, "stop")
    assert done["cost"] == {"usd": 0.0, "estimated": True}
    assert "fichier" in told.text or "dossier" in told.text or "file" in told.text
    assert (status, problem["code"], hello["code"]) == (502, "external_api_unavailable", "external_api_unavailable")


async def test_the_error_of_the_first_travels_and_says_when_to_come_back(
    tmp_path: Path, clock: ManualClock, model: ModelServer, second: ModelServer
) -> None:
    model.default, second.default = Refusal(503), Refusal(400)
    async with serving(tmp_path, model.url, clock, second.url) as (lea, ada):
        told = await ada.ask(QUESTION)
    assert (told.error["code"], told.error["retry_after_s"]) == ("external_api_unavailable", 5.0)
    assert told.done["provider"] == "openai"


async def test_a_cut_answer_is_never_gone_on_with_by_the_rules(
    tmp_path: Path, clock: ManualClock, model: ModelServer
) -> None:
    model.script(Answer("un deux", fault="cut", fault_at=1), Refusal(503))
    async with serving(tmp_path, model.url, clock) as (lea, ada):
        await ada.ask(FACTS, session_id="s1")
        async with ada.reading(None, "/v1/lea/threads/s1/continue") as reading:
            rest = await reading.rest()
    assert (rest.text, rest.error["code"]) == ("un ", "external_api_unavailable")


async def test_what_is_left_of_the_time_is_the_next_ones(
    tmp_path: Path, clock: ManualClock, model: ModelServer, second: ModelServer
) -> None:
    model.default = Answer(fault="silence", fault_at=0)
    async with serving(tmp_path, model.url, clock, second.url, timeout=2) as (lea, ada):
        status, body = await ask(ada)
    assert (status, body["provider"]) == (200, "fallback")
    assert second.exchanges[0].began - model.exchanges[0].began < 5, "not all of the time there is"
