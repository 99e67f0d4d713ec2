"""Writes on their way out: the newest for each key, and never more than there is room for.

What waits may be lost, so at the bound the one that waits longest is.
"""

from dataclasses import dataclass
from typing import Final

WRITES: Final = 20_000
"""Most keys that wait, and most memberships."""
BYTES: Final = 64 * 1024 * 1024
"""Most bytes of values that wait."""
SLICE_WRITES: Final = 200
SLICE_BYTES: Final = 1024 * 1024
"""What is sent in one go, so that neither the loop nor who waits for an answer of Redis is held up."""


@dataclass(frozen=True, slots=True)
class Write:
    """A value to keep for `life_s`; without a value only its life changes; without either the key is dropped."""

    value: bytes | None
    life_s: float | None

    @property
    def size(self) -> int:
        return len(self.value or b"")


@dataclass(frozen=True, slots=True)
class Join:
    """Until when somebody is counted (seconds since the epoch), and how long that was when it was said."""

    until: float
    life_s: float


class Waiting:
    """Collected by whoever writes, taken in slices by the one who sends."""

    def __init__(self) -> None:
        self.writes: dict[str, Write] = {}
        self.joins: dict[tuple[str, str], Join] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self.writes) + len(self.joins)

    def answer(self, key: str) -> Write | None:
        """What a reader of this key would find once everything was sent; None where only the other side knows."""
        write = self.writes.get(key)
        return None if write is None or (write.value is None and write.life_s is not None) else write

    def put(self, key: str, value: bytes, life_s: float) -> None:
        self._add(key, Write(value, life_s))

    def touch(self, key: str, life_s: float) -> None:
        """A value that waits lives longer; one that is to be dropped does not come back."""
        write = self.answer(key)
        if write is None or write.value is not None:
            self._add(key, Write(None if write is None else write.value, life_s))

    def forget(self, key: str) -> None:
        self._add(key, Write(None, None))

    def join(self, group: str, member: str, join: Join) -> None:
        self.joins.pop((group, member), None)
        self.joins[group, member] = join
        if len(self.joins) > WRITES:
            del self.joins[next(iter(self.joins))]

    def take(self) -> "Waiting":
        """A slice of what waits longest; it waits no more."""
        taken = Waiting()
        while self.writes and len(taken.writes) < SLICE_WRITES and taken._bytes < SLICE_BYTES:
            key = next(iter(self.writes))
            taken._add(key, self._drop(key))
        while self.joins and len(taken.joins) < SLICE_WRITES:
            name = next(iter(self.joins))
            taken.joins[name] = self.joins.pop(name)
        return taken

    def clear(self) -> None:
        """Nothing of it can be sent."""
        self.writes.clear()
        self.joins.clear()
        self._bytes = 0

    def _add(self, key: str, write: Write) -> None:
        if key in self.writes:
            self._drop(key)
        self.writes[key] = write
        self._bytes += write.size
        while len(self.writes) > WRITES or (self._bytes > BYTES and len(self.writes) > 1):
            self._drop(next(iter(self.writes)))

    def _drop(self, key: str) -> Write:
        write = self.writes.pop(key)
        self._bytes -= write.size
        return write
