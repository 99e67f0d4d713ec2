"""A company's figures: what they count, who sees which, and that everybody there is told when they changed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from lea.app import Adapters
from lea.handlers.keys import RUNS
from lea.handlers.kpis import PAUSE_S
from tests.fakes import MidMonth
from tests.lea_server import Lea, Person, Reading, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.redis_server import own_redis, patient
from tests.run_parts import Counting, ended, make_effects
from tests.test_actions import CREATE
from tests.test_notices import tab

SALE = {"kind": "sale", "address": "12 rue de la Paix"}
PRICES = {"price_in": 2.0, "price_out": 8.0}
WAIT_S = 30
Figures = dict[str, Any]


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    async with AsyncExitStack() as stack:
        config: dict[str, Any] = {"llm": {"base_url": model.url, **PRICES}, "runs": {"retry_pause": 0.001}}
        if request.param == "postgresql":
            config["database"] = {"url": await stack.enter_async_context(fresh_database())}
        adapters = Adapters(pipelines=[Counting()], clock=MidMonth())
        lea = await stack.enter_async_context(running(settings(tmp_path, **config), adapters))
        await make_effects(lea)
        yield lea


async def figures(person: Person, days: int = 30) -> Figures:
    status, body = await person.call("GET", f"/v1/analytics/kpis?days={days}")
    assert status == 200, body
    return body  # type: ignore[no-any-return]


async def figures_when(person: Person, reading: Reading, holds: Callable[[Figures], bool]) -> Figures:
    """What is read after the notice with which this has become so."""
    async with asyncio.timeout(WAIT_S):
        while True:
            assert (await reading.until("kpis")).data == {"kpis": {"changed": True}}
            found = await figures(person)
            if holds(found):
                return found


async def run(lea: Lea, person: Person, **arguments: Any) -> str:
    return await lea.app[RUNS].start(person.identity, "counting", arguments)


async def test_at_first_there_is_nothing_and_every_day_is_there(both: Lea) -> None:
    found = await figures(await both.person(), days=3)
    turns = found.pop("turns")
    assert [(day["turns"], day["failed"]) for day in turns.pop("by_day")] == [(0, 0)] * 3
    assert set(turns.values()) == {0}
    assert set(found.pop("transactions").pop("by_stage").values()) == {0}
    jobs = found.pop("jobs")
    assert jobs["open"] == 0
    assert list(jobs["departments"]) == ["apbookkeeper", "router", "bank"]
    assert found == {
        "days": 3,
        "first_token_ms": None,
        "actions": {"done": 0, "undone": 0, "failed": 0},
        "runs": {"total": 0, "completed": 0, "failed": 0, "cancelled": 0, "items": 0},
        "catalog": {"items": 0, "enriched": 0},
        "cost_usd": 0,
        "cost_of": "user",
    }


async def test_a_turn_is_counted_on_its_day_once_it_has_ended(both: Lea, model: ModelServer) -> None:
    ada = await both.person()
    one = await tab(ada)
    await ada.ask("Bonjour", session_id="s1")
    found = await figures_when(ada, one, lambda found: found["turns"]["total"] == 1)
    today = time.strftime("%Y-%m-%d", time.gmtime(both.store_now()))
    assert (found["turns"]["completed"], found["turns"]["by_day"][-1]) == (1, {"day": today, "turns": 1, "failed": 0})
    assert 0 < found["first_token_ms"]["p50"] <= found["first_token_ms"]["p95"]
    model.script(Answer("un deux trois", fault="error", fault_at=2))
    await ada.ask("Compte", session_id="s2")
    found = await figures_when(ada, one, lambda found: found["turns"]["failed"] == 1)
    assert found["turns"]["by_day"][-1] == {"day": today, "turns": 2, "failed": 1}
    one.response.close()


async def test_a_stopped_turn_is_neither_done_nor_failed(both: Lea, model: ModelServer) -> None:
    ada = await both.person()
    one, gate = await tab(ada), asyncio.Semaphore(1)
    model.script(Answer("un deux trois", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        await reading.until("delta")
        assert (await figures(ada))["turns"]["total"] == 0
        await ada.call("POST", "/v1/lea/threads/s1/stop", {})
        await reading.rest()
    found = (await figures_when(ada, one, lambda found: found["turns"]["total"] == 1))["turns"]
    assert (found["stopped"], found["completed"], found["failed"]) == (1, 0, 0)
    one.response.close()


async def test_an_action_and_its_undo_are_counted_and_what_they_made(both: Lea) -> None:
    ada = await both.person()
    one = await tab(ada)
    told = await ada.ask(CREATE, session_id="s1")
    found = await figures_when(ada, one, lambda found: found["actions"]["done"] == 1)
    assert (found["transactions"]["open"], found["transactions"]["created"]) == (1, 1)
    receipt = next(event.data["action"] for event in reversed(told.events) if "action" in event.data)
    assert (await ada.call("POST", f"/v1/lea/actions/{receipt['id']}/undo"))[0] == 200
    found = await figures_when(ada, one, lambda found: found["actions"]["undone"] == 1)
    assert found["actions"] == {"done": 0, "undone": 1, "failed": 0}
    assert found["transactions"]["open"] == 0
    one.response.close()


async def test_transactions_are_counted_by_stage_and_a_closed_one_is_not_open(both: Lea) -> None:
    ada = await both.person()
    one = await tab(ada)
    for _ in range(2):
        await ada.call("POST", "/v1/transactions", SALE)
    await ada.call("PATCH", "/v1/transactions/T-101", {"stage": "closed"})
    found = await figures_when(ada, one, lambda found: found["transactions"]["by_stage"]["closed"] == 1)
    assert (found["transactions"]["open"], found["transactions"]["created"]) == (1, 2)
    assert found["transactions"]["by_stage"]["prospect"] == 1
    one.response.close()


async def test_departments_jobs_are_counted_and_a_finished_one_is_not_open(both: Lea) -> None:
    ada = await both.person()
    one = await tab(ada)
    made = (await ada.call("POST", "/v1/jobs", {"department": "bank", "title": "Rapprocher"}))[1]
    found = await figures_when(ada, one, lambda found: found["jobs"]["open"] == 1)
    assert found["jobs"]["departments"]["bank"]["to_process"] == 1
    change = {"state": "done", "version": made["version"]}
    assert (await ada.call("PATCH", f"/v1/jobs/{made['id']}", change))[0] == 200
    found = await figures_when(ada, one, lambda found: found["jobs"]["departments"]["bank"]["done"] == 1)
    assert found["jobs"]["open"] == 0
    one.response.close()


async def test_runs_are_counted_by_their_end_and_with_what_they_completed(both: Lea) -> None:
    ada = await both.person()
    one = await tab(ada)
    for arguments in ({"jobs": 5, "failing": ["j1"]}, {"jobs": 1, "failing": ["j0"]}):
        await ended(ada, await run(both, ada, **arguments))
    found = await figures_when(ada, one, lambda found: found["runs"]["completed"] + found["runs"]["failed"] == 2)
    assert found["runs"] == {"total": 2, "completed": 1, "failed": 1, "cancelled": 0, "items": 4}
    one.response.close()


async def test_whoever_began_a_run_is_told_what_it_costs_and_nobody_else(both: Lea) -> None:
    ada, bob = await both.person(), await both.person("bob@example.org")
    one, other = await tab(ada), await tab(bob)
    async with asyncio.timeout(WAIT_S):
        await ended(ada, await run(both, ada, jobs=3))
        assert (await one.until("costs")).data == {"costs": {"changed": True}}
        await figures_when(bob, other, lambda found: found["runs"]["completed"] == 1)
    assert [event for event in other.told.events if "costs" in event.data] == []
    for reading in (one, other):
        reading.response.close()


async def test_another_company_sees_and_hears_nothing_of_it(both: Lea) -> None:
    ada, eve = await both.person(), await both.person("eve@example.org", company="Another One")
    one, other = await tab(ada), await tab(eve)
    before = await figures(eve)
    await ada.ask(CREATE, session_id="s1")
    await ada.ask("Bonjour", session_id="s1")
    await ended(ada, await run(both, ada, jobs=2))
    await figures_when(ada, one, lambda found: found["runs"]["completed"] == 1 and found["turns"]["total"] == 2)
    assert await figures(eve, days=31) == before | {
        "days": 31,
        "turns": before["turns"]
        | {"by_day": [{**before["turns"]["by_day"][0], "day": _day(both, 30)}, *before["turns"]["by_day"]]},
    }
    await eve.ask("Bonjour", session_id="s1")
    assert (await figures_when(eve, other, lambda found: found["turns"]["total"] == 1))["actions"]["done"] == 0
    assert len([event for event in other.told.events if "kpis" in event.data]) == 1
    for reading in (one, other):
        reading.response.close()


def _day(lea: Lea, ago: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(lea.store_now() - ago * 86_400))


async def test_money_is_the_companys_for_its_admins_and_else_ones_own(both: Lea) -> None:
    root = await both.person("root@example.org", role="admin")
    ada, one = await both.person(), await tab(root)
    await ada.ask("Bonjour")
    await root.ask("Bonjour")
    found = await figures_when(root, one, lambda found: found["turns"]["total"] == 2)
    assert (found["cost_of"], found["cost_usd"]) == ("company", 0.000208)
    own = await figures(ada)
    assert (own["cost_of"], own["cost_usd"], own["turns"]["total"]) == ("user", 0.000104, 2)
    one.response.close()


async def test_many_changes_are_told_at_most_once_in_two_seconds(lea: Lea, ada: Person) -> None:
    bob = await lea.person("bob@example.org")
    await bob.ask("Bonjour", session_id="own")
    one, began = await tab(bob), time.monotonic()
    for number in range(8):
        await ada.ask("Bonjour", session_id=f"s{number}")
    async with asyncio.timeout(WAIT_S):
        await one.until("kpis")
        while (await figures(bob))["turns"]["total"] < 9:
            await one.until("kpis")
        await bob.call("PATCH", "/v1/lea/threads/own", {"title": "Factures"})
        await one.until("thread")
    told = len([event for event in one.told.events if "kpis" in event.data])
    assert told <= 3 + (time.monotonic() - began) / PAUSE_S, "one at once, and one for all that came after it"
    one.response.close()


async def test_where_nothing_changed_nothing_is_told(lea: Lea, ada: Person) -> None:
    one = await tab(ada)
    await ada.ask("Bonjour", session_id="s1")
    await one.until("kpis")
    await figures(ada)
    await asyncio.sleep(2 * PAUSE_S)  # a second notice would have come by now
    await ada.call("PATCH", "/v1/lea/threads/s1", {"title": "Factures"})
    await one.until("thread")
    assert len([event for event in one.told.events if "kpis" in event.data]) == 1
    one.response.close()


@pytest.mark.parametrize("days", ["0", "367", "-1", "x", "", "1e2", "٣"])
async def test_days_are_a_number_up_to_a_year(lea: Lea, ada: Person, days: str) -> None:
    status, problem = await ada.call("GET", f"/v1/analytics/kpis?days={days}")
    assert (status, problem["errors"][0]["path"]) == (400, "days")


async def test_figures_are_for_those_who_are_signed_in(lea: Lea) -> None:
    async with lea.session.get(lea.url + "/v1/analytics/kpis") as response:
        assert response.status == 401


async def test_tabs_at_another_process_are_told_and_read_what_is_true(
    tmp_path: Path, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient(monkeypatch)
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(own_redis())
        url = await stack.enter_async_context(fresh_database())
        config = settings(tmp_path, database={"url": url}, state={"url": redis.url}, llm={"base_url": model.url})
        one, other = [await stack.enter_async_context(running(config)) for _ in range(2)]
        ada = await one.person()
        bob = await one.person("bob@example.org")
        there = Person(other.session, other.url, bob.identity, bob.headers["Authorization"].removeprefix("Bearer "))
        reading = await tab(there)
        for number in range(1, 3):
            await figures(there)
            await ada.ask("Bonjour", session_id=f"s{number}")
            await figures_when(there, reading, lambda found, number=number: found["turns"]["total"] == number)  # type: ignore[misc]
        reading.response.close()
