"""`python -m tests.dying_runs URL POINT TIMES RUN_ID` works at runs, and is ended as by `kill -9` at the given time it
reaches POINT; a RUN_ID begins that run first."""

import asyncio
import os
import signal
import sys
from functools import partial
from itertools import count

from lea import faults
from lea.clock import SystemClock
from lea.config import Config
from lea.ids import CompanyId, RunId, UserId, new_id
from lea.runs.registry import Pipelines
from lea.runs.runner import Runner
from lea.store import runs
from lea.store.engine import Store
from lea.store.runs import NewRun
from lea.tasks import TaskOwner
from tests.run_parts import Counting

JOBS = 250


async def work(url: str, run_id: str, company_id: str) -> None:
    tasks, clock = TaskOwner(), SystemClock()
    store = Store(Config.model_validate({"database": {"url": url}}).database, tasks)
    new = NewRun(RunId(run_id), CompanyId(company_id), UserId("u"), "counting", "catalog", "en", {"jobs": JOBS})
    run = await store.write(lambda connection: runs.begin(connection, new, clock.now()))
    faults.reach("run.started")
    runner = Runner(
        new_id("p"),
        Pipelines([Counting(concurrency=4)]),
        store,
        clock,
        tasks,
        lambda _: None,
        jobs=8,
        timeout_s=60,
        pause_s=0.001,
        sole=store.sole,
    )
    tasks.spawn("take", runner.keep_taking())
    tasks.spawn("renew", runner.keep_renewing())
    while run.ended_at is None:
        await asyncio.sleep(0.02)
        run = await store.read(partial(runs.of_id, run_id=run.id))
    await asyncio.sleep(60)  # to be killed at `run.ended`, if it has not been


def main() -> None:
    url, point, times, run_id, company_id = sys.argv[1:]
    reached = count(1)

    def die(at: str) -> None:
        if at == point and next(reached) == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    assert point in faults.RUN_POINTS, point
    faults.arm(die)
    asyncio.run(work(url, run_id, company_id))


if __name__ == "__main__":
    main()
