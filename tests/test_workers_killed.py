"""Two workers of an installed pipeline beside a real Redis, killed at random: every job has its effect, once."""

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from lea.app import Adapters
from lea.handlers.keys import RUNS
from tests.lea_server import running, settings
from tests.postgres import fresh_database
from tests.redis_server import own_redis
from tests.run_parts import Counting, effects, make_effects, stream
from tests.test_process import ROOT
from tests.test_worker import worker

JOBS = 200
KILLS = 2
PIPELINE = '''
import asyncio

from tests.run_parts import Counting


class Taking(Counting):
    """Each job takes its time, as asking somebody does."""

    async def _wait(self) -> None:
        await asyncio.sleep(0.1)
'''


def install(folder: Path) -> Path:
    """A folder of installed packages, one of which brings the pipeline."""
    info = folder / "counting-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "counting_package.py").write_text(PIPELINE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: counting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[lea.pipelines]\ncounting = counting_package:Taking\n")
    return folder


@pytest.mark.timeout(360)
async def test_workers_killed_at_random_do_every_job_once(tmp_path: Path) -> None:
    chance = random.Random(11)
    site = install(tmp_path / "site")
    with own_redis() as redis:
        async with fresh_database() as url, AsyncExitStack() as stack:
            shared = {"LEA_DATABASE__URL": url, "LEA_STATE__URL": redis.url, "PYTHONPATH": f"{site}:{ROOT}"}
            config = settings(tmp_path, database={"url": url}, state={"url": redis.url}, runs={"here": False})
            server = await stack.enter_async_context(running(config, Adapters(pipelines=[Counting()])))
            ada = await server.person()
            await make_effects(server)
            workers = [await stack.enter_async_context(worker(tmp_path, **shared)) for _ in range(2)]
            run_id = await server.app[RUNS].start(ada.identity, "counting", {"jobs": JOBS})

            async def killing() -> None:
                for _ in range(KILLS):
                    await asyncio.sleep(chance.uniform(0.5, 3))
                    place = chance.randrange(2)
                    workers[place].kill()
                    await workers[place].wait()
                    workers[place] = await stack.enter_async_context(worker(tmp_path, **shared))

            killer = asyncio.ensure_future(killing())
            async with asyncio.timeout(300), stream(ada, f"/v1/catalog/job-stream/{run_id}") as told:
                seen = [data async for _, data in told]
            await killer
            assert seen[-1] == {"done": True, "status": "completed"}
            assert await effects(server) == {f"j{number}": 1 for number in range(JOBS)}
            done = "SELECT count(*) FROM run_jobs WHERE state = 'completed'"
            assert await server.sql(done) == [(JOBS,)]
            for process in workers:
                process.kill()
