"""The processes that are measured: started on a core of their own, asked for their CPU time, ended."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent
START_S = 60
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[-1], CORES[0]
"""The server under test has its core for itself; the model and the load share the other."""
CPU_CLOCK = 2
"""The kernel's id of a process's CPU clock is made from its pid and this (`clock_getcpuclockid`)."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running process that said where it listens."""

    url: str
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """CPU seconds of all its threads since it began, to the nanosecond."""
        return time.clock_gettime((~self.process.pid << 3) | CPU_CLOCK)

    def weight(self) -> int:
        """Bytes of memory that nobody shares with it (USS)."""
        return int(psutil.Process(self.process.pid).memory_full_info().uss)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for the databases and logs of one measurement; the load itself is put onto its core."""
    os.sched_setaffinity(0, {LOAD_CORE})
    folder = Path(tempfile.mkdtemp(prefix="lea-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.sched_setaffinity(0, set(CORES))


@contextmanager
def started(
    command: Sequence[str],
    folder: Path,
    *,
    core: int = SERVER_CORE,
    environ: Mapping[str, str] | None = None,
    python: str = sys.executable,
    port: int = 0,
) -> Iterator[Server]:
    """Run `python <command>` in `folder` until the block ends; its output goes to a file there.

    It says where it listens, or takes connections at `port` once it is ready.
    """
    output = folder / f"{Path(command[-1]).name}-{time.monotonic_ns()}.out"
    with output.open("wb") as file, output.with_suffix(".err").open("wb") as errors:
        process = subprocess.Popen(
            [python, *command],
            cwd=folder,
            env=_environment(environ or {}),
            stdout=file,
            stderr=errors,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),  # noqa: PLW1509  (no threads here yet)
        )
        try:
            yield Server(_wait_for_url(process, output, port), process)
        finally:
            _end(process)


@contextmanager
def model(folder: Path, *, tokens: int, every: float) -> Iterator[str]:
    """The scripted model; its address. `every` is the seconds between tokens, 0 for all at once."""
    command = ["-m", "tests.model_server", "--tokens", str(tokens), "--every", str(every)]
    with started(command, folder, core=LOAD_CORE) as server:
        yield server.url


@contextmanager
def relay(folder: Path, model_url: str) -> Iterator[Server]:
    """The bare relay."""
    with started(["-m", "benchmarks.relay", "--model", model_url], folder) as server:
        yield server


@contextmanager
def lea(folder: Path, model_url: str, *command: str, **settings: str) -> Iterator[Server]:
    """Léa as `run.py` starts it, or as another `command` does; a database of the folder must have its users."""
    with lea_on(SERVER_CORE, folder, model_url, *command, **settings) as server:
        yield server


@contextmanager
def lea_on(core: int, folder: Path, model_url: str, *command: str, **settings: str) -> Iterator[Server]:
    """The same on any core."""
    environ = {**lea_settings(folder), "LEA_LLM__BASE_URL": model_url, **settings}
    with started(command or (str(ROOT / "run.py"),), folder, core=core, environ=environ) as server:
        yield server


CROWDED = {
    "LEA_LIMITS__STREAMS_PER_USER": "100000",
    "LEA_LIMITS__STREAMS_PER_COMPANY": "100000",
    "LEA_LIMITS__STREAMS": "100000",
    "LEA_LIMITS__TURNS": "100000",
    "LEA_LIMITS__TURNS_PER_COMPANY": "100000",
    "LEA_LIMITS__TURNS_PER_USER": "100000",
    "LEA_DEPENDENCIES__LLM__CONCURRENCY": "100000",
}
"""Bounds that stand in the way where few users have thousands of streams."""


SLOW_DATABASE = {"LEA_DATABASE__TIMEOUT": "60"}
"""For a PostgreSQL that has to share its core with the load."""


def lea_settings(folder: Path) -> dict[str, str]:
    """Everything on as by default; only the limit of requests is out of the way."""
    return {
        "LEA_DATABASE__URL": f"sqlite+aiosqlite:///{folder}/lea.db",
        "LEA_AUTH__SECRET": "of-the-benchmarks-and-of-nothing-else",
        "LEA_LIMITS__CHAT_PER_MINUTE": "1000000",
        "LEA_SERVER__PORT": "0",
        "LEA_SERVER__SHUTDOWN_GRACE": "0",
    }


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Ours without any setting or key of the person who measures."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEA_", "OPENAI_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


def free_port() -> int:
    """For a server that cannot be asked which one it took."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for_url(process: subprocess.Popen[bytes], output: Path, port: int) -> str:
    """The `url` of the first JSON line that has one; of what listens at `port` where that is known."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        if port and _listens(port):
            return f"http://127.0.0.1:{port}"
        for line in output.read_bytes().splitlines():
            url = _url_in(line)
            if url:
                return url
        time.sleep(0.05)
    raise SystemExit(f"{process.args!r} did not start:\n{output.with_suffix('.err').read_text()[-2000:]}")


def _url_in(line: bytes) -> str | None:
    try:
        said: Any = json.loads(line)
    except ValueError:
        return None
    return said.get("url") if isinstance(said, dict) else None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def finished(command: Sequence[str], folder: Path, *, core: int = SERVER_CORE) -> None:
    """Run `python <command>` to its end on that core. Raises SystemExit when it fails."""
    with (folder / "output").open("wb") as file:
        ended = subprocess.run(
            ["taskset", "--cpu-list", str(core), sys.executable, *command],
            cwd=folder,
            env=_environment({}),
            stdout=file,
            stderr=subprocess.PIPE,
            timeout=START_S,
            check=False,
        )
    if ended.returncode:
        raise SystemExit(f"{command} failed:\n{ended.stderr.decode()[-2000:]}")
