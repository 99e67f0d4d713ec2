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
    last_token: float = 0
    ended: float = 0
    tokens: int = 0
    body: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Meter:
    """Tokens that have reached any reader so far."""

    tokens: int = 0
    gaps: list[float] | None = None
    """Seconds from a token to the next of the same answer, while somebody wants to know."""
    _due: int = 0
    _reached: asyncio.Future[float] | None = None

    def reach(self, tokens: int) -> asyncio.Future[float]:
        """When (`perf_counter`) so many in all have come."""
        self._due, self._reached = tokens, asyncio.get_running_loop().create_future()
        return self._reached

    def add(self, tokens: int, now: float) -> None:
        self.tokens += tokens
        if self._reached is not None and self.tokens >= self._due:
            self._reached.set_result(now)
            self._reached = None


class WrongAnswer(Exception):
    """The server refused, or did not tell what the model said."""


class Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._transport: asyncio.Transport
        self._answer: Answer | None = None
        self._head = 0
        self._whole = 0
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
        self._head = self._whole = 0
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
            if self._meter.gaps is not None and answer.last_token:
                self._meter.gaps.append(now - answer.last_token)
            answer.last_token = now
            answer.first_token = answer.first_token or now
            self._meter.add(tokens, now)
        if not answer.first_byte and not self._begin(answer, now):
            return
        if len(body) >= self._whole if self._whole else body.endswith(b"\r\n0\r\n\r\n"):
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

    def has(self, word: bytes) -> bool:
        """Whether the answer that comes has it already."""
        return self._answer is not None and word in self._answer.body

    def _begin(self, answer: Answer, now: float) -> bool:
        """Whether the body has begun."""
        self._head = self._head or answer.body.find(b"\r\n\r\n") + 4
        if self._head == 3 or len(answer.body) == self._head:
            self._head = 0
            return False
        answer.first_byte = now
        self._whole = self._length(bytes(answer.body[: self._head]).lower())
        if not answer.body.startswith(b"HTTP/1.1 200"):
            self.connection_lost(WrongAnswer(f"the server refused: {bytes(answer.body[:600])!r}"))
            self.close()
            return False
        self.began.set_result(answer)
        return True

    def _length(self, head: bytes) -> int:
        """Of head and body together; 0 where the body comes in chunks."""
        start = head.find(b"content-length: ")
        return 0 if start < 0 else self._head + int(head[start + 16 : head.find(b"\r\n", start)])


@dataclass(frozen=True, slots=True)
class Window:
    """What happened between two moments of steady load."""

    wall: float
    cpu: float
    tokens: int
    answers: list[Answer]
    """Those that were asked for within the window; where it was too short for that, those that ended after it began."""
    gaps: list[float]
    """Seconds between tokens of the same answer."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a load looks: readers that ask again as soon as they are answered, their start spread over `spread` s."""

    readers: int
    seconds: float
    tokens: int
    """Tokens every answer must have; another number ends the run."""
    spread: float = 0
    warm: float = 1.5
    """Seconds of steady load before the window, which also waits until every reader was answered once."""


async def steady(door: Door, server: Server, shape: Shape, check: Callable[[Answer], None] | None = None) -> Window:
    """Keep the load up for the window and let every answer end; raises WrongAnswer."""
    meter = Meter()
    readers = [_Reader(number, await Connection.open(door, meter), door, shape) for number in range(shape.readers)]
    async with asyncio.TaskGroup() as group:
        for reader in readers:
            group.create_task(reader.run(check))
        await asyncio.sleep(shape.spread + shape.warm)
        await asyncio.gather(*[reader.answered for reader in readers])
        begun, cpu, tokens, gaps = perf_counter(), server.cpu(), meter.tokens, list[float]()
        meter.gaps = gaps
        await asyncio.sleep(shape.seconds)
        ended, cpu, tokens = perf_counter(), server.cpu() - cpu, meter.tokens - tokens
        meter.gaps = None
        for reader in readers:
            reader.leaving = True
    if shape.tokens and not tokens:
        raise WrongAnswer(f"nothing came in {shape.seconds} s")
    everything = [answer for reader in readers for answer in reader.answers if begun <= answer.ended]
    answers = [answer for answer in everything if begun <= answer.sent] or everything
    return Window(ended - begun, cpu, tokens, answers, gaps)


class _Reader:
    def __init__(self, number: int, connection: Connection, door: Door, shape: Shape) -> None:
        self.answers: list[Answer] = []
        self.leaving = False
        self.answered = asyncio.get_running_loop().create_future()
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
                raise WrongAnswer(f"{answer.tokens} tokens instead of {self._shape.tokens}: {bytes(answer.body)!r}")
            if check is not None:
                check(answer)
            answer.body.clear()
            self.answers.append(answer)
            if not self.answered.done():
                self.answered.set_result(None)
        self._connection.close()
