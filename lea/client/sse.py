"""Event streams, from bytes to events; no input or output here."""

from dataclasses import dataclass, field

MOST_BYTES = 64 * 2**20
"""Of one event: a server that sends more is not believed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """An event with its id, or a comment line, which only says that the server is there."""

    data: bytes = b""
    id: str | None = None
    comment: str | None = None


@dataclass(slots=True)
class Parser:
    """Fed with bytes wherever they were cut; raises ValueError for an event beyond `MOST_BYTES`."""

    _line: list[bytes] = field(default_factory=list)
    _data: list[bytes] = field(default_factory=list)
    _id: str | None = None
    _held: int = 0

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that are whole now."""
        self._held += len(chunk)
        if self._held > MOST_BYTES:
            raise ValueError("an event is longer than anything the server sends")
        *lines, rest = chunk.split(b"\n")
        frames = []
        for line in lines:
            whole = b"".join([*self._line, line]).removesuffix(b"\r")
            self._line.clear()
            frame = self._take(whole)
            if frame is not None:
                frames.append(frame)
                self._held = 0
        if rest:
            self._line.append(rest)
        return frames

    def _take(self, line: bytes) -> Frame | None:
        if not line:
            return self._event()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not name:
            return Frame(comment=value.decode(errors="replace"))
        if name == b"data":
            self._data.append(value)
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode(errors="replace")
        return None

    def _event(self) -> Frame | None:
        if not self._data:
            return None
        frame = Frame(b"\n".join(self._data), self._id)
        self._data.clear()
        return frame
