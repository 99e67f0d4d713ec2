"""A real PostgreSQL of the tests' own: a temporary folder, a free port, no password, and nothing kept."""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil
from sqlalchemy.ext.asyncio import create_async_engine

from lea.store.migrate import upgrade
from tests.ports import free_port

USER = "lea"
TEMPLATE = "migrated"
ANSWER_S = 30

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
}
"""A crash of the machine may lose everything, it is lost with the folder anyway; a killed server loses nothing."""


def binaries() -> Path:
    """Where the server's programs are; Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("no PostgreSQL server found: run `make system`, or apt-get install postgresql")


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to be root; and it ends with the thread that started it, however that ended."""
    own = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *own, "--pdeathsig=INT"]


@dataclass(slots=True)
class Postgres:
    """A server that can be ended and started again, always on the same port."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        """For `database.url`; with a password and without TLS the driver looks for no files of its own."""
        return f"postgresql+asyncpg://{USER}:any@127.0.0.1:{self.port}/{database}?ssl=disable"

    def initialise(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        command = [*_as_ordinary_user(), str(binaries() / "initdb"), "-D", str(self.folder / "data"), "-U", USER]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=ANSWER_S)

    def start(self) -> None:
        """Returns when it takes connections; to be called in the main thread, whose end is its own."""
        command = [*_as_ordinary_user(), str(binaries() / "postgres"), "-D", str(self.folder / "data")]
        command += ["-p", str(self.port), "-k", str(self.folder)]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True)
        ready = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False, timeout=ANSWER_S).returncode != 0:
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())

    def stop(self) -> None:
        """In order, with everybody's connection cut."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """As the machine's memory killer would: the server and every process of it, at once."""
        for process in self._processes():
            process.kill()
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """It accepts connections, since the kernel does that, and never answers."""
        for process in self._processes():
            process.suspend()

    def resume(self) -> None:
        for process in self._processes():
            process.resume()

    def _end(self, number: int) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(ANSWER_S)
            self.process = None

    def _processes(self) -> list[psutil.Process]:
        if self.process is None:
            return []
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]

    async def execute(self, *statements: str, database: str = "postgres") -> None:
        connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user=USER, database=database)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """A server for one test, which may do to it what it likes."""
    folder = Path(tempfile.mkdtemp(prefix="lea-postgres-"))
    server = Postgres(folder)
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        server.resume()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@cache
def shared_postgres() -> Postgres:
    """The server of the whole run, started by the first test that asks."""
    context = own_postgres()
    server = context.__enter__()
    atexit.register(context.__exit__, None, None, None)
    return server


_ready: list[bool] = []


async def _make_template(server: Postgres) -> None:
    """Migrating one database for all tests instead of each."""
    if _ready:
        return
    await server.execute(f"CREATE DATABASE {TEMPLATE}")
    engine = create_async_engine(server.url(TEMPLATE))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
    _ready.append(True)


@asynccontextmanager
async def fresh_database(*, migrated: bool = True) -> AsyncIterator[str]:
    """The address of a database that is gone afterwards."""
    server = shared_postgres()
    await _make_template(server)
    name = f"test_{uuid4().hex}"
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else 'template0'}")
    try:
        yield server.url(name)
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
