"""Deleting a conversation, bringing it back, and what is erased in the end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from lea.store.deleted import KEPT_S
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, Call, ModelServer
from tests.postgres import fresh_database
from tests.test_actions import VAGUE, confirms, with_files
from tests.test_notices import tab

LATE = f"UPDATE threads SET deleted_at = deleted_at - {KEPT_S} WHERE deleted_at IS NOT NULL"


@pytest.fixture(params=["sqlite", "postgresql"])
async def lea(request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """The same rules in both databases."""
    async with AsyncExitStack() as stack:
        database = {}
        if request.param == "postgresql":
            database = {"url": await stack.enter_async_context(fresh_database())}
        config = settings(tmp_path, database=database, llm={"base_url": model.url})
        yield await stack.enter_async_context(running(config))


async def test_a_deleted_conversation_is_nowhere(lea: Lea, ada: Person) -> None:
    told = await ada.ask("Le notaire", session_id="s1")
    cursor = f"{told.done['turn_id']}:1"
    assert await ada.call("DELETE", "/v1/lea/threads/s1") == (204, None)
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/search?q=notaire", None),
        ("GET", "/export?format=md", None),
        ("GET", "/stream", None),
        ("GET", f"/stream?after={cursor}", None),
        ("PATCH", "", {"title": "Autre"}),
        ("POST", "/stop", {}),
        ("POST", "/regenerate", {}),
        ("POST", "/continue", {}),
        ("POST", "/branch", {"message_id": told.done["message_id"]}),
        ("DELETE", "", None),
    ):
        assert (await ada.call(method, f"/v1/lea/threads/s1{path}", body))[0] == 404, path
    assert (await ada.call("DELETE", "/v1/lea/sessions/s1"))[0] == 404
    assert (await ada.call("GET", "/v1/lea/threads"))[1]["threads"] == []
    assert (await ada.call("GET", "/v1/lea/threads/search?q=notaire"))[1]["threads"] == []


async def test_it_comes_back_as_it_was_and_goes_on(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("A."), Answer("B."))
    await ada.ask("Un", session_id="s1")
    before = (await ada.call("GET", "/v1/lea/threads/s1"))[1]
    await ada.call("DELETE", "/v1/lea/threads/s1")
    status, thread = await ada.call("POST", "/v1/lea/threads/s1/restore")
    assert (status, thread["id"], thread["title"]) == (200, "s1", "Un")
    assert (await ada.call("GET", "/v1/lea/threads/s1"))[1] == before
    assert (await ada.call("POST", "/v1/lea/threads/s1/restore"))[0] == 404
    await ada.ask("Deux", session_id="s1")
    sent = (await model.exchange(1)).body["messages"][1:]
    assert [message["content"] for message in sent] == ["Un", "A.", "Deux"]


async def test_only_its_owner_brings_it_back(lea: Lea, ada: Person) -> None:
    bob = await lea.person("bob@example.org")
    await ada.ask("Un", session_id="s1")
    await ada.call("DELETE", "/v1/lea/threads/s1")
    assert (await bob.call("POST", "/v1/lea/threads/s1/restore"))[0] == 404
    name = (await lea.sql("SELECT id FROM threads"))[0][0]
    assert (await ada.call("GET", f"/v1/lea/threads/{name}"))[0] in {400, 404}
    assert (await ada.call("POST", "/v1/lea/threads/s1/restore"))[0] == 200


async def test_the_name_is_free_and_the_newest_deletion_is_undone(lea: Lea, ada: Person) -> None:
    for title in ("Un", "Deux"):
        await ada.ask(title, session_id="s1")
        await ada.call("DELETE", "/v1/lea/threads/s1")
    await ada.ask("Trois", session_id="s1")
    status, problem = await ada.call("POST", "/v1/lea/threads/s1/restore")
    assert (status, problem["code"]) == (409, "thread_name_taken")
    await ada.call("DELETE", "/v1/lea/sessions/s1")
    assert (await ada.call("POST", "/v1/lea/threads/s1/restore"))[1]["title"] == "Deux"


async def test_the_answer_under_way_is_stopped_and_comes_back_as_far_as_it_was(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(1)
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        event = await reading.until("delta")
        assert (await ada.call("DELETE", "/v1/lea/threads/s1"))[0] == 204
        assert (await reading.rest()).done["finish_reason"] == "stopped"
    assert (await ada.call("GET", f"/v1/lea/threads/s1/stream?after={event.turn_id}:{event.n}"))[0] == 404
    await ada.call("POST", "/v1/lea/threads/s1/restore")
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert thread["live_turn_id"] is None
    assert [(one["content"], one["finish_reason"]) for one in thread["messages"]] == [
        ("Compte", None),
        ("un ", "stopped"),
    ]


async def test_the_request_of_a_deleted_message_tells_nothing_of_it(lea: Lea, ada: Person) -> None:
    await ada.ask("Un", session_id="s1", request_id="r1")
    await ada.call("DELETE", "/v1/lea/threads/s1")
    told = await ada.ask("Un", session_id="s1", request_id="r1")
    assert told.error["code"] == "request_id_reused"
    assert (await ada.call("GET", "/v1/lea/threads"))[1]["threads"] == []
    await ada.call("POST", "/v1/lea/threads/s1/restore")
    assert (await ada.ask("Un", session_id="s1", request_id="r1")).done["finish_reason"] == "stop"


async def test_nothing_asked_in_it_is_decided(lea: Lea, ada: Person, model: ModelServer) -> None:
    await with_files(lea, ada)
    wish = Call("move_transaction", json.dumps({"transaction": "t104", "stage": "offer"}))
    model.script(Answer("", pieces=("Bien sûr.",), calls=(wish,)))
    asked = confirms(await ada.ask(VAGUE, session_id="s1"))[0]
    path = f"/v1/lea/confirmations/{asked['id']}"
    await ada.call("DELETE", "/v1/lea/threads/s1")
    assert (await ada.call("GET", "/v1/lea/confirmations?state=asked"))[1]["confirmations"] == []
    assert (await ada.call("POST", path, {"decision": "approve"}))[0] == 404
    await ada.call("POST", "/v1/lea/threads/s1/restore")
    assert (await ada.call("POST", path, {"decision": "approve"}))[0] == 200


async def test_after_a_day_it_is_erased_at_the_next_start(tmp_path: Path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url})
    async with running(config) as lea:
        ada = await lea.person()
        for thread_id in ("s1", "s2", "s3"):
            await ada.ask("Un", session_id=thread_id)
        await ada.call("DELETE", "/v1/lea/threads/s1")
        await lea.store.write(lambda connection: connection.exec_driver_sql(LATE))
        await ada.call("DELETE", "/v1/lea/threads/s2")
        assert (await ada.call("POST", "/v1/lea/threads/s1/restore"))[0] == 404
        assert await lea.sql("SELECT count(*) FROM threads") == [(3,)]
    async with running(config) as lea:
        async with asyncio.timeout(30):
            while await lea.sql("SELECT count(*) FROM threads") != [(2,)]:
                await asyncio.sleep(0.01)
        assert await lea.sql("SELECT count(*) FROM messages") == [(4,)]
        ada.session, ada.url = lea.session, lea.url
        assert (await ada.call("POST", "/v1/lea/threads/s2/restore"))[0] == 200
        assert (await ada.call("POST", "/v1/lea/threads/s1/restore"))[0] == 404


async def test_other_tabs_are_told(lea: Lea, ada: Person) -> None:
    await ada.ask("Un", session_id="s1")
    one = await tab(ada)
    await ada.call("DELETE", "/v1/lea/threads/s1")
    await ada.call("POST", "/v1/lea/threads/s1/restore")
    assert (await one.until("thread")).data["thread"] == {"id": "s1", "state": "deleted"}
    assert (await one.until("thread")).data["thread"] == {"id": "s1", "state": "restored"}
    one.response.close()
