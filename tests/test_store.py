"""The store: one writer that groups commits, readers beside it, migrations that make today's tables."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, insert, select

from lea.config import Database
from lea.errors import DatabaseTimeout, InternalError, NotFound, Overloaded
from lea.store import engine
from lea.store.engine import Store
from lea.store.migrate import upgrade
from lea.store.tables import companies, metadata
from lea.tasks import TaskOwner


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    tasks = TaskOwner()
    store = Store(Database(url=f"sqlite+aiosqlite:///{tmp_path}/lea.db", timeout=0.5), tasks)
    await store.write(upgrade)
    yield store
    await store.aclose()
    await tasks.aclose()


def add(number: int):
    def unit(connection: Connection) -> int:
        connection.execute(insert(companies).values(id=f"c{number}", name="X", connection_mode="sql", created_at=0.0))
        return number

    return unit


def names(connection: Connection) -> list[str]:
    return sorted(connection.scalars(select(companies.c.id)))


async def test_the_migrations_make_todays_tables(store: Store) -> None:
    differences = await store.read(
        lambda connection: compare_metadata(MigrationContext.configure(connection), metadata)
    )
    assert differences == []


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await store.write(add(1))
    await store.write(upgrade)
    assert await store.read(names) == ["c1"]


async def test_units_that_wait_share_commits(store: Store) -> None:
    commits = []
    event.listen(store._writer.sync_engine, "commit", lambda _: commits.append(1))
    assert await asyncio.gather(*(store.write(add(number)) for number in range(100))) == list(range(100))
    assert len(commits) <= 2
    assert len(await store.read(names)) == 100


async def test_a_unit_that_fails_takes_no_other_with_it(store: Store) -> None:
    def refused(connection: Connection) -> None:
        add(98)(connection)
        raise NotFound

    def broken(connection: Connection) -> None:
        add(99)(connection)
        raise ZeroDivisionError

    done = await asyncio.gather(
        store.write(add(1)),
        store.write(refused),
        store.write(add(1)),
        store.write(broken),
        store.write(add(2)),
        return_exceptions=True,
    )
    assert done[0] == 1
    assert [type(outcome) for outcome in done[1:4]] == [NotFound, InternalError, InternalError]
    assert done[4] == 2
    assert await store.read(names) == ["c1", "c2"]


async def test_a_single_unit_that_fails_leaves_nothing(store: Store) -> None:
    def refused(connection: Connection) -> None:
        add(1)(connection)
        raise NotFound

    with pytest.raises(NotFound):
        await store.write(refused)
    assert await store.read(names) == []
    assert await store.write(add(2)) == 2


async def test_a_cancelled_caller_does_not_undo_its_unit_nor_stop_the_others(store: Store) -> None:
    first, second = asyncio.ensure_future(store.write(add(1))), asyncio.ensure_future(store.write(add(2)))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 2
    assert await store.read(names) == ["c1", "c2"]


async def test_readers_do_not_wait_for_the_writer(store: Store) -> None:
    async with store._writer.begin() as connection:
        await connection.run_sync(add(1))
        assert await store.read(names) == []


async def test_a_writer_that_is_held_up_is_a_database_timeout_and_then_goes_on(store: Store) -> None:
    async with store._writer.connect():
        with pytest.raises(DatabaseTimeout):
            await store.write(add(1))
    assert await store.write(add(2)) == 2


async def test_too_many_waiting_units_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WAITING", 3)
    writes = [asyncio.ensure_future(store.write(add(number))) for number in range(4)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [int, int, int, Overloaded]
