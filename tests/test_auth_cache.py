"""Look-ups that are remembered: shared, bounded, and never a failure."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from lea.errors import DatabaseTimeout
from lea.metrics import CACHE_REQUESTS
from lea.resilience.cache import LookupCache
from lea.resilience.single_flight import SingleFlight
from lea.tasks import TaskOwner
from tests.fakes import ManualClock


class Source:
    """Answers look-ups from a dict, counts them, and can be held up or fail."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.asked: list[str] = []
        self.failure: Exception | None = None
        self.go = asyncio.Event()
        self.go.set()

    async def find(self, key: str) -> str | None:
        self.asked.append(key)
        await self.go.wait()
        if self.failure:
            raise self.failure
        return self.values.get(key)


class Rig:
    def __init__(self, flights: SingleFlight) -> None:
        self.clock = ManualClock()
        self.source = Source()
        self._flights = flights
        self.stale(0)

    def stale(self, stale_s: float) -> None:
        self.cache: LookupCache[str] = LookupCache(
            "test", self.clock, self._flights, size=3, ttl_s=60, stale_s=stale_s, absent_ttl_s=10
        )

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(30):
            while len(self.source.asked) < times or len(self._flights):
                await asyncio.sleep(0)

    async def get(self, key: str) -> str | None:
        return await self.cache.get(key, lambda: self.source.find(key))


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    tasks = TaskOwner()
    yield Rig(SingleFlight(tasks))
    await tasks.aclose()


async def test_a_value_is_looked_up_once_until_its_time_is_over(rig: Rig) -> None:
    rig.source.values["a"] = "1"
    assert [await rig.get("a"), await rig.get("a")] == ["1", "1"]
    assert rig.source.asked == ["a"]
    rig.clock.advance(60)
    await rig.get("a")
    assert rig.source.asked == ["a", "a"]


async def test_callers_at_the_same_time_share_one_look_up(rig: Rig) -> None:
    rig.source.values["a"] = "1"
    assert await asyncio.gather(*(rig.get("a") for _ in range(50))) == ["1"] * 50
    assert rig.source.asked == ["a"]


async def test_a_caller_that_leaves_does_not_end_the_others_look_up(rig: Rig) -> None:
    rig.source.values["a"] = "1"
    rig.source.go.clear()
    first, second = asyncio.ensure_future(rig.get("a")), asyncio.ensure_future(rig.get("a"))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    rig.source.go.set()
    assert await second == "1"
    assert rig.source.asked == ["a"]


async def test_an_absence_is_believed_for_a_shorter_time(rig: Rig) -> None:
    assert await rig.get("a") is None
    rig.source.values["a"] = "1"
    assert await rig.get("a") is None
    rig.clock.advance(10)
    assert await rig.get("a") == "1"


async def test_a_failure_is_not_remembered(rig: Rig) -> None:
    rig.source.values["a"] = "1"
    rig.source.failure = DatabaseTimeout()
    with pytest.raises(DatabaseTimeout):
        await rig.get("a")
    rig.source.failure = None
    assert await rig.get("a") == "1"


async def test_at_the_bound_the_oldest_goes_and_a_flood_of_absences_pushes_out_no_value(rig: Rig) -> None:
    rig.source.values = {key: key for key in "abcd"}
    for key in "abc":
        await rig.get(key)
    for number in range(100):
        await rig.get(f"unknown {number}")
    rig.source.asked.clear()
    for key in "abc":
        await rig.get(key)
    assert rig.source.asked == []
    await rig.get("d")
    await rig.get("a")
    assert rig.source.asked == ["d", "a"]


async def test_a_stale_value_is_given_once_more_while_it_is_looked_up_behind_the_callers_back(rig: Rig) -> None:
    rig.stale(30)
    rig.source.values["a"] = "1"
    await rig.get("a")
    rig.clock.advance(60)
    rig.source.values["a"] = "2"
    rig.source.go.clear()
    assert [await rig.get("a"), await rig.get("a")] == ["1", "1"]
    rig.source.go.set()
    await rig.until_asked(2)
    assert await rig.get("a") == "2"
    assert rig.source.asked == ["a", "a"]


async def test_a_value_older_than_stale_is_waited_for(rig: Rig) -> None:
    rig.stale(30)
    rig.source.values["a"] = "1"
    await rig.get("a")
    rig.clock.advance(90)
    rig.source.values["a"] = "2"
    assert await rig.get("a") == "2"


async def test_a_refresh_that_fails_keeps_the_stale_value_and_its_age(rig: Rig) -> None:
    rig.stale(30)
    rig.source.values["a"] = "1"
    await rig.get("a")
    rig.clock.advance(60)
    rig.source.failure = DatabaseTimeout()
    assert await rig.get("a") == "1"
    await rig.until_asked(2)
    assert await rig.get("a") == "1"
    rig.clock.advance(30)
    with pytest.raises(DatabaseTimeout):
        await rig.get("a")


async def test_keys_are_dropped_by_name_and_by_pattern_absences_too(rig: Rig) -> None:
    rig.source.values = {"u1:a": "1", "u1:b": "2", "u2:a": "3"}
    for key in ("u1:a", "u1:b", "u2:a"):
        await rig.get(key)
    await rig.get("u1:c")
    rig.source.asked.clear()
    assert rig.cache.drop("u1:*") == 3
    for key in ("u1:a", "u2:a", "u1:c"):
        await rig.get(key)
    assert rig.source.asked == ["u1:a", "u1:c"]


async def test_a_look_up_that_was_under_way_when_its_key_was_dropped_is_not_remembered_nor_shared(rig: Rig) -> None:
    rig.source.values["a"] = "1"
    rig.source.go.clear()
    before = asyncio.ensure_future(rig.get("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rig.cache.drop("a")
    after = asyncio.ensure_future(rig.get("a"))
    rig.source.go.set()
    await asyncio.gather(before, after)
    assert rig.source.asked == ["a", "a"]


async def test_hits_misses_and_stale_answers_are_counted(rig: Rig) -> None:
    def counted(outcome: str) -> float:
        return CACHE_REQUESTS.labels("test", outcome)._value.get()

    before = {outcome: counted(outcome) for outcome in ("hit", "miss", "stale", "absent")}
    rig.stale(30)
    rig.source.values["a"] = "1"
    for _ in range(3):
        await rig.get("a")
    rig.clock.advance(60)
    await rig.get("a")
    await rig.get("b")
    await rig.get("b")
    assert {outcome: counted(outcome) - was for outcome, was in before.items()} == {
        "hit": 2,
        "miss": 2,
        "stale": 1,
        "absent": 1,
    }
