"""Many decide at once: one effect a question, and everybody learns the outcome."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, Call, ModelServer
from tests.test_actions import VAGUE, confirms, file_of, with_files

TURNS = 100
QUESTIONS = 10
"""In each turn."""
AT_ONCE = 40


@pytest.fixture
async def lea(tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    async with running(settings(tmp_path, llm={"base_url": model.url})) as server:
        yield server


async def questions(ada: Person, model: ModelServer, turn: int) -> list[str]:
    file = f"T-{101 + turn % 10}"
    notes = [json.dumps({"transaction": file, "text": f"note {turn}.{number}"}) for number in range(QUESTIONS)]
    model.script(Answer("", pieces=("Bon.",), calls=tuple(Call("add_note", note) for note in notes)))
    told = await ada.ask(VAGUE, session_id=f"s{turn}")
    return [confirm["id"] for confirm in confirms(told)]


@pytest.mark.timeout(360)
async def test_a_thousand_double_approvals_are_a_thousand_effects(lea: Lea, ada: Person, model: ModelServer) -> None:
    await with_files(lea, ada)
    asked = [one for turn in range(TURNS) for one in await questions(ada, model, turn)]
    assert len(set(asked)) == TURNS * QUESTIONS
    free = asyncio.Semaphore(AT_ONCE)

    async def approve(confirmation_id: str) -> str:
        async with free:
            status, body = await ada.call("POST", f"/v1/lea/confirmations/{confirmation_id}", {"decision": "approve"})
        assert status == 200, body
        assert body["action"]["state"] == "succeeded"
        return str(body["action"]["id"])

    before = (await lea.sql("SELECT count(*) FROM transaction_notes"))[0][0]
    done = await asyncio.gather(*(approve(one) for one in asked for _ in range(2)))
    assert len(set(done)) == len(asked)
    after = (await lea.sql("SELECT count(*) FROM transaction_notes"))[0][0]
    assert after - before == len(asked)
    assert (await lea.sql("SELECT count(*) FROM action_calls WHERE state = 'succeeded'"))[0][0] == len(asked)


async def test_a_yes_and_a_no_at_once_are_one_decision(lea: Lea, ada: Person, model: ModelServer) -> None:
    await with_files(lea, ada)
    (asked, *_) = await questions(ada, model, 3)
    path = f"/v1/lea/confirmations/{asked}"
    answers = await asyncio.gather(
        ada.call("POST", path, {"decision": "approve"}), ada.call("POST", path, {"decision": "reject"})
    )
    assert sorted(status for status, _ in answers) == [200, 409]
    won = next(body for status, body in answers if status == 200)
    notes = (await file_of(ada, "T-104"))["notes"]
    assert ("note 3.0" in [note["text"] for note in notes]) is (won["state"] == "approved")


async def test_the_other_tabs_learn_what_was_asked_and_decided(lea: Lea, ada: Person, model: ModelServer) -> None:
    await with_files(lea, ada)
    async with ada.reading(path="/v1/lea/events/stream".removesuffix("/stream") + "?x=/stream") as events:
        (asked, *_) = await questions(ada, model, 3)
        told = await events.until("confirm")
        assert (told.data["confirm"]["id"], told.data["confirm"]["thread_id"]) == (asked, "s3")
        await ada.call("POST", f"/v1/lea/confirmations/{asked}", {"decision": "reject"})
        while (told := await events.until("confirm")).data["confirm"]["state"] == "asked":
            pass
        assert (told.data["confirm"]["id"], told.data["confirm"]["state"]) == (asked, "rejected")


async def test_more_decisions_than_may_wait_are_all_made(lea: Lea, ada: Person, model: ModelServer) -> None:
    """The conversation takes ten waiting turns; a decision is made at once all the same."""
    await with_files(lea, ada)
    gate = asyncio.Semaphore(0)
    notes = [json.dumps({"transaction": "T-104", "text": f"note {number}"}) for number in range(16)]
    model.script(Answer("", pieces=("Bon.",), calls=tuple(Call("add_note", note) for note in notes)))
    asked = [one["id"] for one in confirms(await ada.ask(VAGUE, session_id="s1"))]
    assert len(asked) == 16
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Raconte-moi une histoire de la rue de la Paix", session_id="s1") as reading:
        await reading.until("thinking")
        for one in asked:
            status, body = await ada.call("POST", f"/v1/lea/confirmations/{one}", {"decision": "approve"})
            assert (status, body["action"]["state"]) == (200, "succeeded")
        for _ in range(2):
            gate.release()
        await reading.rest()
