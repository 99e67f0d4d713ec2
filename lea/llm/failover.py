"""Several providers as one: who cannot begin an answer is stood in for by the next, and the answer says so."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import structlog

from lea.errors import LeaError
from lea.llm.guarded import Guarded
from lea.llm.local import LocalEngine
from lea.llm.provider import ModelStream, Prompt
from lea.metrics import FAILOVERS

LEAST_S: Final = 5.0
"""What each next provider gets, however long those before it took."""
RETRY_AFTER_S: Final = 5.0
"""When to ask again, where nobody has said."""
ITS_OWN: Final = frozenset({"model_key_refused", "model_unknown", "model_busy"})
"""Rejections by which a provider speaks of itself: another has another key, other models and another quota."""

log = structlog.get_logger()


class Failover:
    """A Provider that asks `models` in turn until one begins to answer, all of them within `total_timeout`.

    Where none does, `engine` takes the questions it understands whole; else the first error is raised. Once an answer
    has begun nobody else is asked: half of one and half of another is no answer.
    """

    def __init__(self, models: Sequence[Guarded], engine: LocalEngine, total_timeout: float) -> None:
        self.answering = models[0].answering
        self.models = tuple(models)
        self._engine = engine
        self._total_timeout = total_timeout

    @asynccontextmanager
    async def open(self, prompt: Prompt) -> AsyncIterator[ModelStream]:
        """Ask; see Provider. The stream names who answers."""
        async with AsyncExitStack() as stack:
            yield await self._opened(stack, prompt)

    async def ping(self) -> None:
        """Ask the first one once; see Provider."""
        await self.models[0].ping()

    async def aclose(self) -> None:
        for model in self.models:
            await model.aclose()
        await self._engine.aclose()

    async def _opened(self, stack: AsyncExitStack, prompt: Prompt) -> ModelStream:
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._total_timeout
        first: LeaError | None = None
        for model in self.models:
            try:
                return await stack.enter_async_context(model.open(prompt, max(LEAST_S, deadline - clock())))
            except LeaError as error:
                if first is None and not passes_on(error):
                    raise
                first = first or error
                self._told(model.answering.name, error)
        assert first is not None
        if prompt.shape is None and not prompt.pieces and self._engine.can_stand_in(prompt):
            return await stack.enter_async_context(self._engine.open(prompt))
        if first.retryable and first.retry_after_s is None:
            first.retry_after_s = RETRY_AFTER_S
        raise first

    def _told(self, name: str, error: LeaError) -> None:
        FAILOVERS.labels(name).inc()
        log.info("model.passed_over", provider=name, reason=error.reason)


def passes_on(error: LeaError) -> bool:
    """Whether another provider may do better: not where the question itself was rejected."""
    return error.retryable or error.reason in ITS_OWN
