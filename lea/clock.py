"""The one place that reads a clock."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, Self


class Clock(Protocol):
    """What time it is; a test hands in one it can move."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


def iso(epoch_s: float) -> str:
    """RFC 3339 in UTC with milliseconds, as every time on the wire is written."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC: `2026-11`, from its first second up to the next one's."""

    name: str
    begins: float
    ends: float

    @classmethod
    def of(cls, epoch_s: float) -> Self:
        """The one this moment is in."""
        first = datetime.fromtimestamp(epoch_s, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        return cls(first.strftime("%Y-%m"), first.timestamp(), after.timestamp())
