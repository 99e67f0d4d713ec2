"""Any provider behind its dependency: bounded, broken off by a circuit breaker, asked again when asking failed."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Self

import structlog

from lea.config import Llm
from lea.errors import CircuitOpen, ExternalTimeout, ExternalUnavailable, LeaError
from lea.llm.provider import Answering, Finished, ModelEvent, ModelStream, Prompt, Provider, Take
from lea.metrics import MODEL_ATTEMPTS
from lea.resilience.dependency import Call, Dependency

log = structlog.get_logger()


class Guarded:
    """A provider whose `open` comes back with the first token already there, or raises.

    Opening is tried as often as the dependency's retries allow, all of it within `total_timeout`. Not tried again:
    what was rejected, what timed out, and anything after the first token. Each attempt is one call to the circuit
    breaker, and succeeds when the answer has ended well.
    """

    def __init__(self, provider: Provider, config: Llm, dependency: Dependency) -> None:
        self.answering = provider.answering
        self.dependency = dependency
        self._provider = provider
        self._total_timeout = config.total_timeout

    def open(self, prompt: Prompt, within_s: float | None = None) -> "Opening":
        """Ask; see Provider. `within_s` replaces `total_timeout`."""
        return Opening(self._provider, prompt, self.dependency, within_s or self._total_timeout)

    async def ping(self) -> None:
        """Ask once; see Provider."""
        await self._provider.ping()

    async def aclose(self) -> None:
        await self._provider.aclose()


class Opening:
    """One question through its attempts, and the stream of the one that came through."""

    def __init__(self, provider: Provider, prompt: Prompt, dependency: Dependency, within_s: float) -> None:
        self.provider: Answering = provider.answering
        self._asked = provider
        self._prompt = prompt
        self._dependency = dependency
        self._within_s = within_s
        self._first: Sequence[ModelEvent] | None = None
        self._stream: ModelStream
        self._held: AsyncExitStack
        self._call: Call | None = None
        self._outcome = "left"

    async def __aenter__(self) -> Self:
        deadline = asyncio.get_running_loop().time() + self._within_s
        dependency = self._dependency
        attempt = partial(self._attempt, deadline)
        await dependency.retries.run(attempt, deadline, self._failed, lambda: dependency.refusing)
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
                self._ended(error)
                raise
        self._look(batch)
        return batch

    async def pour(self, take: Take) -> None:
        if self._first is not None:
            take(await anext(self))
        try:
            await self._stream.pour(partial(self._pass_on, take))
        except LeaError as error:
            self._outcome = error.reason
            self._ended(error)
            raise

    def _pass_on(self, take: Take, batch: Sequence[ModelEvent]) -> None:
        self._look(batch)
        take(batch)

    def _look(self, batch: Sequence[ModelEvent]) -> None:
        if batch and isinstance(batch[-1], Finished):
            self._outcome = "ok"
            if self._call is not None:
                self._call.succeeded()

    async def _attempt(self, deadline: float) -> None:
        """Hold a place, open, and wait for the first batch; whatever ends that otherwise closes the connection."""
        self._call = None
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout_at(deadline):
                    self._call = call = await stack.enter_async_context(self._dependency.calling())
                    stream = await stack.enter_async_context(self._asked.open(self._prompt))
                    first = await anext(stream, None)
                if first is None:
                    raise ExternalUnavailable("model_cut")
            except TimeoutError:
                raise self._ended(ExternalTimeout()) from None
            except LeaError as error:
                self._ended(error)
                raise
            except asyncio.CancelledError:
                self._count()
                raise
            call.responded()
            self._first, self._stream, self._held = first, stream, stack.pop_all()

    def _ended(self, error: LeaError) -> LeaError:
        if self._call is not None:
            self._call.failed(error)
        return error

    def _failed(self, error: LeaError, attempt: int, pause: float | None) -> None:
        if isinstance(error, CircuitOpen):
            return  # nobody was asked, and the breaker has said so once for all
        self._outcome = error.reason
        self._count()
        self._outcome = "left"
        log.warning(
            "model.attempt_failed",
            provider=self.provider.name,
            model=self.provider.model,
            reason=error.reason,
            attempt=attempt,
            attempts=self._dependency.retries.attempts,
            next_in_s=pause,
        )

    def _count(self) -> None:
        MODEL_ATTEMPTS.labels(self.provider.name, self._outcome).inc()
