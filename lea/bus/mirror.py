"""Another process's topic, as this one is told it."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Final

import orjson

from lea.bus.memory import MemoryReader, MemoryTopic
from lea.bus.port import Sink
from lea.events.answer import Snapshot
from lea.events.frames import Event

FRAMES: Final = b"d"
"""Field of an entry: the frames of one flush, joined."""
END: Final = b"e"
"""Field only the last entry of an ended topic has."""
BEGINNING: Final = "0-0"
FRAME_END: Final = b"\n\n"
AHEAD: Final = 2000
"""Most events a reader can be ahead of its mirror, which is late by a flush or two; beyond it, its life is another."""
IDLE_S: Final = 5.0
"""How long a mirror waits for its first reader."""


class Mirror(MemoryTopic):
    """Fed from Redis for as long as somebody reads it; the owner's frames go on as they are."""

    def __init__(self, name: str, on_end: Callable[[MemoryTopic], None]) -> None:
        super().__init__(name, self._text, on_end)
        self.entry = BEGINNING
        self._began = perf_counter()
        self._texts: list[str] = []
        self._taken_over = False

    @property
    def fed(self) -> bool:
        """Whether what the owner tells still counts."""
        return not (self.ended or self._taken_over)

    @property
    def idle(self) -> bool:
        """Whether nobody came to read it."""
        return not self._readers and perf_counter() - self._began > IDLE_S

    def publish(self, event: Event) -> None:
        """Go on in the place of an owner that is dead: from here on nothing of it counts."""
        self._taken_over = True
        super().publish(event)

    def subscribe(self, sink: Sink, after: int = 0) -> MemoryReader:
        """As for any topic; but who is ahead has read on at the owner, and waits here until this has caught up."""
        if not self.fed or not 0 < after - self.count <= AHEAD:
            return super().subscribe(sink, after)
        reader = MemoryReader(self, sink, after)
        self.welcome(reader)
        return reader

    def forget(self, reader: MemoryReader) -> None:
        """As for any topic; the last reader that leaves ends it, since nobody pays for feeding it any more."""
        super().forget(reader)
        if not self._readers and not self.ended:
            self.end()

    def feed(self, entry: str, fields: Mapping[bytes, bytes]) -> None:
        """Take one entry of the stream. Raises ValueError if Léa did not write it."""
        self.entry = entry
        if not self.fed:
            return
        new: list[bytes] = []
        gap = False
        for told in fields.get(FRAMES, b"").split(FRAME_END)[:-1]:
            head, _, body = told.partition(b"\ndata: ")
            number = int(head.rpartition(b":")[2])
            place = self.count + len(new) + 1
            if number < place:
                continue
            gap = number > place and not body.startswith(b'{"snapshot"')
            if gap:
                break
            self._read(number, body)
            if number == place:
                new.append(told + FRAME_END)
            else:  # the owner began again here, and this process was not told all that came before
                self._begin_again(number)
        if new:
            self._append(new)
        if (gap or END in fields) and not self.ended:
            self.end()

    def _read(self, number: int, body: bytes) -> None:
        if body.startswith(b'{"delta"'):
            self._texts.append(orjson.loads(body)["delta"])
        elif body.startswith(b'{"snapshot"'):
            self._texts = [orjson.loads(body)["snapshot"]]
        else:
            return
        self._last_text = number

    def _text(self) -> Event:
        self._texts = ["".join(self._texts)]
        return Snapshot(self._texts[0])
