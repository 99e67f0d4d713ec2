"""Any source behind its dependency: while its circuit is open, a session is made ready without it at once."""

from lea.ids import CompanyId, UserId
from lea.resilience.dependency import Dependency
from lea.sources.source import JobsData, JobsMetrics, Source, UserContext


class GuardedSource:
    """A Source whose calls are bounded; raises CircuitOpen, Overloaded and ExternalTimeout besides what it does.

    Reading is safe to repeat, so a source may be given `retries`; it has none unless it is set.
    """

    def __init__(self, source: Source, dependency: Dependency) -> None:
        self._source = source
        self._dependency = dependency

    async def connection_mode(self, company_id: CompanyId) -> str:
        return await self._dependency.run(lambda: self._source.connection_mode(company_id), again=True)

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        return await self._dependency.run(lambda: self._source.user_context(user_id, company_id), again=True)

    async def jobs(self, company_id: CompanyId) -> JobsData:
        return await self._dependency.run(lambda: self._source.jobs(company_id), again=True)

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        return await self._dependency.run(lambda: self._source.jobs_metrics(company_id), again=True)
