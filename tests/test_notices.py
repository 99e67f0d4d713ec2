"""What the other tabs are told."""

import asyncio

from tests.lea_server import Lea, Person, Reading
from tests.model_server import Answer, ModelServer

EVENTS = "/v1/lea/events"


async def tab(person: Person, cursor: str | None = None) -> Reading:
    response = await person.request("GET", EVENTS, None, **({} if cursor is None else {"Last-Event-ID": cursor}))
    assert response.status == 200
    return Reading(response)


async def test_every_tab_hears_of_turns_that_begin_and_end(lea: Lea, ada: Person) -> None:
    tabs = [await tab(ada), await tab(ada)]
    told = await ada.ask("Bonjour", session_id="s1")
    for one in tabs:
        began, ended = (await one.until("turn")).data["turn"], (await one.until("turn")).data["turn"]
        assert began == {"id": told.done["turn_id"], "thread_id": "s1", "state": "began"}
        assert ended == {"id": told.done["turn_id"], "thread_id": "s1", "state": "ended", "finish_reason": "stop"}
        one.response.close()


async def test_conversations_that_change_are_told(lea: Lea, ada: Person) -> None:
    await ada.ask("Bonjour", session_id="s1")
    one = await tab(ada)
    await ada.call("PATCH", "/v1/lea/threads/s1", {"title": "Factures"})
    await ada.call("DELETE", "/v1/lea/threads/s1")
    assert (await one.until("thread")).data["thread"] == {"id": "s1", "state": "renamed"}
    assert (await one.until("thread")).data["thread"] == {"id": "s1", "state": "deleted"}
    one.response.close()


async def test_nothing_of_another_person_is_heard(lea: Lea, ada: Person, model: ModelServer) -> None:
    bob = await lea.person("bob@example.org")
    one = await tab(bob)
    await ada.ask("Secret", session_id="s1")
    await bob.ask("Bonjour", session_id="s2")
    assert (await one.until("turn")).data["turn"]["thread_id"] == "s2"
    one.response.close()


async def test_a_tab_that_comes_back_gets_what_it_missed(lea: Lea, ada: Person) -> None:
    staying, leaving = await tab(ada), await tab(ada)
    await ada.ask("Un", session_id="s1")
    await leaving.until("turn")
    seen = await leaving.until("turn")
    leaving.response.close()
    await ada.ask("Deux", session_id="s2")
    back = await tab(ada, f"{seen.turn_id}:{seen.n}")
    assert (await back.until("turn")).data["turn"]["thread_id"] == "s2"
    for one in (staying, back):
        one.response.close()


async def test_a_tab_with_a_cursor_nobody_knows_is_told_to_read_again(lea: Lea, ada: Person) -> None:
    for cursor in ("e_unknown:7", "nonsense", "e:x"):
        one = await tab(ada, cursor)
        assert (await one.until("resync")).data == {"resync": True}
        one.response.close()


async def test_nothing_is_kept_when_nobody_listens(lea: Lea, ada: Person) -> None:
    one = await tab(ada)
    assert lea.notices == 1
    one.response.close()
    await ada.ask("Bonjour")
    await ada.ask("Bonjour")
    async with asyncio.timeout(20):
        while lea.notices:
            await ada.ask("Bonjour")
            await asyncio.sleep(0)


async def test_a_live_answer_is_heard_of_before_it_ends(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un", gate=gate))
    one = await tab(ada)
    async with ada.reading("Bonjour", session_id="s1") as reading:
        assert (await one.until("turn")).data["turn"]["state"] == "began"
        gate.release()
        await reading.rest()
    assert (await one.until("turn")).data["turn"]["state"] == "ended"
    one.response.close()
