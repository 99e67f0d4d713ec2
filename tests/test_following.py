"""Following: history then live, from any cursor, in the turn's life and after it."""

import asyncio
from pathlib import Path

import pytest

from lea.app import Adapters
from tests.fakes import ManualClock
from tests.lea_server import Lea, Person, Reading, Told, running, settings
from tests.model_server import Answer, ModelServer

STREAM = "/v1/lea/threads/s1/stream"


async def follow(person: Person, cursor: str | None = None, *, header: bool = True) -> Told | int:
    """Everything a follower is told, or the status where there is no stream."""
    path = STREAM if header or cursor is None else f"{STREAM}?after={cursor}"
    headers = {"Last-Event-ID": cursor} if header and cursor is not None else {}
    response = await person.request("GET", path, None, **headers)
    async with response:
        return await Reading(response).rest() if response.status == 200 else response.status


@pytest.mark.parametrize("header", [True, False])
async def test_a_cursor_gets_the_rest_of_its_turn(lea: Lea, ada: Person, model: ModelServer, header: bool) -> None:
    model.script(Answer("un deux trois"))
    whole = await ada.ask("Compte", session_id="s1")
    for event in whole.events[:-1]:
        told = await follow(ada, f"{event.turn_id}:{event.n}", header=header)
        assert isinstance(told, Told)
        assert [(one.n, one.data) for one in told.events] == [(one.n, one.data) for one in whole.events[event.n :]]


async def test_the_cursor_of_done_gets_204_and_then_the_next_live_turn(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    done = (await ada.ask("Compte", session_id="s1")).events[-1]
    cursor = f"{done.turn_id}:{done.n}"
    assert await follow(ada, cursor) == 204
    gate = asyncio.Semaphore(0)
    model.script(Answer("suite", gate=gate))
    async with ada.reading("Encore", session_id="s1") as reading:
        await reading.until("thinking")
        following = asyncio.ensure_future(follow(ada, cursor))
        while lea.followers < 2:
            await asyncio.sleep(0)
        gate.release()
        told = await following
        assert isinstance(told, Told)
        assert told.text == "suite"
        assert told.events[0].n == 1


async def test_a_live_turn_goes_on_from_the_cursor(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        seen = await reading.until("delta")
        following = asyncio.ensure_future(follow(ada, f"{seen.turn_id}:{seen.n}"))
        while lea.followers < 2:
            await asyncio.sleep(0)
        gate.release()
        gate.release()
        whole, rest = await reading.rest(), await following
        assert isinstance(rest, Told)
        assert [one.n for one in rest.events] == [one.n for one in whole.events[seen.n :]]


async def test_after_a_restart_the_saved_message_answers_a_cursor(tmp_path: Path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url})
    model.script(Answer("un deux trois"))
    async with running(config) as lea:
        ada = await lea.person()
        whole = await ada.ask("Compte", session_id="s1")
    async with running(config) as lea:
        ada = Person(lea.session, lea.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        told = await follow(ada, f"{whole.events[0].turn_id}:3")
        assert isinstance(told, Told)
        assert told.kinds == ["snapshot", "done"]
        assert told.text == "un deux trois"
        assert told.done == whole.done
        assert told.events[-1].n == whole.events[-1].n
        assert await follow(ada, f"{whole.events[0].turn_id}:{whole.events[-1].n}") == 204
        future = await follow(ada, f"{whole.events[0].turn_id}:9999")
        assert isinstance(future, Told)
        assert future.text == "un deux trois"


async def test_a_finished_turn_can_be_followed_for_a_day(tmp_path: Path, model: ModelServer) -> None:
    config, clock = settings(tmp_path, llm={"base_url": model.url}), ManualClock()
    async with running(config, Adapters(clock=clock)) as lea:
        ada = await lea.person()
        first = (await ada.ask("Compte", session_id="s1")).events[0]
    async with running(config, Adapters(clock=clock)) as lea:
        ada = Person(lea.session, lea.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        clock.advance(24 * 3600 - 1)
        assert isinstance(await follow(ada, f"{first.turn_id}:1"), Told)
        clock.advance(2)
        assert await follow(ada, f"{first.turn_id}:1") == 204


async def test_a_failed_turn_is_followed_with_its_error(tmp_path: Path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url})
    model.script(Answer("un deux trois", fault="cut", fault_at=1))
    async with running(config) as lea:
        ada = await lea.person()
        whole = await ada.ask("Compte", session_id="s1")
    async with running(config) as lea:
        ada = Person(lea.session, lea.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        told = await follow(ada, f"{whole.events[0].turn_id}:1")
        assert isinstance(told, Told)
        assert told.kinds == ["snapshot", "error", "done"]
        assert told.error["code"] == "external_api_unavailable"


@pytest.mark.parametrize("cursor", ["nonsense", "t:x", ":1", "t:-1", "t:1:2", "é:1", "t:" + "9" * 10])
async def test_a_cursor_that_is_nonsense_is_refused(lea: Lea, ada: Person, cursor: str) -> None:
    await ada.ask("Bonjour", session_id="s1")
    assert await follow(ada, cursor, header=False) == 400


async def test_someone_elses_cursor_does_not_exist(lea: Lea, ada: Person, model: ModelServer) -> None:
    bob = await lea.person("bob@example.org")
    mine = await ada.ask("Secret", session_id="s1")
    await bob.ask("Bonjour", session_id="s1")
    assert await follow(bob, f"{mine.events[0].turn_id}:1") == 404
    elsewhere = await ada.ask("Ailleurs", session_id="s2")
    assert await follow(ada, f"{elsewhere.events[0].turn_id}:1") == 404


async def test_two_hundred_streams_with_a_thousand_reconnects_are_byte_for_byte_whole(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    """Each reader drops its connection after a few events, five times, and goes on with its cursor."""
    model.default = Answer("".join(f"mot{number} " for number in range(60)).strip(), every=0.01)
    expected = " ".join(f"mot{number}" for number in range(60))

    async def read(number: int) -> str:
        thread = f"c{number % 20}"
        text, cursor, path = "", "", f"/v1/lea/threads/{thread}/stream"
        body = {"message": "Compte", "session_id": thread, "request_id": f"r{number % 20}"}
        for cut in [3, 5, 7, 11, 13, 10_000]:
            headers = {"Last-Event-ID": cursor} if cursor else {}
            response = await ada.request(
                "GET" if cursor else "POST",
                path if cursor else "/v1/lea/chat/stream",
                None if cursor else body,
                **headers,
            )
            async with response:
                if response.status == 204:
                    return text
                reading = Reading(response)
                async for event in reading:
                    text = event.data.get("snapshot", text + event.data.get("delta", ""))
                    cursor = f"{event.turn_id}:{event.n}"
                    if event.data.get("done"):
                        return text
                    if len(reading.told.events) >= cut + number % 3:
                        break
        raise AssertionError("never done")

    texts = await asyncio.gather(*(read(number) for number in range(200)))
    assert set(texts) == {expected}
    assert len(model.exchanges) == 20
