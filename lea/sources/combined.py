"""A company's jobs from everywhere: Léa's own, and those of the systems it is connected to.

A system that is slow or gone is named, and its jobs are missing or old; what Léa has herself is always there.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from lea.clock import Clock
from lea.ids import CompanyId, UserId
from lea.resilience.cache import LookupCache
from lea.resilience.single_flight import SingleFlight
from lea.sources.foreign import newest
from lea.sources.kept import Kept, Part
from lea.sources.source import (
    OPEN_JOBS,
    OPEN_STATES,
    JobsData,
    JobsMetrics,
    Source,
    SourceState,
    UserContext,
)
from lea.sources.sql import summary
from lea.store import directory, loading
from lea.store.engine import Store

OWN: Final = "lea"
COMPANY_S: Final = 300.0
"""How long a company's name is believed to be its own."""


class ForeignJobs:
    """The systems that are configured, each for the one company it belongs to: named by its id or, as long as no other
    has that name, by its name."""

    def __init__(self, store: Store, systems: Sequence[tuple[str, Kept]], clock: Clock, flights: SingleFlight) -> None:
        self._store = store
        self._systems = tuple(systems)
        self._companies: LookupCache[CompanyId] = LookupCache(
            "source_companies", clock, flights, size=100, ttl_s=COMPANY_S
        )

    def __iter__(self) -> Iterator[Kept]:
        return iter([kept for _, kept in self._systems])

    async def of(self, company_id: CompanyId) -> tuple[Part, ...]:
        """The parts of this company's systems. Raises what reading the store raises."""
        own = [kept for name, kept in self._systems if await self._company(name) == company_id]
        return tuple(await asyncio.gather(*(kept.part() for kept in own)))

    async def aclose(self) -> None:
        """Close the systems' connections."""
        for _, kept in self._systems:
            await kept.aclose()

    async def _company(self, name: str) -> CompanyId | None:
        return await self._companies.get(
            name, lambda: self._store.read(lambda connection: directory.company_called(connection, name))
        )


async def jobs_over(store: Store, foreign: ForeignJobs, company_id: CompanyId, state: str, limit: int) -> JobsData:
    """The jobs of a state in which nobody has to do anything any more, newest first."""
    rows, parts = await asyncio.gather(
        store.read(lambda connection: loading.newest_jobs(connection, company_id, (state,), limit)),
        foreign.of(company_id),
    )
    there = [job for part in parts for job in part.jobs if job.state == state]
    return JobsData(newest([*map(summary, rows), *there])[:limit], tuple(part.state for part in parts))


def own_state(clock: Clock) -> SourceState:
    """Of what has just been read of Léa's own."""
    return SourceState(OWN, "ok", clock.now())


class CombinedSource:
    """A Source whose jobs are everybody's; the rest is `own`'s."""

    def __init__(self, own: Source, foreign: ForeignJobs, clock: Clock) -> None:
        self._own = own
        self._foreign = foreign
        self._clock = clock

    async def connection_mode(self, company_id: CompanyId) -> str:
        return await self._own.connection_mode(company_id)

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        return await self._own.user_context(user_id, company_id)

    async def jobs(self, company_id: CompanyId) -> JobsData:
        own, parts = await asyncio.gather(self._own.jobs(company_id), self._foreign.of(company_id))
        there = [job for part in parts for job in part.jobs if job.state in OPEN_STATES]
        return JobsData(newest([*own.jobs, *there])[:OPEN_JOBS], self._states(own.sources, parts))

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        own, parts = await asyncio.gather(self._own.jobs_metrics(company_id), self._foreign.of(company_id))
        counted = [(name, state, count) for name, states in own.counts.items() for state, count in states.items()]
        counted += [one for part in parts for one in part.counts]
        return replace(JobsMetrics.of(counted), sources=self._states(own.sources, parts))

    def _states(self, own: tuple[SourceState, ...], parts: Sequence[Part]) -> tuple[SourceState, ...]:
        return (*(own or (own_state(self._clock),)), *(part.state for part in parts))
