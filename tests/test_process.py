"""`run.py` and the commands as an operator meets them: real processes, exit codes, one clear line."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import ClientSession

from tests.lea_server import Reading
from tests.model_server import Answer, ModelServer

ROOT = Path(__file__).parent.parent


@dataclass
class Process:
    """A server that says it is ready."""

    process: asyncio.subprocess.Process
    url: str
    log: list[dict[str, Any]]
    folder: Path

    async def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and stderr."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        out, err = await self.process.communicate()
        self.log += [orjson.loads(line) for line in out.splitlines()]
        return self.process.returncode or 0, err.decode()


def environ(folder: Path, **more: str) -> dict[str, str]:
    own = {
        "PATH": os.environ["PATH"],
        "LEA_SERVER__PORT": "0",
        "LEA_DATABASE__URL": f"sqlite+aiosqlite:///{folder}/lea.db",
    }
    return own | more


async def start(folder: Path, *arguments: str, program: tuple[str, ...] = ("run.py",), **more: str) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *arguments,
        cwd=ROOT,
        env=environ(folder, **more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    log = []
    async for line in process.stdout:
        log.append(orjson.loads(line))
        if log[-1]["event"] == "server.ready":
            return Process(process, log[-1]["url"], log, folder)
    _, err = await process.communicate()
    raise AssertionError(err.decode())


@asynccontextmanager
async def started(folder: Path, *arguments: str, **more: str) -> AsyncIterator[Process]:
    server = await start(folder, *arguments, **more)
    try:
        yield server
    finally:
        await server.end(signal.SIGKILL)


async def lea(folder: Path, *arguments: str, stdin: str = "", **more: str) -> tuple[int, str, str]:
    """Run a command to its end: exit code, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env=environ(folder, **more),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin.encode())
    return process.returncode or 0, out.decode(), err.decode()


async def key(folder: Path, email: str = "ada@example.org", **more: str) -> dict[str, str]:
    """A user's authorization, made beside the running server."""
    code, _, err = await lea(
        folder,
        "-m",
        "lea",
        "user",
        "add",
        email,
        "--company",
        "X",
        "--password-stdin",
        stdin="correct horse battery",
        **more,
    )
    assert code == 0, err
    code, made, err = await lea(folder, "-m", "lea", "key", "create", email, **more)
    assert code == 0, err
    return {"Authorization": f"Bearer {made.strip()}"}


async def refused(folder: Path, *arguments: str, **more: str) -> str:
    """The one line with which the start is refused."""
    code, out, err = await lea(folder, "run.py", *arguments, **more)
    assert code == 1, (out, err)
    assert len(err.strip().splitlines()) == 1, err
    assert "Traceback" not in out + err
    return err


async def test_ready_is_one_json_line_with_the_url(tmp_path: Path) -> None:
    async with started(tmp_path) as server, ClientSession() as session:
        assert server.log[-1]["event"] == "server.ready"
        async with session.get(server.url + "/health") as response:
            assert (await response.json())["status"] == "ok"
        code, err = await server.end()
    assert code == 0
    assert "#setup=" in err
    assert "#setup=" not in str(server.log)
    assert server.log[-1]["event"] == "server.left"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


async def test_a_header_that_is_refused_is_not_quoted_in_the_log(tmp_path: Path) -> None:
    """The parser's complaint quotes the line it refuses, and that line may hold a token."""
    async with started(tmp_path) as server:
        host, port = server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer lea_VERY\x01SECRET\r\n\r\n")
        assert b"400" in await reader.readline()
        writer.close()
        _, err = await server.end()
    assert "VERY" not in str(server.log) + err
    refused = [line for line in server.log if line.get("route") == "unparsed"]
    assert [(line["event"], line["status"], line["reason"]) for line in refused] == [
        ("request.ended", 400, "BadHttpMessage")
    ]


async def test_the_one_time_link_makes_the_first_account_once(tmp_path: Path) -> None:
    async with started(tmp_path) as server, ClientSession() as session:
        assert server.process.stderr is not None
        token = ""
        while not token:
            token = (await server.process.stderr.readline()).decode().partition("#setup=")[2].strip()
        body = {
            "token": token,
            "email": "ada@example.org",
            "password": "correct horse battery",
            "name": "Ada",
            "company": "Engines",
            "sample": True,
        }
        async with session.post(server.url + "/v1/auth/setup", json=body) as response:
            assert response.status == 201
            bearer = {"Authorization": "Bearer " + (await response.json())["access_token"]}
        async with session.post(server.url + "/v1/auth/setup", json=body) as response:
            assert response.status == 409
        async with session.post(
            server.url + "/v1/lea/chat", json={"message": "Combien de dossiers ?"}, headers=bearer
        ) as response:
            answer = await response.json()
        assert answer["provider"] == "offline"
        assert "14" in answer["message"]


async def test_the_demo_prints_a_link_that_signs_in(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lea", "serve", "--demo",
        cwd=ROOT, env=environ(tmp_path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    link = ""
    while "#signin=" not in link:
        link = (await process.stderr.readline()).decode().strip()
    url, _, token = link.partition("/#signin=")
    async with ClientSession() as session:
        async with session.post(url + "/v1/auth/link", json={"token": token}) as response:
            bearer = {"Authorization": "Bearer " + (await response.json())["access_token"]}
        async with session.get(url + "/v1/auth/me", headers=bearer) as response:
            assert (await response.json())["company"]["name"] == "Agence Lumière"
        async with session.post(url + "/v1/auth/link", json={"token": token}) as response:
            assert response.status == 400
    process.terminate()
    await process.communicate()
    assert process.returncode == 0


async def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"127.0.0.1:{port} is taken" in await refused(tmp_path, "--port", port)


async def test_a_data_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    err = await refused(tmp_path, LEA_DATABASE__URL=f"sqlite+aiosqlite:///{tmp_path}/file/lea.db")
    assert "database.url" in err
    assert f"{tmp_path}/file cannot be written to" in err


async def test_a_database_of_a_newer_version_is_one_clear_line(tmp_path: Path) -> None:
    async with started(tmp_path) as server:
        await server.end()
    with sqlite3.connect(tmp_path / "lea.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer version" in await refused(tmp_path)


async def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "lea.db").write_text("no database at all " * 100)
    assert "not a database" in await refused(tmp_path)


async def test_an_unknown_setting_is_one_clear_line(tmp_path: Path) -> None:
    assert "LEA_SERVER__PROT" in await refused(tmp_path, LEA_SERVER__PROT="1")


async def test_a_second_server_on_the_same_database_is_refused(tmp_path: Path) -> None:
    async with started(tmp_path):
        assert "another server" in await refused(tmp_path)
    async with started(tmp_path) as again:
        assert (await again.end())[0] == 0


async def test_sigterm_in_mid_answer_keeps_the_text_and_exits_cleanly(tmp_path: Path, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    settings = {"LEA_LLM__BASE_URL": model.url, "LEA_SERVER__SHUTDOWN_GRACE": "0.2"}
    async with started(tmp_path, **settings) as server, ClientSession() as session:
        bearer = await key(tmp_path)
        async with session.post(
            server.url + "/v1/lea/chat/stream", json={"message": "Compte", "session_id": "s1"}, headers=bearer
        ) as response:
            reading = Reading(response)
            gate.release()
            await reading.until("delta")
            server.process.terminate()
            told = await reading.rest()
        assert told.kinds[-2:] == ["restarting", "done"]
        assert told.done["finish_reason"] == "interrupted"
        assert (await server.end())[0] == 0
    async with started(tmp_path, **settings) as again, ClientSession() as session:
        response = await session.get(again.url + "/v1/lea/threads/s1", headers=bearer)
        messages = (await response.json())["messages"]
    assert [message["content"] for message in messages] == ["Compte", "un "]


async def test_an_answer_that_ends_within_the_grace_is_whole(tmp_path: Path, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with started(tmp_path, LEA_LLM__BASE_URL=model.url) as server, ClientSession() as session:
        bearer = await key(tmp_path)
        async with session.post(
            server.url + "/v1/lea/chat/stream", json={"message": "Compte"}, headers=bearer
        ) as response:
            reading = Reading(response)
            gate.release()
            await reading.until("delta")
            server.process.terminate()
            await reading.until("restarting")
            gate.release()
            gate.release()
            told = await reading.rest()
        assert told.text == "un deux trois"
        assert told.done["finish_reason"] == "stop"
        assert (await server.end())[0] == 0


async def test_a_kill_leaves_the_message_and_an_interrupted_turn(tmp_path: Path, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with started(tmp_path, LEA_LLM__BASE_URL=model.url) as server, ClientSession() as session:
        bearer = await key(tmp_path)
        response = await session.post(
            server.url + "/v1/lea/chat/stream", json={"message": "Compte", "session_id": "s1"}, headers=bearer
        )
        gate.release()
        await Reading(response).until("delta")
        await server.end(signal.SIGKILL)
        response.close()
    async with started(tmp_path, LEA_LLM__BASE_URL=model.url) as server, ClientSession() as session:
        async with session.get(server.url + "/v1/lea/threads/s1", headers=bearer) as response:
            thread = await response.json()
        assert thread["live_turn_id"] is None
        assert thread["messages"][0]["content"] == "Compte"
        assert thread["messages"][1]["finish_reason"] == "interrupted"
        assert thread["messages"][1]["error"]["code"] == "interrupted"
