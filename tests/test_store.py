"""The store, the same on SQLite and on a real PostgreSQL; what only one of them does stands at the end."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, insert, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine

from lea.config import Database
from lea.errors import (
    DatabaseFull,
    DatabaseTimeout,
    DatabaseUnavailable,
    InternalError,
    NotFound,
    Overloaded,
    StartError,
)
from lea.store import engine
from lea.store.engine import Store
from lea.store.migrate import NEWEST, upgrade
from lea.store.schema import metadata
from lea.store.tables import companies
from lea.tasks import TaskOwner
from tests.postgres import fresh_database

PATIENCE_S, HURRY_S = 30.0, 0.5
"""What a store has for a unit that must succeed, on a machine that may stand still; and for one that is to be late."""

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


@asynccontextmanager
async def opened(url: str, timeout: float = PATIENCE_S) -> AsyncIterator[Store]:
    tasks = TaskOwner()
    store = Store(Database(url=url, timeout=timeout), tasks)
    yield store
    await store.aclose()
    await tasks.aclose()


@contextmanager
def hurried(store: Store) -> Iterator[None]:
    """Units that are begun within the block have little time."""
    patient = store._config
    store._config = patient.model_copy(update={"timeout": HURRY_S})
    try:
        yield
    finally:
        store._config = patient


@asynccontextmanager
async def empty_database(dialect: str, folder: Path) -> AsyncIterator[str]:
    if dialect == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/lea.db"
    else:
        async with fresh_database(migrated=False) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with empty_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with opened(url) as store:
        await store.prepare(upgrade)
        yield store


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    async with empty_database("sqlite", tmp_path) as url, opened(url) as store:
        await store.prepare(upgrade)
        yield store


@pytest.fixture
async def postgres() -> AsyncIterator[Store]:
    async with empty_database("postgres", Path()) as url, opened(url) as store:
        await store.prepare(upgrade)
        yield store


def add(number: int):
    def unit(connection: Connection) -> int:
        connection.execute(insert(companies).values(id=f"c{number}", name="X", connection_mode="sql", created_at=0.0))
        return number

    return unit


def names(connection: Connection) -> list[str]:
    return sorted(connection.scalars(select(companies.c.id)))


async def test_the_migrations_make_todays_tables(store: Store) -> None:
    differences = await store.prepare(
        lambda connection: compare_metadata(MigrationContext.configure(connection), metadata)
    )
    assert differences == []
    assert await store.read(lambda connection: MigrationContext.configure(connection).get_current_revision()) == NEWEST


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await store.write(add(1))
    await store.prepare(upgrade)
    assert await store.read(names) == ["c1"]


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


async def test_readers_do_not_wait_for_a_writer(store: Store, url: str, tmp_path: Path) -> None:
    if store.dialect == "sqlite":
        with closing(sqlite3.connect(tmp_path / "lea.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("INSERT INTO companies (id, name, connection_mode, created_at) VALUES ('c1', 'X', 'sql', 0)")
            assert await store.read(names) == []
    else:
        writer = create_async_engine(url)
        async with writer.begin() as connection:
            await connection.run_sync(add(1))
            assert await store.read(names) == []
        await writer.dispose()


async def test_too_many_waiting_units_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WAITING", 3)
    writes = [asyncio.ensure_future(store.write(add(number))) for number in range(4)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [int, int, int, Overloaded]


@pytest.mark.parametrize("kind", ["read", "write"])
async def test_a_statement_that_takes_too_long_is_ended_and_the_next_one_runs(store: Store, kind: str) -> None:
    def late(connection: Connection) -> None:
        if kind == "write":
            add(1)(connection)
        connection.execute(text(ENDLESS[store.dialect]))

    async with asyncio.timeout(PATIENCE_S / 2):
        with hurried(store), pytest.raises(DatabaseTimeout):
            await (store.read(late) if kind == "read" else store.write(late))
    assert await store.write(add(2)) == 2
    assert await store.read(names) == ["c2"]


async def test_units_that_were_late_leave_their_connections_behind(store: Store) -> None:
    """More of them than there are connections, and everyone who comes after is served."""

    def late(connection: Connection) -> None:
        connection.execute(text(ENDLESS[store.dialect]))

    with hurried(store):
        outcomes = await asyncio.gather(*(store.read(late) for _ in range(30)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {DatabaseTimeout}
    assert await asyncio.gather(*(store.read(names) for _ in range(30))) == [[]] * 30


async def test_the_same_row_changed_by_many_at_once_loses_no_change(store: Store) -> None:
    await store.write(add(1))

    def longer(connection: Connection) -> None:
        connection.execute(update(companies).values(name=companies.c.name + "X"))

    await asyncio.gather(*(store.write(longer) for _ in range(50)))
    assert await store.read(lambda connection: connection.scalar(select(companies.c.name))) == "X" * 51


async def test_units_of_one_order_are_run_as_they_were_given(store: Store) -> None:
    await store.write(add(1))

    def appending(number: int):
        def unit(connection: Connection) -> None:
            before = connection.scalar(select(companies.c.name))
            if number == 3:
                raise NotFound
            connection.execute(update(companies).values(name=f"{before}{number}"))

        return unit

    writes = [asyncio.ensure_future(store.write(appending(number), order="one")) for number in range(10)]
    await asyncio.sleep(0)
    writes[5].cancel()
    await asyncio.gather(*writes, return_exceptions=True)
    assert await store.read(lambda connection: connection.scalar(select(companies.c.name))) == "X012456789"
    assert store._last == {}


async def test_servers_that_start_at_once_migrate_once(url: str) -> None:
    async with opened(url) as one, opened(url) as two, opened(url) as three:
        await asyncio.gather(one.prepare(upgrade), two.prepare(upgrade), three.prepare(upgrade))
        await two.write(add(1))
        assert await three.read(names) == ["c1"]


async def test_a_migration_that_fails_leaves_no_table(url: str) -> None:
    def broken(connection: Connection) -> None:
        upgrade(connection)
        raise ZeroDivisionError

    async with opened(url) as store:
        with pytest.raises(StartError):
            await store.prepare(broken)
        with pytest.raises(InternalError):
            await store.write(names)
        await store.prepare(upgrade)
        assert await store.read(names) == []


async def test_preparing_may_take_longer_than_a_unit(store: Store) -> None:
    slow = {"sqlite": ENDLESS["sqlite"].replace("FROM n)", "FROM n LIMIT 2000000)"), "postgresql": "SELECT pg_sleep(1)"}

    def prepare(connection: Connection) -> str:
        upgrade(connection)
        connection.execute(text(slow[store.dialect]))
        return "done"

    if store.dialect == "postgresql":
        await store.write(lambda connection: connection.exec_driver_sql("SET statement_timeout = 500").close())
    with hurried(store):
        assert await store.prepare(prepare) == "done"


async def test_units_that_wait_share_commits(sqlite: Store) -> None:
    commits = []
    event.listen(sqlite._database.writer.engine, "commit", lambda _: commits.append(1))
    assert await asyncio.gather(*(sqlite.write(add(number)) for number in range(100))) == list(range(100))
    assert len(commits) <= 2
    assert len(await sqlite.read(names)) == 100


async def test_a_writer_that_is_held_up_is_a_database_timeout_and_then_goes_on(sqlite: Store) -> None:
    let_go = threading.Event()
    with hurried(sqlite):
        with pytest.raises(DatabaseTimeout):
            await sqlite.write(lambda _: let_go.wait(60))
        with pytest.raises(DatabaseTimeout):
            await sqlite.write(add(1))
    let_go.set()
    assert await sqlite.write(add(2)) == 2
    assert await sqlite.read(names) == ["c2"]


async def test_a_unit_that_is_late_between_two_statements_does_not_run_the_second(sqlite: Store) -> None:
    """SQLite interrupts what runs, and at that moment there is nothing: the next statement would run for ever."""

    def late(connection: Connection) -> None:
        add(1)(connection)
        time.sleep(2 * HURRY_S)
        connection.execute(text(ENDLESS["sqlite"]))

    with hurried(sqlite), pytest.raises(DatabaseTimeout):
        await sqlite.write(late)
    assert await sqlite.write(add(2)) == 2
    assert await sqlite.read(names) == ["c2"]


async def test_a_file_locked_by_another_process_is_a_database_timeout_for_each_in_its_own_time(
    sqlite: Store, tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()

    async def told_after(unit) -> float:
        started = loop.time()
        with pytest.raises(DatabaseTimeout):
            await sqlite.write(unit)
        return loop.time() - started

    with closing(sqlite3.connect(tmp_path / "lea.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with hurried(sqlite):
            first = asyncio.ensure_future(told_after(add(1)))
            await asyncio.sleep(0)
        patient = asyncio.ensure_future(sqlite.write(add(3)))
        assert await sqlite.read(names) == []
        with hurried(sqlite):
            second = asyncio.ensure_future(told_after(add(2)))
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_S / 2):
            assert min(await first, await second) >= HURRY_S
        assert not patient.done()
        other.execute("ROLLBACK")
    assert await patient == 3
    assert await sqlite.read(names) == ["c3"]


async def test_a_full_disk_is_said_and_nothing_is_half_written(sqlite: Store) -> None:
    def large(number: int):
        def unit(connection: Connection) -> None:
            add(number)(connection)
            connection.execute(update(companies).values(name="x" * 1_000_000))

        return unit

    def no_more_pages(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")

    await sqlite.write(add(1))
    await sqlite.write(no_more_pages)
    with pytest.raises(DatabaseFull):
        await sqlite.write(large(2))
    outcomes = await asyncio.gather(
        *(sqlite.write(unit) for unit in (add(3), large(4), add(5))), return_exceptions=True
    )
    kept = ["c1", *(f"c{outcome}" for outcome in outcomes if isinstance(outcome, int))]
    assert isinstance(outcomes[1], DatabaseFull)
    assert await sqlite.read(names) == kept
    await sqlite.write(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000000"))
    await sqlite.write(large(6))
    assert await sqlite.read(names) == [*kept, "c6"]


async def test_a_disk_that_undoes_the_whole_transaction_fails_the_whole_group(sqlite: Store) -> None:
    """What SQLite does by itself when the disk is full in the middle of a group."""

    def undone(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")
        connection.execute(insert(companies).values(id="c1", name=None, connection_mode="sql", created_at=0.0))

    outcomes = await asyncio.gather(*(sqlite.write(unit) for unit in (add(1), undone, add(2))), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [InternalError] * 3
    assert await sqlite.read(names) == []
    assert await sqlite.write(add(3)) == 3


async def test_a_database_that_may_not_be_written_is_said(sqlite: Store) -> None:
    await sqlite.write(lambda connection: connection.exec_driver_sql("PRAGMA query_only=ON"))
    with pytest.raises(DatabaseUnavailable):
        await sqlite.write(add(1))


async def test_of_two_units_that_wait_for_each_other_both_pass(postgres: Store) -> None:
    """PostgreSQL ends one of them; the store runs it again."""
    await postgres.write(add(1))
    await postgres.write(add(2))
    runs = []
    locked = set()

    def changing(first: str, second: str):
        def unit(connection: Connection) -> None:
            runs.append(first)
            for company in (first, second):
                connection.execute(update(companies).where(companies.c.id == company).values(name="Y"))
                locked.add(company)
                while len(locked) < 2:
                    connection.execute(text("SELECT pg_sleep(0.01)"))

        return unit

    await asyncio.gather(postgres.write(changing("c1", "c2")), postgres.write(changing("c2", "c1")))
    assert len(runs) >= 3


async def test_the_server_ends_by_itself_what_nobody_waits_for(postgres: Store) -> None:
    def limits(connection: Connection) -> set[str]:
        names = ("statement_timeout", "idle_in_transaction_session_timeout")
        return {connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names}

    assert await postgres.read(limits) == {"30s"}
