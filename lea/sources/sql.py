"""The source of a company that keeps its records in Léa's own database."""

from collections.abc import Collection

from lea.errors import NotFound
from lea.ids import CompanyId, UserId
from lea.sources.source import (
    OPEN_JOBS,
    OPEN_STATES,
    RECENT_FILES,
    FilesFound,
    FileSummary,
    JobsData,
    JobsMetrics,
    JobSummary,
    UserContext,
)
from lea.store import jobs, loading, records
from lea.store.engine import Store


class SqlSource:
    """Reads from the store; every method is one unit of work and raises what `Store.read` raises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def connection_mode(self, company_id: CompanyId) -> str:
        mode = await self._store.read(lambda connection: loading.connection_mode(connection, company_id))
        if mode is None:
            raise NotFound
        return mode

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        profile, files = await self._store.read(
            lambda connection: (
                loading.profile(connection, user_id, company_id),
                loading.newest_files(connection, company_id, RECENT_FILES),
            )
        )
        if profile is None:
            raise NotFound
        return UserContext(
            user_id=user_id,
            name=profile.name,
            email=profile.email,
            role=profile.role,
            language=profile.language,
            company_id=company_id,
            company_name=profile.company_name,
            connection_mode=profile.connection_mode,
            recent_files=tuple(_file(row) for row in files),
        )

    async def jobs(self, company_id: CompanyId) -> JobsData:
        rows = await self._store.read(
            lambda connection: loading.newest_jobs(connection, company_id, OPEN_STATES, OPEN_JOBS)
        )
        return JobsData(tuple(map(summary, rows)))

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        return JobsMetrics.of(await self._store.read(lambda connection: loading.count_jobs(connection, company_id)))

    async def files(
        self, company_id: CompanyId, *, kinds: Collection[str], stages: Collection[str], reference: str, limit: int
    ) -> FilesFound:
        """The newest files that fit and how many do; an empty field asks for nothing."""
        query = records.FileQuery(kinds, stages, reference)
        rows, total = await self._store.read(
            lambda connection: (
                records.recent_files(connection, company_id, limit, query),
                records.count_files(connection, company_id, query),
            )
        )
        return FilesFound(tuple(_file(row) for row in rows), total)


def summary(row: jobs.JobRow) -> JobSummary:
    """A job as sessions know it."""
    return JobSummary(
        id=row.id,
        department=row.department,
        state=row.state,
        title=row.title,
        updated_at=row.updated_at,
        source=row.source,
        created_at=row.created_at,
        amount_cents=row.amount_cents,
        currency=row.currency,
        due_at=row.due_at,
    )


def _file(row: records.TransactionRow) -> FileSummary:
    return FileSummary(row.reference, row.kind, row.stage, row.address, row.price_cents, row.currency, row.updated_at)
