"""Fan-out: one turn's tokens to thousands of followers, beside a loop of writes to as many connections.

The model is in the load's own process and tells one token at a time, so that the moment of a change is known.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from benchmarks.accounts import make_users
from benchmarks.crowds import Crowd
from benchmarks.doors import BareDoor, LeaDoor, PathDoor
from benchmarks.load import Connection, Meter
from benchmarks.report import Part, Row, Target
from benchmarks.servers import CROWDED, Server, lea, relay, workplace
from tests.model_server import Answer, ModelServer, plain_words

COUNTS = (1000, 5000)
QUICK_COUNTS = (300,)
EVENTS = 20
WARM_EVENTS = 3
FRAME = 'id: t_0123456789abcdef01234567:%d\ndata: {"delta":"mot%d "}\n\n'
"""What Léa sends for a token."""
REST_S = 0.05
"""Between two events, for what a process does when it has told one."""
WITHIN_S = 30
TARGET = Target(must=1.5, aim=1.2)
PATIENT = {"LEA_LLM__TIMEOUT": "600", **CROWDED}

Tell = Callable[[int], Awaitable[object]]


@dataclass(slots=True)
class Found:
    """Milliseconds until the last one has it, of every event, and microseconds of CPU a reader, of every run."""

    last: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


async def run(*, quick: bool) -> Part:
    """Léa and the loop in turns."""
    counts, times = (QUICK_COUNTS, 1) if quick else (COUNTS, 2)
    rows: list[Row] = []
    with workplace() as folder:
        keys = await make_users(folder, 1)
        for count in counts:
            leas, bares = Found(), Found()
            for number in range(times):
                for is_lea in (number % 2 == 0, number % 2 == 1):
                    await (_lea(folder, keys, count, leas) if is_lea else _bare(folder, count, bares))
            rows += [
                Row(f"{count} followers, last one has it", "ms", leas.last, bares.last, target=TARGET),
                Row(f"{count} followers, CPU a reader and event", "µs", leas.cpu, bares.cpu),
            ]
    notes = [
        f"{EVENTS} tokens of one turn, one after the other; from the model's write to the last follower's read.",
        "Bare: an aiohttp handler that writes what it is sent to every open connection, one after the other.",
        "The load's core reads them all, which takes part of the time on both sides.",
    ]
    return Part("fanout", "One turn to many followers", rows, notes)


async def _lea(folder: Path, keys: list[str], count: int, found: Found) -> None:
    gate = asyncio.Semaphore(0)
    pieces = plain_words(WARM_EVENTS + EVENTS)
    async with ModelServer(default=Answer(pieces=pieces, gate=gate)) as model:
        with lea(folder, model.url, **PATIENT) as server:
            asking = Crowd(LeaDoor(server.url, keys))
            await asking.grow(1)
            crowd = Crowd(PathDoor(server.url, "/v1/lea/threads/thread-0-0/stream", keys))
            await crowd.grow(count)

            async def tell(_: int) -> None:
                gate.release()

            await _events(server, crowd, tell, found)
            await crowd.ended(len(pieces))
            await asking.ended(len(pieces))
            crowd.leave()
            asking.leave()


async def _bare(folder: Path, count: int, found: Found) -> None:
    with relay(folder, "http://127.0.0.1:9/v1") as server:
        crowd = Crowd(PathDoor(server.url, "/follow"))
        await crowd.grow(count)
        door = BareDoor(server.url)
        publisher = await Connection.open(door, Meter())

        async def tell(number: int) -> None:
            await publisher.ask(door.raw("/publish", FRAME % (number, number)))

        await _events(server, crowd, tell, found)
        await publisher.ask(door.raw("/publish", ""))
        await crowd.ended(WARM_EVENTS + EVENTS)
        crowd.leave()
        publisher.close()


async def _events(server: Server, crowd: Crowd, tell: Tell, found: Found) -> None:
    cpu = 0.0
    for number in range(WARM_EVENTS + EVENTS):
        if number == WARM_EVENTS:
            cpu = server.cpu()
        there = crowd.meter.reach((number + 1) * len(crowd))
        begun = perf_counter()
        telling = asyncio.ensure_future(tell(number))
        ended = await asyncio.wait_for(there, WITHIN_S)
        await telling
        if number >= WARM_EVENTS:
            found.last.append((ended - begun) * 1000)
        await asyncio.sleep(REST_S)
    found.cpu.append((server.cpu() - cpu) / EVENTS / len(crowd) * 1e6)
