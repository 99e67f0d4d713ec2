"""One process and two behind the same PostgreSQL and Redis: what a second one brings, and what it costs."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.accounts import make_users
from benchmarks.doors import LeaDoor
from benchmarks.load import Shape, Window, steady
from benchmarks.report import Part, Row
from benchmarks.servers import CORES, LOAD_CORE, SERVER_CORE, SLOW_DATABASE, Server, lea_on, model, workplace
from tests.postgres import own_postgres
from tests.redis_server import own_redis

READERS = 64
JSON_TOKENS = 8
TOKENS = 50
STREAMS = 50
EVERY_S = 0.02
JSON, STREAM = "/v1/lea/chat", "/v1/lea/chat/stream"


@dataclass(frozen=True, slots=True)
class Place:
    """Where all of them keep what they share."""

    folder: Path
    keys: list[str]
    settings: dict[str, str]


async def run(*, quick: bool) -> Part:
    """One, two, two, one …"""
    times, seconds = (1, 1.5) if quick else (3, 4)
    spread = TOKENS * EVERY_S
    rows: list[Row] = []
    with workplace() as folder, own_redis() as redis, own_postgres() as sql:
        settings = {"LEA_STATE__URL": redis.url, "LEA_DATABASE__URL": sql.url(), **SLOW_DATABASE}
        place = Place(folder, await make_users(folder, READERS, **settings), settings)
        with _running(place, tokens=JSON_TOKENS) as servers:
            both = await _in_turns(place, servers, Shape(READERS, seconds, JSON_TOKENS, warm=1), times, JSON)
        rows += _rows("JSON chat, requests", JSON_TOKENS, *both)
        with _running(place, tokens=TOKENS, every=EVERY_S) as servers:
            shape = Shape(STREAMS, seconds, TOKENS, spread=spread, warm=1.2 * spread)
            both = await _in_turns(place, servers, shape, times, STREAM)
        rows += _rows(f"{STREAMS} paced streams, tokens", 1, *both)
    notes = [
        "Half of the readers ask each process; everything is shared through Redis and PostgreSQL.",
        "A CPU second is one of all servers together: what is lost there is what sharing costs.",
        "PostgreSQL does not wait for the disk here (fsync off).",
    ]
    if len(CORES) < 4:
        notes.append(
            f"Of {len(CORES)} cores the second process has the one the load, the model, Redis and PostgreSQL share: "
            "more answers a second cannot be seen here, only what they cost."
        )
    return Part("processes", "One process and two", rows, notes, beside="one process")


@contextmanager
def _running(place: Place, *, tokens: int, every: float = 0) -> Iterator[list[Server]]:
    """The second one has another core than the load's where there are enough."""
    cores = (SERVER_CORE, CORES[-2] if len(CORES) > 2 else LOAD_CORE)
    with model(place.folder, tokens=tokens, every=every) as url, ExitStack() as stack:
        yield [stack.enter_context(lea_on(core, place.folder, url, **place.settings)) for core in cores]


async def _in_turns(
    place: Place, servers: Sequence[Server], shape: Shape, times: int, path: str
) -> tuple[list[Window], list[Window]]:
    twos: list[Window] = []
    ones: list[Window] = []
    for number in range(times):
        for is_two in (number % 2 == 0, number % 2 == 1):
            if is_two:
                twos.append(await _together(place, servers, shape, path))
            else:
                ones.append(await _together(place, servers[:1], shape, path))
    return twos, ones


async def _together(place: Place, servers: Sequence[Server], shape: Shape, path: str) -> Window:
    """The window of all of them as one: readers and keys in equal parts."""
    share = shape.readers // len(servers)
    part = replace(shape, readers=share)
    doors = [
        LeaDoor(server.url, place.keys[number * share : (number + 1) * share], path=path, threads=20)
        for number, server in enumerate(servers)
    ]
    pairs = zip(doors, servers, strict=True)
    windows = await asyncio.gather(*[steady(door, server, part) for door, server in pairs])
    return Window(
        max(window.wall for window in windows),
        sum(window.cpu for window in windows),
        sum(window.tokens for window in windows),
        [answer for window in windows for answer in window.answers],
        [gap for window in windows for gap in window.gaps],
    )


def _rows(what: str, tokens: int, twos: Sequence[Window], ones: Sequence[Window]) -> list[Row]:
    return [
        Row(f"{what} a second", "/s", _a_second(twos, tokens), _a_second(ones, tokens)),
        Row(f"{what} a CPU second", "/s", _a_cpu_second(twos, tokens), _a_cpu_second(ones, tokens)),
    ]


def _a_second(windows: Sequence[Window], tokens: int) -> list[float]:
    return [window.tokens / tokens / window.wall for window in windows]


def _a_cpu_second(windows: Sequence[Window], tokens: int) -> list[float]:
    return [window.tokens / tokens / window.cpu for window in windows]
