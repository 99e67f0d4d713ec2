"""What processes share through Redis: late, lost and bounded, but never waited for."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

import pytest
from redis.asyncio import Redis

from lea.clock import Clock, SystemClock
from lea.ids import AttachmentId, CompanyId, MessageId, ThreadId, UserId
from lea.manager.snapshots import HISTORY_BYTES, VERSION, SessionSnapshot, Snapshots
from lea.manager.thread import History
from lea.messages import Assistant, File, User
from lea.resilience.redis import RedisGone, RedisLink
from lea.sources.source import FileSummary, JobsData, JobsMetrics, JobSummary, UserContext
from lea.state.memory import MemoryState
from lea.state.redis import RedisState
from lea.state.waiting import BYTES, SLICE_BYTES, SLICE_WRITES, WRITES, Join, Waiting
from lea.tasks import TaskOwner
from tests.fakes import ManualClock
from tests.redis_server import ANSWER_S, PatientLink, RedisServer, own_redis

ADA, ENGINES = UserId("ada"), CompanyId("engines")
THREAD, HEAD = ThreadId("s1"), MessageId("m2")
FILE = File(AttachmentId("at_1"), "été.csv", "text/csv", 3, 3, 1, cut=False)
SAID = [User("Bonjour", (FILE,)), Assistant("Bonjour Ada \U0001f600")]


@dataclass
class Process:
    """One process' way to Redis."""

    link: RedisLink
    state: RedisState

    async def until(self, *, available: bool) -> None:
        """Asking is what finds out that it is gone; probing finds out that it is back."""
        async with asyncio.timeout(ANSWER_S):
            while self.link.available is not available:
                await self.state.get("anything")
                await asyncio.sleep(0.01)


@asynccontextmanager
async def process(url: str, clock: Clock | None = None, way: type[RedisLink] = PatientLink) -> AsyncIterator[Process]:
    """Of Léa's own patience only where a Redis that does not answer is what the test is about."""
    tasks, probing = TaskOwner(), TaskOwner()
    link = way(url, probing)
    state = RedisState(link, tasks, clock or SystemClock())
    await link.start()
    try:
        yield Process(link, state)
    finally:
        await state.aclose()
        await tasks.aclose()
        await probing.aclose()
        await link.aclose()


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture
async def raw(redis: RedisServer) -> AsyncIterator[Redis]:
    """To look into Redis, and to do to it what nobody of ours does."""
    async with Redis.from_url(redis.url) as client:
        yield client


@pytest.fixture
async def here(redis: RedisServer) -> AsyncIterator[Process]:
    async with process(redis.url) as one:
        yield one


@pytest.fixture
async def there(redis: RedisServer) -> AsyncIterator[Process]:
    async with process(redis.url) as another:
        yield another


async def arrived(there: Process, key: str, value: bytes | None) -> None:
    async with asyncio.timeout(ANSWER_S):
        while await there.state.get(key) != value:
            await asyncio.sleep(0)


async def test_what_one_process_keeps_another_reads(here: Process, there: Process) -> None:
    assert (here.state.backend, here.state.shared) == ("redis", True)
    here.state.put("a", b"1", 60)
    await arrived(there, "a", b"1")
    here.state.put("a", b"2", 60)
    await arrived(there, "a", b"2")
    here.state.forget("a")
    await arrived(there, "a", None)


async def test_what_is_on_its_way_is_read_at_once(here: Process) -> None:
    here.state.put("a", b"1", 60)
    assert await here.state.get("a") == b"1"
    here.state.forget("a")
    here.state.touch("a", 60)
    assert await here.state.get("a") is None


async def test_a_value_lives_as_long_as_was_said_last(here: Process, there: Process, raw: Redis) -> None:
    here.state.put("a", b"1", 100)
    await arrived(there, "a", b"1")
    assert 0 < await raw.ttl("a") <= 100
    here.state.touch("a", 1000)
    async with asyncio.timeout(ANSWER_S):
        while await raw.ttl("a") <= 100:
            await asyncio.sleep(0)
    here.state.put("b", b"1", 100)
    here.state.touch("b", 1000)
    await arrived(there, "b", b"1")
    assert 100 < await raw.ttl("b") <= 1000


async def test_a_value_that_is_gone_is_not_made_by_touching_it(here: Process, there: Process) -> None:
    here.state.touch("a", 1000)
    here.state.put("b", b"1", 1000)
    await arrived(there, "b", b"1")
    assert await there.state.get("a") is None


async def test_members_are_counted_over_all_processes_until_their_time_is_over(redis: RedisServer) -> None:
    clock = ManualClock()
    async with process(redis.url, clock) as here, process(redis.url, clock) as there:
        here.state.join("g", "ada", 100)
        there.state.join("g", "bob", 200)
        there.state.join("g", "bob", 200)
        there.state.join("another", "eve", 200)
        async with asyncio.timeout(ANSWER_S):
            while await here.state.members("g") != 2:
                await asyncio.sleep(0)
        clock.advance(150)
        assert await here.state.members("g") == 1
        clock.advance(100)
        assert await here.state.members("g") == 0


async def test_members_whose_time_is_over_leave_redis(redis: RedisServer, raw: Redis) -> None:
    clock = ManualClock()
    async with process(redis.url, clock) as here:
        here.state.join("g", "ada", 100)
        async with asyncio.timeout(ANSWER_S):
            while await raw.zcard("g") != 1:
                await asyncio.sleep(0)
            clock.advance(101)
            here.state.join("g", "bob", 100)
            while await raw.zrange("g", 0, -1) != [b"bob"]:
                await asyncio.sleep(0)
        assert 0 < await raw.ttl("g") <= 100


async def test_hits_are_counted_over_all_processes_and_refused_ones_are_not(here: Process, there: Process) -> None:
    hits = [await one.state.hit("chat", "ada", 3, 60) for one in (here, there, here, there, here)]
    assert [hit and hit.allowed for hit in hits] == [True, True, True, False, False]
    assert [hit and hit.remaining for hit in hits] == [2, 1, 0, 0, 0]
    assert all(hit is not None and 30 <= hit.reset_s <= 60 for hit in hits)
    other = await here.state.hit("chat", "bob", 3, 60)
    assert other is not None
    assert other.allowed


async def test_the_window_moves(here: Process, there: Process) -> None:
    async with asyncio.timeout(ANSWER_S):
        first = await here.state.hit("chat", "ada", 1, 1)
        hit = await there.state.hit("chat", "ada", 1, 1)
        while hit is not None and not hit.allowed:
            hit = await there.state.hit("chat", "ada", 1, 1)
    assert first is not None
    assert hit is not None


async def test_a_redis_that_is_killed_is_done_without_and_used_again_when_it_is_back(
    here: Process, redis: RedisServer
) -> None:
    """It comes back empty: the scripts that count are gone with everything else."""
    assert await here.state.hit("chat", "ada", 3, 60) is not None
    redis.kill()
    await here.until(available=False)
    assert (here.state.backend, here.state.shared) == ("memory (redis unavailable)", False)
    here.state.put("lost", b"1", 60)
    here.state.join("g", "ada", 60)
    assert await here.state.get("lost") is None
    assert await here.state.members("g") is None
    assert await here.state.hit("chat", "ada", 3, 60) is None
    redis.start()
    await here.until(available=True)
    assert here.state.backend == "redis"
    hit = await here.state.hit("chat", "ada", 3, 60)
    assert hit is not None
    assert (hit.allowed, hit.remaining) == (True, 2)
    assert await here.state.get("lost") is None
    assert await here.state.members("g") == 0


async def test_what_waits_when_redis_goes_is_lost(here: Process, redis: RedisServer) -> None:
    redis.kill()
    here.state.put("a", b"1", 60)
    async with asyncio.timeout(ANSWER_S):
        while here.link.available or await here.state.get("a") is not None:
            await asyncio.sleep(0)
    with pytest.raises(RedisGone):
        await here.link.ping()


async def test_nobody_waits_long_for_a_redis_that_hangs(redis: RedisServer) -> None:
    async with process(redis.url, way=RedisLink) as here:
        redis.pause()
        start = perf_counter()
        *found, pinged = await asyncio.gather(
            *(here.state.get(str(number)) for number in range(30)),
            here.state.members("g"),
            here.state.hit("chat", "ada", 3, 60),
            here.link.ping(),
            return_exceptions=True,
        )
        assert perf_counter() - start < 5, "one after the other they would wait longer"
        assert found == [None] * 32
        assert isinstance(pinged, RedisGone)
        assert here.state.backend == "memory (redis unavailable)"
        redis.resume()
        await here.until(available=True)


async def test_a_full_redis_is_gone_until_there_is_room(here: Process, raw: Redis) -> None:
    await raw.config_set("maxmemory-policy", "noeviction")
    await raw.config_set("maxmemory", 1)
    here.state.put("a", b"1", 60)
    await here.until(available=False)
    assert await here.state.hit("chat", "ada", 3, 60) is None
    assert "OutOfMemory" in here.link.detail
    await raw.config_set("maxmemory", 0)
    await here.until(available=True)


async def test_closing_writes_what_waits(redis: RedisServer, raw: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lea.state.redis.CLOSE_S", ANSWER_S)
    async with process(redis.url) as one:
        for number in range(3 * SLICE_WRITES):
            one.state.put(str(number), b"1", 60)
    assert await raw.dbsize() >= 3 * SLICE_WRITES


async def test_closing_does_not_wait_for_a_redis_that_hangs(redis: RedisServer) -> None:
    async with process(redis.url) as one:
        one.state.put("a", b"1", 60)
        redis.pause()
        start = perf_counter()
        await one.state.aclose()
        assert perf_counter() - start < ANSWER_S / 2, "the link itself would wait twice as long"


@pytest.mark.parametrize("url", ["redis://h:port", "redis://h?nonsense=:hunter2@", "redis://[::1", "redis://h?retry=5"])
async def test_an_address_that_cannot_be_understood_is_one_line_and_no_password(url: str, logged) -> None:
    async with process(url, way=RedisLink) as one:
        assert one.state.backend == "memory (redis unavailable)"
        assert await one.state.get("a") is None
    assert [line["event"] for line in logged] == ["redis.unusable"]
    assert "hunter2" not in str(logged)


def test_only_the_newest_write_of_a_key_waits() -> None:
    waiting = Waiting()
    for number in range(1000):
        waiting.put("a", b"%d" % number, 60)
        waiting.join("g", "ada", Join(number, 60))
    assert len(waiting) == 2
    assert waiting.writes["a"].value == b"999"


def test_at_the_bound_what_waits_longest_is_lost() -> None:
    waiting = Waiting()
    for number in range(WRITES + 10):
        waiting.put(str(number), b"1", 60)
        waiting.join("g", str(number), Join(1, 60))
    assert len(waiting) == 2 * WRITES
    assert next(iter(waiting.writes)) == "10"
    assert next(iter(waiting.joins)) == ("g", "10")


def test_values_that_wait_are_bounded_in_bytes() -> None:
    waiting, value = Waiting(), bytes(1024 * 1024)
    for number in range(2 * BYTES // len(value)):
        waiting.put(str(number), value, 60)
    assert len(waiting) == BYTES // len(value)
    waiting.put("one", bytes(2 * BYTES), 60)
    assert list(waiting.writes) == ["one"]


def test_a_slice_is_bounded_in_writes_and_bytes() -> None:
    waiting = Waiting()
    for number in range(SLICE_WRITES + 1):
        waiting.put(str(number), b"1", 60)
    assert len(waiting.take()) == SLICE_WRITES
    assert len(waiting.take()) == 1
    for number in range(10):
        waiting.put(str(number), bytes(SLICE_BYTES // 2), 60)
    assert len(waiting.take()) == 2
    assert len(waiting) == 8


async def test_memory_shares_with_nobody() -> None:
    state = MemoryState()
    state.put("a", b"1", 60)
    state.touch("a", 60)
    state.join("g", "ada", 60)
    assert (state.backend, state.shared) == ("memory", False)
    assert [await state.get("a"), await state.members("g"), await state.hit("chat", "ada", 1, 60)] == [None] * 3
    state.forget("a")
    await state.aclose()


def snapshot() -> SessionSnapshot:
    files = (FileSummary("V-1", "sale", "offer", "1 rue de la Paix", 12_300, None, 1.5),)
    return SessionSnapshot(
        "sql",
        UserContext(ADA, "Ada", "ada@example.org", "member", "fr", ENGINES, "Engines", "sql", files),
        1000.0,
        JobsData((JobSummary("j1", "bank", "pending", "Rapprocher", 2.5),)),
        JobsMetrics.of([("bank", "pending", 1)]),
        2000.0,
    )


@pytest.fixture
def snapshots(here: Process) -> Snapshots:
    return Snapshots(here.state, SystemClock())


async def test_a_session_is_the_same_on_the_other_side(snapshots: Snapshots, there: Process) -> None:
    snapshots.keep_session(ADA, ENGINES, snapshot())
    other = Snapshots(there.state, SystemClock())
    async with asyncio.timeout(ANSWER_S):
        while (found := await other.session(ADA, ENGINES)) is None:
            await asyncio.sleep(0)
        while await other.users(ENGINES) != 1:
            await asyncio.sleep(0)
    assert found == snapshot()


async def test_a_session_is_never_taken_over_by_somebody_else(snapshots: Snapshots, raw: Redis) -> None:
    snapshots.keep_session(ADA, ENGINES, snapshot())
    async with asyncio.timeout(ANSWER_S):
        while (data := await raw.get("session:ada:engines")) is None:
            await asyncio.sleep(0)
    await raw.set("session:bob:engines", data)
    await raw.set("session:ada:others", data)
    assert await snapshots.session(UserId("bob"), ENGINES) is None
    assert await snapshots.session(ADA, CompanyId("others")) is None


async def test_a_damaged_snapshot_and_one_of_another_version_are_none(snapshots: Snapshots, raw: Redis) -> None:
    snapshots.keep_session(ADA, ENGINES, snapshot())
    snapshots.keep_history(ADA, THREAD, History(HEAD, SAID))
    keys = ("session:ada:engines", "history:ada:s1")
    async with asyncio.timeout(ANSWER_S):
        while None in (kept := await raw.mget(keys)):
            await asyncio.sleep(0)
    for good in kept:
        damaged = [good[:-1], good[:20], b"", b"\xff" * 50, VERSION, VERSION + b"\x91" * 100_000, b"lea:0:" + good[6:]]
        for data in damaged:
            await raw.mset(dict.fromkeys(keys, data))
            assert await snapshots.session(ADA, ENGINES) is None
            assert await snapshots.history(ADA, THREAD, HEAD) is None
        for place in range(len(VERSION), len(good), 5):  # some of these can still be read
            await raw.mset(dict.fromkeys(keys, good[:place] + b"\xc1" + good[place + 1 :]))
            await snapshots.session(ADA, ENGINES)
            await snapshots.history(ADA, THREAD, HEAD)


async def test_a_history_is_found_by_its_head_only(snapshots: Snapshots) -> None:
    snapshots.keep_history(ADA, THREAD, History(HEAD, SAID))
    assert await snapshots.history(ADA, THREAD, HEAD) == SAID
    assert await snapshots.history(ADA, THREAD, MessageId("m4")) is None
    assert await snapshots.history(ADA, THREAD, None) is None
    assert await snapshots.history(UserId("bob"), THREAD, HEAD) is None
    assert await snapshots.history(ADA, ThreadId("s2"), HEAD) is None
    snapshots.forget_history(ADA, THREAD)
    assert await snapshots.history(ADA, THREAD, HEAD) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [("x" * (HISTORY_BYTES - 100), True), ("x" * HISTORY_BYTES, False), ("é" * (HISTORY_BYTES * 2 // 3), False)],
)
async def test_a_long_history_is_not_kept_nor_the_one_before_it(snapshots: Snapshots, text: str, kept: bool) -> None:
    snapshots.keep_history(ADA, THREAD, History(HEAD, SAID))
    snapshots.keep_history(ADA, THREAD, History(MessageId("m4"), [User(text)]))
    assert (await snapshots.history(ADA, THREAD, MessageId("m4")) is not None) is kept
    assert await snapshots.history(ADA, THREAD, HEAD) is None


async def test_what_cannot_be_written_down_is_not_kept(snapshots: Snapshots) -> None:
    snapshots.keep_history(ADA, THREAD, History(HEAD, [User("\ud800")]))
    assert await snapshots.history(ADA, THREAD, HEAD) is None


async def test_nothing_is_written_down_with_nobody_to_share_with() -> None:
    alone = Snapshots(MemoryState(), SystemClock())
    alone.keep_session(ADA, ENGINES, snapshot())
    alone.keep_history(ADA, THREAD, History(HEAD, SAID))
    alone.touch(ADA, ENGINES)
    assert not alone.shared
    assert [
        await alone.session(ADA, ENGINES),
        await alone.history(ADA, THREAD, HEAD),
        await alone.users(ENGINES),
    ] == [None] * 3
