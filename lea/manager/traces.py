"""What an ended turn tells to whoever keeps traces."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lea.manager.spans import Span


@dataclass(frozen=True, slots=True)
class EndedTurn:
    """It ended just now, `duration_ms` after it began; never what was said.

    `trace` is the W3C `traceparent` of the request that asked, empty without one.
    """

    attributes: Mapping[str, str | int | bool]
    spans: Sequence[Span]
    duration_ms: float
    failed: bool
    trace: str


TraceTurn = Callable[[EndedTurn], None]
"""Nobody waits for what it does, so it must not wait for anything."""
