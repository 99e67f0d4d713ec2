"""What was said before a cut is kept, accounted for, and gone on with."""

import asyncio
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from lea.llm.tokens import estimate
from tests.lea_server import Lea, Person, Reading
from tests.model_server import Answer, ModelServer, Refusal
from tests.test_process import key, started


async def stopped(ada: Person, model: ModelServer, said: int = 2) -> None:
    """An answer of «un deux trois» that was stopped after some words."""
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        for _ in range(said):
            gate.release()
            await reading.until("delta")
        await ada.call("POST", "/v1/lea/threads/s1/stop")
        await reading.rest()


async def test_a_stopped_answer_is_gone_on_with(lea: Lea, ada: Person, model: ModelServer) -> None:
    await stopped(ada, model)
    model.script(Answer("trois quatre"))
    async with ada.reading(path="/v1/lea/threads/s1/continue", request_id="more") as reading:
        told = await reading.rest()
    assert told.kinds == ["connecting", "loading", "thinking", "snapshot", "delta", "done"]
    assert told.text == "un deux trois quatre"
    sent = (await model.exchange(1)).body["messages"][1:]
    assert [message["content"] for message in sent[:2]] == ["Compte", "un deux "]
    assert sent[2]["role"] == "user"
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert [message["content"] for message in thread["messages"]] == ["Compte", "un deux trois quatre"]
    kept = await lea.sql("SELECT content FROM messages WHERE role = 'assistant' ORDER BY created_at")
    assert kept == [("un deux ",), ("un deux trois quatre",)]


async def test_going_on_that_fails_keeps_what_was_said(lea: Lea, ada: Person, model: ModelServer) -> None:
    await stopped(ada, model)
    model.script(Refusal(503), Refusal(503), Refusal(503), Answer("trois"))
    async with ada.reading(path="/v1/lea/threads/s1/continue") as reading:
        told = await reading.rest()
    assert told.text == "un deux "
    assert told.done["finish_reason"] == "error"
    assert (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"][1]["content"] == "un deux "
    async with ada.reading(path="/v1/lea/threads/s1/continue") as reading:
        assert (await reading.rest()).text == "un deux trois"


async def test_an_answer_that_was_not_cut_is_not_gone_on_with(lea: Lea, ada: Person, model: ModelServer) -> None:
    await ada.ask("Bonjour", session_id="s1")
    async with ada.reading(path="/v1/lea/threads/s1/continue") as reading:
        told = await reading.rest()
    assert told.error["code"] == "nothing_to_continue"
    assert (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"][1]["finish_reason"] == "stop"
    assert len(model.exchanges) == 1


async def test_a_thread_that_is_not_there_has_nothing_to_go_on_with(lea: Lea, ada: Person) -> None:
    assert (await ada.call("POST", "/v1/lea/threads/s1/continue"))[0] == 404


async def test_live_answers_are_checkpointed_together(lea: Lea, ada: Person, model: ModelServer) -> None:
    gates = [asyncio.Semaphore(0) for _ in range(5)]
    model.script(*(Answer("un deux trois", gate=gate) for gate in gates))
    readings = []
    for number, gate in enumerate(gates):
        response = await ada.request("POST", "/v1/lea/chat/stream", {"message": "x", "session_id": f"s{number}"})
        readings.append(Reading(response))
        await readings[-1].until("thinking")
        gate.release()
        await readings[-1].until("delta")
    async with asyncio.timeout(30):
        while await lea.sql("SELECT content FROM messages WHERE role = 'assistant'") != [("un ",)] * 5:
            await asyncio.sleep(0.01)
    for gate in gates:
        gate.release()
        gate.release()
    for reading in readings:
        assert (await reading.rest()).text == "un deux trois"
    assert await lea.sql("SELECT content FROM messages WHERE role = 'assistant'") == [("un deux trois",)] * 5


async def lived(session: ClientSession, url: str, seconds: float) -> None:
    """Until the server has lived so long: a time in which its process stood still is none in which it could save."""
    loop = asyncio.get_running_loop()
    while seconds > 0:
        began = loop.time()
        await asyncio.sleep(0.02)
        async with session.get(url + "/health/live") as response:
            assert response.status == 200
        seconds -= min(loop.time() - began, 0.05)


@pytest.mark.parametrize("words", [1, 20])
async def test_a_kill_loses_no_text_older_than_half_a_second_and_its_cost_is_estimated(
    tmp_path: Path, model: ModelServer, words: int
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("mot " * 40, gate=gate), Answer("la suite"))
    async with started(tmp_path, LEA_LLM__BASE_URL=model.url) as server, ClientSession() as session:
        bearer = await key(tmp_path)
        body = {"message": "Compte", "session_id": "s1"}
        response = await session.post(server.url + "/v1/lea/chat/stream", json=body, headers=bearer)
        reading = Reading(response)
        for _ in range(words):
            gate.release()
            await reading.until("delta")
        async with asyncio.timeout(30):
            while "mot" not in await _saved(session, server.url, bearer):
                await asyncio.sleep(0.02)
        await lived(session, server.url, 0.5)  # the promise itself: what is older than this is kept
        await server.end(signal.SIGKILL)
        response.close()
    async with started(tmp_path, LEA_LLM__BASE_URL=model.url) as server, ClientSession() as session:
        assert await _saved(session, server.url, bearer) == "mot " * words
        async with session.post(server.url + "/v1/lea/threads/s1/continue", json={}, headers=bearer) as response:
            told = await Reading(response).rest()
    assert told.text == "mot " * words + "la suite"
    import sqlite3

    with sqlite3.connect(tmp_path / "lea.db") as database:
        row = database.execute(
            "SELECT state, completion_tokens, usage_estimated, prompt_tokens > 0 FROM turns ORDER BY started_at"
        ).fetchone()
    database.close()
    assert row == ("interrupted", estimate("mot " * words), 1, 1)


async def _saved(session: ClientSession, url: str, bearer: dict[str, str]) -> str:
    async with session.get(url + "/v1/lea/threads/s1", headers=bearer) as response:
        messages = (await response.json())["messages"]
    return str(messages[-1]["content"])
