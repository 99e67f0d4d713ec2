"""One live topic on its way to a stream."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lea.bus.port import Reader, Topic

TOPIC: Final = "topic:"
UNSENT_BYTES: Final = 1024 * 1024
"""Most a topic may have waiting; beyond it the topic begins again with a snapshot."""
BASE_BYTES: Final = 2 * 1024 * 1024
BASE_ENTRIES: Final = 400
"""Most a stream grows before it begins again. Who joins reads all of it at once, some 60 µs an entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one flush adds to a stream; `after` is the entry it must follow, empty where the stream begins."""

    id: str
    after: str
    data: bytes
    ended: bool


class Shipper:
    """A reader of a local topic that collects what is to be sent."""

    def __init__(self, topic: Topic, wake: Callable[[], None]) -> None:
        self.topic = topic
        self.key = TOPIC + topic.name
        self.ended = False
        self._wake = wake
        self._parts: list[bytes] = []
        self._size = 0
        self._stale = False
        self._beginning = False
        self._last = ""
        self._number = 0
        self._turn = 0
        self._sent_bytes = 0
        self._sent_entries = 0
        self._reader: Reader = topic.subscribe(self)

    def push(self, data: bytes) -> bool:
        if self._size + len(data) > UNSENT_BYTES and not self._beginning:
            self.lose()
            self._wake()
        if self._stale:
            return False
        self._parts.append(data)
        self._size += len(data)
        self._wake()
        return True

    def end(self) -> None:
        self.ended = True
        self._wake()

    def lose(self) -> None:
        """It is not known what arrived: collect nothing, and begin again with the next entry."""
        self._parts.clear()
        self._size = 0
        self._stale = True

    def take(self) -> Entry | None:
        """All that waits. An id is the last event's number and a count that makes it greater than the one before."""
        full = self._sent_bytes > BASE_BYTES or self._sent_entries >= BASE_ENTRIES
        if self._stale or (full and self._parts):
            self._begin_again()
        if not self._parts and not self.ended:
            return None
        data = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        if self._last:
            self._sent_bytes += len(data)
        self._sent_entries += 1
        if self.topic.count == self._number:
            self._turn += 1
        self._number = self.topic.count
        entry = Entry(f"{self._number}-{self._turn}", self._last, data, self.ended)
        self._last = entry.id
        return entry

    def _begin_again(self) -> None:
        """From a snapshot on, which a place beyond the end gets."""
        self._reader.close()
        self._parts.clear()
        self._size = self._sent_bytes = self._sent_entries = 0
        self._stale = False
        self._last = ""
        self._beginning = True  # a text longer than the bound must not make it begin again for ever
        self._reader = self.topic.subscribe(self, self.topic.count + 1 if self.topic.count else 0)
        self._beginning = False
        self._size = 0
