"""`lea backup` and `lea restore` as an operator runs them, beside real servers that answer and write."""

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
import tarfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, FormData

from lea.cli import embedded
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database, shared_postgres
from tests.test_process import ROOT, Process, environ, key, lea, started

pytestmark = pytest.mark.timeout(300)  # a dozen processes one after the other, each of which takes its time to start
PASSWORD = "correct horse battery"


async def run(folder: Path, *arguments: str, **more: str) -> str:
    """What a command that works says."""
    code, out, err = await lea(folder, "-m", "lea", *arguments, **more)
    assert code == 0, err
    return out


async def refused(folder: Path, *arguments: str, **more: str) -> str:
    """The one line of a command that does not."""
    code, out, err = await lea(folder, "-m", "lea", *arguments, **more)
    assert code == 1, (out, err)
    assert len(err.strip().splitlines()) == 1, err
    assert "Traceback" not in err
    return err


async def ask(session: ClientSession, server: Process, bearer: dict[str, str], message: str) -> str:
    body = {"message": message, "session_id": "s1"}
    async with session.post(f"{server.url}/v1/lea/chat", json=body, headers=bearer) as response:
        return str((await response.json())["message"])


async def bring(session: ClientSession, server: Process, bearer: dict[str, str]) -> str:
    form = FormData()
    form.add_field("file", "référence;désignation;prix\nR1;Chaise;12,50 €\n".encode(), filename="chaises.csv")
    async with session.post(f"{server.url}/v1/catalog/imports", data=form, headers=bearer) as response:
        assert response.status == 201, await response.text()
        return str((await response.json())["import_id"])


async def said(session: ClientSession, server: Process, bearer: dict[str, str]) -> list[str]:
    async with session.get(f"{server.url}/v1/lea/threads/s1", headers=bearer) as response:
        assert response.status == 200, await response.text()
        return [message["content"] for message in (await response.json())["messages"]]


async def sign_in(session: ClientSession, server: Process) -> str:
    """A refresh token, which is good for nothing without the server's secret."""
    body = {"email": "ada@example.org", "password": PASSWORD}
    async with session.post(f"{server.url}/v1/auth/login", json=body) as response:
        return str((await response.json())["refresh_token"])


async def refreshed(session: ClientSession, server: Process, token: str) -> int:
    async with session.post(f"{server.url}/v1/auth/refresh", json={"refresh_token": token}) as response:
        return response.status


async def end(server: Process) -> None:
    code, err = await server.end()
    assert code == 0, err


@dataclass
class Made:
    """A backup of a server with one conversation, and what it was made of; made once, copied for each test."""

    kept: Path
    bearer: dict[str, str] | None = None

    async def __call__(self, folder: Path, file: Path, model: ModelServer) -> dict[str, str]:
        """Puts both where they are wanted; the key of the person."""
        first, backup = self.kept / "old", self.kept / "lea.tar.gz"
        if self.bearer is None:
            async with started(first, LEA_LLM__BASE_URL=model.url) as server, ClientSession() as session:
                bearer = await key(first)
                model.script(Answer("un"))
                await ask(session, server, bearer, "Compte")
                await end(server)
            await run(first, "backup", str(backup))
            self.bearer = bearer
        shutil.copytree(first, folder)
        shutil.copy2(backup, file)
        return self.bearer


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("made"))


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_backup_beside_a_server_that_answers_is_restored_elsewhere(tmp_path: Path, model: ModelServer) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "lea.tar.gz"
    gate = asyncio.Semaphore(0)
    patient = {"LEA_LLM__BASE_URL": model.url, "LEA_LLM__TIMEOUT": "120"}  # for as long as the backup takes
    async with started(old, **patient) as server, ClientSession() as session:
        bearer = await key(old)
        token = await sign_in(session, server)
        model.script(Answer("un deux"), Answer("trois quatre", gate=gate))
        await ask(session, server, bearer, "Compte")
        import_id = await bring(session, server, bearer)
        answering = asyncio.ensure_future(ask(session, server, bearer, "Encore"))
        gate.release()
        await model.exchange(1)
        told = await run(old, "backup", str(file))
        gate.release()
        assert await answering == "trois quatre"
    assert f"{file}: {file.stat().st_size} bytes, revision " in told
    assert file.stat().st_mode & 0o777 == 0o600
    assert left(tmp_path) == ["lea.tar.gz", "old"]
    with tarfile.open(file) as tar:
        assert tar.getnames() == ["backup.json", "database", "imports", "secret"]

    await run(new, "restore", str(file))
    assert left(new) == ["imports", "lea.db", "lea.db.lock", "secret"]
    assert {(new / name).stat().st_mode & 0o777 for name in ("lea.db", "secret")} == {0o600}
    async with started(new, LEA_LLM__BASE_URL=model.url) as server, ClientSession() as session:
        kept = await said(session, server, bearer)
        assert kept[:3] == ["Compte", "un deux", "Encore"]
        assert await refreshed(session, server, token) == 200
        body = {"import_id": import_id}
        async with session.post(f"{server.url}/v1/catalog/extract", json=body, headers=bearer) as response:
            run_id = (await response.json())["run_id"]
        async with session.get(f"{server.url}/v1/catalog/job-stream/{run_id}", headers=bearer) as response:
            assert (await response.text()).endswith('{"done":true,"status":"completed"}\n\n')
        model.script(Answer("cinq"))
        assert await ask(session, server, bearer, "Et puis") == "cinq"


def test_a_copy_ends_and_is_sound_while_another_connection_never_stops_writing(tmp_path: Path) -> None:
    """SQLite begins a copy in steps anew after each commit of others, unless they are kept out of its sight."""
    with closing(sqlite3.connect(tmp_path / "live.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
        connection.execute("CREATE TABLE pairs (one, other)")
        connection.executemany("INSERT INTO pairs VALUES (?, ?)", [("x" * 2000, n) for n in range(5000)])
        connection.commit()
    stop, written = threading.Event(), []

    def write() -> None:
        with closing(sqlite3.connect(tmp_path / "live.db", timeout=60)) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            while not stop.is_set():
                connection.execute("INSERT INTO pairs VALUES ('new', ?)", (len(written),))
                connection.commit()
                written.append(time.monotonic())

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not written:
            time.sleep(0.01)
        began = time.monotonic()
        assert embedded.copy(tmp_path / "live.db", tmp_path / "copy.db") == "0001"
        ended = time.monotonic()
    finally:
        stop.set()
        writer.join()
    assert sum(began < at < ended for at in written) > 20, "nothing was written meanwhile, so nothing was tried"
    assert ended - began < 60


async def test_restoring_under_a_running_server_is_refused(tmp_path: Path, model: ModelServer, made: Made) -> None:
    file = tmp_path / "lea.tar.gz"
    bearer = await made(tmp_path / "old", file, model)
    async with started(tmp_path / "old") as server, ClientSession() as session:
        assert "another server is using" in await refused(tmp_path / "old", "restore", str(file), "--force")
        assert await said(session, server, bearer) == ["Compte", "un"]


async def test_what_is_there_is_replaced_only_by_force_and_is_kept_whole(
    tmp_path: Path, model: ModelServer, made: Made
) -> None:
    folder, file = tmp_path / "old", tmp_path / "lea.tar.gz"
    bearer = await made(folder, file, model)
    async with started(folder, LEA_LLM__BASE_URL=model.url) as server, ClientSession() as session:
        model.script(Answer("deux"))
        await ask(session, server, bearer, "Encore")
        await server.end(signal.SIGKILL)
    (folder / "secret").write_text("another secret of at least thirty-two characters\n")
    before = left(folder)
    assert "lea.db-wal" in before
    assert "--force" in await refused(folder, "restore", str(file))
    assert left(folder) == before

    told = await run(folder, "restore", str(file), "--force")
    kept = [name for name in left(folder) if "before-restore" in name]
    assert len(kept) == 2
    assert all(str(folder / name) in told for name in kept)
    assert not [name for name in left(folder) if name.endswith(("-wal", "-shm")) or name.startswith(".")]
    async with started(folder) as server, ClientSession() as session:
        assert await said(session, server, bearer) == ["Compte", "un"]
        await end(server)
    (folder / kept[0]).replace(folder / "lea.db")
    async with started(folder) as server, ClientSession() as session:
        assert await said(session, server, bearer) == ["Compte", "un", "Encore", "deux"]


async def test_a_damaged_backup_is_refused_and_nothing_is_touched(
    tmp_path: Path, model: ModelServer, made: Made
) -> None:
    folder, file = tmp_path / "old", tmp_path / "lea.tar.gz"
    await made(folder, file, model)
    whole = file.read_bytes()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    middle = len(whole) // 2
    damaged = {
        "cut": whole[:middle],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :],
        "empty": b"",
        "text": b"no backup at all " * 100,
    }
    for name, data in damaged.items():
        (tmp_path / name).write_bytes(data)
        assert "is damaged" in await refused(folder, "restore", str(tmp_path / name), "--force")
    assert "No such file" in await refused(folder, "restore", str(tmp_path / "missing"), "--force")
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def repacked(file: Path, to: Path, **parts: bytes) -> None:
    """A backup with other parts, its checksums left as they were unless they are given."""
    with tarfile.open(file) as tar:
        tar.extractall(to.with_suffix(".d"))
    for name, data in parts.items():
        (to.with_suffix(".d") / name.replace("_", ".")).write_bytes(data)
    with tarfile.open(to, "w:gz") as tar:
        for name in ("backup.json", "database", "imports", "secret"):
            tar.add(to.with_suffix(".d") / name, name)


async def test_a_backup_that_was_changed_or_is_of_a_newer_version_is_refused(
    tmp_path: Path, model: ModelServer, made: Made
) -> None:
    folder, file = tmp_path / "old", tmp_path / "lea.tar.gz"
    await made(folder, file, model)
    with tarfile.open(file) as tar:
        contents = tar.extractfile("backup.json").read()
        revision = contents.partition(b'"revision": "')[2].partition(b'"')[0]
    repacked(file, tmp_path / "changed", secret=b"s" * 65)
    assert "is damaged" in await refused(tmp_path / "new", "restore", str(tmp_path / "changed"))
    newer = contents.replace(b'"revision": "' + revision, b'"revision": "9999')
    repacked(file, tmp_path / "newer", backup_json=newer)
    assert "does not know" in await refused(tmp_path / "new", "restore", str(tmp_path / "newer"))
    escaping = contents.replace(b'"secret":', b'"../escaped":')
    repacked(file, tmp_path / "escaping", backup_json=escaping)
    assert "is damaged" in await refused(tmp_path / "new", "restore", str(tmp_path / "escaping"))
    assert left(tmp_path / "new") == ["lea.db.lock"]


async def test_a_damaged_database_is_not_backed_up(tmp_path: Path, model: ModelServer, made: Made) -> None:
    folder, file = tmp_path / "old", tmp_path / "lea.tar.gz"
    await made(folder, file, model)
    database = folder / "lea.db"
    data = bytearray(database.read_bytes())
    data[8192:12288] = os.urandom(4096)
    database.write_bytes(data)
    assert str(database) in await refused(folder, "backup", str(tmp_path / "again.tar.gz"))
    assert left(tmp_path) == ["lea.tar.gz", "old"]


async def test_a_backup_that_cannot_be_written_is_one_line_and_leaves_nothing(
    tmp_path: Path, model: ModelServer, made: Made
) -> None:
    folder, file = tmp_path / "old", tmp_path / "lea.tar.gz"
    await made(folder, file, model)
    (tmp_path / "file").write_text("")
    assert "exists already" in await refused(folder, "backup", str(file))
    assert "cannot be written to" in await refused(folder, "backup", str(tmp_path / "missing" / "lea.tar.gz"))
    assert "cannot be written to" in await refused(folder, "backup", str(tmp_path / "file" / "lea.tar.gz"))
    assert "there is no database" in await refused(tmp_path / "nowhere", "backup", str(tmp_path / "a.tar.gz"))
    target, most = tmp_path / "full.tar.gz", (folder / "lea.db").stat().st_size - 4096
    process = await asyncio.create_subprocess_exec(
        "prlimit", f"--fsize={most}", sys.executable, "-m", "lea", "backup", str(target),
        cwd=ROOT, env=environ(folder), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, err = await process.communicate()
    assert process.returncode == 1
    assert len(err.decode().strip().splitlines()) == 1, err
    assert f"{target}: cannot be made" in err.decode()
    assert left(tmp_path) == ["file", "lea.tar.gz", "old"]


async def test_a_backup_told_to_end_leaves_nothing(tmp_path: Path, model: ModelServer, made: Made) -> None:
    folder = tmp_path / "old"
    await made(folder, tmp_path / "lea.tar.gz", model)
    with closing(sqlite3.connect(folder / "lea.db")) as connection:
        connection.execute("CREATE TABLE big AS SELECT randomblob(1000000) AS data FROM users, pragma_function_list")
        connection.commit()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lea", "backup", str(tmp_path / "again.tar.gz"), cwd=ROOT, env=environ(folder)
    )
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(lambda: list(tmp_path.glob(".again*/database"))):
            await asyncio.sleep(0.005)
    process.terminate()
    assert await process.wait() == 128 + signal.SIGTERM
    assert left(tmp_path) == ["lea.tar.gz", "old"]


@pytest.fixture
def settings(model: ModelServer) -> dict[str, str]:
    return {"LEA_LLM__BASE_URL": model.url, "LEA_AUTH__SECRET": "s" * 40}


async def test_postgresql_is_backed_up_beside_a_server_and_restored_into_an_empty_database(
    tmp_path: Path, model: ModelServer, settings: dict[str, str]
) -> None:
    file = tmp_path / "lea.tar.gz"
    async with (
        fresh_database() as url,
        fresh_database(migrated=False) as empty,
        started(tmp_path, LEA_DATABASE__URL=url, **settings) as server,
        ClientSession() as session,
    ):
        bearer = await key(tmp_path, LEA_DATABASE__URL=url, **settings)
        model.script(Answer("un"), Answer("deux"))
        await ask(session, server, bearer, "Compte")
        assert "keep it too" in await run(tmp_path, "backup", str(file), LEA_DATABASE__URL=url, **settings)
        await ask(session, server, bearer, "Encore")

        on_server = {"LEA_DATABASE__URL": url, **settings}
        assert "a server is using" in await refused(tmp_path, "restore", str(file), "--force", **on_server)
        sqlite = await refused(tmp_path, "restore", str(file), **settings)
        assert "is of a postgresql database" in sqlite

        await run(tmp_path, "restore", str(file), LEA_DATABASE__URL=empty, **settings)
        async with started(tmp_path, LEA_DATABASE__URL=empty, **settings) as restored:
            assert await said(session, restored, bearer) == ["Compte", "un"]
        await end(server)

        assert "tables already" in await refused(tmp_path, "restore", str(file), **on_server)
        assert "the schema before_restore_" in await run(tmp_path, "restore", str(file), "--force", **on_server)
        async with started(tmp_path, **on_server) as again:
            assert await said(session, again, bearer) == ["Compte", "un"]
        await end_all_but_kept(url)


async def end_all_but_kept(url: str) -> None:
    """What was there is whole in its schema."""
    name = url.rpartition("/")[2].partition("?")[0]
    await shared_postgres().execute(
        """DO $$ DECLARE kept text; found int; BEGIN
        SELECT nspname INTO STRICT kept FROM pg_namespace WHERE nspname LIKE 'before_restore_%';
        EXECUTE format('SELECT count(*) FROM %I.messages', kept) INTO found;
        ASSERT found = 4; END $$""",
        database=name,
    )


async def test_postgresql_restores_all_or_nothing(
    tmp_path: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last statement of the restore fails: what was there is still there, under its name."""
    file = tmp_path / "lea.tar.gz"
    async with fresh_database() as url:
        name = url.rpartition("/")[2].partition("?")[0]
        on_server = {"LEA_DATABASE__URL": url, **settings}
        await run(tmp_path, "backup", str(file), **on_server)
        programs = tmp_path / "programs"
        programs.mkdir()
        for program in ("pg_restore", "psql"):
            (programs / program).write_text(f'#!/bin/sh\n{shutil.which(program)} "$@" || exit $?\n')
            (programs / program).chmod(0o755)
        spoil = 'for last; do case "$last" in --file=*) echo "SELECT 1/0;" >> "${last#--file=}";; esac; done\n'
        with (programs / "pg_restore").open("a") as script:
            script.write(spoil)
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        assert "division by zero" in await refused(tmp_path, "restore", str(file), "--force", **on_server)
        await shared_postgres().execute(
            "SELECT version_num FROM public.alembic_version",
            "DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM pg_namespace WHERE nspname LIKE 'before%'); END $$",
            database=name,
        )


async def test_without_postgresql_programs_a_backup_says_what_to_install(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    url = "postgresql+asyncpg://lea:any@127.0.0.1:1/lea?ssl=disable"
    err = await refused(tmp_path, "backup", str(tmp_path / "a"), LEA_DATABASE__URL=url, PATH="/nowhere", **settings)
    assert "psql is missing" in err
    err = await refused(tmp_path, "backup", str(tmp_path / "a"), LEA_DATABASE__URL=url, **settings)
    assert "psql: " in err
    assert left(tmp_path) == []


async def test_what_root_restores_belongs_to_whom_the_folder_belongs(
    tmp_path: Path, model: ModelServer, made: Made
) -> None:
    """The server runs as a user of its own and has to write to what an operator put there."""
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    await made(tmp_path / "old", tmp_path / "lea.tar.gz", model)
    folder = tmp_path / "new"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    await run(folder, "restore", str(tmp_path / "lea.tar.gz"))
    assert {path.name: path.stat().st_uid for path in folder.iterdir()} == dict.fromkeys(left(folder), 65534)
