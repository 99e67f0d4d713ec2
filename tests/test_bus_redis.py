"""Two processes over one Redis: topics read elsewhere, and signals."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest
from redis.asyncio import Redis

from lea.bus.shipper import BASE_BYTES, UNSENT_BYTES
from lea.bus.shipping import SIGNALS_KEPT
from lea.events.answer import Failed, Snapshot, Stage
from tests import bus_parts
from tests.bus_parts import WAIT_S, Answer, Listener, Process, calls, following, found, until
from tests.conftest import Logged
from tests.redis_server import PatientLink, RedisServer, own_redis
from tests.test_bus import numbers

running = partial(bus_parts.running, link=PatientLink)
"""What a Redis costs that is late is told in test_bus_faults.py."""


@pytest.fixture(scope="module")
def shared_redis() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture
async def client(shared_redis: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(shared_redis.url) as client:
        yield client


@pytest.fixture
async def redis(shared_redis: RedisServer, client: Redis) -> RedisServer:
    """Empty, and to be left running."""
    await client.flushall()
    await client.config_resetstat()
    return shared_redis


@pytest.fixture
async def owner(redis: RedisServer) -> AsyncIterator[Process]:
    async with running(redis.url) as process:
        yield process


@pytest.fixture
async def other(redis: RedisServer) -> AsyncIterator[Process]:
    async with running(redis.url) as process:
        yield process


async def test_a_reader_elsewhere_gets_history_then_what_comes_and_the_end_byte_for_byte(
    owner: Process, other: Process
) -> None:
    answer = Answer(owner)
    answer.topic.publish(Stage("loading"))
    answer.say("un ", "deux\n\n", "né")
    listener = await following(other)
    assert numbers(listener.data) == [1, 2, 3, 4]
    for word in ("trois", "quatre", "cinq"):
        answer.say(word)
        await listener.until(lambda: listener.text == answer.text)
    answer.topic.publish(Stage("restarting"))
    answer.topic.end()
    await listener.until(lambda: listener.ended)
    assert listener.data == answer.local.data
    await until(lambda: owner.bus.shared == 0)
    assert other.bus.mirrors == 0


async def test_a_reader_elsewhere_with_a_cursor_gets_what_follows_it(owner: Process, other: Process) -> None:
    answer = Answer(owner)
    answer.say("un", "deux", "trois")
    listener = await following(other, after=2)
    answer.say("quatre")
    await listener.until(lambda: numbers(listener.data) == [3, 4])


async def test_a_cursor_of_another_life_gets_a_snapshot_elsewhere_too(owner: Process, other: Process) -> None:
    answer = Answer(owner)
    answer.say("un", "deux")
    answer.topic.publish(Stage("thinking"))
    listener = await following(other, after=9999)
    assert numbers(listener.data) == [2, 3]
    assert listener.text == "undeux"


async def test_a_reader_that_is_ahead_of_the_mirror_is_told_only_what_it_has_not(
    owner: Process, other: Process
) -> None:
    """It has read on at the owner, whose newest events are not here yet."""
    answer = Answer(owner)
    answer.say("un", "deux")
    listener = await following(other, after=4)
    assert listener.data == b""
    answer.say("trois")
    answer.say("quatre", "cinq")
    await listener.until(lambda: numbers(listener.data) == [5])


async def test_who_comes_after_the_end_gets_all_of_it(owner: Process, other: Process, client: Redis) -> None:
    answer = Answer(owner)
    answer.say("un")
    answer.topic.end()
    await until(lambda: owner.bus.shared == 0)
    listener = await following(other)
    assert listener.ended
    assert listener.data == answer.local.data
    assert other.bus.mirrors == 0
    assert 0 < await client.ttl("topic:t") <= 300


async def test_an_end_that_comes_alone_is_told(owner: Process, other: Process) -> None:
    answer = Answer(owner)
    answer.say("un")
    listener = await following(other)
    answer.topic.end()
    await listener.until(lambda: listener.ended)
    assert numbers(listener.data) == [1]


async def test_readers_that_come_at_once_share_one_mirror(owner: Process, other: Process, client: Redis) -> None:
    answer = Answer(owner)
    answer.say("un")
    await found(owner)
    before = await calls(client, "xrange")
    topics = await asyncio.gather(*(other.bus.elsewhere("t") for _ in range(20)))
    assert len(set(map(id, topics))) == 1
    assert other.bus.mirrors == 1
    assert await calls(client, "xrange") == before + 1


async def test_a_reader_elsewhere_that_is_behind_takes_what_it_missed(owner: Process, other: Process) -> None:
    answer = Answer(owner)
    answer.say("un")
    slow, quick = await following(other), await following(other)
    slow.open = False
    answer.say("deux", "trois")
    await quick.until(lambda: quick.text == answer.text)
    assert numbers(slow.data) == [1]
    slow.catch_up()
    assert slow.data == quick.data


async def test_a_mirror_goes_with_its_last_reader(owner: Process, other: Process) -> None:
    answer = Answer(owner)
    answer.say("un")
    first, second = await following(other), await following(other)
    for left, listener in ((1, first), (0, second)):
        assert listener.reader is not None
        listener.reader.close()
        listener.reader.close()
        assert other.bus.mirrors == left
    again = await following(other)
    answer.say("deux")
    await again.until(lambda: again.text == "undeux")


async def test_a_new_mirror_does_not_wait_for_the_read_under_way(
    redis: RedisServer, owner: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.bus.reading.BLOCK_S", 10 * WAIT_S)
    async with running(redis.url) as other:
        answer = Answer(owner)
        answer.say("un")
        listener = await following(other)
        answer.say("deux")
        await listener.until(lambda: listener.text == answer.text)


async def test_a_mirror_nobody_came_to_read_goes_too(
    owner: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.bus.mirror.IDLE_S", 0.2)
    answer = Answer(owner)
    answer.say("un")
    forgotten = await found(other)
    await until(lambda: other.bus.mirrors == 0)
    late = Listener()
    forgotten.subscribe(late)
    assert late.ended


async def test_what_one_process_mirrors_is_never_shared_by_it(owner: Process, other: Process) -> None:
    Answer(owner).say("un")
    other.bus.share(await found(other))
    assert other.bus.shared == 0


async def test_a_mirror_can_be_ended_in_the_place_of_a_dead_owner(owner: Process, other: Process) -> None:
    answer = Answer(owner)
    answer.say("un", "deux")
    listener = await following(other)
    topic = await found(other)
    topic.publish(Snapshot("undeu"))
    answer.say("three")
    witness = await following(owner)
    await witness.until(lambda: witness.text == answer.text)
    topic.publish(Stage("restarting"))
    topic.end()
    assert numbers(listener.data) == [1, 2, 3, 4]
    assert listener.text == "undeu"
    assert listener.ended
    assert other.bus.mirrors == 0


async def test_signals_are_heard_by_all_others_and_not_by_their_sender(redis: RedisServer) -> None:
    async with running(redis.url) as one, running(redis.url) as two, running(redis.url) as three:
        heard: list[tuple[str, object]] = []
        for name, process in (("one", one), ("two", two), ("three", three)):
            process.bus.hear("stop", lambda signal, name=name: heard.append((name, signal)))
        two.bus.hear("stop", lambda _: heard.append(("two again", None)))
        one.bus.send("stop", {"turn": "né"})
        one.bus.send("other", {})
        two.bus.send("stop", {"turn": "b"})
        await until(lambda: len(heard) == 5)
        assert sorted(name for name, _ in heard) == ["one", "three", "three", "two", "two again"]
        assert ("two", {"turn": "né"}) in heard
        assert ("one", {"turn": "b"}) in heard


async def test_a_hearer_that_fails_takes_nothing_from_the_others(
    owner: Process, other: Process, logged: Logged
) -> None:
    heard: list[object] = []
    other.bus.hear("stop", lambda signal: signal["missing"])
    other.bus.hear("stop", heard.append)
    owner.bus.send("stop", {"turn": "a"})
    owner.bus.send("stop", {"turn": "b"})
    await until(lambda: heard == [{"turn": "a"}, {"turn": "b"}])
    assert len(logged.named("bus.hearer_failed")) == 2


async def test_what_was_sent_before_a_process_began_is_not_heard_by_it(owner: Process, redis: RedisServer) -> None:
    heard: list[object] = []
    async with running(redis.url) as early:
        early.bus.hear("stop", heard.append)
        owner.bus.send("stop", {"n": 1})
        await until(lambda: len(heard) == 1)
    async with running(redis.url) as late:
        late.bus.hear("stop", heard.append)
        owner.bus.send("stop", {"n": 2})
        await until(lambda: len(heard) == 2)
    assert heard == [{"n": 1}, {"n": 2}]


async def test_signals_that_wait_are_bounded_and_the_oldest_go(owner: Process, other: Process) -> None:
    heard: list[int] = []
    other.bus.hear("n", lambda signal: heard.append(signal["n"]))
    for number in range(SIGNALS_KEPT + 500):
        owner.bus.send("n", {"n": number})
    await until(lambda: bool(heard) and heard[-1] == SIGNALS_KEPT + 499)
    assert len(heard) == SIGNALS_KEPT


async def test_a_signal_does_not_wait_for_the_pause_between_flushes(
    owner: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.bus.shipping.FLUSH_S", 10 * WAIT_S)
    heard: list[object] = []
    other.bus.hear("stop", heard.append)
    for number in range(3):
        owner.bus.send("stop", {"n": number})
        await until(lambda number=number: len(heard) == number + 1)


async def test_a_flush_is_one_command_for_all_topics_and_tokens(owner: Process, other: Process, client: Redis) -> None:
    answers = [Answer(owner, f"t{number}") for number in range(50)]
    tasks = len(owner.tasks)
    for _ in range(20):
        for answer in answers:
            answer.say("word ", "and ")
    assert len(owner.tasks) == tasks
    listeners = [await following(other, name=f"t{number}") for number in range(50)]
    for listener in listeners:
        await listener.until(lambda listener=listener: listener.text == answers[0].text)
    wakes = 50
    assert await calls(client, "eval") <= 2 + wakes
    assert await calls(client, "xadd") <= 50 + wakes
    assert [await client.xlen(f"topic:t{number}") for number in range(50)] == [1] * 50


async def test_tokens_that_come_one_by_one_share_flushes(owner: Process, other: Process, client: Redis) -> None:
    answer = Answer(owner)
    answer.say("word ")
    listener = await following(other)
    started = asyncio.get_running_loop().time()
    for _ in range(200):
        answer.say("word ")
        await asyncio.sleep(0.002)
    await listener.until(lambda: listener.text == answer.text)
    flushes = (asyncio.get_running_loop().time() - started) / 0.05
    assert await calls(client, "eval") <= flushes + 5
    assert numbers(listener.data) == list(range(1, 202))


async def test_a_stream_is_bounded_however_long_the_answer(owner: Process, other: Process, client: Redis) -> None:
    answer = Answer(owner)
    answer.say("first")
    early = await following(other)
    for number in range(12):
        answer.say(f"{number}" * (UNSENT_BYTES // 2))
        await early.until(lambda: early.text == answer.text)
    assert len(answer.text) > 2 * BASE_BYTES
    assert await client.xlen("topic:t") <= 6
    assert await client.memory_usage("topic:t") < 5 * BASE_BYTES
    other_reader = await following(owner)
    assert other_reader.text == answer.text
    answer.topic.end()
    await early.until(lambda: early.ended)
    assert early.text == answer.text


async def test_a_burst_beyond_the_bound_arrives_as_a_snapshot(owner: Process, other: Process) -> None:
    answer = Answer(owner)
    answer.say("first")
    listener = await following(other)
    for _ in range(40):
        answer.say("x" * (UNSENT_BYTES // 10))
    answer.topic.publish(Failed("no", "external_api_error", retryable=True))
    answer.topic.end()
    await listener.until(lambda: listener.ended)
    assert listener.text == answer.text
    assert numbers(listener.data) == [1, 41, 42]
    assert b'"error"' in listener.data


async def test_a_gap_ends_the_readers_who_come_back_with_their_cursor(other: Process, client: Redis) -> None:
    await client.xadd("topic:t", {"d": b'id: t:1\ndata: {"delta":"a"}\n\n'}, id="1-0")
    listener = await following(other)
    await client.xadd("topic:t", {"d": b'id: t:3\ndata: {"delta":"c"}\n\n'}, id="3-0")
    await listener.until(lambda: listener.ended)
    assert numbers(listener.data) == [1]
    assert other.bus.mirrors == 0


async def test_a_stream_without_its_beginning_is_not_told(other: Process, client: Redis) -> None:
    await client.xadd("topic:t", {"d": b'id: t:3\ndata: {"delta":"c"}\n\n'}, id="3-0")
    assert await other.bus.elsewhere("t") is None


async def test_an_entry_nobody_can_read_ends_its_readers_and_nobody_elses(
    owner: Process, other: Process, client: Redis, logged: Logged
) -> None:
    answer = Answer(owner)
    answer.say("un")
    good = await following(other)
    await client.xadd("topic:bad", {"d": b'id: bad:1\ndata: {"delta":"a"}\n\n'}, id="1-0")
    bad = await following(other, name="bad")
    await client.xadd("signals", {"nonsense": b"\xff"})
    await client.xadd("topic:bad", {"d": b'id: bad:2\ndata: {"delta":\n\n'}, id="2-0")
    await bad.until(lambda: bad.ended)
    answer.say("deux")
    await good.until(lambda: good.text == "undeux")
    assert len(logged.named("bus.entry_failed")) == 1


async def test_closing_sends_what_waits_and_leaves_no_task(
    redis: RedisServer, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.bus.redis.LAST_FLUSH_S", WAIT_S)
    heard: list[object] = []
    other.bus.hear("bye", heard.append)
    async with running(redis.url) as leaving:
        answer = Answer(leaving)
        answer.say("un")
        listener = await following(other)
        mirrored = Answer(other, "mirrored")
        mirrored.say("un")
        cut_off = await following(leaving, name="mirrored")
        leaving.bus.send("bye", {})
        answer.say("deux")
        answer.topic.end()
    assert cut_off.ended
    await listener.until(lambda: listener.ended)
    assert listener.text == "undeux"
    await until(lambda: heard == [{}])
