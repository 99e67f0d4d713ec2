"""Topics: what one turn or run tells, with its history, for any number of readers.

A publisher never waits for a reader. A reader that cannot take more now is *behind*: it is no longer pushed to and
takes what it missed from the log, bytes joined and no event dropped, until it has caught up.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from lea.events.frames import Event


class Sink(Protocol):
    """Where a reader's bytes go; called by the publisher, so it must not block."""

    def push(self, data: bytes) -> bool:
        """Take `data` whole, or answer False and take it from `Reader.take` when there is room again."""
        ...

    def end(self) -> None:
        """The topic has ended and everything was pushed or is there to be taken."""
        ...


class Reader(Protocol):
    """One subscription."""

    @property
    def behind(self) -> bool:
        """Whether there is something to take."""
        ...

    def take(self) -> bytes:
        """The next bytes this reader has missed; empty once it has caught up and is pushed to again."""
        ...

    def close(self) -> None:
        """Stop reading; may be called twice."""
        ...


class Followed(Protocol):
    """What can be read as it comes."""

    def subscribe(self, sink: Sink, after: int = 0) -> Reader:
        """What came after that place, then what comes."""
        ...


class Topic(Protocol):
    """One turn's events, numbered from 1."""

    @property
    def name(self) -> str: ...

    @property
    def ended(self) -> bool: ...

    @property
    def count(self) -> int:
        """Number of the last event."""
        ...

    def publish(self, event: Event) -> None: ...

    def publish_text(self, texts: Sequence[str]) -> None:
        """One delta event a text, handed to every reader in one push."""
        ...

    def end(self) -> None:
        """Nothing more will come."""
        ...

    def conclude(self, events: Sequence[Event], last: int) -> None:
        """End with these, the first of which stands for all before it, numbered to end with `last` where possible.

        A reader's next cursor must mean the same where the turn was answered: there its numbers went on.
        """
        ...

    def hand_over(self, other: "Topic") -> None:
        """Another topic of the same name tells the rest: it takes the readers, each at its place, and this one ends."""
        ...

    def subscribe(self, sink: Sink, after: int = 0) -> Reader:
        """History after event `after`, then what comes, with no gap and no repetition.

        A reader whose place is not in the history, because it is no longer kept or has not been yet, gets a snapshot.
        """
        ...


Signal = dict[str, Any]
"""What one process tells the others: a JSON object."""


class Bus(Protocol):
    """All topics of this process, and the way to those of others."""

    def open(self, name: str, snapshot: Callable[[], Event]) -> Topic:
        """A new topic; `snapshot` stands for all of it to a reader whose place is not in the history."""
        ...

    def find(self, name: str) -> Topic | None:
        """The topic, live or ended and still remembered."""
        ...

    def retold(self, name: str, events: Sequence[Event], last: int) -> Topic:
        """An ended topic of these events, numbered so that the last one is `last`; nothing of it is kept."""
        ...

    @property
    def connected(self) -> bool:
        """Whether what is sent reaches the other processes now."""
        ...

    def share(self, topic: Topic) -> None:
        """Let other processes read this live topic of ours from its first event on."""
        ...

    async def elsewhere(self, name: str) -> Topic | None:
        """Another process's topic, with the history that is kept of it, fed as long as somebody reads it.

        None where none is told, or the way there is cut. It ends without its last events when it can no longer be
        fed without a gap: readers come back with their cursor.
        """
        ...

    def unfed(self, name: str, after: int) -> Topic:
        """A topic of which nothing after event `after` can be known yet; nothing of it is kept."""
        ...

    def send(self, kind: str, signal: Signal) -> None:
        """Tell the other processes, soon; lost while there is no way to them, and now and then told twice."""
        ...

    def hear(self, kind: str, call: Callable[[Signal], None]) -> None:
        """Call this too with every signal of that kind another process sends; it must not block."""
        ...

    def on_return(self, call: Callable[[], None]) -> None:
        """Call this when the way to the others is there again: signals may have been lost."""
        ...

    async def aclose(self) -> None:
        """Send what waits to be sent, for a moment, and end the readers of other processes' topics."""
        ...
