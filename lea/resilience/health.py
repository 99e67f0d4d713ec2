"""Whether what this process depends on answers, asked in parallel and remembered for a second."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from lea.clock import Clock
from lea.errors import LeaError
from lea.resilience.single_flight import SingleFlight

CHECK_TIMEOUT_S = 2.0
REMEMBERED_S = 1.0

State = Literal["ok", "degraded", "down"]


@dataclass(frozen=True, slots=True)
class Check:
    """How to ask a dependency; without a `vital` one nothing works, without another something does."""

    ask: Callable[[], Awaitable[None]]
    vital: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one dependency said."""

    status: State
    latency_ms: float
    detail: str


class Health:
    """Asks every dependency, each within its own short time."""

    def __init__(self, checks: Mapping[str, Check], clock: Clock, flights: SingleFlight) -> None:
        self._checks = dict(checks)
        self._clock = clock
        self._flights = flights
        self._asked_at = float("-inf")
        self._found: dict[str, Found] = {}
        self.leaving = False

    async def found(self) -> dict[str, Found]:
        """Every dependency by name."""
        if self._clock.monotonic() - self._asked_at > REMEMBERED_S:
            await self._flights.once("health", self._ask_all)
        return self._found

    def status(self, found: Mapping[str, Found]) -> State:
        """`down` if a vital dependency is, `degraded` if any is not ok."""
        if any(found[name].status == "down" for name, check in self._checks.items() if check.vital):
            return "down"
        return "ok" if all(entry.status == "ok" for entry in found.values()) else "degraded"

    async def _ask_all(self) -> None:
        answers = await asyncio.gather(*(self._ask(check) for check in self._checks.values()))
        self._found = dict(zip(self._checks, answers, strict=True))
        self._asked_at = self._clock.monotonic()

    async def _ask(self, check: Check) -> Found:
        start = perf_counter()
        status: State = "ok"
        detail = check.detail
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                await check.ask()
        except TimeoutError:
            status, detail = "down", f"no answer within {CHECK_TIMEOUT_S:.0f} s"
        except LeaError as error:
            status, detail = "down", error.code
        return Found(status, round((perf_counter() - start) * 1000, 3), detail)
