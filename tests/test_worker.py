"""`lea worker` does what servers leave to it, and goes on where another one was killed."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
from aiohttp import FormData

from tests.lea_server import Person, running, settings
from tests.postgres import fresh_database
from tests.test_process import ROOT, environ, lea

ROWS = 2000
CATALOG = "référence;désignation;prix\n" + "".join(f"R{row};Chaise {row};{row},50 €\n" for row in range(1, ROWS + 1))


@asynccontextmanager
async def worker(folder: Path, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lea",
        "worker",
        cwd=ROOT,
        env=environ(folder, **more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if orjson.loads(line)["event"] == "worker.ready":
                break
        reading = asyncio.get_running_loop().create_task(process.stdout.read())
        yield process
        await reading
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def extracting(ada: Person) -> str:
    """A catalogue is brought in and its run started; the run's id."""
    form = FormData()
    form.add_field("file", CATALOG.encode(), filename="chaises.csv", content_type="text/csv")
    async with ada.session.post(ada.url + "/v1/catalog/imports", data=form, headers=ada.headers) as response:
        assert response.status == 201, await response.text()
        imported = (await response.json())["import_id"]
    status, started = await ada.call("POST", "/v1/catalog/extract", {"import_id": imported})
    assert status == 202, started
    return str(started["run_id"])


async def state_of(ada: Person, run_id: str) -> str:
    return str((await ada.call("GET", f"/v1/catalog/run/{run_id}"))[1]["state"])


async def until_ended(ada: Person, run_id: str) -> str:
    async with asyncio.timeout(60):
        while (state := await state_of(ada, run_id)) in {"planning", "running"}:
            await asyncio.sleep(0.1)
    return state


async def test_a_worker_does_what_servers_leave_to_it_and_leaves_in_order(tmp_path: Path) -> None:
    async with fresh_database() as url:
        folder = str(tmp_path / "imports")
        config = settings(tmp_path, database={"url": url}, runs={"here": False}, catalog={"folder": folder})
        async with running(config) as server:
            ada = await server.person()
            run_id = await extracting(ada)
            assert await state_of(ada, run_id) == "planning"
            async with worker(tmp_path, LEA_DATABASE__URL=url, LEA_CATALOG__FOLDER=folder) as process:
                assert await until_ended(ada, run_id) == "completed"
                process.send_signal(signal.SIGTERM)
                assert await process.wait() == 0
            assert (await ada.call("GET", "/v1/catalog/items"))[1]["total"] == ROWS


async def test_another_worker_goes_on_where_one_was_killed(tmp_path: Path) -> None:
    async with fresh_database() as url:
        folder = str(tmp_path / "imports")
        config = settings(tmp_path, database={"url": url}, runs={"here": False}, catalog={"folder": folder})
        address = {"LEA_DATABASE__URL": url, "LEA_CATALOG__FOLDER": folder}
        async with running(config) as server:
            ada = await server.person()
            async with worker(tmp_path, **address) as process:
                run_id = await extracting(ada)
                async with asyncio.timeout(30):
                    while (taken := await server.sql("SELECT owner, ended_at FROM runs")) == [(None, None)]:
                        await asyncio.sleep(0.01)
                    assert taken[0][0] is not None
                process.kill()
                await process.wait()
            async with worker(tmp_path, **address) as process:
                assert await until_ended(ada, run_id) == "completed"
                process.kill()
            assert (await ada.call("GET", "/v1/catalog/items"))[1]["total"] == ROWS
            assert await server.sql("SELECT count(*) FROM catalog_items") == [(ROWS,)]


async def test_a_worker_beside_an_embedded_database_is_refused(tmp_path: Path) -> None:
    code, _, err = await lea(tmp_path, "-m", "lea", "worker")
    assert (code, "a worker needs PostgreSQL" in err) == (1, True)
