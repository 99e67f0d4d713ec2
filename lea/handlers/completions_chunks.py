"""Answers as OpenAI's clients read them: the whole object, and the chunks of a stream."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import orjson
from pydantic import BaseModel

from lea.handlers.completions_models import MODEL
from lea.llm.provider import CallPiece, Usage
from lea.messages import ToolCall

DONE: Final = b"data: [DONE]\n\n"
REASONS: Final[Mapping[str, str]] = {"action": "stop", "stopped": "stop"}


class CompletionMessage(BaseModel):
    role: Literal["assistant"]
    content: str | None
    refusal: str | None
    tool_calls: list[dict[str, Any]] | None = None


class Choice(BaseModel):
    index: int
    message: CompletionMessage
    logprobs: None
    finish_reason: str


class CompletionUsage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: dict[str, int]


class Completion(BaseModel):
    """`lea` says which conversation and turn it was, and what Léa asks before she writes."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage
    lea: dict[str, Any] | None = None


class ChunkDelta(BaseModel):
    role: Literal["assistant"] | None = None
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[dict[str, Any]] | None = None


class ChunkChoice(BaseModel):
    index: int
    delta: ChunkDelta
    logprobs: None = None
    finish_reason: str | None


class CompletionChunk(BaseModel):
    """One of a stream, which ends with `[DONE]`; `error` in its place where the answer fails."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: CompletionUsage | None = None
    lea: dict[str, Any] | None = None


class Chunks:
    """The chunks of one answer. What is the same in all of them is made once."""

    def __init__(self, answer_id: str, now: float, *, include_usage: bool) -> None:
        self.id = f"chatcmpl-{answer_id.partition('_')[2]}"
        self.created = int(now)
        self._include_usage = include_usage
        self._head = self._json([])[:-1] + b'{"index":0,"delta":'
        self._rest = b',"usage":null}\n\n' if include_usage else b"}\n\n"
        self._tail = b',"logprobs":null,"finish_reason":null}]' + self._rest
        self._before_text, self._after_text = self._head + b'{"content":', b"}" + self._tail

    def begin(self) -> bytes:
        """Whose words follow."""
        return self._head + b'{"role":"assistant","content":"","refusal":null}' + self._tail

    def text(self, encoded: bytes) -> bytes:
        """Text that is a JSON string already."""
        return self._before_text + encoded + self._after_text

    def piece(self, piece: CallPiece) -> bytes:
        """Of a call that is being written."""
        call: dict[str, Any] = {"index": piece.place}
        if piece.name:
            call |= {"id": piece.id, "type": "function"}
        function = {"name": piece.name, "arguments": piece.arguments} if piece.name else {"arguments": piece.arguments}
        delta = {"tool_calls": [call | {"function": function}]}
        return self._head + orjson.dumps(delta) + self._tail

    def end(self, reason: str, usage: Mapping[str, Any], lea: Mapping[str, Any] | None = None) -> bytes:
        """The last chunks."""
        told = b'"%b"}]' % REASONS.get(reason, reason).encode()
        more = b"" if lea is None else b',"lea":' + orjson.dumps(lea)
        last = self._head + b'{},"logprobs":null,"finish_reason":' + told + more + self._rest
        return last + (self._json([], usage) + b"}\n\n" if self._include_usage else b"") + DONE

    def failed(self, error: Mapping[str, Any]) -> bytes:
        """An answer that ends here; `error` is a body of completions_errors."""
        return b"data: " + orjson.dumps(error) + b"\n\n" + DONE

    def _json(self, choices: list[Any], usage: Mapping[str, Any] | None = None) -> bytes:
        """A chunk up to its last brace."""
        body = {"id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": MODEL}
        more = {"choices": choices} if usage is None else {"choices": choices, "usage": usage}
        return b"data: " + orjson.dumps(body | more)[:-1]


def completion(
    chunks: Chunks,
    text: str | None,
    reason: str,
    usage: Mapping[str, Any],
    *,
    calls: Sequence[ToolCall] = (),
    lea: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole answer as one object."""
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    if calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": REASONS.get(reason, reason)}
    body = {"id": chunks.id, "object": "chat.completion", "created": chunks.created, "model": MODEL}
    return body | {"choices": [choice], "usage": usage} | ({} if lea is None else {"lea": lea})


def usage_of(told: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a turn's `usage` is here; zeros where no model was asked."""
    if told is None:
        return counts(Usage(0, 0))
    return counts(Usage(told["prompt_tokens"], told["completion_tokens"], told["cached_tokens"]))


def counts(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    }
