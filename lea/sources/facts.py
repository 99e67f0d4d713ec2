"""Everything the offline engine asks about, from where it is: the company's source, and Léa's own database."""

from collections.abc import Collection, Sequence

from lea.ids import CompanyId, UserId
from lea.sources.source import FilesFound, JobsMetrics, Source, UserContext
from lea.sources.sql import SqlSource
from lea.store import threads
from lea.store.engine import Store


class CompanyFacts:
    """Profile and jobs come from `source`; conversations and files are always Léa's own."""

    def __init__(self, source: Source, store: Store) -> None:
        self._source = source
        self._store = store
        self._records = SqlSource(store)

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        """See Source."""
        return await self._source.user_context(user_id, company_id)

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        """See Source."""
        return await self._source.jobs_metrics(company_id)

    async def recent_threads(self, user_id: UserId, limit: int) -> Sequence[threads.ThreadRow]:
        """The user's conversations, newest first; the one the question is asked in is among them."""
        return await self._store.read(lambda connection: threads.page(connection, user_id, limit))

    async def files(
        self, company_id: CompanyId, *, kinds: Collection[str], stages: Collection[str], reference: str, limit: int
    ) -> FilesFound:
        """See SqlSource."""
        return await self._records.files(company_id, kinds=kinds, stages=stages, reference=reference, limit=limit)
