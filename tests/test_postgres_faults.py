"""A PostgreSQL that is killed, hangs, is full or was never there: a clear error in bounded time, and it heals alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from lea.config import Config
from lea.errors import DatabaseFull, DatabaseUnavailable, StartError
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import Postgres, own_postgres
from tests.test_process import refused

TIMEOUT_S = 3.0
"""Where the database hangs."""
PATIENCE_S = 30.0
"""Where it works, on a machine that may stand still."""
SLACK_S = 10.0
"""What a busy machine may add; far from the seconds a driver would wait by itself."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with own_postgres() as server:
        yield server


def config(folder: Path, postgres: Postgres, model: ModelServer) -> Config:
    return settings(folder, database={"url": postgres.url(), "timeout": PATIENCE_S}, llm={"base_url": model.url})


@pytest.fixture
async def lea(tmp_path: Path, postgres: Postgres, model: ModelServer) -> AsyncIterator[Lea]:
    await postgres.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    async with running(config(tmp_path, postgres, model)) as server:
        yield server


@contextmanager
def hurried(lea: Lea) -> Iterator[None]:
    """What is begun within the block waits for the database no longer than TIMEOUT_S."""
    patient = lea.store._config
    lea.store._config = patient.model_copy(update={"timeout": TIMEOUT_S})
    try:
        yield
    finally:
        lea.store._config = patient


async def database_is(lea: Lea) -> str:
    async with lea.session.get(lea.url + "/health") as response:
        return (await response.json())["dependencies"]["database"]["status"]


async def until_database_is(lea: Lea, status: str) -> None:
    async with asyncio.timeout(60):
        while await database_is(lea) != status:
            pass


async def asked(person: Person) -> tuple[int, str, float]:
    """Status, code and seconds of a request that needs the database."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    status, body = await person.call("GET", "/v1/lea/threads")
    return status, body.get("code", ""), loop.time() - started


async def test_a_server_that_was_killed_is_unavailable_and_used_again_when_it_is_back(
    lea: Lea, ada: Person, postgres: Postgres
) -> None:
    await asyncio.gather(*(asked(ada) for _ in range(30)))
    postgres.kill()
    for status, code, seconds in await asyncio.gather(*(asked(ada) for _ in range(30))):
        assert (status, code) == (503, "database_unavailable")
        assert seconds < TIMEOUT_S + SLACK_S
    await until_database_is(lea, "down")
    postgres.start()
    assert {(await asked(ada))[0] for _ in range(30)} == {200}
    await until_database_is(lea, "ok")
    assert (await ada.ask("Bonjour")).done["finish_reason"] == "stop"


async def test_a_restart_between_two_requests_is_not_noticed(lea: Lea, ada: Person, postgres: Postgres) -> None:
    await asyncio.gather(*(asked(ada) for _ in range(30)))
    postgres.stop()
    postgres.start()
    assert {status for status, _, _ in await asyncio.gather(*(asked(ada) for _ in range(30)))} == {200}


async def test_a_server_that_hangs_is_a_database_timeout_and_used_again_when_it_goes_on(
    lea: Lea, ada: Person, postgres: Postgres
) -> None:
    await asyncio.gather(*(asked(ada) for _ in range(30)))
    postgres.pause()
    try:
        with hurried(lea):
            answers = await asyncio.gather(*(asked(ada) for _ in range(60)))
        for status, code, seconds in answers:
            assert (status, code) == (504, "database_timeout")
            assert seconds < TIMEOUT_S + SLACK_S
        await until_database_is(lea, "down")
    finally:
        postgres.resume()
    await until_database_is(lea, "ok")
    assert {status for status, _, _ in await asyncio.gather(*(asked(ada) for _ in range(60)))} == {200}
    assert (await ada.ask("Bonjour")).done["finish_reason"] == "stop"


async def test_an_answer_outlives_a_database_that_is_restarted_under_it(
    lea: Lea, ada: Person, postgres: Postgres, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        postgres.kill()
        postgres.start()
        for _ in range(2):
            gate.release()
        told = await reading.rest()
    assert told.done["finish_reason"] == "stop"
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert thread["messages"][1]["content"] == "un deux trois"


async def test_a_connection_the_server_ends_in_mid_statement_is_unavailable(lea: Lea) -> None:
    with pytest.raises(DatabaseUnavailable):
        await lea.store.write(
            lambda connection: connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        )
    await lea.store.ping()


async def test_a_full_disk_is_said(lea: Lea) -> None:
    def full(connection: Connection) -> None:
        connection.execute(text("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '53100' USING MESSAGE = 'no space left'; END $$"))

    with pytest.raises(DatabaseFull):
        await lea.store.write(full)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("/postgres?", "/nowhere?"), 'database "nowhere" does not exist'),
        (("lea:any@", "nobody:any@"), 'role "nobody" does not exist'),
        (("127.0.0.1", "nowhere.invalid"), "database.url: the database cannot be used: "),
        (("?ssl=disable", "?sslmode=disable"), "asyncpg has no option sslmode"),
        (("127.0.0.1:", "127.0.0.1:x"), "database.url: "),
    ],
)
async def test_a_wrong_address_is_one_clear_line(
    tmp_path: Path, postgres: Postgres, change: tuple[str, str], said: str
) -> None:
    address = {"url": postgres.url().replace(*change), "timeout": PATIENCE_S}
    with pytest.raises(StartError, match=r"^[^\n]+$") as refusal:
        async with running(settings(tmp_path, database=address)):
            pass
    assert said in str(refusal.value)


async def test_a_server_that_hangs_at_the_start_is_refused_in_bounded_time(tmp_path: Path, postgres: Postgres) -> None:
    postgres.pause()
    try:
        with pytest.raises(StartError, match="does not answer in time"):
            async with running(settings(tmp_path, database={"url": postgres.url(), "timeout": TIMEOUT_S})):
                pass
    finally:
        postgres.resume()


async def test_an_address_where_nobody_listens_ends_the_process_with_one_line(tmp_path: Path) -> None:
    err = await refused(tmp_path, LEA_DATABASE__URL="postgresql+asyncpg://lea:any@127.0.0.1:1/lea")
    assert "database.url: the database cannot be used: " in err
