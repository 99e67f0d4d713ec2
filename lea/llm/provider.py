"""The port every model stands behind.

Opening may be retried by who holds the provider, reading may not: half an answer is never asked for twice.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self

from lea.ids import CompanyId, UserId
from lea.messages import Message, ToolCall
from lea.sentences import Language

FinishReason = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf the model is asked."""

    user_id: UserId
    company_id: CompanyId
    language: Language


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the model may call for; `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer must be: one JSON value of this schema, strict as OpenAI means it."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to a model: `messages` oldest first, the last one the person's or what came of a call.

    `acted` is what was done or found for the question already, as Markdown in the person's language: whoever cannot
    make words of it tells it as it is. With a `shape` the answer is data for us, and still to be checked.
    `settings` are fields of the protocol that go along as they are. `pieces`: the calls are a program's, which hears
    them as they are written, and nobody but a model can answer.
    """

    system: str
    messages: tuple[Message, ...]
    caller: Caller
    tools: tuple[Tool, ...] = ()
    acted: str = ""
    shape: Shape | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    pieces: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `estimated` when the provider did not say. `cached` is a part of `prompt`."""

    prompt: int
    completion: int
    cached: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The provider ended the answer on its own terms."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class CallPiece:
    """Of a call while it is written: `id` and `name` where it begins, more of its arguments each time.

    `place` counts the calls of the answer from 0. The whole calls still follow.
    """

    place: int
    id: str
    name: str
    arguments: str


ModelEvent = str | CallPiece | ToolCall | Usage | Finished
"""A `str` is text to append; a `ToolCall` is whole."""
Take = Callable[[Sequence[ModelEvent]], None]
"""Where batches go as they come; it must not wait."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Who gives an answer: told in `done.provider`, kept with the answer, and priced by `price_hint` (see prices.py).

    `lesser` says that this one stands in for the one that was meant. `per_million` is what tokens sent and answered
    cost in USD where no list says it; two zeros: unknown.
    """

    name: str
    model: str
    price_hint: str
    lesser: bool = False
    per_million: tuple[float, float] = (0.0, 0.0)


class ModelStream(Protocol):
    """What each read brought, in order; a stream that ends without `Finished` raises instead."""

    provider: Answering

    def __aiter__(self) -> Self: ...

    async def __anext__(self) -> Sequence[ModelEvent]: ...

    async def pour(self, take: Take) -> None:
        """Hand over the rest, each batch as soon as its bytes are there; returns or raises as reading would."""
        ...


class Told:
    """Batches of `provider`'s, whoever makes them."""

    def __init__(self, provider: Answering, batches: AsyncIterator[Sequence[ModelEvent]]) -> None:
        self.provider = provider
        self._batches = batches

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Sequence[ModelEvent]:
        return await anext(self._batches)

    async def pour(self, take: Take) -> None:
        async for batch in self._batches:
            take(batch)


class Provider(Protocol):
    """A model that can be asked."""

    answering: Answering
    """Who will answer, unless the opened stream names another."""

    def open(self, prompt: Prompt) -> AbstractAsyncContextManager[ModelStream]:
        """Ask; leaving the context ends the call at once, also in mid-answer.

        Raises ExternalTimeout, ExternalUnavailable, ExternalRejected or NetworkError, on entering or while read, and
        CircuitOpen or Overloaded on entering.
        """
        ...

    async def ping(self) -> None:
        """Find out whether the provider answers at all, without spending a token; raises like `open`."""
        ...

    async def aclose(self) -> None:
        """Give back the connections."""
        ...
