"""Too many at once: refused before the stream begins, told when to come back, and nobody who is there notices."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from lea.resilience.bounds import Bound, Most
from tests.lea_server import Person, running, settings
from tests.model_server import Answer, ModelServer


def config(tmp_path: Path, model: ModelServer, limits: Mapping[str, object]) -> object:
    return settings(tmp_path, llm={"base_url": model.url}, limits={"chat_per_minute": 1000, **limits})


async def refused(person: Person, path: str = "/v1/lea/chat/stream", **body: object) -> None:
    method = "POST" if "chat" in path else "GET"
    async with await person.request(method, path, body if method == "POST" else None) as response:
        problem = await response.json(content_type=None)
        assert (response.status, problem["code"]) == (503, "overloaded")
        assert response.headers["Retry-After"] == "5"


@pytest.mark.parametrize("scope", ["user", "company", "process"])
async def test_one_turn_too_many_is_refused_and_the_live_one_goes_on(
    tmp_path: Path, model: ModelServer, scope: str
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate), Answer("trois"))
    limit = {"user": "turns_per_user", "company": "turns_per_company", "process": "turns"}[scope]
    async with running(config(tmp_path, model, {limit: 1})) as lea:
        ada = await lea.person()
        same = {"user": ada, "company": await lea.person("bob@example.org")}
        second = same.get(scope) or await lea.person("eve@example.org", "Another company")
        async with ada.reading("Compte", session_id="s1") as reading:
            gate.release()
            await reading.until("delta")
            await refused(second, message="Encore", session_id="s2")
            await refused(second, "/v1/lea/chat", message="Encore", session_id="s2")
            gate.release()
            assert (await reading.rest()).text == "un deux"
        assert (await second.ask("Encore", session_id="s2")).text == "trois"
    assert len(model.exchanges) == 2


async def test_attaching_to_a_live_turn_is_not_one_more(tmp_path: Path, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with running(config(tmp_path, model, {"turns_per_user": 1})) as lea:
        ada = await lea.person()
        async with (
            ada.reading("Compte", session_id="s1", request_id="r1") as reading,
            ada.reading("Compte", session_id="s1", request_id="r1") as again,
        ):
            gate.release()
            gate.release()
            assert [(await one.rest()).text for one in (reading, again)] == ["un deux"] * 2


@pytest.mark.parametrize("scope", ["user", "company", "process"])
async def test_one_stream_too_many_is_refused_whatever_it_is_of(tmp_path: Path, model: ModelServer, scope: str) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    limit = {"user": "streams_per_user", "company": "streams_per_company", "process": "streams"}[scope]
    async with running(config(tmp_path, model, {limit: 1})) as lea:
        ada = await lea.person()
        async with ada.reading("Compte", session_id="s1") as reading:
            gate.release()
            await reading.until("delta")
            await refused(ada, "/v1/lea/events")
            await refused(ada, "/v1/lea/threads/s1/stream")
            await refused(ada, message="Encore", session_id="s2")
            assert len(lea.turns) == 1
            gate.release()
            assert (await reading.rest()).text == "un deux"
        async with asyncio.timeout(30):
            while lea.followers:
                await asyncio.sleep(0.01)
        assert (await ada.ask("Encore", session_id="s2")).done["finish_reason"] == "stop"


@pytest.mark.parametrize("limit", ["turns_per_user", "streams_per_user"])
async def test_what_is_refused_for_want_of_room_does_not_count_against_the_person(
    tmp_path: Path, model: ModelServer, limit: str
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate), Answer("trois"))
    async with running(config(tmp_path, model, {limit: 1, "chat_per_minute": 2})) as lea:
        ada = await lea.person()
        async with ada.reading("Compte", session_id="s1") as reading:
            gate.release()
            await reading.until("delta")
            for number in range(3):
                await refused(ada, message="Encore", session_id=f"s{number + 2}")
            gate.release()
            await reading.rest()
        async with asyncio.timeout(30):
            while lea.followers or lea.turns:
                await asyncio.sleep(0.01)
        assert (await ada.ask("Encore", session_id="s2")).text == "trois"
        assert (await ada.call("POST", "/v1/lea/chat", {"message": "Une de trop"}))[0] == 429


def test_whoever_leaves_is_forgotten() -> None:
    bound = Bound("streams", Most(2, 2, 2))
    for number in range(100):
        with bound.place(f"u{number}", "c"):  # type: ignore[arg-type]
            assert len(bound) == 1
    assert (len(bound), bound._users, bound._companies) == (0, {}, {})
