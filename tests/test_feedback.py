"""What people say of answers: kept one an answer, told to their other tabs, read by their company's admins."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lea.metrics import REGISTRY
from tests.conftest import Logged
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.test_notices import tab

ADMIN = "/v1/admin/feedback"
SECRET = "Le notaire s'appelle Zoé"


async def answered(person: Person, thread: str = "s1") -> dict[str, Any]:
    """The `done` of an answer there."""
    return (await person.ask("Bonjour", session_id=thread)).done


def path(done: dict[str, Any]) -> str:
    return f"/v1/lea/messages/{done['message_id']}/feedback"


async def said(person: Person, thread: str = "s1") -> list[Any]:
    """What is said of each message of a conversation, without its times."""
    _, whole = await person.call("GET", f"/v1/lea/threads/{thread}")
    kept = [message["feedback"] for message in whole["messages"]]
    return [one and {name: one[name] for name in ("rating", "reason", "comment")} for one in kept]


def counted(rating: str) -> float:
    return REGISTRY.get_sample_value("lea_feedback_total", {"rating": rating}) or 0


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """A server on each kind of database."""
    llm = {"base_url": model.url}
    if request.param == "sqlite":
        async with running(settings(tmp_path, llm=llm)) as server:
            yield server
        return
    async with fresh_database() as url, running(settings(tmp_path, llm=llm, database={"url": url})) as server:
        yield server


async def test_an_answer_is_rated_rated_otherwise_and_the_rating_taken_back(either: Lea) -> None:
    ada, grace = await either.person(), await either.person("grace@example.org", role="admin")
    done = await answered(ada)
    before = counted("up"), counted("down")
    status, up = await ada.call("PUT", path(done), {"rating": "up"})
    assert (status, up) == (200, up | {"rating": "up", "reason": None, "comment": None})
    status, down = await ada.call("PUT", path(done), {"rating": "down", "reason": "wrong", "comment": f" {SECRET} \0"})
    assert (status, down["reason"], down["comment"]) == (200, "wrong", SECRET)
    assert down["created_at"] == up["created_at"]
    await ada.call("PUT", path(done), {"rating": "down", "comment": "  "})
    assert await said(ada) == [None, {"rating": "down", "reason": None, "comment": None}]
    assert (counted("up"), counted("down")) == (before[0] + 1, before[1] + 1)
    other = await answered(ada, "s2")
    await ada.call("PUT", path(other), {"rating": "down", "reason": "unclear", "comment": SECRET})
    _, first = await grace.call("GET", f"{ADMIN}?limit=1")
    _, second = await grace.call("GET", f"{ADMIN}?limit=1&cursor={first['next_cursor']}")
    [newest], [oldest] = first["feedback"], second["feedback"]
    assert second["next_cursor"] is None
    assert {name: newest[name] for name in ("rating", "reason", "comment", "name", "email")} == {
        "rating": "down", "reason": "unclear", "comment": SECRET, "name": "Ada", "email": "ada@example.org",
    }  # fmt: skip
    assert (newest["turn_id"], oldest["turn_id"]) == (other["turn_id"], done["turn_id"])
    assert newest["provider"] == other["provider"]
    assert (await grace.call("GET", f"/v1/admin/turns/{newest['turn_id']}"))[0] == 200
    for _ in range(2):  # taking back what is not there is no mistake
        assert await ada.call("DELETE", path(done)) == (204, None)
    assert await said(ada) == [None, None]


async def test_only_ones_own_whole_answers_can_be_rated(lea: Lea, ada: Person, model: ModelServer) -> None:
    bob, eve = await lea.person("bob@example.org"), await lea.person("eve@example.org", company="Another One")
    done = await answered(ada)
    _, whole = await ada.call("GET", "/v1/lea/threads/s1")
    question = whole["messages"][0]["id"]
    for person in (bob, eve):
        for method in ("PUT", "DELETE"):
            status, problem = await person.call(method, path(done), {"rating": "up"})
            assert (status, problem["code"]) == (404, "not_found")
    for name in (question, "m_nothing"):
        assert (await ada.call("PUT", f"/v1/lea/messages/{name}/feedback", {"rating": "up"}))[0] == 404
        assert (await ada.call("DELETE", f"/v1/lea/messages/{name}/feedback"))[0] == 404
    await ada.call("PUT", path(done), {"rating": "up"})
    grace = await lea.person("grace@example.org", role="admin")
    stranger = await lea.person("root@example.net", company="Another One", role="admin")
    assert len((await grace.call("GET", ADMIN))[1]["feedback"]) == 1
    assert (await stranger.call("GET", ADMIN))[1] == {"feedback": [], "next_cursor": None}
    assert (await ada.call("GET", ADMIN))[0] == 403


async def test_a_wrong_rating_is_refused(lea: Lea, ada: Person) -> None:
    done = await answered(ada)
    for body in (
        {},
        {"rating": "maybe"},
        {"rating": "down", "reason": "boring"},
        {"rating": "up", "reason": "wrong"},
        {"rating": "down", "comment": "x" * 1001},
        {"rating": "down", "comment": 1},
        {"rating": "down", "stars": 5},
    ):
        assert (await ada.call("PUT", path(done), body))[0] == 400, body
    assert await said(ada) == [None, None]


async def test_an_answer_that_is_still_written_cannot_be_rated(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        await reading.until("thinking")
        _, whole = await ada.call("GET", "/v1/lea/threads/s1")
        live = {"message_id": whole["messages"][-1]["id"]}
        status, problem = await ada.call("PUT", path(live), {"rating": "up"})
        assert (status, problem["code"]) == (409, "turn_active")
        for _ in range(2):
            gate.release()
        done = (await reading.rest()).done
    assert done["message_id"] == live["message_id"]
    assert (await ada.call("PUT", path(done), {"rating": "up"}))[0] == 200


async def test_ones_other_tabs_hear_of_it_and_the_log_has_no_comment(lea: Lea, ada: Person, logged: Logged) -> None:
    bob = await lea.person("bob@example.org")
    done = await answered(ada)
    mine, his = await tab(ada), await tab(bob)
    _, kept = await ada.call("PUT", path(done), {"rating": "down", "reason": "not_done", "comment": SECRET})
    about = {"thread_id": "s1", "message_id": done["message_id"]}
    assert (await mine.until("rated")).data == {"rated": {**about, "feedback": kept}}
    await ada.call("DELETE", path(done))
    assert (await mine.until("rated")).data == {"rated": {**about, "feedback": None}}
    await answered(bob)
    await his.until("turn")
    assert all("rated" not in event.data for event in his.told.events)
    for one in (mine, his):
        one.response.close()
    [line] = logged.named("feedback.given")
    assert (line["rating"], line["reason"], line["commented"], line["turn_id"]) == (
        "down", "not_done", True, done["turn_id"],
    )  # fmt: skip
    assert len(logged.named("feedback.taken_back")) == 1
    assert not any(SECRET in str(line) for line in logged)


async def test_what_is_said_goes_with_its_conversation(lea: Lea, ada: Person) -> None:
    grace = await lea.person("grace@example.org", role="admin")
    done = await answered(ada)
    await ada.call("PUT", path(done), {"rating": "down", "reason": "other", "comment": SECRET})
    await ada.call("DELETE", "/v1/lea/threads/s1")
    assert (await grace.call("GET", ADMIN))[1]["feedback"] == []
    assert (await ada.call("PUT", path(done), {"rating": "up"}))[0] == 404
    await ada.call("POST", "/v1/lea/threads/s1/restore")
    assert await said(ada) == [None, {"rating": "down", "reason": "other", "comment": SECRET}]
    assert await ada.call("DELETE", "/v1/lea/sessions/s1") == (204, None)
    assert await lea.sql("SELECT * FROM feedback") == []
