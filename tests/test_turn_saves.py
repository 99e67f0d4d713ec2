"""What is said is saved, whatever the database or the provider's numbers do meanwhile."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Logged
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer


def be_patient(lea: Lea, seconds: float) -> None:
    """From now on the database may take so long: little where it is held up on purpose, and nowhere else."""
    lea.store._config = lea.store._config.model_copy(update={"timeout": seconds})


async def not_saved(logged: Logged) -> None:
    """Until an attempt to save an answer has failed."""
    async with asyncio.timeout(30):
        while not logged.named("turn.save_failed"):
            await asyncio.sleep(0.01)


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
    tmp_path: Path, model: ModelServer, logged: Logged
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
        ada = await lea.person()
        other = sqlite3.connect(tmp_path / "lea.db", isolation_level=None)
        async with ada.reading("Compte", session_id="s1") as reading:
            gate.release()
            await reading.until("delta")
            other.execute("BEGIN IMMEDIATE")
            be_patient(lea, 0.5)
            gate.release()
            ending = asyncio.ensure_future(reading.rest())
            await not_saved(logged)
            assert not ending.done()
            other.execute("ROLLBACK")
            be_patient(lea, 30)
            told = await ending
        other.close()
        assert told.done["finish_reason"] == "stop"
        assert "error" not in told.kinds
        assert (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"][1]["content"] == "un deux"


async def test_a_message_that_could_not_be_saved_is_told_and_can_be_sent_again(
    tmp_path: Path, model: ModelServer
) -> None:
    async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
        ada = await lea.person()
        await ada.call("GET", "/v1/lea/threads")  # her key is known before anything is short of time
        other = sqlite3.connect(tmp_path / "lea.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        be_patient(lea, 0.5)
        told = await ada.ask("Bonjour", session_id="s1", request_id="r1")
        assert told.error["code"] == "database_timeout"
        assert told.error["retryable"] is True
        assert told.text == ""
        other.execute("ROLLBACK")
        other.close()
        be_patient(lea, 30)
        again = await ada.ask("Bonjour", session_id="s1", request_id="r1")
        assert again.done["finish_reason"] in {"stop", "interrupted", "error"}
    with closing(sqlite3.connect(tmp_path / "lea.db")) as kept:
        assert kept.execute("SELECT content FROM messages WHERE role = 'user'").fetchall() == [("Bonjour",)]
        assert kept.execute("SELECT count(*) FROM turns WHERE state = 'running'").fetchone() == (0,)


async def test_who_reads_a_conversation_while_its_message_is_being_saved_finds_it(
    tmp_path: Path, model: ModelServer
) -> None:
    """A page that is reloaded right after the first byte must not be told that there is no such conversation."""
    model.script(Answer("Bien sûr."))
    async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
        ada = await lea.person()
        await ada.call("GET", "/v1/lea/threads")  # her key is known before anything is short of time
        with closing(sqlite3.connect(tmp_path / "lea.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with ada.reading("Bonjour", session_id="s1") as reading:
                await reading.until("connecting")
                looking = asyncio.ensure_future(ada.call("GET", "/v1/lea/threads/s1"))
                assert (await ada.call("GET", "/v1/lea/threads/s2"))[0] == 404
                assert not looking.done()
                other.execute("ROLLBACK")
                status, thread = await looking
                await reading.rest()
        assert status == 200
        assert thread["messages"][0]["content"] == "Bonjour"


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
