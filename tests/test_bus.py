"""Topics: history, cursors, bounds, and readers that fall behind; the same over memory and over Redis."""

from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lea.bus.memory import TAKE_BYTES, MemoryBus, MemoryTopic
from lea.bus.port import Bus, Topic
from lea.bus.redis import RedisBus
from lea.events.answer import Snapshot, Stage
from lea.tasks import TaskOwner
from tests.fakes import ScriptedSink
from tests.redis_server import PatientLink, RedisServer, own_redis


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """Whatever is shared besides, this process's own topics are the same."""
    if request.param == "memory":
        yield MemoryBus()
        return
    tasks = TaskOwner()
    link = PatientLink(request.getfixturevalue("redis").url, tasks)
    over_redis = RedisBus(link, tasks)
    await link.start()
    await over_redis.start()
    yield over_redis
    await over_redis.aclose()
    await tasks.aclose()
    await link.aclose()


@pytest.fixture
def told(bus: Bus) -> Topic:
    topic = bus.open("t", lambda: Snapshot("everything so far"))
    bus.share(topic)
    return topic


def topic(limit: int = 1_000_000) -> MemoryTopic:
    return MemoryTopic("t", lambda: Snapshot("everything so far"), limit=limit)


def numbers(data: bytes) -> list[int]:
    return [int(line.rpartition(b":")[2]) for line in data.split(b"\n") if line.startswith(b"id: ")]


async def test_a_reader_gets_history_then_what_comes_with_no_gap_and_no_repetition(told: Topic) -> None:
    sink = ScriptedSink()
    told.publish(Stage("loading"))
    told.publish_text(["a", "b"])
    told.subscribe(sink)
    told.publish_text(["c"])
    told.end()
    assert numbers(sink.data) == [1, 2, 3, 4]
    assert sink.ended


async def test_a_reader_with_a_cursor_gets_what_follows_it(told: Topic) -> None:
    sink = ScriptedSink()
    told.publish_text(["a", "b", "c"])
    told.subscribe(sink, after=2)
    assert numbers(sink.data) == [3]


async def test_a_cursor_of_another_life_gets_one_snapshot_and_goes_on(told: Topic) -> None:
    sink = ScriptedSink()
    told.publish_text(["a"])
    told.subscribe(sink, after=99)
    told.publish_text(["b"])
    assert numbers(sink.data) == [1, 2]
    assert sink.data.count(b"snapshot") == 1


async def test_a_story_told_again_ends_with_the_number_it_had(bus: Bus) -> None:
    sink = ScriptedSink()
    told = bus.retold("t", [Stage("loading"), Stage("thinking")], last=57)
    told.subscribe(sink, after=55)
    assert numbers(sink.data) == [56, 57]
    assert sink.ended


async def test_texts_of_one_read_are_one_push_and_one_event_each(told: Topic) -> None:
    sink = ScriptedSink()
    told.subscribe(sink)
    told.publish_text(["a", "b", "c"])
    assert sink.pushes == 1
    assert numbers(sink.data) == [1, 2, 3]


async def test_a_reader_that_is_behind_takes_from_the_log_and_is_then_pushed_to_again(told: Topic) -> None:
    sink = ScriptedSink()
    reader = told.subscribe(sink)
    sink.open = False
    told.publish_text(["a"])
    told.publish_text(["b"])
    assert sink.data == b""
    assert reader.behind
    sink.open = True
    assert numbers(reader.take()) == [1, 2]
    assert reader.take() == b""
    told.publish_text(["c"])
    assert numbers(sink.data) == [3]


async def test_what_is_taken_at_once_is_bounded(told: Topic) -> None:
    sink = ScriptedSink()
    reader = told.subscribe(sink)
    sink.open = False
    told.publish_text(["x" * 1000] * 500)
    taken = reader.take()
    assert TAKE_BYTES <= len(taken) < TAKE_BYTES + 2000
    rest = numbers(taken)
    while data := reader.take():
        rest += numbers(data)
    assert rest == list(range(1, 501))


def test_history_is_bounded_and_a_reader_before_it_gets_one_snapshot() -> None:
    told, sink = topic(limit=2000), ScriptedSink()
    for number in range(100):
        told.publish_text([f"word {number}"])
    assert told.bytes <= 2000
    told.subscribe(sink, after=3)
    assert sink.data.count(b"snapshot") == 1
    assert b"everything so far" in sink.data
    told.publish_text(["next"])
    assert numbers(sink.data) == [100, 101]


def test_a_reader_that_was_cut_off_by_the_bound_while_behind_gets_a_snapshot() -> None:
    told, sink = topic(limit=2000), ScriptedSink()
    reader = told.subscribe(sink)
    sink.open = False
    for number in range(100):
        told.publish_text([f"word {number}"])
    assert b'"snapshot":"everything so far"' in reader.take()
    assert not reader.behind


def test_after_a_snapshot_the_end_is_still_told() -> None:
    told = topic(limit=2000)
    reader = told.subscribe(behind := ScriptedSink())
    behind.open = False
    for number in range(100):
        told.publish_text([f"word {number}"])
    told.publish(Stage("restarting"))
    told.end()
    late = ScriptedSink()
    told.subscribe(late, after=3)
    taken = reader.take() + reader.take()
    for data in (late.data, taken):
        assert data.count(b"snapshot") == 1
        assert numbers(data) == [100, 101]


def test_after_a_snapshot_all_that_followed_the_last_text_is_told_also_if_that_text_is_no_longer_kept() -> None:
    told, sink = topic(limit=1000), ScriptedSink()
    told.publish_text(["word"])
    told.publish_text(["x" * 600])
    told.publish(Stage("restarting"))
    told.publish_text(["x" * 600])
    told.publish(Stage("restarting"))
    told.subscribe(sink, after=1)
    assert numbers(sink.data) == [4, 5]


async def test_a_closed_reader_is_pushed_to_no_more(told: Topic) -> None:
    sink = ScriptedSink()
    told.subscribe(sink).close()
    told.publish_text(["a"])
    assert sink.data == b""


async def test_a_reader_that_closes_while_being_pushed_to_takes_nothing_from_the_others(told: Topic) -> None:
    leaving, staying = ScriptedSink(), ScriptedSink()
    reader = told.subscribe(leaving)
    told.subscribe(staying)
    leaving.on_push = reader.close
    told.publish_text(["a"])
    told.publish_text(["b"])
    assert numbers(leaving.data) == [1]
    assert numbers(staying.data) == [1, 2]


@given(
    steps=st.lists(st.sampled_from(["text", "join", "shut", "open", "take"]), max_size=60),
    limit=st.sampled_from([300, 1_000_000]),
)
def test_whatever_happens_nobody_misses_or_repeats(steps: list[str], limit: int) -> None:
    """Every reader's numbers grow by one, but for the one jump a snapshot makes."""
    told = topic(limit)
    readers: list[tuple[ScriptedSink, object]] = []
    for step in steps:
        if step == "text":
            told.publish_text(["a", "b"])
        elif step == "join":
            sink = ScriptedSink()
            sink.reader = told.subscribe(sink)
            readers.append((sink, sink.reader))
        for sink, _ in readers:
            if step == "shut":
                sink.open = False
            elif step == "open":
                sink.catch_up()
            elif step == "take" and not sink.open:
                sink.data += sink.reader.take()
    for sink, _ in readers:
        sink.catch_up()
        seen = numbers(sink.data)
        jumps = [(one, two) for one, two in pairwise(seen) if two != one + 1]
        assert len(jumps) <= sink.data.count(b"snapshot")
        assert not seen or seen[-1] == told.count


async def test_an_ended_topic_is_found_until_there_is_no_room(bus: Bus) -> None:
    first = bus.open("first", lambda: Snapshot(""))
    first.publish_text(["a"])
    assert bus.find("first") is first
    first.end()
    assert bus.find("first") is first
    for number in range(20):
        other = bus.open(str(number), lambda: Snapshot(""))
        other.publish_text(["x" * 1_900_000])
        other.end()
    assert bus.find("first") is None
    assert bus.find("19") is not None


async def test_nobody_tells_what_nobody_told(bus: Bus) -> None:
    assert await bus.elsewhere("unknown") is None


async def test_nobody_hears_their_own_signals(bus: Bus) -> None:
    heard: list[object] = []
    bus.hear("stop", heard.append)
    bus.on_return(lambda: heard.append("returned"))
    bus.send("stop", {"turn": "t"})
    await bus.aclose()
    assert heard == []


async def test_a_closed_bus_leaves_its_own_topics_to_their_readers(bus: Bus, told: Topic) -> None:
    sink = ScriptedSink()
    told.subscribe(sink)
    await bus.aclose()
    assert not sink.ended
    told.publish_text(["a"])
    assert numbers(sink.data) == [1]


def test_readers_that_are_handed_over_read_on_at_their_place_in_another_topic() -> None:
    bus = MemoryBus()
    first, sink = bus.open("t", lambda: Snapshot("")), ScriptedSink()
    first.publish(Stage("thinking"))
    first.subscribe(sink)
    other = MemoryTopic("t", lambda: Snapshot("un "))
    other.publish(Stage("thinking"))
    other.publish_text(["un "])
    first.hand_over(other)
    assert first.ended
    other.publish_text(["deux"])
    other.end()
    assert sink.ended
    assert numbers_of(sink) == [1, 2, 3]


def test_what_the_store_concludes_is_numbered_as_where_it_was_answered() -> None:
    """Else the next cursor would mean another place there, and text would be told twice."""
    bus = MemoryBus()
    topic, sink = bus.unfed("t", after=4), ScriptedSink()
    topic.subscribe(sink, after=4)
    topic.conclude([Snapshot("un deux"), Stage("thinking")], last=9)
    assert numbers_of(sink) == [8, 9]
    assert sink.ended


def test_what_is_concluded_goes_on_counting_where_more_was_told_than_was_saved() -> None:
    bus = MemoryBus()
    topic, sink = bus.unfed("t", after=4), ScriptedSink()
    topic.subscribe(sink, after=4)
    topic.conclude([Snapshot("un deux")], last=0)
    assert numbers_of(sink) == [5]


def numbers_of(sink: ScriptedSink) -> list[int]:
    return [int(line.rpartition(b":")[2]) for line in sink.data.splitlines() if line.startswith(b"id: ")]
