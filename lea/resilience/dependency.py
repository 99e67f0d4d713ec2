"""The one way out: whatever is called outside of this process is called through a dependency with a name.

It bounds how many calls run and wait, paces them, keeps a circuit breaker, and owns the retries.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import structlog
from aiolimiter import AsyncLimiter

from lea.clock import Clock
from lea.config import DependencySettings
from lea.errors import (
    CircuitOpen,
    DatabaseFull,
    DatabaseTimeout,
    DatabaseUnavailable,
    ExternalTimeout,
    ExternalUnavailable,
    InternalError,
    LeaError,
    NetworkError,
    Overloaded,
)
from lea.metrics import DEPENDENCY_CALLS, DEPENDENCY_WAITING
from lea.resilience.breaker import Admission, Breaker, Looked, Verdict
from lea.resilience.retry import Jitter, Retries

T = TypeVar("T")
OnChange = Callable[[Looked], None]

FAILURES: Final = (
    ExternalTimeout,
    ExternalUnavailable,
    NetworkError,
    DatabaseTimeout,
    DatabaseUnavailable,
    DatabaseFull,
    InternalError,
)
BUSY: Final = "model_busy"

log = structlog.get_logger()


def verdict(error: BaseException) -> Verdict:
    """What an error says about the health of the other side.

    429 is a failure: it cannot serve us now, and asking on makes that worse. Any other refusal is an answer, so the
    other side works. What never reached it, and a call that was cancelled, say nothing.
    """
    match error:
        case CircuitOpen() | Overloaded():
            return "neutral"
        case LeaError():
            return "failure" if isinstance(error, FAILURES) or error.reason == BUSY else "success"
        case Exception():
            return "failure"
        case _:
            return "neutral"


class Call:
    """One call under way; unless somebody says how it went, it says nothing about the other side."""

    def __init__(self, name: str, admission: Admission) -> None:
        self._name = name
        self._admission = admission

    def responded(self) -> None:
        """The first of the answer is here."""
        self._admission.responded()

    def succeeded(self) -> None:
        self.settle("success")

    def failed(self, error: BaseException) -> None:
        """It ended with this; see `verdict`."""
        self.settle(verdict(error), error.reason if isinstance(error, LeaError) else type(error).__name__)

    def settle(self, how: Verdict, reason: str | None = None) -> None:
        """The first word counts."""
        if self._admission.settle(how, reason):
            DEPENDENCY_CALLS.labels(self._name, how).inc()


class Dependency:
    """Something outside of this process, by its name; bound to one event loop."""

    def __init__(
        self,
        name: str,
        settings: DependencySettings,
        clock: Clock,
        *,
        on_change: OnChange = lambda _: None,
        jitter: Jitter = random.uniform,
    ) -> None:
        self.name = name
        self.settings = settings
        self.breaker = Breaker(name, settings, clock, on_change)
        self.retries = Retries(name, settings, jitter)
        self._places = asyncio.Semaphore(settings.concurrency)
        self._waiting = 0
        pace = settings.pace_per_minute / 60
        self._pace = AsyncLimiter(max(1.0, pace), max(1.0, 1 / pace)) if pace else None

    @property
    def refusing(self) -> bool:
        """Whether a call would be refused by the circuit breaker."""
        return self.breaker.refused_for() is not None

    def impaired(self) -> str | None:
        """For `/health`: why not every call gets through; None while all do."""
        looked = self.breaker.look()
        if looked.state == "closed":
            return None
        what = "circuit open" if looked.state == "open" else "circuit half open"
        return f"{what} after {looked.last_error or 'slow answers'}, next try in {looked.next_probe_s or 0:.0f} s"

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[Call]:
        """Hold a place for one call.

        Raises CircuitOpen at once, and Overloaded where too many wait or the wait is too long.
        """
        try:
            self.breaker.check()
            await self._get_place()
        except (CircuitOpen, Overloaded) as error:
            DEPENDENCY_CALLS.labels(self.name, "refused" if isinstance(error, CircuitOpen) else "full").inc()
            raise
        try:
            call = Call(self.name, self._admitted())
            try:
                yield call
            finally:
                call.settle("neutral")
        finally:
            self._places.release()

    async def run(self, work: Callable[[], Awaitable[T]], *, again: bool = False) -> T:
        """One whole call within `read_timeout`, asked for again where `again` says that repeating is safe.

        Raises what `calling` does, ExternalTimeout, and whatever `work` raises.
        """
        if not again:
            return await self._once(work)
        loop = asyncio.get_running_loop()
        limit = self.settings.read_timeout or float("inf")
        deadline = loop.time() + limit * self.retries.attempts
        return await self.retries.run(lambda: self._once(work), deadline, self._failed, lambda: self.refusing)

    async def _once(self, work: Callable[[], Awaitable[T]]) -> T:
        async with self.calling() as call:
            try:
                async with asyncio.timeout(self.settings.read_timeout or None):
                    result = await work()
            except TimeoutError:
                late = ExternalTimeout()
                call.failed(late)
                raise late from None
            except Exception as error:
                call.failed(error)
                raise
            call.succeeded()
            return result

    def _admitted(self) -> Admission:
        try:
            return self.breaker.admit()
        except CircuitOpen:  # opened while this call waited for its place
            DEPENDENCY_CALLS.labels(self.name, "refused").inc()
            raise

    async def _get_place(self) -> None:
        if self._pace is None and not self._places.locked():
            await self._places.acquire()  # free, so it does not wait
            return
        if self._waiting >= self.settings.waiting:
            raise Overloaded
        self._waiting += 1
        DEPENDENCY_WAITING.labels(self.name).inc()
        try:
            async with asyncio.timeout(self.settings.waiting_timeout):
                if self._pace is not None:
                    await self._pace.acquire()
                await self._places.acquire()
        except TimeoutError:
            raise Overloaded from None
        finally:
            self._waiting -= 1
            DEPENDENCY_WAITING.labels(self.name).dec()

    def _failed(self, error: LeaError, attempt: int, pause: float | None) -> None:
        if not isinstance(error, CircuitOpen):
            log.warning(
                "dependency.attempt_failed",
                dependency=self.name,
                reason=error.reason,
                attempt=attempt,
                attempts=self.retries.attempts,
                next_in_s=pause,
            )


class Dependencies:
    """All of this process, each made when it is first asked for."""

    def __init__(
        self,
        settings: Mapping[str, DependencySettings],
        clock: Clock,
        on_change: OnChange = lambda _: None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._on_change = on_change
        self._made: dict[str, Dependency] = {}

    def __iter__(self) -> Iterator[Dependency]:
        return iter(list(self._made.values()))

    def find(self, name: str) -> Dependency | None:
        """The one of that name, if anybody uses it."""
        return self._made.get(name)

    def get(self, name: str) -> Dependency:
        """The one of that name; without settings of its own it has the defaults."""
        known = self._made.get(name)
        if known is None:
            settings = self._settings.get(name) or DependencySettings()
            known = self._made[name] = Dependency(name, settings, self._clock, on_change=self._on_change)
        return known
