"""A real Redis of the tests' own: a free port, nothing on disk, and done to as a test likes."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

import lea.runs.queue  # noqa: F401  (in a test's loop, importing it would be a blocking call of ours)
from lea.resilience.redis import Command, RedisLink, T
from tests.ports import free_port

ANSWER_S = 30


@dataclass
class RedisServer:
    """Starts empty each time."""

    port: int = field(default_factory=free_port)
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


class PatientLink(RedisLink):
    """The way to a Redis that is left running: on a busy machine it may stand still for longer than people would wait,
    which does not make it gone."""

    async def start(self) -> None:
        await super().start()
        async with asyncio.timeout(ANSWER_S):
            while not self.available:
                await asyncio.sleep(0.01)

    async def run(self, command: Command[T], within_s: float = ANSWER_S) -> T:
        return await super().run(command, max(within_s, ANSWER_S))

    async def wait(self, command: Command[T], within_s: float) -> T:
        return await super().wait(command, within_s + ANSWER_S)


def patient(monkeypatch: pytest.MonkeyPatch, link: type[RedisLink] = PatientLink) -> None:
    """The servers of this test have such a link; where they share Redis, it has to be there when they start."""
    monkeypatch.setattr("lea.resilience.redis.RedisLink", link)
    monkeypatch.setattr("lea.state.redis.CLOSE_S", ANSWER_S)
    monkeypatch.setattr("lea.runs.queue.REQUEST_S", ANSWER_S)
