"""Any event, and its bytes of `text/event-stream`, made once for all readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from lea.events.answer import TurnEvent
from lea.events.notice import Notice


@dataclass(frozen=True, slots=True)
class Relayed:
    """What another process told."""

    body: dict[str, Any]

    def wire(self) -> dict[str, Any]:
        return self.body


Event = TurnEvent | Notice | Relayed


def frame(topic: str, number: int, event: Event) -> bytes:
    """The event as bytes of `text/event-stream`, made once for all readers."""
    return b"id: %b:%d\ndata: %b\n\n" % (topic.encode(), number, orjson.dumps(event.wire()))


def list_frame(topic: str, number: int, bodies: Sequence[bytes]) -> bytes:
    """As `frame`, of an array whose elements are JSON already."""
    return b"id: %b:%d\ndata: [%b]\n\n" % (topic.encode(), number, b",".join(bodies))


def delta_frame(topic: bytes, number: int, text: str) -> bytes:
    """As `frame`, for the event there are thousands of: text to append."""
    return b'id: %b:%d\ndata: {"delta":%b}\n\n' % (topic, number, orjson.dumps(text))
