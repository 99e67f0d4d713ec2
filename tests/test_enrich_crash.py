"""A server that is killed while it enriches: the next one goes on, no article is enriched twice and none forgotten."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from tests.enrich_parts import COST_USD, begun, configured, listed, said, spent, with_items
from tests.lea_server import Lea, Person, running
from tests.model_server import ModelServer
from tests.run_parts import ended

COUNT = 30
TIMES = {"job.worked": 12, "jobs.saving": 2}


@pytest.mark.parametrize(
    "point",
    ["run.planning", "run.planned", "job.worked", "jobs.saving", "jobs.saved", "run.ending"],
)
async def test_every_article_is_enriched_once_whenever_the_server_is_killed(
    tmp_path: Path, model: ModelServer, point: str
) -> None:
    model.default = said()
    async with running(configured(tmp_path, model.url)) as lea:
        ada = await lea.person()
        await with_items(ada, COUNT)
    async with running(configured(tmp_path, model.url, runs={"here": False})) as lea:
        run_id = await begun(_at(lea, ada))
    arguments = [str(tmp_path), model.url, point, str(TIMES.get(point, 1))]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.dying_enrich", *arguments)
    async with asyncio.timeout(60):
        assert await process.wait() == -signal.SIGKILL
    asked_before = len(model.exchanges)
    async with running(configured(tmp_path, model.url)) as lea:
        grace = _at(lea, ada)
        run = await ended(grace, run_id)
        assert (run["state"], run["jobs_total"], run["jobs_completed"]) == ("completed", COUNT, COUNT)
        assert [(one["version"], one["confidence"]) for one in await listed(grace)] == [(2, 0.9)] * COUNT
        assert (await spent(lea))[0] == COUNT
        assert run["cost_usd"] == pytest.approx(COUNT * COST_USD)
        if point == "run.ending":
            assert len(model.exchanges) == asked_before, "what was saved is not asked for again"


def _at(lea: Lea, person: Person) -> Person:
    key = person.headers["Authorization"].removeprefix("Bearer ")
    return Person(lea.session, lea.url, person.identity, key)
