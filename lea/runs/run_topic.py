"""What the readers of a run are told: all its jobs, then those that changed since, then that it is done.

Nothing is kept but the jobs as they are. A reader's place is the version of the run it has seen, so one that comes
back, and one that is slow, gets what changed meanwhile in one piece.
"""

from collections.abc import Sequence
from typing import Final

from lea.bus.port import Sink
from lea.events.frames import frame, list_frame
from lea.events.notice import RunDone
from lea.store.run_views import Seen
from lea.store.runs import Run

NOTHING: Final = -1
"""The place of a reader that has been told nothing: even a run without jobs is told once."""


class RunReader:
    """A place in a run; see Reader."""

    def __init__(self, topic: "RunTopic", sink: Sink, place: int) -> None:
        self._topic = topic
        self.sink = sink
        self.place = place
        self.pushed = True

    @property
    def behind(self) -> bool:
        return self.place < self._topic.version

    def take(self) -> bytes:
        data = self._topic.since(self.place)
        self.place = self._topic.version
        if not data:
            self.pushed = True
        return data

    def close(self) -> None:
        self._topic.forget(self)


class RunTopic:
    """A run and its jobs as they were last read."""

    def __init__(self, run: Run, jobs: Sequence[Seen]) -> None:
        self.run = run
        self._jobs = {job.place: job for job in jobs}
        self._readers: list[RunReader] = []
        self._told: dict[int, bytes] = {}

    @property
    def version(self) -> int:
        return self.run.version

    @property
    def ended(self) -> bool:
        return self.run.ended_at is not None

    def subscribe(self, sink: Sink, after: int = 0) -> RunReader:
        """What changed after that version, then what comes; from a place there is not, everything."""
        reader = RunReader(self, sink, after if 0 < after <= self.version else NOTHING)
        self._readers.append(reader)
        self._push(reader)
        if self.ended:
            sink.end()
        return reader

    def update(self, run: Run, jobs: Sequence[Seen]) -> None:
        """It has been read again."""
        self.run = run
        self._told.clear()
        self._jobs.update((job.place, job) for job in jobs)
        for reader in tuple(self._readers):
            self._push(reader)
        if self.ended:
            self.close()

    def close(self) -> None:
        """Nothing more will come."""
        for reader in tuple(self._readers):
            reader.sink.end()

    def since(self, place: int) -> bytes:
        """The events a reader at this place has not been told, made once for all of them."""
        if place == self.version:
            return b""
        if place not in self._told:
            self._told[place] = self._events(place)
        return self._told[place]

    def forget(self, reader: RunReader) -> None:
        """Push no more to this reader."""
        if reader in self._readers:
            self._readers.remove(reader)

    def _push(self, reader: RunReader) -> None:
        if not reader.pushed:
            return
        data = self.since(reader.place)
        if not data or reader.sink.push(data):
            reader.place = self.version
        else:
            reader.pushed = False

    def _events(self, place: int) -> bytes:
        changed = [self._jobs[at].body for at in sorted(self._jobs) if self._jobs[at].version > place]
        last = self.version - 1 if self.ended else self.version  # the last version is the end's own
        told = list_frame(self.run.id, last, changed) if changed or place == NOTHING else b""
        return told + frame(self.run.id, self.version, RunDone(self.run.state)) if self.ended else told
