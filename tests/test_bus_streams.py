"""From a topic to a stream and from the stream to a mirror, without a Redis between them."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lea.bus.memory import MemoryTopic
from lea.bus.mirror import Mirror
from lea.bus.shipper import BASE_BYTES, Shipper
from lea.events.answer import Snapshot, Stage
from tests.bus_parts import text_of
from tests.fakes import ScriptedSink
from tests.test_bus import numbers


def order(entry: str) -> tuple[int, ...]:
    return tuple(map(int, entry.split("-")))


class Way:
    """An answer, a stream that keeps what arrives, and a process that reads it now and then."""

    def __init__(self) -> None:
        self.text = ""
        self.topic = MemoryTopic("t", lambda: Snapshot(self.text))
        self.shipper = Shipper(self.topic, lambda: None)
        self.stream: list[tuple[str, dict[bytes, bytes]]] = []
        self.mirror = Mirror("t", lambda _: None)
        self.readers: list[ScriptedSink] = []
        self.join()

    def say(self) -> None:
        self.text += f"word {self.topic.count} "
        self.topic.publish_text(["word ", f"{self.topic.count} "])

    def stage(self) -> None:
        self.topic.publish(Stage("acting"))

    def restart(self) -> None:
        self.text = f"begun at {self.topic.count}: "
        self.topic.publish(Snapshot(self.text))

    def flush(self) -> None:
        entry = self.shipper.take()
        if entry is None:
            return
        last = self.stream[-1][0] if self.stream else ""
        if not entry.after:
            self.stream.clear()
        elif entry.after != last:
            self.shipper.lose()
            return
        assert not last or order(entry.id) > order(last)
        self.stream.append((entry.id, {b"d": entry.data} | ({b"e": b"1"} if entry.ended else {})))

    def lose(self) -> None:
        self.shipper.take()
        self.shipper.lose()

    def empty(self) -> None:
        self.stream.clear()

    def read(self) -> None:
        for entry, fields in self.stream:
            if order(entry) > order(self.mirror.entry):
                self.mirror.feed(entry, fields)

    def join(self) -> None:
        sink = ScriptedSink()
        sink.reader = self.mirror.subscribe(sink)
        self.readers.append(sink)

    def come_back(self) -> None:
        """With the cursor of what it has."""
        sink = self.readers[-1]
        old = sink.reader
        sink.reader = self.mirror.subscribe(sink, (numbers(sink.data) or [0])[-1])
        assert old is not None
        old.close()

    def shut(self) -> None:
        self.readers[0].open = False

    def catch_up(self) -> None:
        self.readers[0].catch_up()


STEPS = ["say", "stage", "restart", "flush", "lose", "empty", "read", "join", "come_back", "shut", "catch_up"]


@example(["say", "stage", "flush", "read", "lose", "flush", "read"])
@given(st.lists(st.sampled_from(STEPS), max_size=80))
def test_whatever_is_lost_on_the_way_every_reader_ends_up_with_the_text(steps: list[str]) -> None:
    way = Way()
    for step in steps:
        getattr(way, step)()
    way.say()
    way.stage()
    way.topic.end()
    way.flush()
    way.flush()
    way.read()
    way.catch_up()
    assert way.mirror.ended
    for sink in way.readers:
        seen = numbers(sink.data)
        jumps = [(one, two) for one, two in pairwise([0, *seen]) if two != one + 1]
        assert all(one < two for one, two in jumps)
        assert len(jumps) <= sink.data.count(b"snapshot")
        assert seen[-1] == way.topic.count
        assert text_of(sink.data) == way.text
        assert sink.ended


def test_a_stream_begins_again_before_it_has_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lea.bus.shipper.BASE_ENTRIES", 10)
    topic = MemoryTopic("t", lambda: Snapshot("all"))
    shipper = Shipper(topic, lambda: None)
    begun = []
    for _ in range(35):
        topic.publish_text(["word"])
        entry = shipper.take()
        assert entry is not None
        begun.append(not entry.after)
    assert [index for index, began in enumerate(begun) if began] == [0, 10, 20, 30]
    assert shipper.take() is None


def test_a_text_longer_than_the_bound_is_shipped_as_it_is() -> None:
    topic = MemoryTopic("t", lambda: Snapshot("x" * (2 * BASE_BYTES)))
    topic.publish_text(["x"])
    topic.publish(Stage("acting"))
    shipper = Shipper(topic, lambda: None)
    shipper.lose()
    entry = shipper.take()
    assert entry is not None
    assert numbers(entry.data) == [1, 2]
    assert shipper.take() is None
    topic.publish_text(["y"])
    following = shipper.take()
    assert following is not None
    assert following.after == entry.id
    assert numbers(following.data) == [3]


def test_a_reader_that_is_behind_is_not_pushed_to_however_often_the_topic_begins_again() -> None:
    way = Way()
    sink = ScriptedSink()
    sink.open = False
    asked = []
    sink.push = lambda data: asked.append(data) or False  # type: ignore[method-assign]
    way.say()
    reader = way.mirror.subscribe(sink)
    way.flush()
    way.read()
    for _ in range(3):
        way.say()
        way.lose()
        way.say()
        way.flush()
        way.read()
    assert len(asked) == 1
    assert text_of(reader.take()) == way.text
