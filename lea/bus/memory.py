"""Topics in this process's memory."""

from collections.abc import Callable, Sequence

from cachetools import LRUCache

from lea.bus.port import Signal, Sink, Topic
from lea.events.answer import Snapshot
from lea.events.frames import Event, delta_frame, frame

TOPIC_BYTES = 2 * 1024 * 1024
"""Most history one topic keeps; the oldest half goes first, and a reader that needs it gets a snapshot."""
ENDED_BYTES = 8 * 1024 * 1024
"""Most memory of ended topics kept for those who come back; after that the saved message answers."""
TOPIC_OVERHEAD = 2000
FRAME_OVERHEAD = 50
"""What a topic, and each of its frames, takes beside the bytes."""
NOWHERE = -1
"""The place of a reader whose cursor is of another life."""
TAKE_BYTES = 64 * 1024
"""Most bytes a reader that is behind takes at once."""


class MemoryReader:
    """A place in a topic's log."""

    def __init__(self, topic: "MemoryTopic", sink: Sink, position: int) -> None:
        self._topic = topic
        self.sink = sink
        self.position = position
        self.pushed = True

    @property
    def behind(self) -> bool:
        return self.position < self._topic.count

    def take(self) -> bytes:
        data = self._topic.after(self)
        if not data:
            self.pushed = True
        return data

    def close(self) -> None:
        self._topic.forget(self)

    def move(self, topic: "MemoryTopic") -> None:
        """Read on in another topic of the same name."""
        self._topic = topic
        topic.welcome(self)


class MemoryTopic:
    """A bounded log of frames and the readers of it."""

    def __init__(
        self,
        name: str,
        snapshot: Callable[[], Event],
        on_end: Callable[["MemoryTopic"], None] = lambda _: None,
        limit: int = TOPIC_BYTES,
        begin_after: int = 0,
    ) -> None:
        self._name = name
        self.ended = False
        self.bytes = 0
        self._prefix = name.encode()
        self._snapshot = snapshot
        self._on_end = on_end
        self._limit = limit
        self._frames: list[bytes] = []
        self._dropped = begin_after
        self._last_text = 0
        self._readers: list[MemoryReader] = []

    @property
    def name(self) -> str:
        return self._name

    @property
    def count(self) -> int:
        """Number of the last event."""
        return self._dropped + len(self._frames)

    @property
    def memory(self) -> int:
        """About how many bytes it takes."""
        return self.bytes + len(self._frames) * FRAME_OVERHEAD + TOPIC_OVERHEAD

    def publish(self, event: Event) -> None:
        self._append([frame(self.name, self.count + 1, event)])

    def publish_text(self, texts: Sequence[str]) -> None:
        first = self.count + 1
        self._last_text = self.count + len(texts)
        self._append([delta_frame(self._prefix, first + index, text) for index, text in enumerate(texts)])

    def end(self) -> None:
        self.ended = True
        self._on_end(self)
        readers, self._readers = self._readers, []
        for reader in readers:
            reader.sink.end()

    def conclude(self, events: Sequence[Event], last: int) -> None:
        before = last - len(events)
        if before > self.count:
            self._frames.clear()
            self.bytes = 0
            self._dropped = before
            for reader in self._readers:
                if reader.pushed:
                    reader.position = before
        for event in events:
            self.publish(event)
        self.end()

    def hand_over(self, other: Topic) -> None:
        assert isinstance(other, MemoryTopic)
        readers, self._readers = self._readers, []
        self.end()
        for reader in readers:
            reader.move(other)

    def subscribe(self, sink: Sink, after: int = 0) -> MemoryReader:
        reader = MemoryReader(self, sink, after if after <= self.count else NOWHERE)
        self.welcome(reader)
        return reader

    def welcome(self, reader: MemoryReader) -> None:
        """Push what it has missed, then what comes."""
        if reader.pushed:
            self._push_missed(reader)
        if self.ended:
            reader.sink.end()
        else:
            self._readers.append(reader)

    def after(self, reader: MemoryReader) -> bytes:
        """The next frames for a reader, which it then has."""
        if reader.position < self._dropped:
            return self._stand_in(reader)
        start = reader.position - self._dropped
        size = 0
        stop = start
        while stop < len(self._frames) and size < TAKE_BYTES:
            size += len(self._frames[stop])
            stop += 1
        reader.position = self._dropped + stop
        return b"".join(self._frames[start:stop])

    def _stand_in(self, reader: MemoryReader) -> bytes:
        """All text so far in the place of its last event, so that what follows it (an error, `done`) is still told."""
        place = max(self._last_text, self._dropped) if self._last_text else self.count
        reader.position = place
        return frame(self.name, place, self._snapshot())

    def forget(self, reader: MemoryReader) -> None:
        """Push no more to this reader."""
        if reader in self._readers:
            self._readers.remove(reader)

    def _push_missed(self, reader: MemoryReader) -> None:
        while reader.behind:
            place = reader.position
            if not reader.sink.push(self.after(reader)):
                reader.position, reader.pushed = place, False
                break

    def _append(self, frames: list[bytes]) -> None:
        data = frames[0] if len(frames) == 1 else b"".join(frames)
        self._frames += frames
        self.bytes += len(data)
        count = self.count
        for reader in tuple(self._readers):
            ahead = reader.position - (count - len(frames))
            if reader.pushed and ahead < len(frames):
                reader.pushed = reader.sink.push(data if ahead <= 0 else b"".join(frames[ahead:]))
                if reader.pushed:
                    reader.position = count
        if self.bytes > self._limit:
            self._trim()

    def _begin_again(self, place: int) -> None:
        """Forget the history up to `place`, beyond its end, where all text so far stands for it."""
        self._frames.clear()
        self.bytes = 0
        self._dropped = self._last_text = place
        for reader in tuple(self._readers):
            if reader.pushed:
                self._push_missed(reader)

    def _trim(self) -> None:
        kept = 0
        index = len(self._frames)
        while index and kept + len(self._frames[index - 1]) <= self._limit // 2:
            index -= 1
            kept += len(self._frames[index])
        del self._frames[:index]
        self._dropped += index
        self.bytes = kept


class MemoryBus:
    """Live topics, and ended ones while there is room."""

    def __init__(self) -> None:
        self._live: dict[str, MemoryTopic] = {}
        self._ended: LRUCache[str, MemoryTopic] = LRUCache(ENDED_BYTES, getsizeof=lambda topic: topic.memory)

    def open(self, name: str, snapshot: Callable[[], Event]) -> MemoryTopic:
        topic = self._live[name] = MemoryTopic(name, snapshot, self._retire)
        return topic

    def find(self, name: str) -> MemoryTopic | None:
        return self._live.get(name) or self._ended.get(name)

    def retold(self, name: str, events: Sequence[Event], last: int) -> MemoryTopic:
        topic = MemoryTopic(name, lambda: events[0], begin_after=last - len(events))
        for event in events:
            topic.publish(event)
        topic.end()
        return topic

    @property
    def connected(self) -> bool:
        return False

    def share(self, topic: Topic) -> None:
        """There is nobody else."""

    async def elsewhere(self, name: str) -> Topic | None:
        return None

    def unfed(self, name: str, after: int) -> MemoryTopic:
        return MemoryTopic(name, lambda: Snapshot(""), begin_after=after)

    def send(self, kind: str, signal: Signal) -> None:
        """There is nobody else."""

    def hear(self, kind: str, call: Callable[[Signal], None]) -> None:
        """Nobody else says anything."""

    def on_return(self, call: Callable[[], None]) -> None:
        """Memory never goes."""

    async def aclose(self) -> None:
        """Nothing waits."""

    def _retire(self, topic: MemoryTopic) -> None:
        if self._live.get(topic.name) is topic:
            del self._live[topic.name]
            self._ended[topic.name] = topic
