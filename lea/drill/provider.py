"""The provider everybody asks; while a drill runs, its company may be sent to a broken model instead."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from lea.drill.model import BrokenModel
from lea.drill.target import ModelFault, Target
from lea.llm.failover import Failover
from lea.llm.provider import ModelStream, Prompt, Provider


class DrillProvider:
    """A Provider that passes everything on.

    `broken_at` makes the way to a broken model from its address: as to the real one, but with a circuit breaker of its
    own, since the real one's is everybody's.
    """

    def __init__(self, provider: Provider, target: Target, broken_at: Callable[[str], Failover]) -> None:
        self.answering = provider.answering
        self._provider = provider
        self._target = target
        self._broken_at = broken_at
        self._broken: tuple[ModelFault, BrokenModel, Failover] | None = None

    def open(self, prompt: Prompt) -> AbstractAsyncContextManager[ModelStream]:
        """Ask; see Provider."""
        if self._target.company_id is not None and self._broken is not None:
            fault, _, way = self._broken
            if self._target.strikes(prompt.caller.company_id, fault):
                return way.open(prompt)
        return self._provider.open(prompt)

    async def ping(self) -> None:
        await self._provider.ping()

    async def aclose(self) -> None:
        await self.fail_as(None)
        await self._provider.aclose()

    async def fail_as(self, fault: ModelFault | None) -> None:
        """Have a model ready that fails so, in the place of the one before; None for no such model."""
        before, self._broken = self._broken, None
        if before is not None:
            _, model, way = before
            await way.models[0].aclose()  # those that stand in for it are the real ones
            await model.aclose()
        if fault is not None:
            broken = BrokenModel(fault)
            self._broken = (fault, broken, self._broken_at(await broken.start()))
