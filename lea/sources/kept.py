"""What was read of another system lately, and how to tell that it is old: nobody waits long for a slow one.

A reading is under way at most once. While the last one failed nobody waits at all: the old jobs are given, or none,
and it is tried again behind everybody's back.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from lea.clock import Clock
from lea.errors import ExternalTimeout, LeaError
from lea.metrics import CACHE_REQUESTS
from lea.resilience.single_flight import SingleFlight
from lea.sources.foreign import Counted, Foreign, Loaded
from lea.sources.source import JobSummary, SourceState

AGAIN_S: Final = 5.0
"""How long after a failure it is not tried again."""
NEWER_S: Final = 1.0
"""How long a caller who could have old jobs waits for new ones."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """The jobs of one source, and how it is doing; without jobs where it is down."""

    state: SourceState
    jobs: tuple[JobSummary, ...] = ()
    counts: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """Seconds: for how long jobs are fresh, for how long more they are given, and how long reading them may take."""

    fresh_s: float
    stale_s: float
    timeout_s: float
    patience_s: float
    """How long a caller waits where there is nothing to give."""


class Kept:
    """One system's jobs."""

    def __init__(self, foreign: Foreign, terms: Terms, clock: Clock, flights: SingleFlight) -> None:
        self._foreign = foreign
        self._terms = terms
        self._clock = clock
        self._flights = flights
        self._loaded: Loaded | None = None
        self._at = self._as_of = float("-inf")
        self._failed_at = float("-inf")
        self._error: str | None = None

    @property
    def name(self) -> str:
        return self._foreign.name

    def impaired(self) -> str | None:
        """For `/health`: why the jobs cannot be read; None as long as they can, or nobody has asked."""
        return None if self._error is None else f"jobs not read: {self._error}"

    async def look(self) -> None:
        """Have been asked for once, for `/health`."""
        if self._loaded is None and self._error is None:
            await self.part()

    async def part(self) -> Part:
        """What is known, read anew where it is old. Raises nothing."""
        if self._age > self._terms.fresh_s and self._clock.monotonic() - self._failed_at > AGAIN_S:
            await self._read_anew()
        age = self._age
        outcome = "hit" if age <= self._terms.fresh_s else "stale" if self._usable else "absent"
        CACHE_REQUESTS.labels(f"jobs_{self.name}", outcome).inc()
        if self._loaded is None or not self._usable:
            return Part(SourceState(self.name, "down", None, self._error or ExternalTimeout.default_code))
        fresh = age <= self._terms.fresh_s
        state = SourceState(self.name, "ok" if fresh else "stale", self._as_of, self._error)
        return Part(state, self._loaded.jobs, self._loaded.counts)

    async def aclose(self) -> None:
        """Close the system's connections."""
        await self._foreign.aclose()

    @property
    def _age(self) -> float:
        return self._clock.monotonic() - self._at

    @property
    def _usable(self) -> bool:
        return self._age <= self._terms.fresh_s + self._terms.stale_s

    async def _read_anew(self) -> None:
        flight = ("jobs", self.name)
        if self._error is not None:
            self._flights.start(flight, self._read)
            return
        try:
            async with asyncio.timeout(NEWER_S if self._usable else self._terms.patience_s):
                await self._flights.once(flight, self._read)
        except TimeoutError:
            return

    async def _read(self) -> None:
        began, as_of = self._clock.monotonic(), self._clock.now()
        try:
            async with asyncio.timeout(self._terms.timeout_s):
                loaded = await self._foreign.load()
        except TimeoutError:
            self._fail(ExternalTimeout.default_code)
        except LeaError as error:
            self._fail(error.reason)
        except Exception:  # what it sent made a mistake of ours visible: that is its name's trouble, not the callers'
            log.exception("jobs.source_crashed", source=self.name)
            self._fail("source_garbled")
        else:
            self._loaded, self._at, self._as_of, self._error = loaded, began, as_of, None

    def _fail(self, reason: str) -> None:
        self._failed_at = self._clock.monotonic()
        self._error = reason
        log.warning("jobs.not_read", source=self.name, reason=reason)
