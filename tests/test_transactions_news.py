"""Who is told of a transaction that changed: every tab of the company, and Léa herself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.lea_server import Lea, Person, Reading, running, settings
from tests.model_server import ModelServer
from tests.postgres import fresh_database
from tests.redis_server import RedisServer, own_redis, patient

ROOT = "/v1/transactions"
SALE = {"kind": "sale", "address": "12 rue de la Paix"}


async def tab(person: Person) -> Reading:
    response = await person.request("GET", "/v1/lea/events")
    assert response.status == 200
    return Reading(response)


async def told(reading: Reading) -> tuple[str, str]:
    heard = (await reading.until("transaction")).data["transaction"]
    return heard["reference"], heard["state"]


async def known(person: Person, model: ModelServer) -> bool:
    """Whether the model is told of the file with the next message."""
    before = len(model.exchanges)
    await person.ask("Bonjour")
    return "12 rue de la Paix" in (await model.exchange(before)).body["messages"][0]["content"]


async def test_every_tab_of_the_company_is_told_and_no_other(lea: Lea, ada: Person) -> None:
    bob, eve = await lea.person("bob@example.org"), await lea.person("eve@example.org", company="Another One")
    readings = [await tab(ada), await tab(bob)]
    other = await tab(eve)
    file = (await ada.call("POST", ROOT, SALE | {"request_id": "r1"}))[1]
    await ada.call("POST", ROOT, SALE | {"request_id": "r1"})
    await ada.call("PATCH", f"{ROOT}/T-101", {"stage": "offer"})
    await ada.call("PATCH", f"{ROOT}/T-101", {"stage": "offer"})
    note = (await ada.call("POST", f"{ROOT}/T-101/notes", {"text": "x"}))[1]
    await ada.call("DELETE", f"{ROOT}/T-101/notes/{note['id']}")
    await ada.call("POST", f"{ROOT}/T-101/forms", {"template": "offer"})
    await ada.call("POST", ROOT, SALE)
    for reading in readings:
        heard = (await reading.until("transaction")).data["transaction"]
        assert heard == {"id": file["id"], "reference": "T-101", "state": "created"}
        assert [await told(reading) for _ in range(5)] == [("T-101", "changed")] * 4 + [("T-102", "created")]
        reading.response.close()
    await eve.call("POST", ROOT, SALE)
    assert await told(other) == ("T-101", "created")
    assert len(other.told.events) == 1
    other.response.close()


async def test_lea_knows_a_new_file_at_the_next_message(lea: Lea, ada: Person, model: ModelServer) -> None:
    bob = await lea.person("bob@example.org")
    for person in (ada, bob):
        assert not await known(person, model)
    await ada.call("POST", ROOT, SALE)
    for person in (ada, bob):
        assert await known(person, model)


@dataclass(frozen=True, slots=True)
class Two:
    """Two processes, as far as the rest of the world can tell."""

    one: Lea
    two: Lea
    redis: Redis

    def at_two(self, person: Person) -> Person:
        key = person.headers["Authorization"].removeprefix("Bearer ")
        return Person(self.two.session, self.two.url, person.identity, key)


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    patient(monkeypatch)
    with own_redis() as server:
        yield server


@pytest.fixture
async def two(tmp_path: Path, model: ModelServer, redis: RedisServer) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(fresh_database())
        config = settings(tmp_path, database={"url": url}, state={"url": redis.url}, llm={"base_url": model.url})
        one, other = [await stack.enter_async_context(running(config)) for _ in range(2)]
        yield Two(one, other, await stack.enter_async_context(Redis.from_url(redis.url)))


async def test_tabs_and_sessions_of_other_processes_are_told_too(two: Two, model: ModelServer) -> None:
    ada, bob = await two.one.person(), await two.one.person("bob@example.org")
    there = two.at_two(bob)
    assert not await known(there, model)
    reading = await tab(there)
    await ada.call("POST", ROOT, SALE)
    assert await told(reading) == ("T-101", "created")
    reading.response.close()
    assert await known(there, model)


async def test_what_was_kept_for_others_before_the_change_is_not_taken_over(two: Two, model: ModelServer) -> None:
    ada = await two.one.person()
    assert not await known(ada, model)
    key = f"session:{ada.identity.user_id}:{ada.identity.company_id}"
    changed = f"changed:{ada.identity.company_id}"
    async with asyncio.timeout(30):
        while not await two.redis.exists(key):
            await asyncio.sleep(0)
        await ada.call("POST", ROOT, SALE)
        while not await two.redis.exists(changed):
            await asyncio.sleep(0)
    assert await known(two.at_two(ada), model)
