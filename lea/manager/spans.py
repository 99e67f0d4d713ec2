"""Where the time of a turn went: its `timings_ms`, which are moments and durations, as spans one can draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["wait", "load", "model", "store"]
LOAD = "load_"
BEFORE = ("auth", "limits")
"""What the request went through before there was a turn: durations, in this order."""


@dataclass(frozen=True, slots=True)
class Span:
    """Milliseconds since the turn began, below 0 for what came before; `end_ms` is None for what is going on now."""

    name: str
    start_ms: float
    end_ms: float | None
    kind: Kind


def spans(ms: Mapping[str, float], *, live: bool, saved_ms: float | None = None) -> list[Span]:
    """In the order they began; only what was reached.

    Signing in and the limits came before the turn: they are drawn one after the other up to its beginning at 0, though
    the request's body was read between them. What a turn that was cut was in the middle of ends with the answer.
    `load_…` are parts of `load`; one that another turn's load had begun earlier is drawn as far as this turn waited for
    it. `saved_ms` is when the end was saved, where that is known: it cannot be in what is saved.
    """
    found = _before(ms)
    ms = {name: value for name, value in ms.items() if name not in BEFORE}
    over = None if live else ms.get("ended", max(ms.values(), default=0.0))

    def add(name: str, start: float | None, end: float | None, kind: Kind) -> None:
        if start is None:
            return
        until = over if end is None else end
        found.append(Span(name, start, None if until is None else max(start, until), kind))

    began = ms.get("began", 0.0)
    if "began" in ms:
        add("start", 0.0, began, "wait")
    if ms:
        add("queue", began, _load_began(ms), "wait")
        add("save_message", began, ms.get("committed", ms.get("saved_message")), "store")
    found += _loads(ms, over)
    add("first_token", ms.get("asked_model"), ms.get("first_token"), "model")
    add("stream", ms.get("first_token"), ms.get("last_token"), "model")
    if saved_ms is not None or live:
        add("save_answer", ms.get("ended"), saved_ms, "store")
    return sorted(found, key=lambda span: span.start_ms)


def _before(ms: Mapping[str, float]) -> list[Span]:
    found: list[Span] = []
    end = 0.0
    for name in reversed(BEFORE):
        if name in ms:
            start = round(end - ms[name], 3)
            found.append(Span(name, start, end, "wait"))
            end = start
    return found


def _load_began(ms: Mapping[str, float]) -> float | None:
    """Turns of before `loading` was told have how long they waited."""
    return ms.get("loading", ms.get("queued"))


def _loads(ms: Mapping[str, float], over: float | None) -> list[Span]:
    start = _load_began(ms)
    if start is None:
        return []
    end = start + ms["load"] if "load" in ms else over
    found = [Span("load", start, None if end is None else max(start, end), "load")]
    taken_over = ms.get(LOAD + "snapshot", 0.0)
    for name, took in ms.items():
        if name.startswith(LOAD) and end is not None:
            after = _part_began(name, ms, start, taken_over)
            found.append(Span(name, min(after, end), min(after + took, end), "load"))
    return found


def _part_began(name: str, ms: Mapping[str, float], start: float, taken_over: float) -> float:
    """All parts begin together, but the history after the message is saved and the rest after a snapshot."""
    if name == LOAD + "history":
        return max(start, ms.get("saved_message", start))
    return start if name == LOAD + "snapshot" else start + taken_over
