"""Branches of a conversation: messages said again in other words, versions of answers, and which of them is shown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.redis_server import own_redis
from tests.test_notices import tab


@pytest.fixture(params=["sqlite", "postgresql"])
async def lea(request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """The same rules in both databases."""
    async with AsyncExitStack() as stack:
        database = {}
        if request.param == "postgresql":
            database = {"url": await stack.enter_async_context(fresh_database())}
        config = settings(tmp_path, database=database, llm={"base_url": model.url})
        yield await stack.enter_async_context(running(config))


async def shown(person: Person, thread_id: str = "s1") -> list[dict[str, Any]]:
    """The messages of the branch that is shown."""
    status, thread = await person.call("GET", f"/v1/lea/threads/{thread_id}")
    assert status == 200
    return list(thread["messages"])


def words(messages: list[dict[str, Any]]) -> list[str]:
    return [message["content"] for message in messages]


async def sent(model: ModelServer, number: int) -> list[str]:
    """What the model was told of the conversation."""
    return words((await model.exchange(number)).body["messages"][1:])


async def test_the_first_message_is_said_again_in_other_words(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("A."), Answer("B."), Answer("C."))
    await ada.ask("Un", session_id="s1")
    await ada.ask("Deux", session_id="s1")
    told = await ada.ask("Un bis", session_id="s1", parent_message_id="root")
    assert told.text == "C."
    assert await sent(model, 2) == ["Un bis"]
    messages = await shown(ada)
    assert words(messages) == ["Un bis", "C."]
    assert messages[0]["parent_id"] is None
    assert len(messages[0]["siblings"]) == 2
    assert messages[0]["siblings"][1] == messages[0]["id"]
    assert messages[1]["siblings"] == []


async def test_the_branch_that_was_chosen_is_what_the_model_sees_next(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    model.script(Answer("A."), Answer("B."), Answer("C."), Answer("D."))
    await ada.ask("Un", session_id="s1")
    await ada.ask("Deux", session_id="s1")
    await ada.ask("Un bis", session_id="s1", parent_message_id="root")
    first = (await shown(ada))[0]["siblings"][0]
    status, thread = await ada.call("POST", "/v1/lea/threads/s1/branch", {"message_id": first})
    assert (status, words(thread["messages"])) == (200, ["Un", "A.", "Deux", "B."])
    assert words(await shown(ada)) == ["Un", "A.", "Deux", "B."]
    await ada.ask("Trois", session_id="s1")
    assert await sent(model, 3) == ["Un", "A.", "Deux", "B.", "Trois"]
    assert len(model.exchanges) == 4  # the branch was known before the model was asked
    assert words(await shown(ada)) == ["Un", "A.", "Deux", "B.", "Trois", "D."]


async def test_versions_of_an_answer_are_in_order_and_can_be_shown(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("A."), Answer("B."), Answer("C."))
    await ada.ask("Un", session_id="s1")
    for _ in range(2):
        async with ada.reading(path="/v1/lea/threads/s1/regenerate") as reading:
            await reading.rest()
    versions = (await shown(ada))[1]["siblings"]
    said = []
    for version in versions:
        _, thread = await ada.call("POST", "/v1/lea/threads/s1/branch", {"message_id": version})
        assert thread["messages"][1]["siblings"] == versions
        said.append(thread["messages"][1]["content"])
    assert said == ["A.", "B.", "C."]


async def test_what_was_said_in_another_branch_is_not_what_a_yes_is_about(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    model.script(
        Answer("Bonjour."), Answer("Je crée une transaction pour l'achat du 3 rue Haute à Lyon ?"), Answer("Oui ?")
    )
    first = await ada.ask("Bonjour", session_id="s1")
    await ada.ask("Que proposes-tu ?", session_id="s1")
    told = await ada.ask("oui", session_id="s1", parent_message_id=first.done["message_id"])
    assert told.text == "Oui ?"
    assert await sent(model, 2) == ["Bonjour", "Bonjour.", "oui"]


async def test_a_branch_cannot_be_chosen_while_an_answer_is_under_way(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("A."), Answer("B.", gate=gate))
    first = await ada.ask("Un", session_id="s1")
    chosen = {"message_id": first.done["message_id"]}
    async with ada.reading("Deux", session_id="s1") as reading:
        await reading.until("thinking")
        await model.exchange(1)
        async with asyncio.timeout(30):
            while len(await shown(ada)) < 3:
                await asyncio.sleep(0.01)
        status, problem = await ada.call("POST", "/v1/lea/threads/s1/branch", chosen)
        assert (status, problem["code"]) == (409, "turn_active")
        gate.release()
        await reading.rest()
    assert (await ada.call("POST", "/v1/lea/threads/s1/branch", chosen))[0] == 200
    assert words(await shown(ada)) == ["Un", "A.", "Deux", "B."]


async def test_only_messages_of_this_conversation_can_be_chosen(lea: Lea, ada: Person) -> None:
    bob = await lea.person("bob@example.org")
    mine = await ada.ask("Un", session_id="s1")
    other = await ada.ask("Ailleurs", session_id="s2")
    his = await bob.ask("Un", session_id="s1")
    for message in (other, his):
        body = {"message_id": message.done["message_id"]}
        assert (await ada.call("POST", "/v1/lea/threads/s1/branch", body))[0] == 404
    body = {"message_id": mine.done["message_id"]}
    assert (await bob.call("POST", "/v1/lea/threads/s1/branch", body))[0] == 404
    assert (await ada.call("POST", "/v1/lea/threads/s3/branch", body))[0] == 404
    for bad in ({}, {"message_id": "../x"}, {"message_id": 1}):
        assert (await ada.call("POST", "/v1/lea/threads/s1/branch", bad))[0] == 400


async def test_other_tabs_are_told_of_the_branch(lea: Lea, ada: Person) -> None:
    first = await ada.ask("Un", session_id="s1")
    one = await tab(ada)
    await ada.call("POST", "/v1/lea/threads/s1/branch", {"message_id": first.done["message_id"]})
    assert (await one.until("thread")).data["thread"] == {"id": "s1", "state": "branched"}
    one.response.close()


async def test_two_servers_agree_on_the_branch(tmp_path: Path, model: ModelServer) -> None:
    model.script(Answer("A."), Answer("B."), Answer("C."), Answer("D."))
    with own_redis() as redis:
        async with fresh_database() as url:
            config = settings(tmp_path, database={"url": url}, state={"url": redis.url}, llm={"base_url": model.url})
            async with running(config) as one, running(config) as other:
                ada = await one.person()
                also_ada = Person(other.session, other.url, ada.identity, ada.headers["Authorization"].split()[1])
                first = await ada.ask("Un", session_id="s1")
                await also_ada.ask("Deux", session_id="s1")
                await ada.ask("Deux bis", session_id="s1", parent_message_id=first.done["message_id"])
                earlier = (await shown(also_ada))[2]["siblings"][0]
                await also_ada.call("POST", "/v1/lea/threads/s1/branch", {"message_id": earlier})
                assert words(await shown(ada)) == ["Un", "A.", "Deux", "B."]
                await ada.ask("Trois", session_id="s1")
    assert (await sent(model, 3)) == ["Un", "A.", "Deux", "B.", "Trois"]
