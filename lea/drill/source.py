"""The source everybody reads; while a drill runs, its company may find it slow or failing."""

import asyncio
from typing import Final

from lea.drill.target import Target
from lea.errors import ExternalUnavailable
from lea.ids import CompanyId, UserId
from lea.sources.source import JobsData, JobsMetrics, Source, UserContext

SLOW_S: Final = 2.0


class DrillSource:
    """A Source that passes everything on; it stands outside of the source's circuit breaker, which is everybody's."""

    def __init__(self, source: Source, target: Target) -> None:
        self._source = source
        self._target = target

    async def connection_mode(self, company_id: CompanyId) -> str:
        await self._meet(company_id)
        return await self._source.connection_mode(company_id)

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        await self._meet(company_id)
        return await self._source.user_context(user_id, company_id)

    async def jobs(self, company_id: CompanyId) -> JobsData:
        await self._meet(company_id)
        return await self._source.jobs(company_id)

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        await self._meet(company_id)
        return await self._source.jobs_metrics(company_id)

    async def _meet(self, company_id: CompanyId) -> None:
        if self._target.company_id is None:
            return
        if self._target.strikes(company_id, "source_failing"):
            raise ExternalUnavailable
        if self._target.strikes(company_id, "source_slow"):
            await asyncio.sleep(SLOW_S)
