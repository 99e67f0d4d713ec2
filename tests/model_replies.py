"""What the scripted model server can be told to say, and the bytes of it."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from aiohttp import web

Fault = Literal["silence", "cut", "error", "malformed", "end"]
"""At the token where it strikes: nothing but comments from there on, until the client leaves; the connection is
aborted; an `error` event; a chunk that is no JSON; the body just ends."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call for a tool after the text.

    `fragments` as OpenAI sends them, `whole` in one piece without an index, `object` with the arguments as an object,
    `one_index` as `fragments` but with index 0 whatever its place.
    """

    name: str
    arguments: str = "{}"
    how: Literal["fragments", "whole", "object", "one_index"] = "fragments"

    def deltas(self, place: int) -> list[dict[str, Any]]:
        """What its chunks carry."""
        call_id = f"call_{self.name}_{place}"
        if self.how in {"whole", "object"}:
            said = self.arguments if self.how == "whole" else json.loads(self.arguments)
            return [{"id": call_id, "type": "function", "function": {"name": self.name, "arguments": said}}]
        index = 0 if self.how == "one_index" else place
        half = len(self.arguments) // 2
        return [
            {"index": index, "id": call_id, "type": "function", "function": {"name": self.name, "arguments": ""}},
            {"index": index, "function": {"arguments": self.arguments[:half]}},
            {"index": index, "function": {"arguments": self.arguments[half:]}},
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """A stream of tokens, `words` long: the text split after its spaces, or `pieces` as they are."""

    text: str = "Bonjour, je suis un modèle de démonstration."
    pieces: tuple[str, ...] = ()
    every: float = 0
    """Seconds from one token to the next; 0 sends all in one write."""
    gate: asyncio.Semaphore | None = None
    """Each token waits for a `release()` of the test; `every` is then not looked at."""
    header_after: float = 0
    first_after: float = 0
    fault: Fault | None = None
    fault_at: int = 0
    """How many tokens come before the fault; -1: it strikes before the header."""
    comments_every: float = 0.02
    """Seconds between the comments of a silence."""
    finish_reason: str | None = "stop"
    calls: tuple[Call, ...] = ()
    """Called for at the end; the reason of the end is then `tool_calls` unless another one is given."""
    usage: Mapping[str, Any] | None = field(
        default_factory=lambda: {
            "prompt_tokens": 20,
            "completion_tokens": 8,
            "prompt_tokens_details": {"cached_tokens": 4},
        },
        hash=False,
    )
    done: bool = True
    bytes_a_write: int = 0
    """Cuts the body into pieces of this size, wherever they fall; 0: whole events."""

    def words(self) -> tuple[str, ...]:
        """The deltas."""
        if self.pieces:
            return self.pieces
        parts = self.text.split(" ")
        return (*(f"{part} " for part in parts[:-1]), parts[-1])


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is not a stream."""

    status: int = 500
    code: str | None = None
    message: str = "The scripted server refuses."
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    """Instead of the usual JSON."""


Reply = Answer | Refusal

MARKERS: Mapping[str, Reply] = {
    "[[slow]]": Answer(first_after=5, every=0.5),
    "[[silence]]": Answer(fault="silence", fault_at=3, comments_every=1),
    "[[cut]]": Answer(fault="cut", fault_at=3, every=0.05),
    "[[error]]": Answer(fault="error", fault_at=3, every=0.05),
    "[[busy]]": Refusal(429, "rate_limit_exceeded", headers=(("Retry-After", "7"),)),
    "[[down]]": Refusal(503),
    "[[key]]": Refusal(401, "invalid_api_key"),
    "[[long]]": Answer(pieces=tuple(f"mot{n} " for n in range(2000)), every=0.02),
    "[[markdown]]": Answer("# Titre\n\n- un\n- **deux**\n\n```python\nprint('trois')\n```\n<script>alert(1)</script>"),
}


@lru_cache(maxsize=128)
def events(answer: Answer) -> tuple[bytes, tuple[bytes, ...], bytes]:
    """The bytes of the opening chunk, of each token before the fault, and of the end."""
    tokens = tuple(chunk({"content": word}) for word in answer.words())
    ending = b"".join(
        chunk({"tool_calls": [delta]}) for place, call in enumerate(answer.calls) for delta in call.deltas(place)
    )
    reason = "tool_calls" if answer.calls and answer.finish_reason == "stop" else answer.finish_reason
    ending += chunk({}, reason) if reason else b""
    if answer.usage is not None:
        ending += event({"choices": [], "usage": answer.usage})
    if answer.done:
        ending += b"data: [DONE]\n\n"
    before = answer.fault_at if answer.fault else len(tokens)
    return chunk({"role": "assistant", "content": ""}), tokens[:before], ending


def chunk(delta: Mapping[str, Any], finish_reason: str | None = None) -> bytes:
    """One chunk as OpenAI writes it, with UTF-8 as it is."""
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]})


def event(fields: Mapping[str, Any]) -> bytes:
    """One server-sent event of this protocol."""
    head = {"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    return b"data: " + json.dumps({**head, **fields}, ensure_ascii=False).encode() + b"\n\n"


def marked(body: Mapping[str, Any]) -> Reply | None:
    """The reply a marker in the last message asks for."""
    last = str(body["messages"][-1]["content"]) if body.get("messages") else ""
    if "[[" not in last:
        return None
    return next((reply for marker, reply in MARKERS.items() if marker in last), None)


def refusal(reply: Refusal) -> web.Response:
    """The error as OpenAI writes it."""
    error = {"error": {"message": reply.message, "type": "scripted_error", "param": None, "code": reply.code}}
    body = json.dumps(error).encode() if reply.body is None else reply.body
    return web.Response(status=reply.status, body=body, content_type="application/json", headers=dict(reply.headers))
