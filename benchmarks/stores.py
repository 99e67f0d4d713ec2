"""What Redis and PostgreSQL cost: the same load with memory and SQLite, with each of them, and with both."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from redis.asyncio import Redis

from benchmarks.accounts import make_users
from benchmarks.doors import LeaDoor
from benchmarks.load import Answer, Shape, Window, steady
from benchmarks.report import Part, Row, Target, percentile
from benchmarks.servers import SLOW_DATABASE, Server, lea, model, workplace
from tests.postgres import Postgres, own_postgres
from tests.redis_server import RedisServer, own_redis

READERS = 50
"""Fewer than any of them carries: a server at its limit would show the load, not the store."""
TOKENS = 50
EVERY_S = 0.02
BASE = "memory, SQLite"
REDIS, SQL, BOTH = "Redis, SQLite", "memory, PostgreSQL", "Redis, PostgreSQL"
FIRST_TOKEN = {REDIS: Target(must=1, unit="ms")}
NEVER = {"calls": 0}
THREADS = 10


@dataclass(frozen=True, slots=True)
class Variant:
    """Where one Léa keeps things; users and keys of her own."""

    name: str
    folder: Path
    keys: list[str]
    settings: dict[str, str]
    redis: RedisServer | None


@dataclass(slots=True)
class Asked:
    """What Redis was asked during loads, by its own count."""

    seconds: float = 0
    turns: int = 0
    reads: int = 0
    shipments: int = 0


async def run(*, quick: bool) -> Part:
    """All variants in turn, window after window."""
    times, seconds = (1, 1.5) if quick else (3, 5)
    spread = TOKENS * EVERY_S
    many = Shape(READERS, seconds, TOKENS, spread=spread, warm=2 * spread)
    rows: list[Row] = []
    with workplace() as folder, ExitStack() as stack:
        sql = stack.enter_context(own_postgres())
        variants = [await _variant(stack, folder, name, sql) for name in (BASE, REDIS, SQL, BOTH)]
        for shape, every in ((Shape(1, seconds / 2, 3), 0.001), (many, EVERY_S)):
            asked: dict[str, Asked] = {}
            with _running(folder, variants, shape.tokens, every) as servers:
                found = await _in_turns(servers, variants, shape, times, asked)
            rows += _rows("one reader" if shape.readers == 1 else f"{READERS} paced streams", found)
        rows += [row for name, one in asked.items() for row in _asked(name, one)]
    notes = [
        f"Held against Léa with {BASE}; all of them on one core, Redis and PostgreSQL beside the load.",
        "PostgreSQL does not wait for the disk here (fsync off), SQLite does.",
        "Text for other processes: one command a flush, every 50 ms and at once where there is a signal; Redis counts.",
    ]
    return Part("stores", "Redis and PostgreSQL", rows, notes, beside=BASE)


async def _variant(stack: ExitStack, folder: Path, name: str, sql: Postgres) -> Variant:
    place = folder / f"variant-{name.replace(', ', '-').lower()}"
    place.mkdir()
    settings: dict[str, str] = {}
    redis: RedisServer | None = None
    if name in {REDIS, BOTH}:
        redis = stack.enter_context(own_redis())
        settings["LEA_STATE__URL"] = redis.url
    if name in {SQL, BOTH}:
        database = "with_memory" if name == SQL else "with_redis"
        await sql.execute(f"CREATE DATABASE {database}")
        settings = {**settings, **SLOW_DATABASE, "LEA_DATABASE__URL": sql.url(database)}
    return Variant(name, place, await make_users(place, READERS, **settings), settings, redis)


@contextmanager
def _running(folder: Path, variants: Sequence[Variant], tokens: int, every: float) -> Iterator[list[Server]]:
    with model(folder, tokens=tokens, every=every) as url, ExitStack() as stack:
        yield [stack.enter_context(lea(one.folder, url, **one.settings)) for one in variants]


async def _in_turns(
    servers: Sequence[Server], variants: Sequence[Variant], shape: Shape, times: int, asked: dict[str, Asked]
) -> dict[str, list[Window]]:
    found: dict[str, list[Window]] = {one.name: [] for one in variants}
    doors = [LeaDoor(server.url, one.keys, threads=THREADS) for server, one in zip(servers, variants, strict=True)]
    everybody = list(zip(doors, servers, variants, strict=True))
    for number in range(times):
        for door, server, one in everybody if number % 2 == 0 else reversed(everybody):
            if one.redis is None:
                found[one.name].append(await steady(door, server, shape))
            else:
                counted = asked.setdefault(one.name, Asked())
                found[one.name].append(await _counted(door, server, shape, one.redis, counted))
    return found


async def _counted(door: LeaDoor, server: Server, shape: Shape, redis: RedisServer, asked: Asked) -> Window:
    """The window; Redis' count is of all the load, its warm-up and its end included."""
    turns = 0

    def one_more(_: Answer) -> None:
        nonlocal turns
        turns += 1

    client = Redis.from_url(redis.url)
    before, begun = await _info(client), perf_counter()
    window = await steady(door, server, shape, one_more)
    after = await _info(client)
    await client.aclose()
    asked.seconds += perf_counter() - begun
    asked.turns += turns
    asked.reads += after[0] - before[0] - 2
    asked.shipments += after[1] - before[1]
    return window


async def _info(client: Redis) -> tuple[int, int]:
    """Reads of all connections so far, and commands that told of topics.

    The script that ships is the only one that is called with EVAL.
    """
    ships = (await client.info("commandstats")).get("cmdstat_eval", NEVER)["calls"]
    return int((await client.info("stats"))["total_reads_processed"]), int(ships)


def _rows(who: str, found: dict[str, list[Window]]) -> list[Row]:
    base = found[BASE]
    rows: list[Row] = []
    for name in (REDIS, SQL, BOTH):
        first = _first(found[name]), _first(base)
        rows.append(Row(f"{who}, first token p50: {name}", "ms", *first, "difference", FIRST_TOKEN.get(name)))
    for name in (REDIS, SQL, BOTH) if who != "one reader" else ():
        rows.append(Row(f"{who}, CPU a token: {name}", "µs", _cpu(found[name]), _cpu(base)))
    return rows


def _asked(name: str, asked: Asked) -> list[Row]:
    """With SQLite there is no other process to send text to."""
    told = [asked.shipments / asked.seconds]
    sent = Row(f"{name}, text to other processes, commands a second", "/s", told, judged="lea")
    rows = [Row(f"{name}, round trips a turn, everything", "", [asked.reads / asked.turns], judged="lea")]
    return [sent, *rows] if name == BOTH else rows


def _first(windows: Sequence[Window]) -> list[float]:
    return [
        percentile([(answer.first_token - answer.sent) * 1000 for answer in window.answers], 50) for window in windows
    ]


def _cpu(windows: Sequence[Window]) -> list[float]:
    return [window.cpu / window.tokens * 1e6 for window in windows]
