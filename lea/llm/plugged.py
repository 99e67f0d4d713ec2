"""A plug-in's model as one of ours: bounded in time and length, with errors that the breaker and people understand."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Self

import structlog

from lea.config import Llm
from lea.errors import ExternalTimeout, ExternalUnavailable, LeaError
from lea.llm.provider import (
    Answering,
    CallPiece,
    Finished,
    ModelEvent,
    ModelStream,
    Prompt,
    Provider,
    Take,
    Usage,
)
from lea.messages import ToolCall

EVENTS: Final = (str, CallPiece, ToolCall, Usage, Finished)

log = structlog.get_logger()


def is_provider(made: Any) -> bool:
    """Whether it has what Provider has."""
    return isinstance(getattr(made, "answering", None), Answering) and all(
        callable(getattr(made, name, None)) for name in ("open", "ping", "aclose")
    )


class PluggedProvider:
    """A Provider called `name`; `llm` has the limits, the price where no list has it."""

    def __init__(self, provider: Provider, llm: Llm, *, name: str, lesser: bool) -> None:
        own = provider.answering
        prices = (llm.price_in, llm.price_out)
        self.answering = replace(own, name=name, lesser=lesser, per_million=prices if any(prices) else own.per_million)
        self._provider = provider
        self._llm = llm

    def open(self, prompt: Prompt) -> "PluggedCall":
        """Ask; see Provider."""
        with _translated(self.answering):
            opening = self._provider.open(prompt)
        return PluggedCall(self.answering, opening, self._llm)

    async def ping(self) -> None:
        with _translated(self.answering):
            async with asyncio.timeout(self._llm.timeout):
                await self._provider.ping()

    async def aclose(self) -> None:
        await self._provider.aclose()


class PluggedCall:
    """One question and its answer; `llm.timeout` bounds the opening, the first batch and each silence after it."""

    def __init__(self, provider: Answering, opening: AbstractAsyncContextManager[ModelStream], llm: Llm) -> None:
        self.provider = provider
        self._opening = opening
        self._limit = llm.timeout
        self._left = llm.max_answer_chars
        self._stream: ModelStream
        self._ended = False

    async def __aenter__(self) -> Self:
        with _translated(self.provider):
            async with asyncio.timeout(self._limit):
                self._stream = await self._opening.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with asyncio.timeout(self._limit):
                await self._opening.__aexit__(kind, error, trace)
        except Exception as raised:
            if raised is not error:
                log.warning("model.plugin_failed", provider=self.provider.name, exc_info=raised)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Sequence[ModelEvent]:
        if self._ended:
            raise StopAsyncIteration
        kept: list[ModelEvent] = []
        while not kept:
            with _translated(self.provider):
                async with asyncio.timeout(self._limit):
                    batch = await anext(self._stream, None)
                if batch is None:
                    raise ExternalUnavailable("model_cut")
                kept = self._kept(batch)
        return kept

    async def pour(self, take: Take) -> None:
        """A plug-in's stream is only ever read."""
        async for batch in self:
            take(batch)

    def _kept(self, batch: Sequence[ModelEvent]) -> list[ModelEvent]:
        """What of it belongs to the answer, which is ended where it is too long; `Finished` is the last of all."""
        kept: list[ModelEvent] = []
        for event in batch:
            if not isinstance(event, EVENTS):
                raise TypeError(f"{type(event).__name__} is no event of a model")
            kept.append(event[: self._left] if isinstance(event, str) else event)
            if isinstance(event, str):
                self._left -= min(len(event), self._left)
                kept += [] if self._left else [Finished("length")]
            if isinstance(kept[-1], Finished):
                self._ended = True
                break
        return kept


@contextmanager
def _translated(provider: Answering) -> Iterator[None]:
    """What a plug-in raises as errors of ours; a mistake in it is logged whole, and is no answer of the model's."""
    try:
        yield
    except LeaError:
        raise
    except TimeoutError:
        raise ExternalTimeout from None
    except Exception as error:
        log.warning("model.plugin_failed", provider=provider.name, exc_info=error)
        raise ExternalUnavailable from error
