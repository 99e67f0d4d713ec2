"""Any provider, asked again when asking failed: the one place that retries a call to a model."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from itertools import count
from types import TracebackType
from typing import Self

import structlog

from lea.config import Llm
from lea.errors import ExternalTimeout, ExternalUnavailable, LeaError
from lea.llm.provider import Finished, ModelEvent, ModelStream, Prompt, Provider
from lea.metrics import MODEL_ATTEMPTS

log = structlog.get_logger()


class Guarded:
    """A provider whose `open` comes back with the first token already there, or raises.

    Opening is tried 1 + `retries` times with exponential pauses (full jitter, from `retry_pause`; the server's own
    Retry-After where it fits), all of it within `total_timeout`. Not tried again: what was rejected, what timed out,
    and anything after the first token. `jitter(low, high)` picks a pause.
    """

    def __init__(
        self, provider: Provider, config: Llm, *, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        self.name = provider.name
        self.model = provider.model
        self.price_hint = provider.price_hint
        self._provider = provider
        self._config = config
        self._jitter = jitter

    def open(self, prompt: Prompt) -> "Opening":
        """Ask; see Provider."""
        return Opening(self._provider, prompt, self._config, self._jitter)

    async def ping(self) -> None:
        """Ask once; see Provider."""
        await self._provider.ping()

    async def aclose(self) -> None:
        await self._provider.aclose()


class Opening:
    """One call through its attempts, and the stream of the one that came through."""

    def __init__(
        self, provider: Provider, prompt: Prompt, config: Llm, jitter: Callable[[float, float], float]
    ) -> None:
        self._provider = provider
        self._prompt = prompt
        self._config = config
        self._jitter = jitter
        self._first: Sequence[ModelEvent] | None = None
        self._stream: ModelStream
        self._held: AsyncExitStack
        self._outcome = "left"

    async def __aenter__(self) -> Self:
        deadline = asyncio.get_running_loop().time() + self._config.total_timeout
        for attempt in count(1):
            try:
                await self._attempt(deadline)
                break
            except LeaError as error:
                pause = self._pause(attempt, error, deadline)
                self._failed(error, attempt, pause)
                if pause is None:
                    raise
            await asyncio.sleep(pause)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._count()
        await self._held.__aexit__(kind, error, trace)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Sequence[ModelEvent]:
        if self._first is not None:
            batch, self._first = self._first, None
        else:
            try:
                batch = await anext(self._stream)
            except LeaError as error:
                self._outcome = error.reason
                raise
        if batch and isinstance(batch[-1], Finished):
            self._outcome = "ok"
        return batch

    async def _attempt(self, deadline: float) -> None:
        """Open and wait for the first batch; whatever ends that otherwise closes the connection."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout_at(deadline):
                    stream = await stack.enter_async_context(self._provider.open(self._prompt))
                    first = await anext(stream, None)
            except TimeoutError:
                raise ExternalTimeout from None
            except asyncio.CancelledError:
                self._count()
                raise
            if first is None:
                raise ExternalUnavailable("model_cut")
            self._first, self._stream, self._held = first, stream, stack.pop_all()

    def _pause(self, attempt: int, error: LeaError, deadline: float) -> float | None:
        """Seconds until the next attempt; None if there is to be none."""
        if attempt > self._config.retries or not error.retryable or isinstance(error, ExternalTimeout):
            return None
        pause = self._jitter(0, self._config.retry_pause * 2 ** (attempt - 1)) + (error.retry_after_s or 0)
        return pause if asyncio.get_running_loop().time() + pause < deadline else None

    def _failed(self, error: LeaError, attempt: int, pause: float | None) -> None:
        self._outcome = error.reason
        self._count()
        self._outcome = "left"
        log.warning(
            "model.attempt_failed",
            provider=self._provider.name,
            model=self._provider.model,
            reason=error.reason,
            attempt=attempt,
            attempts=self._config.retries + 1,
            next_in_s=pause,
        )

    def _count(self) -> None:
        MODEL_ATTEMPTS.labels(self._provider.name, self._outcome).inc()
