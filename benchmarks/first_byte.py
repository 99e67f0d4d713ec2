"""First byte: many readers at once while every source and the model hang.

The bare handler reads the request, writes `: ok` and waits. Each round takes fresh connections that are already
open; between rounds Léa's turns are stopped, so that rounds do not pile up.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.accounts import make_users
from benchmarks.doors import BareDoor, Door, LeaDoor
from benchmarks.load import Connection, Meter
from benchmarks.report import Part, Row, Target, percentile
from benchmarks.servers import lea, relay, workplace

READERS = 100
ROUND_S = 20
FOREVER = "600"
REST_S = 0.15
"""Between rounds, for what the last one left behind."""
TARGET = Target(must=1.5, aim=1.1)


@dataclass(slots=True)
class Subject:
    """One server and what its rounds gave, in milliseconds."""

    door: Door
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    async def round(self, *, counted: bool) -> None:
        connections = [await Connection.open(self.door, Meter()) for _ in range(READERS)]
        for number, connection in enumerate(connections):
            connection.ask(self.door.request(number))
        async with asyncio.timeout(ROUND_S):
            answers = await asyncio.gather(*[connection.began for connection in connections])
        waits = [(answer.first_byte - answer.sent) * 1000 for answer in answers]
        if counted:
            self.p50.append(percentile(waits, 50))
            self.p99.append(percentile(waits, 99))
        if isinstance(self.door, LeaDoor):
            await _stop(self.door, connections)
        for connection in connections:
            connection.close()
        await asyncio.sleep(REST_S)


async def _stop(door: LeaDoor, connections: list[Connection]) -> None:
    """End every turn, once it has begun, and see its stream end."""
    stopping = await Connection.open(door, Meter())
    async with asyncio.timeout(ROUND_S):
        while not all(connection.has(b"connecting") for connection in connections):
            await asyncio.sleep(0.01)
        for number in range(READERS):
            await stopping.ask(door.stop(number))
        await asyncio.gather(*[connection.ended for connection in connections])
    stopping.close()


async def _hung_model(measure: Callable[[str], Awaitable[Part]]) -> Part:
    """A model that takes every connection and never says a word."""

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0, backlog=1024)
    async with server:
        port = server.sockets[0].getsockname()[1]
        return await measure(f"http://127.0.0.1:{port}/v1")


async def run(*, quick: bool) -> Part:
    """All servers in turn, round after round."""
    rounds = 2 if quick else 15
    with workplace() as folder:
        keys = await make_users(folder, READERS)
        sources, model = folder / "sources", folder / "model"
        for copy in (sources, model):
            copy.mkdir()
            (copy / "lea.db").write_bytes((folder / "lea.db").read_bytes())

        async def measure(model_url: str) -> Part:
            with ExitStack() as open_:
                hung = {"LEA_SESSIONS__LOAD_TIMEOUT": FOREVER, "LEA_LLM__TIMEOUT": FOREVER}
                all_hung = open_.enter_context(lea(sources, model_url, "-m", "benchmarks.hung", **hung))
                model_hung = open_.enter_context(lea(model, model_url, **hung))
                bare = open_.enter_context(relay(folder, model_url))
                subjects = [
                    Subject(BareDoor(bare.url, path="/hung")),
                    Subject(LeaDoor(all_hung.url, keys)),
                    Subject(LeaDoor(model_hung.url, keys)),
                ]
                for number in range(-2, rounds):
                    for subject in subjects if number % 2 else reversed(subjects):
                        await subject.round(counted=number >= 0)
                return _part(*subjects)

        return await _hung_model(measure)


def _part(bare: Subject, sources: Subject, model: Subject) -> Part:
    rows = [
        Row("every source hung, p50", "ms", sources.p50, bare.p50),
        Row("every source hung, p99", "ms", sources.p99, bare.p99, target=TARGET),
        Row("only the model hung, p50", "ms", model.p50, bare.p50),
        Row("only the model hung, p99", "ms", model.p99, bare.p99, target=TARGET),
    ]
    note = (
        f"{READERS} readers at once, medians of {len(bare.p99)} rounds; bare: a handler that writes `: ok` and waits."
    )
    return Part("first_byte", "First byte while everything hangs", rows, [note])
