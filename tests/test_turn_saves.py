"""What is said is saved, whatever the database or the provider's numbers do meanwhile."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -1, "completion_tokens": 8},
        {"prompt_tokens": 20, "completion_tokens": 10**20},
        {"prompt_tokens": 20, "completion_tokens": 8, "prompt_tokens_details": {"cached_tokens": -5}},
    ],
)
async def test_numbers_that_cannot_be_counts_do_not_cost_the_answer(
    lea: Lea, ada: Person, model: ModelServer, usage: dict[str, object]
) -> None:
    model.script(Answer("Voilà.", usage=usage))
    told = await ada.ask("Bonjour", session_id="s1")
    assert told.done["finish_reason"] == "stop"
    assert all(
        0 <= told.done["usage"][name] < 2**31 for name in ("prompt_tokens", "completion_tokens", "cached_tokens")
    )
    assert (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"][1]["content"] == "Voilà."


async def test_a_database_held_by_another_process_at_the_end_delays_the_save_and_loses_nothing(
    tmp_path: Path, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    config = settings(tmp_path, llm={"base_url": model.url}, database={"timeout": 0.5})
    async with running(config) as lea:
        ada = await lea.person()
        other = sqlite3.connect(tmp_path / "lea.db", isolation_level=None)
        async with ada.reading("Compte", session_id="s1") as reading:
            gate.release()
            await reading.until("delta")
            other.execute("BEGIN IMMEDIATE")
            gate.release()
            ending = asyncio.ensure_future(reading.rest())
            await asyncio.wait([ending], timeout=1)  # longer than one attempt may take
            assert not ending.done()
            other.execute("ROLLBACK")
            told = await ending
        other.close()
        assert told.done["finish_reason"] == "stop"
        assert "error" not in told.kinds
        assert (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"][1]["content"] == "un deux"


async def test_a_message_that_could_not_be_saved_is_told_and_can_be_sent_again(
    tmp_path: Path, model: ModelServer
) -> None:
    config = settings(tmp_path, llm={"base_url": model.url}, database={"timeout": 0.5})
    async with running(config) as lea:
        ada = await lea.person()
        other = sqlite3.connect(tmp_path / "lea.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        told = await ada.ask("Bonjour", session_id="s1", request_id="r1")
        assert told.error["code"] == "database_timeout"
        assert told.error["retryable"] is True
        assert told.text == ""
        other.execute("ROLLBACK")
        other.close()
        again = await ada.ask("Bonjour", session_id="s1", request_id="r1")
        assert again.done["finish_reason"] in {"stop", "interrupted", "error"}
    with closing(sqlite3.connect(tmp_path / "lea.db")) as kept:
        assert kept.execute("SELECT content FROM messages WHERE role = 'user'").fetchall() == [("Bonjour",)]
        assert kept.execute("SELECT count(*) FROM turns WHERE state = 'running'").fetchone() == (0,)


async def test_an_answer_without_a_word_is_not_sent_to_the_model(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer(fault="cut", fault_at=0), Answer(fault="cut", fault_at=0), Answer(fault="cut", fault_at=0))
    await ada.ask("Un", session_id="s1")
    await ada.ask("Deux", session_id="s1")
    sent = model.exchanges[-1].body["messages"]
    assert [message["content"] for message in sent[1:]] == ["Un", "Deux"]


async def test_a_model_at_another_address_is_not_charged_at_openais_prices(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    assert (await ada.ask("Bonjour")).done["cost"] is None
