"""Memory: what one more idle follower, and one more live stream, adds to the server's own (USS).

The first connections are warm-up: what is loaded or allocated once for all is not theirs.
"""

import asyncio
from collections import defaultdict
from pathlib import Path

from benchmarks.accounts import make_users
from benchmarks.crowds import Crowd
from benchmarks.doors import BareDoor, Door, LeaDoor, PathDoor
from benchmarks.load import Connection, Meter
from benchmarks.report import Part, Row, Target
from benchmarks.servers import CROWDED, Server, lea, model, relay, workplace

COUNTS = (1000, 5000)
QUICK_COUNTS = (300,)
USERS = 500
WARM = 50
HOUR_S = 3600
LIVE_TOKENS, LIVE_EVERY_S = 60, 1.0
"""Slow enough for one core to carry all of them, and long enough for all of them to have begun."""
QUICK_TOKENS = 12
SETTLED_S = 0.5
PATIENT = {"LEA_LLM__TIMEOUT": "600", **CROWDED}
IDLE = Target(must=1.4, aim=1.1)

Weights = defaultdict[int, list[float]]
"""KB a connection, by how many there are."""


async def run(*, quick: bool) -> Part:
    """Every measurement in processes of its own, since memory that was used once is not given back."""
    counts, times = (QUICK_COUNTS, 1) if quick else (COUNTS, 2)
    tokens = QUICK_TOKENS if quick else LIVE_TOKENS
    idle: tuple[Weights, Weights] = defaultdict(list), defaultdict(list)
    live: tuple[Weights, Weights] = defaultdict(list), defaultdict(list)
    with workplace() as folder:
        keys = await make_users(folder, USERS)
        for _ in range(times):
            await _idle(folder, keys, counts, idle)
            await _live(folder, keys, counts, live, tokens)
    rows = [
        Row(f"{count} {what}, each", "KB", leas[count], bares[count], target=target)
        for what, (leas, bares), target in (("idle followers", idle, IDLE), ("live streams", live, None))
        for count in counts
    ]
    notes = [
        "Memory of the server's process that it shares with nobody; the kernel's socket buffers are not in it.",
        "Idle: followers of one turn whose model is silent, each of which has been told what there was; bare: aiohttp.",
        f"Live: a turn and its reader each, {tokens} tokens, one a second, {USERS} users whose sessions were there.",
    ]
    return Part("memory", "Memory of a connection", rows, notes)


async def _idle(folder: Path, keys: list[str], counts: tuple[int, ...], found: tuple[Weights, Weights]) -> None:
    with model(folder, tokens=2, every=HOUR_S) as url:
        with lea(folder, url, **PATIENT) as server:
            asking = Crowd(LeaDoor(server.url, keys[:1]))
            await asking.grow(1, tokens=1)
            followers = PathDoor(server.url, "/v1/lea/threads/thread-0-0/stream", keys[:1])
            await _weigh(server, followers, counts, found[0], tokens=1)
            asking.leave()
        with relay(folder, url) as server:
            await _weigh(server, PathDoor(server.url, "/follow"), counts, found[1], tokens=0)


async def _live(
    folder: Path, keys: list[str], counts: tuple[int, ...], found: tuple[Weights, Weights], tokens: int
) -> None:
    with model(folder, tokens=tokens, every=LIVE_EVERY_S) as url:
        with lea(folder, url, **PATIENT) as server:
            await _make_sessions(server, keys)
            await _weigh(server, LeaDoor(server.url, keys), counts, found[0], tokens=1, ends_with=tokens)
        with relay(folder, url) as server:
            await _weigh(server, BareDoor(server.url), counts, found[1], tokens=1, ends_with=tokens)


async def _make_sessions(server: Server, keys: list[str]) -> None:
    """Over one connection: what many would leave behind would be used again by what is weighed."""
    door = PathDoor(server.url, "/v1/lea/sessions/initialize", keys, {})
    connection = await Connection.open(door, Meter())
    for number in range(len(keys)):
        await connection.ask(door.request(number))
    connection.close()


async def _weigh(
    server: Server, door: Door, counts: tuple[int, ...], found: Weights, *, tokens: int, ends_with: int = 0
) -> None:
    """Each has been told `tokens` tokens before it is weighed; with `ends_with` all are read to their end."""
    crowd = Crowd(door)
    await crowd.grow(WARM, tokens=WARM * tokens)
    await asyncio.sleep(SETTLED_S)
    before = server.weight()
    for count in counts:
        await crowd.grow(WARM + count, tokens=(WARM + count) * tokens)
        await asyncio.sleep(SETTLED_S)
        found[count].append((server.weight() - before) / count / 1024)
    if ends_with:
        await crowd.ended(ends_with)
    crowd.leave()
