"""The load: raw HTTP/1.1 connections that cost the measuring core as little as possible, and verify every answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Self, cast

from benchmarks.doors import TOKEN, Door
from benchmarks.servers import Server

ANSWER_TIMEOUT_S = 40
"""Longest an answer may take before the whole run is given up."""


@dataclass(slots=True)
class Answer:
    """One answer as its reader had it; times are `perf_counter` seconds, 0 for what never came."""

    sent: float
    first_byte: float = 0
    first_token: float = 0
    ended: float = 0
    tokens: int = 0
    body: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Meter:
    """Tokens that have reached any reader so far."""

    tokens: int = 0


class Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._transport: asyncio.Transport
        self._answer: Answer | None = None
        self._head = 0
        self.ended: asyncio.Future[Answer]
        self.began: asyncio.Future[Answer]

    @classmethod
    async def open(cls, door: Door, meter: Meter) -> Self:
        """Connected, so that no answer's time holds a handshake."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: cls(meter), door.host, door.port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of asyncio's

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Send; the future of the whole answer. `began` resolves at the first byte of the body."""
        loop = asyncio.get_running_loop()
        self.ended, self.began = loop.create_future(), loop.create_future()
        self._head = 0
        self._answer = Answer(perf_counter())
        self._transport.write(request)
        return self.ended

    def data_received(self, data: bytes) -> None:
        now = perf_counter()
        answer = self._answer
        if answer is None:
            return
        body = answer.body
        body += data
        tokens = data.count(TOKEN)
        if tokens:
            self._meter.tokens += tokens
            answer.first_token = answer.first_token or now
        if not answer.first_byte and not self._begin(answer, now):
            return
        if body.endswith(b"\r\n0\r\n\r\n") or self._length_reached(body):
            answer.ended, answer.tokens = now, body.count(TOKEN)
            self._answer = None
            self.ended.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        for waiting in (self.ended, self.began) if self._answer is not None else ():
            if not waiting.done():
                waiting.set_exception(exc or ConnectionResetError("closed before the end of the answer"))
                waiting.exception()

    def close(self) -> None:
        self._answer = None
        self._transport.abort()

    def _begin(self, answer: Answer, now: float) -> bool:
        """Whether the body has begun."""
        self._head = self._head or answer.body.find(b"\r\n\r\n") + 4
        if self._head == 3 or len(answer.body) == self._head:
            self._head = 0
            return False
        answer.first_byte = now
        if not answer.body.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the server refused: {bytes(answer.body[:600])!r}")
        self.began.set_result(answer)
        return True

    def _length_reached(self, body: bytearray) -> bool:
        start = body.find(b"Content-Length: ", 0, self._head)
        if start < 0:
            return False
        return len(body) - self._head >= int(body[start + 16 : body.find(b"\r\n", start)])


@dataclass(frozen=True, slots=True)
class Window:
    """What happened between two moments of steady load."""

    wall: float
    cpu: float
    tokens: int
    answers: list[Answer]
    """Those that were sent within the window."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a load looks: readers that ask again as soon as they are answered, their start spread over `spread` s."""

    readers: int
    seconds: float
    tokens: int
    """Tokens every answer must have; another number ends the run."""
    spread: float = 0
    warm: float = 1.5
    """Seconds of steady load before the window."""


async def steady(door: Door, server: Server, shape: Shape, check: Callable[[Answer], None] | None = None) -> Window:
    """Keep the load up for the window and let every answer end; raises SystemExit for a wrong one."""
    meter = Meter()
    readers = [_Reader(number, await Connection.open(door, meter), door, shape) for number in range(shape.readers)]
    async with asyncio.TaskGroup() as group:
        for reader in readers:
            group.create_task(reader.run(check))
        await asyncio.sleep(shape.spread + shape.warm)
        begun, cpu, tokens = perf_counter(), server.cpu(), meter.tokens
        await asyncio.sleep(shape.seconds)
        ended, cpu, tokens = perf_counter(), server.cpu() - cpu, meter.tokens - tokens
        for reader in readers:
            reader.leaving = True
    answers = [answer for reader in readers for answer in reader.answers if begun <= answer.sent]
    return Window(ended - begun, cpu, tokens, answers)


class _Reader:
    def __init__(self, number: int, connection: Connection, door: Door, shape: Shape) -> None:
        self.answers: list[Answer] = []
        self.leaving = False
        self._number = number
        self._connection = connection
        self._door = door
        self._shape = shape

    async def run(self, check: Callable[[Answer], None] | None) -> None:
        await asyncio.sleep(self._shape.spread * self._number / self._shape.readers)
        while not self.leaving:
            asking = self._connection.ask(self._door.request(self._number))
            answer = await asyncio.wait_for(asking, ANSWER_TIMEOUT_S)
            if answer.tokens != self._shape.tokens:
                raise SystemExit(f"{answer.tokens} tokens instead of {self._shape.tokens}: {bytes(answer.body)!r}")
            if check is not None:
                check(answer)
            answer.body.clear()
            self.answers.append(answer)
        self._connection.close()
