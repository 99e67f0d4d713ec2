"""A turn's events as OpenAI's chunks: a token is neither decoded nor encoded again on its way."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from lea.actions.phrases import say
from lea.handlers.completions_chunks import Chunks, usage_of
from lea.handlers.completions_errors import told_error
from lea.sentences import Language

DELTA: Final = b'{"delta":'
DATA: Final = b"\ndata: "


class TurnChunks:
    """To be called with whole events, in order."""

    def __init__(self, chunks: Chunks, language: Language) -> None:
        self._chunks = chunks
        self._language = language
        self._begun = False
        self._over = False
        self._told: list[bytes] = []
        self._asked: dict[str, Mapping[str, Any]] = {}

    def __call__(self, events: bytes) -> bytes:
        return b"".join([self._event(event) for event in events.split(b"\n\n") if event])

    def _event(self, event: bytes) -> bytes:
        at = event.find(DELTA)
        if at > 0 and event.startswith(DATA, at - len(DATA)) and self._begun and not self._over:
            encoded = event[at + len(DELTA) : -1]
            self._told.append(encoded)
            return self._chunks.text(encoded)
        at = event.find(DATA) + len(DATA)
        if self._over:
            return b""
        before = b"" if self._begun else self._chunks.begin()
        self._begun = True
        return before + self._other(orjson.loads(event[at:]))

    def _other(self, told: dict[str, Any]) -> bytes:
        if "delta" in told:
            return self._text(told["delta"])
        if "snapshot" in told:
            so_far = sum(len(orjson.loads(text)) for text in self._told)
            return self._text(told["snapshot"][so_far:])
        if "confirm" in told:
            self._asked[told["confirm"]["id"]] = told["confirm"]
        elif "error" in told:
            self._over = True
            return self._chunks.failed(told_error(told))
        elif "done" in told:
            return self._end(told)
        return b""

    def _text(self, text: str) -> bytes:
        if not text:
            return b""
        self._told.append(orjson.dumps(text))
        return self._chunks.text(self._told[-1])

    def _end(self, done: Mapping[str, Any]) -> bytes:
        self._over = True
        lea = about(done["session_id"], done["turn_id"], list(self._asked.values()))
        where = self._text("\n\n" + say("on_the_page", self._language)) if "confirm" in lea else b""
        return where + self._chunks.end(done["finish_reason"], usage_of(done["usage"]), lea)


def about(thread_id: str, turn_id: str, asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What Léa's own protocol says beside the text; `confirm` only where she still asks."""
    lea: dict[str, Any] = {"thread_id": thread_id, "turn_id": turn_id}
    waiting = [one for one in asked if one["state"] == "asked"]
    return lea | {"confirm": waiting} if waiting else lea
