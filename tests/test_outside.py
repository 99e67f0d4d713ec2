"""Effects in another system: asked for once, and found out about where the answer was lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from lea import faults
from lea.actions.action import Arguments, Effect, Outside, Preview, Scope
from lea.app import Adapters
from lea.errors import ExternalRejected, ExternalUnavailable
from lea.handlers.keys import DESK
from lea.manager.checking import Checking
from lea.store import acts
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, Call, ModelServer


class LetterArguments(Arguments):
    to: str


class PostOffice:
    """Another system with a memory of its own; `mood` is what becomes of the next letter."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.mood = "fine"

    def take(self, key: str) -> None:
        if self.mood == "refuses":
            raise ExternalRejected
        if self.mood != "loses":
            self.sent.append(key)
        if self.mood == "closes":
            self.mood = "closed"
            raise ExternalUnavailable
        if self.mood in {"forgets to answer", "loses"}:
            raise ExternalUnavailable


class SendLetter(Outside[LetterArguments]):
    name = "send_letter"
    arguments = LetterArguments
    description = "Send a letter."
    title: ClassVar[Any] = {"fr": "Envoyer une lettre", "en": "Send a letter"}
    changes = "letter"
    proposed = "allow"

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def preview(self, scope: Scope, arguments: LetterArguments) -> Preview:
        return Preview(f"Letter to {arguments.to}", {"to": arguments.to})

    async def perform(self, scope: Scope, arguments: LetterArguments, key: str) -> Effect:
        self._office.take(key)
        return Effect(f"Letter sent to {arguments.to}")

    async def check(self, scope: Scope, arguments: LetterArguments, key: str) -> Effect | None:
        if self._office.mood == "closed":
            raise ExternalUnavailable
        return Effect(f"Letter sent to {arguments.to}") if key in self._office.sent else None


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
async def lea(tmp_path: Path, model: ModelServer, office: PostOffice) -> AsyncIterator[Lea]:
    config = settings(tmp_path, llm={"base_url": model.url}, actions={"outside_timeout": 0.2})
    model.script(Answer("", pieces=("Je l'envoie.",), calls=(Call("send_letter", '{"to": "Mme Roy"}'),)))
    async with running(config, Adapters(actions=[SendLetter(office)])) as server:
        yield server


async def sent_by(ada: Person) -> dict[str, Any]:
    told = await ada.ask("Pourrais-tu prévenir Mme Roy comme convenu l'autre jour ?", session_id="s1")
    return [event.data["action"] for event in told.events if "action" in event.data][-1]


async def receipt(ada: Person) -> dict[str, Any]:
    messages = (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"]
    return messages[1]["actions"][0]  # type: ignore[no-any-return]


async def until(ada: Person, state: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while (found := await receipt(ada))["state"] != state:
            await asyncio.sleep(0.05)
    return found


async def test_it_happens_and_is_told(ada: Person, office: PostOffice) -> None:
    done = await sent_by(ada)
    assert (done["state"], done["summary"], office.sent) == ("succeeded", "Letter sent to Mme Roy", [done["id"]])
    assert "undoable" not in done


async def test_a_refusal_is_no_effect(ada: Person, office: PostOffice) -> None:
    office.mood = "refuses"
    assert (await sent_by(ada))["state"] == "failed"


@pytest.mark.parametrize(("mood", "ended"), [("forgets to answer", "succeeded"), ("loses", "failed")])
async def test_what_nobody_knows_is_said_to_be_unknown_and_found_out(
    ada: Person, office: PostOffice, mood: str, ended: str
) -> None:
    office.mood = mood
    done = await sent_by(ada)
    assert done["state"] == "unknown"
    found = await until(ada, ended)
    assert found["id"] == done["id"]
    assert office.sent == ([done["id"]] if ended == "succeeded" else [])


async def test_while_it_cannot_be_found_out_it_stays_unknown(lea: Lea, ada: Person, office: PostOffice) -> None:
    office.mood = "closes"
    await sent_by(ada)
    checking = Checking(lea.app[DESK], lea.store)
    async with asyncio.timeout(30):
        while not await lea.store.read(lambda connection: acts.pending(connection, lea.store_now() - 0.2, 1)):
            await asyncio.sleep(0.02)
    await checking.check()
    assert (await receipt(ada))["state"] == "unknown"
    office.mood = "fine"
    await checking.check()
    await until(ada, "succeeded")  # found out by this look, or by one of the server's own that was before it


async def test_a_crash_after_the_effect_is_found_out_and_not_repeated(
    tmp_path: Path, model: ModelServer, office: PostOffice
) -> None:
    """The process is gone between the effect and its record: here its turn, cut off as a kill would."""
    reached = asyncio.Event()

    def die(point: str) -> None:
        if point == "action.performed":
            reached.set()
            raise asyncio.CancelledError

    config = settings(tmp_path, llm={"base_url": model.url}, actions={"outside_timeout": 0.2})
    model.script(Answer("", pieces=("Je l'envoie.",), calls=(Call("send_letter", '{"to": "Mme Roy"}'),)))
    faults.arm(die)
    try:
        async with running(config, Adapters(actions=[SendLetter(office)])) as lea:
            ada = await lea.person()
            told = await ada.ask("Pourrais-tu prévenir Mme Roy comme convenu l'autre jour ?", session_id="s1")
            assert told.done["finish_reason"] == "interrupted"
            assert reached.is_set()
    finally:
        faults.disarm()
    with sqlite3.connect(tmp_path / "lea.db") as connection:
        assert connection.execute("SELECT state FROM action_calls").fetchall() == [("pending",)]
    async with running(config, Adapters(actions=[SendLetter(office)])) as lea:
        again = Person(lea.session, lea.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        assert (await until(again, "succeeded"))["summary"] == "Letter sent to Mme Roy"
    assert len(office.sent) == 1
