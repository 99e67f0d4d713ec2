"""What is known of another system: fresh, old and named so, or missing; nobody waits for one that has just failed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from lea.errors import CircuitOpen
from lea.resilience.single_flight import SingleFlight
from lea.sources.foreign import Failed, Loaded
from lea.sources.kept import AGAIN_S, Kept, Part, Terms
from lea.sources.source import JobSummary
from lea.tasks import TaskOwner
from tests.conftest import Logged
from tests.fakes import ManualClock

TERMS = Terms(fresh_s=60, stale_s=900, timeout_s=30, patience_s=20)


class Scripted:
    """A system that answers when it may, with as many jobs as it was asked times."""

    name = "odoo"

    def __init__(self) -> None:
        self.asked = 0
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self) -> Loaded:
        self.asked += 1
        asked = self.asked
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        jobs = tuple(JobSummary(f"odoo.bill.{n}", "bank", "pending", "x", 1.0, "odoo") for n in range(asked))
        return Loaded(jobs, (("bank", "pending", asked),))

    async def aclose(self) -> None:
        self.gate.set()


class Parts:
    """A Kept and what it is made of."""

    def __init__(self, tasks: TaskOwner, terms: Terms = TERMS) -> None:
        self.clock = ManualClock()
        self.system = Scripted()
        self.flights = SingleFlight(tasks)
        self.kept = Kept(self.system, terms, self.clock, self.flights)

    async def landed(self) -> None:
        """Until nothing is read any more."""
        async with asyncio.timeout(30):
            while len(self.flights):
                await asyncio.sleep(0)

    async def told(self) -> tuple[str, int, str | None]:
        part: Part = await self.kept.part()
        return part.state.status, len(part.jobs), part.state.error


@pytest.fixture
async def tasks() -> AsyncIterator[TaskOwner]:
    owner = TaskOwner()
    yield owner
    await owner.aclose()


async def test_what_is_fresh_is_not_asked_for_again_and_many_share_one_reading(tasks: TaskOwner) -> None:
    parts = Parts(tasks)
    assert await asyncio.gather(*(parts.told() for _ in range(20))) == [("ok", 1, None)] * 20
    parts.clock.advance(60)
    assert await parts.told() == ("ok", 1, None)
    parts.clock.advance(1)
    assert await parts.told() == ("ok", 2, None)
    assert parts.system.asked == 2


async def test_the_moment_told_is_the_one_it_was_read_at(tasks: TaskOwner) -> None:
    parts = Parts(tasks)
    read_at = parts.clock.now()
    await parts.told()
    parts.clock.advance(30)
    assert (await parts.kept.part()).state.as_of == read_at


async def test_a_system_that_fails_leaves_its_old_jobs_for_a_while_and_then_none(tasks: TaskOwner) -> None:
    parts = Parts(tasks)
    await parts.told()
    parts.system.error = Failed()
    parts.clock.advance(100)
    assert await parts.told() == ("stale", 1, "source_failed")
    parts.clock.advance(800)
    assert (await parts.told())[0] == "stale"
    parts.clock.advance(100)
    assert await parts.told() == ("down", 0, "source_failed")
    part = await parts.kept.part()
    assert (part.counts, part.state.as_of) == ((), None)


async def test_after_a_failure_nobody_waits_and_it_is_tried_again_behind_them(tasks: TaskOwner) -> None:
    parts = Parts(tasks)
    parts.system.error = CircuitOpen()
    assert await parts.told() == ("down", 0, "circuit_open")
    assert parts.kept.impaired() == "jobs not read: circuit_open"
    assert await parts.told() == ("down", 0, "circuit_open")
    assert parts.system.asked == 1
    parts.clock.advance(AGAIN_S + 1)
    parts.system.error = None
    parts.system.gate.clear()
    assert await parts.told() == ("down", 0, "circuit_open")
    parts.system.gate.set()
    await parts.landed()
    assert await parts.told() == ("ok", 2, None)
    assert parts.kept.impaired() is None


async def test_a_reading_that_takes_too_long_ends_and_is_told_as_a_time_out(tasks: TaskOwner) -> None:
    parts = Parts(tasks, Terms(fresh_s=60, stale_s=900, timeout_s=0.05, patience_s=20))
    parts.system.gate.clear()
    assert await parts.told() == ("down", 0, "external_api_timeout")


async def test_a_caller_waits_no_longer_than_it_may_and_the_reading_goes_on(tasks: TaskOwner) -> None:
    parts = Parts(tasks, Terms(fresh_s=60, stale_s=900, timeout_s=30, patience_s=0.05))
    parts.system.gate.clear()
    assert await parts.told() == ("down", 0, "external_api_timeout")
    parts.system.gate.set()
    await parts.landed()
    assert await parts.told() == ("ok", 1, None)
    assert parts.system.asked == 1


async def test_old_jobs_are_given_while_new_ones_are_slow(tasks: TaskOwner) -> None:
    parts = Parts(tasks)
    await parts.told()
    parts.clock.advance(100)
    parts.system.gate.clear()
    assert await parts.told() == ("stale", 1, None)
    parts.system.gate.set()
    await parts.landed()
    assert await parts.told() == ("ok", 2, None)


async def test_a_mistake_of_ours_is_one_systems_trouble_and_is_logged(tasks: TaskOwner, logged: Logged) -> None:
    parts = Parts(tasks)
    parts.system.error = KeyError("surprise")
    assert await parts.told() == ("down", 0, "source_garbled")
    (line,) = logged.named("jobs.source_crashed")
    assert (line["source"], line["exception"]["type"]) == ("odoo", "KeyError")


async def test_health_looks_once_and_then_knows(tasks: TaskOwner) -> None:
    parts = Parts(tasks)
    await parts.kept.look()
    parts.clock.advance(10_000)
    await parts.kept.look()
    assert parts.system.asked == 1
