"""The bytes of an OpenAI-compatible token stream, turned into model events; nothing here is awaited."""

from typing import Final

import msgspec

from lea.errors import ExternalUnavailable, LeaError
from lea.llm.calls import CallFragment, Calls
from lea.llm.failures import Complaint, as_complaint, failed_in_stream
from lea.llm.provider import Finished, FinishReason, ModelEvent, Usage

MAX_LINE = 1_048_576


class SseLines:
    """Finds the `data:` lines in a body that comes in arbitrary pieces.

    Line by line instead of event by event: this protocol puts a whole JSON object on each data line, so waiting
    for the blank line after it would only delay the token. Comments and other fields are passed over.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads that `data` completes; ValueError once `MAX_LINE` bytes wait for the end of their line."""
        lines = data.split(b"\n")
        if len(lines) > 1 and self._parts:
            lines[0] = b"".join([*self._parts, lines[0]])
            self._parts, self._size = [], 0
        tail = lines.pop()
        if tail:
            self._keep(tail)
        return [line[5:].strip() for line in lines if line.startswith(b"data:")]

    def flush(self) -> list[bytes]:
        """The payload of a last line nobody ended."""
        return self.feed(b"\n")

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > MAX_LINE:
            raise ValueError("line too long")
        self._parts.append(part)


class _Delta(msgspec.Struct):
    content: str | None = None
    tool_calls: list[CallFragment] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _PromptDetails(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _PromptDetails | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Complaint | str | None = None


COUNTABLE: Final = 2**31
"""More tokens than any answer has, and the most the store's column holds."""
DECODER: Final = msgspec.json.Decoder(_Chunk)


class AnswerReader:
    """Follows one answer through its bytes; stops at `max_chars` characters of text.

    `finishing`: the provider said why it ended, so nothing that still goes wrong can spoil the answer.
    `ended`: the last events are out. `whole`: the provider has nothing more to send.
    `failure`: what went wrong, to be raised once the events before it are told.
    `calls`: what the answer asks to have done, told whole at its end, and with `pieces` also as it comes.
    """

    def __init__(self, max_chars: int, *, pieces: bool = False) -> None:
        self.finishing = False
        self.ended = False
        self.whole = False
        self.failure: LeaError | None = None
        self.calls = Calls()
        self._lines = SseLines()
        self._room = max_chars
        self._pieces = pieces
        self._reason: FinishReason = "stop"
        self._usage: Usage | None = None

    def feed(self, data: bytes) -> list[ModelEvent]:
        """The events in what was read; empty for comments and the like. `b""` is the end of the body."""
        events: list[ModelEvent] = []
        self.whole = not data
        try:
            for payload in self._lines.feed(data) if data else self._lines.flush():
                if payload == b"[DONE]":
                    self.whole = True
                    break
                self._chunk(DECODER.decode(payload), events)
                if self._room == 0:
                    self._reason, self.finishing = "length", True
                    break
        except ValueError:
            self.failure = ExternalUnavailable("model_cut")
        except LeaError as error:
            self.failure = error
        if self.whole or self._room == 0 or self.failure is not None:
            self._conclude(events)
        return events

    def _chunk(self, chunk: _Chunk, events: list[ModelEvent]) -> None:
        if chunk.error:
            raise failed_in_stream(as_complaint(chunk.error))
        if chunk.usage is not None:
            self._usage = _usage(chunk.usage)
        if not chunk.choices:
            return
        choice = chunk.choices[0]
        if choice.delta is not None and choice.delta.content:
            text = choice.delta.content[: self._room]
            self._room -= len(text)
            events.append(text)
        if choice.delta is not None and choice.delta.tool_calls:
            self.calls.add(choice.delta.tool_calls)
            if self._pieces:
                events.extend(self.calls.news())
        if choice.finish_reason:
            self.finishing = True
            self._reason = "length" if choice.finish_reason == "length" else "stop"

    def _conclude(self, events: list[ModelEvent]) -> None:
        if not self.finishing:
            self.failure = self.failure or ExternalUnavailable("model_cut")
            return
        self.failure, self.ended = None, True
        if self._reason == "stop" and (calls := self.calls.whole()):
            events.extend(calls)
            self._reason = "tool_calls"
        if self._usage is not None:
            events.append(self._usage)
        events.append(Finished(self._reason))


def _usage(said: _Usage) -> Usage | None:
    """What the provider counted; None, and so an estimate, for numbers that cannot be counts."""
    prompt, completion = said.prompt_tokens, said.completion_tokens
    if prompt is None or completion is None or not (0 <= prompt < COUNTABLE and 0 <= completion < COUNTABLE):
        return None
    details = said.prompt_tokens_details
    cached = (details.cached_tokens if details else 0) or 0
    return Usage(prompt, completion, max(0, min(cached, prompt)))
