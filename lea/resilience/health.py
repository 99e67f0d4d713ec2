"""Whether what this process depends on answers, asked in parallel and remembered for a second."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Literal

from lea.clock import Clock
from lea.errors import LeaError
from lea.resilience.single_flight import SingleFlight

CHECK_TIMEOUT_S = 2.0

State = Literal["ok", "degraded", "down"]


class Gone(Exception):
    """A dependency cannot be used now; the message says why, to operators."""


@dataclass(frozen=True, slots=True)
class Check:
    """How to ask a dependency; without a `vital` one nothing works, without another something does.

    The answer is believed for `believed_s` seconds: some dependencies are other people's servers. What `impaired` says
    makes it `degraded`, and then nobody is asked.
    """

    ask: Callable[[], Awaitable[None]]
    vital: bool
    detail: str = ""
    believed_s: float = 1.0
    impaired: Callable[[], str | None] = lambda: None


@dataclass(frozen=True, slots=True)
class Found:
    """What one dependency said, and when (by the monotonic clock)."""

    status: State
    latency_ms: float
    detail: str
    at: float


class Health:
    """Asks every dependency, each within its own short time."""

    def __init__(self, checks: Mapping[str, Check], clock: Clock, flights: SingleFlight) -> None:
        self._checks = dict(checks)
        self._clock = clock
        self._flights = flights
        self._found: dict[str, Found] = {}
        self.leaving = False

    async def found(self, *, vital_only: bool = False) -> dict[str, Found]:
        """Every dependency by name, or those nothing works without."""
        names = [name for name, check in self._checks.items() if check.vital or not vital_only]
        impaired = {name: why for name in names if (why := self._checks[name].impaired()) is not None}
        asked = [name for name in names if name not in impaired]
        await asyncio.gather(*(self._flights.once(("health", name), partial(self._refresh, name)) for name in asked))
        return {name: self._now(name, impaired.get(name) or self._checks[name].impaired()) for name in names}

    def status(self, found: Mapping[str, Found]) -> State:
        """`down` if a vital dependency is, `degraded` if any is not ok."""
        if any(entry.status == "down" for name, entry in found.items() if self._checks[name].vital):
            return "down"
        return "ok" if all(entry.status == "ok" for entry in found.values()) else "degraded"

    def _now(self, name: str, impaired: str | None) -> Found:
        if impaired is None:
            return self._found[name]
        return Found("degraded", 0.0, impaired, self._clock.monotonic())

    async def _refresh(self, name: str) -> None:
        check, known = self._checks[name], self._found.get(name)
        if known is None or self._clock.monotonic() - known.at > check.believed_s:
            self._found[name] = await self._ask(check)

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
            status, detail = "down", error.reason
        except Gone as error:
            status, detail = "down", str(error)
        latency_ms = round((perf_counter() - start) * 1000, 3)
        return Found(status, latency_ms, detail, self._clock.monotonic())
