"""A pipeline whose effects can be counted, and what a test does with its runs."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import orjson

from lea.errors import BadRequest, ExternalUnavailable, NotFound
from lea.runs.pipeline import Finished, JobSpec, RunScope
from lea.store.runs import Connection
from tests.lea_server import Lea, Person

EFFECTS = "CREATE TABLE IF NOT EXISTS effects (run_id VARCHAR(140), job VARCHAR(200))"


class Counting:
    """`jobs` jobs; `failing` of them fail until `mended`, `shaky` ones at their first attempt; with a gate each waits
    for it to be opened once."""

    name: ClassVar[str] = "counting"
    family: ClassVar[str] = "catalog"
    steps: ClassVar[tuple[str, ...]] = ("count", "tell")

    def __init__(self, *, concurrency: int = 4, attempts: int = 3, gate: asyncio.Semaphore | None = None) -> None:
        self.concurrency = concurrency
        self.attempts = attempts
        self.gate = gate
        self.mended = False
        self.worked: Counter[str] = Counter()
        self.order: list[str] = []
        self.at_once = 0
        self.most_at_once = 0

    async def plan(self, scope: RunScope) -> Sequence[JobSpec]:
        if scope.arguments.get("unplannable"):
            raise NotFound
        count = scope.arguments.get("jobs", 5)
        return [JobSpec(f"j{n}", f"Job {n}", {"n": n}, self.steps[n % 2]) for n in range(count)]

    async def work(self, scope: RunScope, job: JobSpec) -> Finished:
        self.worked[job.key] += 1
        self.order.append(scope.company_id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._wait()
            self._fail(scope, job)
        finally:
            self.at_once -= 1

        def save(connection: Connection) -> None:
            connection.exec_driver_sql(f"INSERT INTO effects VALUES ('{scope.run_id}', '{job.key}')")
            if job.key in scope.arguments.get("unsaveable", ()):
                raise BadRequest

        items = scope.arguments.get("items", 1)
        return Finished(f"{job.payload['n']} counted", save, 1_000_000, items=items)

    async def _wait(self) -> None:
        if self.gate is None:
            await asyncio.sleep(0)
        else:
            await self.gate.acquire()

    def _fail(self, scope: RunScope, job: JobSpec) -> None:
        if job.key in scope.arguments.get("failing", ()) and not self.mended:
            raise BadRequest
        if job.key in scope.arguments.get("shaky", ()) and self.worked[job.key] == 1:
            raise ExternalUnavailable
        if job.key in scope.arguments.get("broken", ()):
            raise RuntimeError("a mistake")


async def make_effects(lea: Lea) -> None:
    await lea.store.write(lambda connection: connection.exec_driver_sql(EFFECTS).close())


async def effects(lea: Lea) -> dict[str, int]:
    """How often each job had its effect."""
    return dict(await lea.sql("SELECT job, count(*) FROM effects GROUP BY job"))  # type: ignore[arg-type]


async def ended(person: Person, run_id: str) -> dict[str, Any]:
    """The run, once it has ended."""
    async with asyncio.timeout(60), stream(person, f"/v1/catalog/job-stream/{run_id}") as told:
        async for _ in told:
            pass
    status, run = await person.call("GET", f"/v1/catalog/run/{run_id}")
    assert status == 200
    assert run["ended_at"] is not None
    return dict(run)


@asynccontextmanager
async def stream(person: Person, path: str, **headers: str) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    """(cursor, data) of each event."""
    async with await person.request("GET", path, **headers) as response:
        assert response.status == 200, await response.text()

        async def events() -> AsyncIterator[tuple[str, Any]]:
            cursor = ""
            async for line in response.content:
                text = line.decode().rstrip("\n")
                if text.startswith("id: "):
                    cursor = text[4:]
                elif text.startswith("data: "):
                    yield cursor, orjson.loads(text[6:])

        yield events()
