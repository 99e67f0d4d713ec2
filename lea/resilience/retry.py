"""Asking again: when, how often, and when never.

Whoever makes a call owns its retries, and only while repeating is safe; no client below retries by itself.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Final, TypeVar

from lea.config import DependencySettings
from lea.errors import CircuitOpen, ExternalTimeout, LeaError, Overloaded
from lea.metrics import DEPENDENCY_RETRIES

T = TypeVar("T")
Jitter = Callable[[float, float], float]
"""Draws a pause between two bounds, in seconds."""

RESERVE: Final = 10.0
"""Retries there is always room for after a quiet time, and the most that can be saved up."""
FINAL: Final = (ExternalTimeout, CircuitOpen, Overloaded)
"""Waited long enough already, or refused by us: asking again at once would only add to the load."""


class RetryBudget:
    """Retries may be a share of all calls: in an outage the other side gets little more than its usual load."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._tokens = RESERVE

    def deposit(self) -> None:
        """A call was begun."""
        self._tokens = min(RESERVE, self._tokens + self._share)

    def take(self) -> bool:
        """Whether there may be one more retry."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Retries:
    """The retries of one dependency."""

    def __init__(self, name: str, settings: DependencySettings, jitter: Jitter = random.uniform) -> None:
        self.attempts = settings.retries + 1
        self._name = name
        self._settings = settings
        self._jitter = jitter
        self._budget = RetryBudget(settings.retry_budget)

    async def run(
        self,
        attempt: Callable[[], Awaitable[T]],
        deadline: float,
        on_failure: Callable[[LeaError, int, float | None], None] = lambda *_: None,
        refusing: Callable[[], bool] = lambda: False,
    ) -> T:
        """What `attempt` brings, tried 1 + `retries` times before `deadline` (of the loop's clock).

        `on_failure(error, attempt, pause)` is told of each failure, pause None where it is the last; while `refusing`
        there is no next one.
        """
        self._budget.deposit()
        for number in count(1):
            try:
                return await attempt()
            except LeaError as error:
                pause = None if refusing() else self._pause(number, error, deadline)
                on_failure(error, number, pause)
                if pause is None:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError

    def _pause(self, attempt: int, error: LeaError, deadline: float) -> float | None:
        """Seconds until the next attempt; None if there is to be none."""
        asked = error.retry_after_s or 0.0
        if attempt >= self.attempts or not error.retryable or isinstance(error, FINAL):
            return None
        if asked > self._settings.retry_cap:
            return None
        pause = self._jitter(0, self._settings.retry_pause * 2 ** (attempt - 1)) + asked
        if asyncio.get_running_loop().time() + pause >= deadline:
            return None
        allowed = self._budget.take()
        DEPENDENCY_RETRIES.labels(self._name, "made" if allowed else "over_budget").inc()
        return pause if allowed else None
