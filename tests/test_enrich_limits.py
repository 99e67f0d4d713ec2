"""Enriching keeps within what is set: how many at once, how many a minute, for how much; it bears a failing model."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from lea.app import Adapters
from lea.handlers.keys import STORE
from lea.ids import CompanyId, RunId
from lea.metrics import REGISTRY
from lea.rooms.catalog import enrich
from lea.runs.pipeline import JobSpec, RunScope
from tests.catalog_people import brought
from tests.enrich_parts import (
    COST_USD,
    ITEMS,
    SAID,
    again,
    begun,
    configured,
    enriched,
    jobs,
    listed,
    said,
    spent,
    with_items,
)
from tests.fakes import MidMonth
from tests.lea_server import Lea, running
from tests.model_server import Answer, ModelServer, Refusal
from tests.postgres import fresh_database
from tests.run_parts import ended
from tests.test_budgets import limit

ONE_PIECE = (json.dumps(SAID),)


async def running_jobs(lea: Lea, count: int) -> None:
    """Until so many are saved as running."""
    async with asyncio.timeout(30):
        while (await lea.sql("SELECT count(*) FROM run_jobs WHERE state = 'running'"))[0][0] != count:
            await asyncio.sleep(0.02)


async def test_as_many_are_asked_about_at_once_as_is_set(tmp_path: Path, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.default = Answer(pieces=ONE_PIECE, gate=gate)
    async with running(configured(tmp_path, model.url, catalog={"enrich_concurrency": 3})) as lea:
        ada = await lea.person()
        await with_items(ada, 8)
        run_id = await begun(ada)
        await model.exchange(2)
        await running_jobs(lea, 3)
        assert len(model.exchanges) == 3
        for done in range(1, 9):
            gate.release()
            await model.exchange(min(7, done + 2))
            assert len(model.exchanges) <= done + 3
        assert (await ended(ada, run_id))["jobs_completed"] == 8


async def test_the_pace_is_that_of_all_companies_together(tmp_path: Path, model: ModelServer) -> None:
    model.default = said()
    async with running(configured(tmp_path, model.url, catalog={"enrich_per_minute": 120})) as lea:
        ada, eve = await lea.person(), await lea.person("eve@example.org", company="Other")
        await with_items(ada, 4)
        await with_items(eve, 4)
        began = time.monotonic()
        runs = await asyncio.gather(enriched(ada), enriched(eve))
        assert [run["jobs_completed"] for run in runs] == [4, 4]
        assert model.exchanges[7].began - began > 2.5, "two at once, then two a second"


async def test_a_run_that_waits_for_its_pace_keeps_nobody_from_working(tmp_path: Path, model: ModelServer) -> None:
    model.default = said()
    slow = {"enrich_per_minute": 0.1}
    async with running(configured(tmp_path, model.url, catalog=slow, runs={"jobs": 1})) as lea:
        ada, eve = await lea.person(), await lea.person("eve@example.org", company="Other")
        await with_items(ada, 3)
        run_id = await begun(ada)
        await model.exchange(0)
        async with asyncio.timeout(30):
            assert (await brought(eve, b"Ref;Nom;Prix\nA;Chaise;10\n"))[1]["state"] == "completed"
        async with asyncio.timeout(30):
            while (await ada.call("GET", f"/v1/catalog/run/{run_id}"))[1]["jobs_completed"] < 1:
                await asyncio.sleep(0.02)
        await ada.call("POST", f"/v1/catalog/run/{run_id}/cancel")
        run = await ended(ada, run_id)
        assert (run["state"], run["jobs_completed"], len(model.exchanges)) == ("cancelled", 1, 1)


@pytest.mark.parametrize("whose", ["user", "company"])
async def test_a_budget_that_is_used_up_fails_what_is_left_and_more_money_takes_only_that(
    tmp_path: Path, model: ModelServer, whose: str
) -> None:
    model.default = said()
    config = configured(tmp_path, model.url, catalog={"enrich_concurrency": 1})
    async with running(config, Adapters(clock=MidMonth())) as lea:
        root, ada = await lea.person("root@example.org", role="admin"), await lea.person()
        user = ada if whose == "user" else None
        await with_items(ada, 6)
        await limit(root, 2.5 * COST_USD, 0.5 * COST_USD, user=user)
        run = await enriched(ada)
        assert (run["state"], run["jobs_completed"], run["jobs_failed"]) == ("completed", 3, 3)
        told = await jobs(ada)
        assert [told[f"A-{n:03}"]["error"] for n in range(6)] == [None] * 3 + ["budget_exceeded"] * 3
        assert (len(model.exchanges), (await spent(lea))[0]) == (3, 3)
        assert [one["enriched_by"] is None for one in await listed(ada)] == [False] * 3 + [True] * 3
        await limit(root, 100, user=user)
        run = await again(ada, run["id"])
        assert (run["state"], run["jobs_completed"], len(model.exchanges)) == ("completed", 6, 6)
        assert run["cost_usd"] == pytest.approx(6 * COST_USD)


async def test_a_guess_is_forgotten_once_the_cost_is_known(tmp_path: Path, model: ModelServer) -> None:
    """A guess is thirty times of what these answers cost: two that stayed would use up the budget."""
    config = configured(tmp_path, model.url, catalog={"enrich_concurrency": 1})
    async with running(config, Adapters(clock=MidMonth())) as lea:
        root, ada = await lea.person("root@example.org", role="admin"), await lea.person()
        await with_items(ada, 12)
        await limit(root, 0.002, user=ada)
        model.script(*[said(confidence=2)] * 4, *[Refusal(401)] * 2)
        model.default = said()
        run = await enriched(ada)
        assert (run["jobs_completed"], run["jobs_failed"]) == (8, 4)
        assert (await spent(lea))[0] == 12


async def test_who_stands_in_for_the_model_is_named(tmp_path: Path, model: ModelServer) -> None:
    model.default = Refusal(401)
    async with ModelServer(default=said()) as other:
        fallback = {"base_url": other.url, "model": "lesser"}
        async with running(configured(tmp_path, model.url, llm_fallback=fallback)) as lea:
            ada = await lea.person()
            await with_items(ada, 1)
            assert (await enriched(ada))["state"] == "completed"
            assert (await listed(ada))[0]["enriched_by"] == "fallback/lesser"
            assert await lea.sql("SELECT provider, purpose FROM usage") == [("fallback", "enrich")]


async def test_an_outage_that_opens_the_breaker_is_waited_for(tmp_path: Path, model: ModelServer) -> None:
    breaker = {"breaker_minimum": 2, "breaker_open_for": 0.5, "retries": 0, "retry_pause": 0.001}
    async with running(configured(tmp_path, model.url, dependencies={"llm": breaker})) as lea:
        ada = await lea.person()
        await with_items(ada, 6)
        model.script(Refusal(503), Refusal(503))
        model.default = said()
        run = await enriched(ada)
        assert (run["state"], run["jobs_completed"]) == ("completed", 6)
        assert len(model.exchanges) == 8, "while it is open nobody is asked"
        assert max(one["attempts"] for one in (await jobs(ada)).values()) > 1


async def test_one_slow_probe_of_the_breaker_costs_the_other_jobs_no_attempt(
    tmp_path: Path, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.resilience.breaker.PROBING_S", 0.01)
    breaker = {"breaker_minimum": 2, "breaker_open_for": 0.2, "retries": 0, "retry_pause": 0.001}
    parts = {"dependencies": {"llm": breaker}, "catalog": {"enrich_concurrency": 2}}

    def refused() -> float:
        labels = {"dependency": "llm", "outcome": "refused"}
        return REGISTRY.get_sample_value("lea_dependency_calls_total", labels) or 0

    async with running(configured(tmp_path, model.url, **parts)) as lea:
        ada = await lea.person()
        await with_items(ada, 2)
        gate, before = asyncio.Semaphore(0), refused()
        model.script(Refusal(503), Refusal(503), Answer(pieces=ONE_PIECE, gate=gate))
        model.default = said()
        run_id = await begun(ada)
        async with asyncio.timeout(30):
            while refused() < before + 10:
                await asyncio.sleep(0.01)
        gate.release()
        run = await ended(ada, run_id)
        assert (run["state"], run["jobs_completed"]) == ("completed", 2)
        assert max(one["attempts"] for one in (await jobs(ada)).values()) <= 3


async def test_a_model_that_stays_down_fails_its_jobs_with_its_own_code(tmp_path: Path, model: ModelServer) -> None:
    model.default = Refusal(503)
    breaker = {"breaker_minimum": 100, "retries": 1, "retry_pause": 0.001}
    async with running(configured(tmp_path, model.url, dependencies={"llm": breaker})) as lea:
        ada = await lea.person()
        await with_items(ada, 1)
        run = await enriched(ada)
        job = (await jobs(ada))["A-000"]
        assert (run["state"], job["error"], job["attempts"]) == ("failed", "external_api_unavailable", 3)
        assert (len(model.exchanges), await spent(lea)) == (6, (0, 0))
        model.default = said()
        assert (await again(ada, run["id"]))["state"] == "completed"


async def test_an_answer_that_breaks_off_is_paid_for_by_an_estimate(tmp_path: Path, model: ModelServer) -> None:
    async with running(configured(tmp_path, model.url)) as lea:
        ada = await lea.person()
        await with_items(ada, 1)
        model.script(Answer(pieces=("{", *ONE_PIECE), every=0.01, fault="cut", fault_at=1))
        model.default = said()
        run = await enriched(ada)
        assert (run["state"], run["jobs_completed"]) == ("completed", 1)
        calls = await lea.sql("SELECT estimated, cost_nano_usd FROM usage ORDER BY at")
        assert [one for one, _ in calls] == [1, 0]
        assert run["cost_usd"] == pytest.approx(sum(cost for _, cost in calls) / 1e9)


async def test_an_edit_between_the_answer_and_its_saving_wins_and_the_job_says_so(
    tmp_path: Path, model: ModelServer
) -> None:
    model.default = said()
    async with running(configured(tmp_path, model.url)) as lea:
        ada = await lea.person()
        (item,) = await with_items(ada, 1)
        who = ada.identity
        scope = RunScope(RunId("run_0"), CompanyId(who.company_id), who.user_id, "en", {})
        finished = await enrich(lea.app).work(scope, JobSpec(item["id"], "", {"version": 1}, "enrich"))
        await ada.call("PATCH", f"{ITEMS}/{item['id']}", {"name": "Renamed"})
        assert finished.save is not None
        told = await lea.app[STORE].write(finished.save)
        assert told == "Changed by a person in the meantime: left as it is."
        (after,) = await listed(ada)
        assert (after["name"], after["version"], after["enriched_by"]) == ("Renamed", 2, None)
        assert (await spent(lea))[0] == 1


async def test_it_is_the_same_on_postgresql(tmp_path: Path, model: ModelServer) -> None:
    model.default = said()
    async with (
        fresh_database() as url,
        running(configured(tmp_path, model.url, database={"url": url}, catalog={"enrich_concurrency": 1})) as lea,
    ):
        ada = await lea.person()
        await with_items(ada, 5, Categorie="MOB-12")
        model.script(said(confidence=7), said(confidence=7))
        run = await enriched(ada)
        assert (run["jobs_completed"], run["jobs_failed"]) == (4, 1)
        run = await again(ada, run["id"])
        assert run["cost_usd"] == pytest.approx(7 * COST_USD)
        items = await listed(ada)
        assert [(one["version"], one["attributes"]) for one in items] == [(2, SAID["attributes"])] * 5
        assert await with_items(ada, 5, Categorie="MOB-12") == items
        assert (await spent(lea))[0] == 7
