"""A real Redis of the tests' own: a free port, nothing on disk, and done to as a test likes."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

ANSWER_S = 30


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class RedisServer:
    """Starts empty each time."""

    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns when it takes connections."""
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("no Redis server found: run `make system`, or apt-get install redis-server")
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), ANSWER_S) as probe:
                    probe.sendall(b"PING\r\n")
                    if probe.recv(100).startswith(b"+PONG"):
                        return
            except ConnectionError:
                if self.process.poll() is not None:
                    raise RuntimeError("redis-server ended at once") from None

    def kill(self) -> None:
        """As the machine's memory killer would; everything in it is lost."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(ANSWER_S)
            self.process = None

    def pause(self) -> None:
        """It accepts connections, since the kernel does that, and never answers."""
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGCONT)


@contextmanager
def own_redis() -> Iterator[RedisServer]:
    """A server for one test."""
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.resume()
        server.kill()
