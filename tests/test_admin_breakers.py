"""What admins see of the circuit breakers, and what they may do to them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lea.app import Adapters
from lea.clock import iso
from lea.handlers.keys import ADMINS, CLOCK
from tests.conftest import Logged
from tests.fakes import ManualClock
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer, Refusal
from tests.redis_server import own_redis
from tests.test_notices import tab

LIST = "/v1/admin/circuit-breakers"
RESET = LIST + "/llm/reset"
FAILURES = 3


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def lea(tmp_path: Path, model: ModelServer, clock: ManualClock) -> AsyncIterator[Lea]:
    limits = {"retries": 0, "breaker_minimum": FAILURES}
    config = settings(tmp_path, llm={"base_url": model.url}, dependencies={"llm": limits})
    async with running(config, Adapters(clock=clock)) as server:
        yield server


@pytest.fixture
async def admin(lea: Lea) -> Person:
    return await lea.person("grace@example.org", role="admin")


async def open_circuit(person: Person, model: ModelServer) -> None:
    model.script(*[Refusal(500)] * FAILURES)
    for _ in range(FAILURES):
        await person.call("POST", "/v1/lea/chat", {"message": "Raconte"})


async def entry(admin: Person, name: str = "llm") -> dict[str, Any]:
    status, listed = await admin.call("GET", LIST)
    assert status == 200
    return next(one for one in listed if one["name"] == name)


async def test_every_dependency_in_use_is_listed(admin: Person) -> None:
    _, listed = await admin.call("GET", LIST)
    assert [(one["name"], one["state"]) for one in listed] == [(name, "closed") for name in ("llm", "sources", "voice")]


async def test_an_open_one_tells_why_since_when_and_until_when(
    admin: Person, model: ModelServer, clock: ManualClock
) -> None:
    await open_circuit(admin, model)
    since = iso(clock.now())
    clock.advance(5)
    assert await entry(admin) == {
        "name": "llm",
        "state": "open",
        "since": since,
        "calls": FAILURES,
        "failures": FAILURES,
        "slow": 0,
        "failure_rate": 1.0,
        "last_error": "external_api_unavailable",
        "next_probe_s": 10.0,
    }


async def test_an_admin_closes_it_and_that_is_written_down(admin: Person, model: ModelServer, logged: Logged) -> None:
    await open_circuit(admin, model)
    status, answer = await admin.call("POST", RESET)
    assert (status, answer["state"], answer["calls"], answer["next_probe_s"]) == (200, "closed", 0, None)
    status, _ = await admin.call("POST", "/v1/lea/chat", {"message": "Raconte"})
    assert status == 200
    line = next(line for line in logged.named("audit") if line["act"] == "breaker_reset")
    assert (line["target"], line["was"], line["who"]) == ("llm", "open", admin.identity.user_id)
    assert line["company"] == admin.identity.company_id


@pytest.mark.parametrize(("method", "path"), [("GET", LIST), ("POST", RESET)])
async def test_it_is_for_admins_only(lea: Lea, ada: Person, method: str, path: str) -> None:
    status, problem = await ada.call(method, path)
    assert (status, problem["code"]) == (403, "forbidden")
    async with lea.session.request(method, lea.url + path) as response:
        assert response.status == 401


@pytest.mark.parametrize(("name", "status"), [("nothing", 404), ("redis", 404), ("database", 404), ("a%20b", 400)])
async def test_what_is_not_listed_cannot_be_reset(admin: Person, name: str, status: int) -> None:
    assert (await admin.call("POST", f"{LIST}/{name}/reset"))[0] == status


async def test_admins_who_listen_hear_of_every_change_and_members_of_none(
    lea: Lea, admin: Person, ada: Person, model: ModelServer, clock: ManualClock
) -> None:
    hers, his = await tab(admin), await tab(ada)
    bob = await lea.person("bob@example.org")
    await open_circuit(bob, model)
    opened = iso(clock.now())
    clock.advance(15)
    await bob.call("POST", "/v1/lea/chat", {"message": "Raconte"})
    told = [(await hers.until("breaker")).data["breaker"] for _ in range(3)]
    assert [one["state"] for one in told] == ["open", "half_open", "closed"]
    assert (told[0]["name"], told[0]["since"]) == ("llm", opened)
    await ada.ask("Bonjour", session_id="s1")
    await his.until("turn")
    assert not any("breaker" in event.data for event in his.told.events)
    for one in (hers, his):
        one.response.close()


async def test_admins_who_have_left_are_forgotten(lea: Lea, admin: Person) -> None:
    tabs = [await tab(admin), await tab(admin)]
    assert list(lea.app[ADMINS]) == [admin.identity.user_id]
    for one in tabs:
        one.response.close()
    async with asyncio.timeout(20):
        while list(lea.app[ADMINS]):
            await admin.ask("Bonjour")  # what is written to a stream tells that it is gone


async def test_both_routes_are_described(lea: Lea) -> None:
    async with lea.session.get(lea.url + "/openapi.json") as response:
        document = await response.json()
    assert set(document["paths"][LIST]) == {"get"}
    assert set(document["paths"][LIST + "/{name}/reset"]) == {"post"}
    assert document["components"]["schemas"]["BreakerList"]["type"] == "array"


async def test_redis_is_listed_while_it_is_there_and_while_it_is_gone(tmp_path: Path) -> None:
    with own_redis() as redis:
        async with running(settings(tmp_path, state={"url": redis.url})) as lea:
            admin = await lea.person(role="admin")
            async with asyncio.timeout(30):
                while (await entry(admin, "redis"))["state"] != "closed":  # until it has answered
                    await asyncio.sleep(0.05)
            assert (await admin.call("POST", LIST + "/redis/reset"))[0] == 409
            redis.kill()
            while (gone := await entry(admin, "redis"))["state"] == "closed":
                await admin.call("GET", "/health")
            assert (gone["last_error"] is not None, gone["next_probe_s"]) == (True, 1.0)
            assert gone["since"] <= iso(lea.app[CLOCK].now())
