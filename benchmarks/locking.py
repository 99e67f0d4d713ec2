"""One process in which many users initialise at once; says what they waited for, as JSON in a file."""

import argparse
import asyncio
import json
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import uvloop

from lea import log
from lea.auth.permissions import Identity
from lea.clock import Clock, SystemClock
from lea.config import Config
from lea.ids import CompanyId, UserId
from lea.manager.locks import LeafLock, LockTimes
from lea.manager.manager import Initialized, LLMManager
from lea.manager.snapshots import Snapshots
from lea.resilience import garbage
from lea.sources.source import JobsData, JobsMetrics, Source, UserContext
from lea.state.memory import MemoryState
from lea.tasks import TaskOwner


@dataclass(frozen=True, slots=True)
class SlowSource:
    """Every question takes `load` seconds."""

    load: float

    async def connection_mode(self, company_id: CompanyId) -> str:
        del company_id
        await asyncio.sleep(self.load)
        return "sql"

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        await asyncio.sleep(self.load)
        return UserContext(user_id, "Ada", "ada@example.org", "member", "fr", company_id, "Engines", "sql", ())

    async def jobs(self, company_id: CompanyId) -> JobsData:
        del company_id
        await asyncio.sleep(self.load)
        return JobsData(())

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        del company_id
        await asyncio.sleep(self.load)
        return JobsMetrics.of(())


class LoadsInsideTheLock(LLMManager):
    """The control: what everybody waits for if one global lock is held over the load."""

    def __init__(self, source: Source, config: Config, clock: Clock, tasks: TaskOwner, snapshots: Snapshots) -> None:
        super().__init__(source, config, clock, tasks, snapshots)
        self._held_too_long = LeafLock("global")

    async def initialize(self, identity: Identity) -> Initialized:
        times = LockTimes()
        async with self._held_too_long.hold(times):
            initialized = await super().initialize(identity)
        return replace(initialized, timings_ms={**initialized.timings_ms, "lock_wait": times.wait * 1000})


async def measure(users: int, load: float, *, inside: bool) -> dict[str, list[float]]:
    """Milliseconds of every user: `lock_wait` as the manager tells it, `total` since all of them asked."""
    tasks = TaskOwner()
    kind = LoadsInsideTheLock if inside else LLMManager
    clock = SystemClock()
    manager = kind(SlowSource(load), Config(), clock, tasks, Snapshots(MemoryState(), clock))
    waits: list[float] = []
    totals: list[float] = []
    garbage.look_less()  # as the server does
    asked = perf_counter()

    async def one(number: int) -> None:
        company = CompanyId(f"company_{number % 100}")
        who = Identity(UserId(f"user_{number}"), company, "member", "Ada", "fr", "key")
        initialized = await manager.initialize(who)
        totals.append((perf_counter() - asked) * 1000)
        waits.append(initialized.timings_ms["lock_wait"])

    await asyncio.gather(*[one(number) for number in range(users)])
    await tasks.aclose()
    return {"lock_wait": waits, "total": totals}


def main() -> None:
    options = argparse.ArgumentParser(description="Many users initialise at once.")
    options.add_argument("--users", type=int, required=True)
    options.add_argument("--load", type=float, required=True, help="seconds a load takes")
    options.add_argument("--inside", action="store_true", help="the control: load inside the lock")
    options.add_argument("--out", type=Path, required=True)
    given = options.parse_args()
    log.configure("info")
    times = uvloop.run(measure(given.users, given.load, inside=given.inside))
    given.out.write_text(json.dumps(times))


if __name__ == "__main__":
    main()
