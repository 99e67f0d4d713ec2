"""A run goes on where its process died, at any point: no job is done twice, none is forgotten."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from inspect import getcoroutinelocals
from pathlib import Path
from types import CoroutineType

import pytest

from lea import faults
from lea.app import Adapters
from lea.handlers.keys import RUNS
from tests.dying_runs import JOBS
from tests.lea_server import Lea, Person, running, settings
from tests.postgres import fresh_database
from tests.run_parts import Counting, effects, ended, make_effects, stream

RESUMED_S = 60
TIMES = {"job.started": 100, "job.worked": 101, "jobs.saving": 2, "jobs.saved": 1, "run.planning": 2}


async def died(url: str, point: str, company_id: str) -> None:
    """Has begun a run and was killed at this point of it."""
    arguments = [url, point, str(TIMES.get(point, 1)), "run_1", company_id]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.dying_runs", *arguments)
    async with asyncio.timeout(60):
        assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("point", faults.RUN_POINTS)
async def test_a_run_whose_process_was_killed_is_done_to_its_end_with_every_job_once(
    tmp_path: Path, point: str
) -> None:
    async with running(settings(tmp_path)) as lea:
        ada = await lea.person()
        await make_effects(lea)
    await died(f"sqlite+aiosqlite:///{tmp_path}/lea.db", point, ada.identity.company_id)
    counting = Counting()
    async with running(settings(tmp_path), Adapters(pipelines=[counting])) as lea:
        grace = Person(lea.session, lea.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        run = await ended(grace, "run_1")
        assert (run["state"], run["jobs_total"], run["jobs_completed"]) == ("completed", JOBS, JOBS)
        assert await effects(lea) == {f"j{n}": 1 for n in range(JOBS)}
        told = await lea.sql("SELECT count(*) FROM run_jobs WHERE state = 'completed' AND summary <> ''")
        assert told == [(JOBS,)]
        if point in {"run.ending", "jobs.saved"}:  # what was saved was not even worked at again
            assert sum(counting.worked.values()) < JOBS


@asynccontextmanager
async def two_servers(tmp_path: Path, first: Counting, second: Counting) -> AsyncIterator[tuple[Lea, Lea]]:
    """On one PostgreSQL, with nothing else between them."""
    async with fresh_database() as url, AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(
                running(settings(tmp_path, database={"url": url}), Adapters(pipelines=[counting]))
            )
            for counting in (first, second)
        ]
        await make_effects(servers[0])
        yield servers[0], servers[1]


def at(lea: Lea, person: Person) -> Person:
    """The same person at another server."""
    return Person(lea.session, lea.url, person.identity, person.headers["Authorization"].removeprefix("Bearer "))


async def test_two_servers_have_one_run_and_both_show_it(tmp_path: Path) -> None:
    gate = asyncio.Semaphore(0)
    here, there = Counting(gate=gate), Counting(gate=gate)
    async with two_servers(tmp_path, here, there) as (first, second):
        ada = await first.person()
        begun = await asyncio.gather(
            first.app[RUNS].start(ada.identity, "counting", {"jobs": 20}),
            second.app[RUNS].start(ada.identity, "counting", {"jobs": 20}),
            return_exceptions=True,
        )
        (run_id,) = [one for one in begun if isinstance(one, str)]
        path = f"/v1/catalog/job-stream/{run_id}"
        async with stream(ada, path) as told, stream(at(second, ada), path) as told_there:
            for _ in range(20):
                gate.release()
            async with asyncio.timeout(RESUMED_S):
                ends = [[data async for _, data in one][-1] for one in (told, told_there)]
        assert ends == [{"done": True, "status": "completed"}] * 2
        assert sum((here.worked + there.worked).values()) == 20
        assert await effects(first) == {f"j{n}": 1 for n in range(20)}


def look_no_more(lea: Lea) -> None:
    """It keeps what it has, and takes no run that becomes free, were it quicker than the other."""
    for task in asyncio.all_tasks():
        work = task.get_coro() if task.get_name() == "runs.take" else None
        if isinstance(work, CoroutineType) and getcoroutinelocals(work)["self"] is lea.app[RUNS].runner:
            task.cancel()


async def test_a_run_whose_owner_is_silent_is_taken_by_another_which_alone_can_save(tmp_path: Path) -> None:
    """The first server is not dead: it comes back to find that the run is not its own, and lets go."""
    gate, there = asyncio.Semaphore(2), Counting()
    async with two_servers(tmp_path, Counting(concurrency=4, gate=gate), there) as (first, second):
        ada = await first.person()
        run_id = await first.app[RUNS].start(ada.identity, "counting", {"jobs": 30})
        while len(await effects(first)) < 2:
            await asyncio.sleep(0.02)
        look_no_more(first)
        await first.store.write(
            lambda connection: connection.exec_driver_sql("UPDATE runs SET owner = 'p_gone', lease_until = 1").close()
        )
        async with asyncio.timeout(RESUMED_S):
            run = await ended(at(second, ada), run_id)
        for _ in range(30):
            gate.release()
        assert (run["state"], run["jobs_completed"]) == ("completed", 30)
        while len(first.app[RUNS].runner) + len(second.app[RUNS].runner):
            await asyncio.sleep(0.05)
        assert await effects(first) == {f"j{n}": 1 for n in range(30)}


async def test_the_run_of_a_server_that_was_killed_is_done_by_another(tmp_path: Path) -> None:
    async with (
        fresh_database() as url,
        running(settings(tmp_path, database={"url": url}), Adapters(pipelines=[Counting()])) as lea,
    ):
        ada = await lea.person()
        await make_effects(lea)
        await died(url, "jobs.saved", ada.identity.company_id)
        async with asyncio.timeout(RESUMED_S):
            run = await ended(ada, "run_1")
        assert (run["state"], run["jobs_completed"]) == ("completed", JOBS)
        assert await effects(lea) == {f"j{n}": 1 for n in range(JOBS)}


async def test_a_run_is_cancelled_by_a_server_that_does_not_work_at_it(tmp_path: Path) -> None:
    gate = asyncio.Semaphore(0)
    async with two_servers(tmp_path, Counting(gate=gate), Counting(gate=gate)) as (first, second):
        ada = await first.person()
        run_id = await first.app[RUNS].start(ada.identity, "counting", {"jobs": 5})
        while not len(first.app[RUNS].runner) + len(second.app[RUNS].runner):
            await asyncio.sleep(0.02)
        other = second if len(first.app[RUNS].runner) else first
        assert (await at(other, ada).call("POST", f"/v1/catalog/run/{run_id}/cancel"))[0] == 202
        async with asyncio.timeout(RESUMED_S):
            assert (await ended(ada, run_id))["state"] == "cancelled"


async def test_a_server_that_leaves_gives_its_runs_back(tmp_path: Path) -> None:
    async with running(settings(tmp_path), Adapters(pipelines=[Counting(gate=asyncio.Semaphore(0))])) as lea:
        ada = await lea.person()
        await lea.app[RUNS].start(ada.identity, "counting", {"jobs": 5})
        while not await lea.sql("SELECT key FROM run_jobs WHERE state = 'running'"):
            await asyncio.sleep(0.02)
        assert await lea.sql("SELECT owner FROM runs") != [(None,)]

    def owners() -> list[tuple[str | None]]:
        with closing(sqlite3.connect(tmp_path / "lea.db")) as database:
            return database.execute("SELECT owner FROM runs").fetchall()

    assert await asyncio.to_thread(owners) == [(None,)]
