"""The SQL source: what belongs to a company, bounded, and nothing of another one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from lea.config import Database
from lea.errors import NotFound
from lea.ids import CompanyId, UserId
from lea.sources.source import DEPARTMENTS, OPEN_JOBS, STATES, JobsMetrics, Source
from lea.sources.sql import SqlSource
from lea.store.engine import Store
from lea.store.jobs import JobRow, insert_jobs
from lea.store.records import TransactionRow, insert_transactions
from lea.store.schema import metadata
from lea.store.tables import companies, users
from lea.tasks import TaskOwner

OURS, THEIRS = CompanyId("ours"), CompanyId("theirs")
CLAIRE = UserId("claire")


def people(connection: Connection) -> None:
    metadata.create_all(connection)
    for company in (OURS, THEIRS):
        values = {"id": company, "name": f"Agence {company}", "connection_mode": "sql", "created_at": 0.0}
        connection.execute(insert(companies).values(values))
    claire = {"name": "Claire Morel", "email": "claire@agence.example", "role": "admin", "language": "fr"}
    connection.execute(insert(users).values(id=CLAIRE, company_id=OURS, created_at=0.0, **claire))


def file(number: int, company: CompanyId = OURS, kind: str = "sale", stage: str = "offer") -> TransactionRow:
    moment = float(number)
    return TransactionRow(
        f"{company}-{number}", f"T-{number}", kind, stage, "1 rue du Port", 100_00, "EUR", moment, moment
    )


def job(number: int, state: str, department: str = "bank", company: CompanyId = OURS) -> JobRow:
    moment = float(number)
    return JobRow(f"{company}-{department}-{number}", department, state, f"Relevé {number}", moment, moment)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    tasks = TaskOwner()
    store = Store(Database(url=f"sqlite+aiosqlite:///{tmp_path / 'lea.db'}"), tasks)
    await store.write(people)
    yield store
    await store.aclose()
    await tasks.aclose()


@pytest.fixture
def source(store: Store) -> Source:
    return SqlSource(store)


async def test_the_context_holds_the_profile_and_the_twenty_newest_files(store: Store, source: Source) -> None:
    await store.write(lambda connection: insert_transactions(connection, OURS, map(file, range(25))))
    await store.write(lambda connection: insert_transactions(connection, THEIRS, [file(99, THEIRS)]))
    context = await source.user_context(CLAIRE, OURS)
    assert (context.name, context.role, context.language) == ("Claire Morel", "admin", "fr")
    assert (context.company_id, context.company_name, context.connection_mode) == (OURS, "Agence ours", "sql")
    assert [found.reference for found in context.recent_files] == [f"T-{n}" for n in range(24, 4, -1)]


async def test_a_user_of_another_company_is_not_found(source: Source) -> None:
    with pytest.raises(NotFound):
        await source.user_context(CLAIRE, THEIRS)
    with pytest.raises(NotFound):
        await source.user_context(UserId("nobody"), OURS)


async def test_an_unknown_company_has_no_connection_mode(source: Source) -> None:
    assert await source.connection_mode(OURS) == "sql"
    with pytest.raises(NotFound):
        await source.connection_mode(CompanyId("nobody"))


async def test_jobs_are_the_open_ones_newest_first_and_bounded(store: Store, source: Source) -> None:
    rows = [job(number, STATES[number % len(STATES)]) for number in range(500)]
    await store.write(lambda connection: insert_jobs(connection, OURS, rows))
    await store.write(lambda connection: insert_jobs(connection, THEIRS, [job(1000, "pending", company=THEIRS)]))
    jobs = (await source.jobs(OURS)).jobs
    assert len(jobs) == OPEN_JOBS
    assert [found.updated_at for found in jobs] == sorted((found.updated_at for found in jobs), reverse=True)
    assert {found.state for found in jobs} == {"to_process", "in_process", "pending"}
    assert jobs[0].title == "Relevé 497"


async def test_metrics_count_every_job_and_name_what_is_zero(store: Store, source: Source) -> None:
    assert await source.jobs_metrics(OURS) == JobsMetrics.of([])
    rows = [job(1, "done"), job(2, "done"), job(3, "failed", "router")]
    await store.write(lambda connection: insert_jobs(connection, OURS, rows))
    await store.write(lambda connection: insert_jobs(connection, THEIRS, [job(4, "done", company=THEIRS)]))
    metrics = await source.jobs_metrics(OURS)
    assert metrics.total == 3
    assert metrics.wire() == {
        "departments": {
            "apbookkeeper": dict.fromkeys(STATES, 0),
            "router": {**dict.fromkeys(STATES, 0), "failed": 1},
            "bank": {**dict.fromkeys(STATES, 0), "done": 2},
        },
        "total": 3,
    }


def test_metrics_keep_what_a_foreign_source_adds() -> None:
    metrics = JobsMetrics.of([("legal", "on_hold", 2), ("legal", "on_hold", 1)])
    assert list(metrics.counts) == [*DEPARTMENTS, "legal"]
    assert metrics.counts["legal"]["on_hold"] == metrics.total == 3


async def test_files_are_chosen_by_kind_stage_and_reference_and_all_counted(store: Store) -> None:
    rows = [file(1, kind="rental"), file(2), file(3, stage="closed"), file(4)]
    await store.write(lambda connection: insert_transactions(connection, OURS, rows))
    await store.write(lambda connection: insert_transactions(connection, THEIRS, [file(5, THEIRS)]))
    source = SqlSource(store)
    found = await source.files(OURS, kinds=["sale"], stages=["offer"], reference="", limit=1)
    assert ([file.reference for file in found.files], found.total) == (["T-4"], 2)
    everything = await source.files(OURS, kinds=(), stages=(), reference="", limit=20)
    assert [file.reference for file in everything.files] == ["T-4", "T-3", "T-2", "T-1"]
    assert (await source.files(OURS, kinds=(), stages=(), reference="T-3", limit=1)).total == 1
    assert (await source.files(OURS, kinds=(), stages=(), reference="T-5", limit=1)).files == ()
