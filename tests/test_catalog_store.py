"""Articles and rejects on both databases: saved twice they are the same."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from lea.config import Database
from lea.ids import CompanyId
from lea.store import catalog
from lea.store.catalog import Found
from lea.store.engine import Store
from lea.store.migrate import upgrade
from lea.store.tables import companies
from lea.tasks import TaskOwner
from tests.postgres import fresh_database

OURS = CompanyId("c1")
NOW = 1_800_000_000.0


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
    company = {"id": OURS, "name": "Agence", "connection_mode": "sql", "created_at": NOW}
    await store.write(lambda connection: connection.execute(insert(companies).values(company)).close())
    yield store
    await store.aclose()
    await tasks.aclose()


def article(reference: str, **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("dimensions", "material", "colour", "category", "supplier_text"))
    return {
        "id": f"it_{reference}", "company_id": OURS, "import_id": "im_1", "run_id": "run_1", "line": 2,
        "reference": reference, "name": "Chaise", "price_cents": 100, "currency": "EUR", **empty, "version": 1,
        "created_at": NOW, "updated_at": NOW, **values,
    }  # fmt: skip


async def test_articles_saved_again_change_only_where_they_differ(store: Store) -> None:
    await store.write(lambda c: catalog.put_items(c, [article("A"), article("B", colour="Écru")]))
    again = {"id": "it_x", "run_id": "run_2", "updated_at": NOW + 1}
    await store.write(lambda c: catalog.put_items(c, [article("A", **again), article("B", **again)]))
    rows = {row.reference: row for row in await store.read(lambda c: catalog.by_reference(c, OURS, "", 10))}
    assert [(one, rows[one].id, rows[one].version, rows[one].run_id) for one in "AB"] == [
        ("A", "it_A", 1, "run_1"), ("B", "it_B", 2, "run_2")
    ]  # fmt: skip
    assert rows["B"].colour is None


async def test_articles_are_found_by_words_of_several_columns(store: Store) -> None:
    rows = [article("A", name="Chaise Éole", colour="Écru"), article("B", category="Tables")]
    await store.write(lambda c: catalog.put_items(c, rows))

    def found(connection: Connection, *words: str) -> list[str]:
        return [row.reference for row in catalog.search(connection, OURS, Found(words), 10)]

    assert await store.read(lambda c: found(c, "eole", "ECRU")) == ["A"]
    assert await store.read(lambda c: found(c, "tables", "b")) == ["B"]
    assert await store.read(lambda c: catalog.count(c, OURS, Found((), "Tables"))) == 1


async def test_rejects_saved_again_are_there_once_and_in_order(store: Store) -> None:
    rows = [
        {
            "id": f"re_{line}", "company_id": OURS, "run_id": "run_1", "import_id": "im_1", "line": line,
            "code": "price_missing", "detail": "", "raw": {"name": "x"}, "created_at": NOW,
        }
        for line in (9, 10, 2)
    ]  # fmt: skip
    for _ in range(2):
        await store.write(lambda c: catalog.put_rejects(c, rows))
    first = await store.read(lambda c: catalog.rejects(c, OURS, "run_1", 2))
    rest = await store.read(lambda c: catalog.rejects(c, OURS, "run_1", 2, (first[-1].line, first[-1].id)))
    assert [row.line for row in (*first, *rest)] == [2, 9, 10]


async def test_of_files_the_newest_are_kept(store: Store) -> None:
    forgotten: list[str] = []
    for number in range(4):
        values = {
            "id": f"im_{number}", "company_id": OURS, "user_id": "u", "name": "a.csv", "media": "text/csv",
            "bytes": 1, "sha256": "", "state": "kept", "created_at": NOW + number,
        }  # fmt: skip
        forgotten += await store.write(lambda c, values=values: catalog.add_import(c, values, 2))
    assert forgotten == ["im_0", "im_1"]
    assert [row.id for row in await store.read(lambda c: catalog.imports(c, OURS, 10))] == ["im_3", "im_2"]
