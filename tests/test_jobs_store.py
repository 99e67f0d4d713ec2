"""The departments' jobs on both databases: made once, changed by version, found and counted."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from lea.config import Database
from lea.errors import BadRequest, Conflict, NotFound
from lea.ids import CompanyId
from lea.records import jobs as rules
from lea.store import directory, jobs, loading
from lea.store.engine import Store
from lea.store.jobs import JobFilter, JobRow
from lea.store.migrate import upgrade
from lea.store.tables import companies
from lea.tasks import TaskOwner
from tests.postgres import fresh_database

OURS, THEIRS = CompanyId("ours"), CompanyId("theirs")
NOW = 1_800_000_000.0
FIELDS = {"department": "bank", "title": "Rapprocher l'École", "state": "to_process"}


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "sqlite":
        async for opened in opened_at(f"sqlite+aiosqlite:///{tmp_path}/lea.db"):
            yield opened
    else:
        async with fresh_database() as url:
            async for opened in opened_at(url):
                yield opened


async def opened_at(url: str) -> AsyncIterator[Store]:
    tasks = TaskOwner()
    store = Store(Database(url=url), tasks)
    await store.prepare(upgrade)
    for company in (OURS, THEIRS):
        values = {"id": company, "name": f"Agence {company}", "connection_mode": "sql", "created_at": NOW}
        await store.write(
            partial(lambda connection, row: connection.execute(insert(companies).values(row)).close(), row=values)
        )
    yield store
    await store.aclose()
    await tasks.aclose()


async def made(
    store: Store, client_id: str | None = None, company: CompanyId = OURS, **fields: Any
) -> tuple[JobRow, bool]:
    return await store.write(lambda c: rules.create(c, company, FIELDS | fields, NOW, client_id))


async def changed(store: Store, name: str, fields: dict[str, Any], version: int, company: CompanyId = OURS) -> JobRow:
    return (await store.write(lambda c: rules.change(c, company, name, fields, NOW + 1, version=version)))[0]


async def test_a_job_is_read_as_it_was_made(store: Store) -> None:
    job, new = await made(store, amount_cents=-1250, due_at=NOW, details={"iban": "FR76", "n": [1, None]})
    assert new
    assert (job.source, job.version, job.currency) == ("lea", 1, "EUR")
    assert await store.read(lambda c: rules.get(c, OURS, job.id)) == job
    with pytest.raises(NotFound):
        await store.read(lambda c: rules.get(c, THEIRS, job.id))


async def test_the_same_id_with_the_same_fields_is_the_same_job_and_with_others_is_refused(store: Store) -> None:
    job, _ = await made(store, "mine")
    await changed(store, job.id, {"state": "done"}, 1)
    again, new = await made(store, "mine")
    assert (again.id, again.state, new) == (job.id, "done", False)
    with pytest.raises(Conflict, match="request_id_reused"):
        await made(store, "mine", title="Autre chose")
    theirs, new = await made(store, "mine", THEIRS, title="Autre chose")
    assert new
    assert theirs.id != job.id
    assert (await store.read(lambda c: rules.get(c, OURS, "mine"))).id == job.id


async def test_the_same_id_sent_at_once_makes_one_job(store: Store) -> None:
    results = await asyncio.gather(*(made(store, "mine") for _ in range(8)))
    assert len({job.id for job, _ in results}) == 1
    assert sum(new for _, new in results) == 1


async def test_a_change_counts_up_the_version_and_another_version_is_refused(store: Store) -> None:
    job, _ = await made(store, amount_cents=100, details={"a": 1})
    after = await changed(store, job.id, {"state": "pending", "amount_cents": None, "details": None}, 1)
    assert (after.version, after.state, after.currency, after.details) == (2, "pending", None, None)
    assert await store.read(lambda c: rules.get(c, OURS, job.id)) == after
    assert await changed(store, job.id, {"state": "pending"}, 2) == after
    with pytest.raises(Conflict, match="record_changed"):
        await changed(store, job.id, {"state": "done"}, 1)
    with pytest.raises(NotFound):
        await changed(store, job.id, {"state": "done"}, 2, THEIRS)
    with pytest.raises(BadRequest, match="currency_without_price"):
        await changed(store, job.id, {"currency": "EUR"}, 2)


async def test_a_job_of_a_package_is_its_owners(store: Store) -> None:
    row = JobRow("j1", "bank", "done", "x", NOW, NOW, source="ledger", external_id="42")
    await store.write(lambda c: jobs.insert_jobs(c, OURS, [row]))
    with pytest.raises(Conflict, match="job_read_only") as caught:
        await changed(store, "j1", {"state": "pending"}, 1)
    assert "ledger" in caught.value.detail("en")


async def test_pages_follow_each_other_without_gap_by_time_then_code_point(store: Store) -> None:
    names = ["a-1", "A_1", "B.2", "b2", "Z", "_0"]
    rows = [JobRow(name, "bank", "pending", f"Tâche {name}", NOW, NOW) for name in names]
    await store.write(lambda c: jobs.insert_jobs(c, OURS, rows))
    seen: list[str] = []
    before = None
    while page := await store.read(partial(jobs.search, company_id=OURS, chosen=JobFilter(), limit=2, before=before)):
        seen += [job.id for job in page]
        before = (page[-1].updated_at, page[-1].id)
    assert seen == sorted(names, reverse=True)


async def test_words_department_and_state_choose_and_everything_is_counted(store: Store) -> None:
    await made(store)
    await made(store, title="Autre", department="router", state="failed")
    await made(store, company=THEIRS)

    async def found(chosen: JobFilter) -> tuple[list[str], int]:
        rows = await store.read(lambda c: jobs.search(c, OURS, chosen, 10))
        return [row.title for row in rows], await store.read(lambda c: jobs.count(c, OURS, chosen))

    assert await found(JobFilter(("ecole", "RAPPROCHER"))) == (["Rapprocher l'École"], 1)
    assert await found(JobFilter(("100%",))) == ([], 0)
    assert await found(JobFilter(department="router")) == (["Autre"], 1)
    assert await found(JobFilter(states=("failed", "done"))) == (["Autre"], 1)
    counted = await store.read(lambda c: loading.count_jobs(c, OURS))
    assert counted == [("bank", "to_process", 1), ("router", "failed", 1)]


async def test_a_company_is_known_by_its_id_and_by_a_name_that_is_its_own(store: Store) -> None:
    async def called(name: str) -> CompanyId | None:
        return await store.read(lambda c: directory.company_called(c, name))

    assert (await called("ours"), await called("Agence ours"), await called("Agence")) == (OURS, OURS, None)
    for other in ("x1", "x2"):
        row = {
            "id": other,
            "name": "Agence ours" if other == "x1" else "ours",
            "connection_mode": "sql",
            "created_at": NOW,
        }
        await store.write(
            partial(lambda connection, row: connection.execute(insert(companies).values(row)).close(), row=row)
        )
    assert (await called("ours"), await called("Agence ours")) == (OURS, None)
