"""Workers are told of runs over Redis, each run once to one of them, and find them without it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from lea.app import Adapters
from lea.handlers.keys import LINK, RUNS
from lea.runs.queue import RunQueue, _Broker
from lea.tasks import TaskOwner
from tests.conftest import Logged
from tests.lea_server import Lea, running, settings
from tests.postgres import fresh_database
from tests.redis_server import PatientLink, RedisServer, own_redis, patient
from tests.run_parts import Counting, effects, ended, make_effects

COMPANIES = 3
WORKERS = 2


@asynccontextmanager
async def one_server_and_workers(folder: Path, redis: RedisServer) -> AsyncIterator[Lea]:
    """The server leaves runs to the workers; all in this process, each with connections of its own."""
    async with fresh_database() as url, AsyncExitStack() as stack:
        shared = {"database": {"url": url}, "state": {"url": redis.url}}
        server = await stack.enter_async_context(
            running(settings(folder, **shared, runs={"here": False}), Adapters(pipelines=[Counting()]))
        )
        await make_effects(server)
        for _ in range(WORKERS):
            config = settings(folder, **shared, runs={"here": True})
            await stack.enter_async_context(running(config, Adapters(pipelines=[Counting()])))
        yield server


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not met():
            await asyncio.sleep(0.02)


async def do_runs(server: Lea, name: str) -> list[str]:
    """A run of each of some companies, all ended."""
    people = [await server.person(f"{name}{n}@example.org", f"{name} {n}") for n in range(COMPANIES)]
    runs = [await server.app[RUNS].start(one.identity, "counting", {"jobs": 3}) for one in people]
    done = [await ended(one, run) for one, run in zip(people, runs, strict=True)]
    assert [run["jobs_completed"] for run in done] == [3] * COMPANIES
    return [str(run) for run in runs]


async def test_each_run_is_told_to_one_worker_and_done_once_also_while_redis_is_gone_and_after(
    tmp_path: Path, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient(monkeypatch)

    def told() -> Counter[str]:
        return Counter(line["run_id"] for line in logged.named("run.told"))

    with own_redis() as redis:
        async with one_server_and_workers(tmp_path, redis) as server:
            link = server.app[LINK]
            assert link is not None
            first = await do_runs(server, "Navy")
            await until(lambda: told() == Counter(first))

            redis.kill()
            await until(lambda: not link.available)
            await do_runs(server, "Army")
            assert told() == Counter(first)

            redis.start()  # empty: the group of those who listen is gone too
            await until(lambda: link.available)
            again: list[str] = []
            async with asyncio.timeout(60):
                while not told().keys() & set(again):
                    again += await do_runs(server, f"Guard{len(again)}")
            assert max(told().values()) == 1
            assert set((await effects(server)).values()) == {2 * COMPANIES + len(again)}


async def test_a_cancellation_that_is_lost_on_the_way_to_redis_does_not_keep_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = asyncio.Event()

    async def losing(_: _Broker) -> None:
        """As a call whose own time-out meets the cancellation."""
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise TimeoutError from None

    async def take(_: object) -> None:
        raise AssertionError("nothing was sent")

    monkeypatch.setattr(_Broker, "_declare_consumer_group", losing)
    with own_redis() as redis:
        tasks = TaskOwner()
        link = PatientLink(redis.url, tasks)
        await link.start()
        queue = RunQueue(redis.url, link, tasks, take)
        receiving = tasks.spawn("runs.receive", queue.keep_receiving())
        await asked.wait()
        receiving.cancel()
        await queue.aclose()
        async with asyncio.timeout(60):
            await tasks.aclose()
        await link.aclose()
