"""A circuit breaker: what fails too often is not asked for a while, then by one call first.

Synchronous, on a clock that tests move. Each call has one admission, settled once; cancelled calls count for nothing.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import structlog

from lea.clock import Clock
from lea.config import DependencySettings
from lea.errors import CircuitOpen
from lea.metrics import BREAKER_STATE, BREAKER_TRANSITIONS

BreakerState = Literal["closed", "half_open", "open"]
Verdict = Literal["success", "failure", "neutral"]

LEVELS: Final[dict[BreakerState, int]] = {"closed": 0, "half_open": 1, "open": 2}
EVENTS: Final[dict[BreakerState, str]] = {
    "closed": "breaker.closed",
    "half_open": "breaker.half_opened",
    "open": "breaker.opened",
}
MOST_CALLS: Final = 1000
"""Most calls looked back at: the newest of the window."""
PROBING_S: Final = 1.0
"""When to come back while the one call that tries is still under way."""

log = structlog.get_logger()


class Probing(CircuitOpen):
    """Refused only until the one call that tries has ended."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What operators see. `since` is epoch seconds; `next_probe_s` None while calls pass."""

    name: str
    state: BreakerState
    since: float
    calls: int
    failures: int
    slow: int
    last_error: str | None
    next_probe_s: float | None


class Admission:
    """One call that was let through; whoever has it settles it, and only the first word counts."""

    __slots__ = ("_begun", "_breaker", "_epoch", "_first_after", "settled")

    def __init__(self, breaker: "Breaker", epoch: int, begun: float) -> None:
        self._breaker = breaker
        self._epoch = epoch
        self._begun = begun
        self._first_after: float | None = None
        self.settled = False

    def responded(self) -> None:
        """The first of the answer is here: that long it took."""
        if self._first_after is None:
            self._first_after = self._breaker.now() - self._begun

    def settle(self, verdict: Verdict, reason: str | None = None) -> bool:
        """How the call ended; whether this was the first word on it. Neutral is as if it had never been made."""
        if self.settled:
            return False
        self.settled = True
        if verdict != "neutral":
            self.responded()
        self._breaker.settle(self._epoch, verdict, self._first_after or 0.0, reason)
        return True


class Breaker:
    """Closed, open or half open; `on_change` hears of every change of state."""

    def __init__(
        self,
        name: str,
        settings: DependencySettings,
        clock: Clock,
        on_change: Callable[[Looked], None] = lambda _: None,
    ) -> None:
        self.name = name
        self.state: BreakerState = "closed"
        self._settings = settings
        self._clock = clock
        self._on_change = on_change
        self._calls: deque[tuple[float, bool, bool]] = deque()
        self._failures = self._slow = 0
        self._epoch = 0
        self._since = clock.now()
        self._opened_at = 0.0
        self._probing = False
        self._last_error: str | None = None
        BREAKER_STATE.labels(name).set(0)

    def now(self) -> float:
        return self._clock.monotonic()

    def refused_for(self) -> float | None:
        """Seconds until asking has a chance; None if it has one now."""
        if self.state == "half_open" and self._probing:
            return PROBING_S
        if self.state != "open":
            return None
        left = self._opened_at + self._settings.breaker_open_for - self.now()
        return left if left > 0 else None

    def check(self) -> None:
        """Raises CircuitOpen where `admit` would; changes nothing."""
        left = self.refused_for()
        if left is not None:
            kind = Probing if self.state == "half_open" else CircuitOpen
            raise kind(retry_after_s=round(left, 3))

    def admit(self) -> Admission:
        """Let a call through; half open exactly one at a time. Raises CircuitOpen, at once."""
        self.check()
        if self.state == "open":
            self._become("half_open", "time to try again")
        self._probing = self.state == "half_open"
        return Admission(self, self._epoch, self.now())

    def settle(self, epoch: int, verdict: Verdict, first_after_s: float, reason: str | None) -> None:
        """For Admission. A call that was let through before the state changed says nothing about now."""
        if epoch != self._epoch:
            return
        slow_after = self._settings.breaker_slow_after
        slow = bool(slow_after) and first_after_s > slow_after
        if verdict == "failure":
            self._last_error = reason
        if self.state == "half_open":
            self._probing = False
            if verdict == "failure" or (verdict == "success" and slow):
                self._become("open", reason or "still slow")
            elif verdict == "success":
                self._become("closed", "a call came through")
        elif verdict != "neutral":
            self._count(verdict == "failure", slow)

    def reset(self) -> None:
        """An operator knows better: closed, and nothing is held against it."""
        self._become("closed", "reset")

    def look(self) -> Looked:
        """The state now."""
        self._forget_old()
        left = None if self.state == "closed" else self.refused_for() or 0.0
        return Looked(
            self.name,
            self.state,
            self._since,
            len(self._calls),
            self._failures,
            self._slow,
            self._last_error,
            None if left is None else round(left, 3),
        )

    def _count(self, failed: bool, slow: bool) -> None:
        self._calls.append((self.now(), failed, slow))
        self._failures += failed
        self._slow += slow
        self._forget_old()
        calls, settings = len(self._calls), self._settings
        if calls < settings.breaker_minimum:
            return
        if self._failures >= calls * settings.breaker_failure_rate:
            self._become("open", "too many failures")
        elif self._slow >= calls * settings.breaker_slow_rate:
            self._become("open", "too slow")

    def _forget_old(self) -> None:
        oldest = self.now() - self._settings.breaker_window
        while self._calls and (self._calls[0][0] <= oldest or len(self._calls) > MOST_CALLS):
            _, failed, slow = self._calls.popleft()
            self._failures -= failed
            self._slow -= slow

    def _become(self, state: BreakerState, reason: str) -> None:
        """What the window held is told and kept while open, for operators, and forgotten on closing."""
        said = self.look()
        self.state = state
        self._epoch += 1
        self._probing = False
        self._since = self._clock.now()
        if state == "open":
            self._opened_at = self.now()
        if state == "closed":
            self._calls.clear()
            self._failures = self._slow = 0
        BREAKER_STATE.labels(self.name).set(LEVELS[state])
        BREAKER_TRANSITIONS.labels(self.name, state).inc()
        tell = log.warning if state == "open" else log.info
        counts = {"calls": said.calls, "failures": said.failures, "slow": said.slow}
        tell(EVENTS[state], dependency=self.name, reason=reason, last_error=self._last_error, **counts)
        self._on_change(self.look())
