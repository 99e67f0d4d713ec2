"""A relayed answer as chunks, to the one who asked: when that one leaves, so does the question."""

import asyncio
from collections.abc import Sequence

import orjson

from lea.auth.permissions import Identity
from lea.bus.port import Sink
from lea.errors import InternalError, Interrupted, LeaError
from lea.handlers.completions_chunks import Chunks, counts
from lea.handlers.completions_errors import error_body
from lea.llm.provider import CallPiece, ModelEvent, Usage
from lea.manager.relay_bill import Relayed
from lea.manager.relaying import Question, Relays


class RelayedChunks:
    """What can be followed once; its own reader. What a slow one has not taken is at most one answer."""

    def __init__(self, relays: Relays, identity: Identity, question: Question, chunks: Chunks, relay_id: str) -> None:
        self._relays = relays
        self._identity = identity
        self._question = question
        self._chunks = chunks
        self._id = relay_id
        self._sink: Sink | None = None
        self._refused: LeaError | None = None
        self._running: asyncio.Task[Relayed | LeaError] | None = None
        self._missed: list[bytes] = []
        self._pushed = True

    def subscribe(self, sink: Sink, after: int = 0) -> "RelayedChunks":
        """Ask, and tell what comes."""
        self._sink = sink
        self._push(self._chunks.begin())
        if self._refused is None:
            self._running = self._relays.start(self._identity, self._question, self._id, self._tell)
            self._running.add_done_callback(self._end)
        else:
            self._conclude(self._failed(self._refused))
        return self

    def refuse(self, error: LeaError) -> None:
        """Tell this instead, and ask nobody."""
        self._refused = error

    @property
    def behind(self) -> bool:
        return not self._pushed

    def take(self) -> bytes:
        data = b"".join(self._missed)
        self._missed.clear()
        self._pushed = not data
        return data

    def close(self) -> None:
        """Whoever read is gone: the call to the model ends, and nothing more is told."""
        self._sink = None
        if self._running is not None:
            self._running.cancel()

    def leave(self) -> None:
        """As `close`, and nothing more is waited for; also before anything was asked."""
        self._refused = self._refused or Interrupted()
        sink = self._sink
        self.close()
        if sink is not None:
            sink.end()

    def _end(self, running: asyncio.Task[Relayed | LeaError]) -> None:
        if running.cancelled():
            relayed: Relayed | LeaError = Interrupted()
        else:
            relayed = running.result() if running.exception() is None else InternalError()
        if isinstance(relayed, LeaError):
            self._conclude(self._failed(relayed))
        else:
            self._conclude(self._chunks.end(relayed.reason or "stop", counts(relayed.usage or Usage(0, 0))))

    def _conclude(self, last: bytes) -> None:
        self._push(last)
        if self._sink is not None:
            self._sink.end()

    def _failed(self, error: LeaError) -> bytes:
        return self._chunks.failed(error_body(error, self._question.language))

    def _tell(self, batch: Sequence[ModelEvent]) -> None:
        parts = []
        for event in batch:
            if isinstance(event, str):
                parts.append(self._chunks.text(orjson.dumps(event)))
            elif isinstance(event, CallPiece):
                parts.append(self._chunks.piece(event))
        if parts:
            self._push(b"".join(parts))

    def _push(self, data: bytes) -> None:
        if self._pushed and self._sink is not None:
            self._pushed = self._sink.push(data)
        if not self._pushed:
            self._missed.append(data)
