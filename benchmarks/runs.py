"""A price list of 10,000 rows on one core: how long it takes, what a chat beside it feels, and how soon a thousand
people who watch a run know of a change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientTimeout, FormData, TCPConnector

from benchmarks.accounts import COMPANIES, make_users
from benchmarks.report import Part, Row, Target, percentile
from benchmarks.servers import lea, model, workplace
from benchmarks.watchers import watch
from tests.catalog_files import many_rows

ROWS = 10_000
WATCHED_ROWS = 50_000
WATCHERS = 1000
EVERY_S = 0.02
TOKENS = 20_000
"""Longer than any of it takes; the chat is stopped."""
IDLE_S = 5.0
SEEN_LATE = Target(must=300, unit="ms")
EXTRACTED = Target(must=10, unit="s")
FELT = Target(must=2)


async def run(*, quick: bool) -> Part:
    """Extractions with a chat beside them, then one that is watched."""
    times = 1 if quick else 3
    extracted: list[float] = []
    idle: list[float] = []
    beside: list[float] = []
    price_list, long_list = many_rows(ROWS), many_rows(ROWS if quick else WATCHED_ROWS)
    with workplace() as folder:
        keys = await make_users(folder, 3 * COMPANIES)
        with model(folder, tokens=TOKENS, every=EVERY_S) as model_url, lea(folder, model_url) as server:
            for number in range(times):
                async with person(server.url, keys[number]) as one, chat(one) as gaps:
                    await asyncio.sleep(IDLE_S)
                    idle.append(percentile(gaps, 99) * 1000)
                    gaps.clear()
                    extracted.append(await _extract(one, price_list))
                    beside.append(percentile(gaps, 99) * 1000)
            company = keys[times::COMPANIES]
            async with person(server.url, company[0]) as one:
                late = await _watched(one, server.url, company, long_list)
    rows = [
        Row(f"{ROWS} rows, from upload to the last article", "s", extracted, judged="lea", target=EXTRACTED),
        Row("a chat's token gap p99 beside it (bare: idle)", "ms", beside, idle, target=FELT),
        Row(f"{WATCHERS} watchers, change to arrival p50", "ms", [percentile(late, 50)], judged="lea"),
        Row(
            f"{WATCHERS} watchers, change to arrival p99", "ms", [percentile(late, 99)], judged="lea", target=SEEN_LATE
        ),
    ]
    notes = [
        "The server has one core for all it does: the process that reads the file, the run, the chat, the watchers.",
        "A change's time is the start or the end of the job, before it is saved; the watcher's is when the bytes came.",
        "All changes in all messages to all watchers count; a watcher is sent at most five messages a second.",
    ]
    return Part("runs", "Runs", rows, notes)


@asynccontextmanager
async def person(url: str, key: str) -> AsyncIterator[ClientSession]:
    headers = {"Authorization": f"Bearer {key}"}
    connector = TCPConnector(limit=0)
    async with ClientSession(url, headers=headers, connector=connector, timeout=ClientTimeout(total=120)) as session:
        yield session


@asynccontextmanager
async def chat(one: ClientSession) -> AsyncIterator[list[float]]:
    """The seconds between tokens of an answer that is read beside the block, from its first token on."""
    gaps: list[float] = []
    begun = asyncio.Event()

    async def read() -> None:
        last = 0.0
        async with one.post("/v1/lea/chat/stream", json={"message": "Compte", "session_id": "c"}) as answer:
            answer.raise_for_status()
            async for line in answer.content:
                if b'"delta"' in line:
                    now = perf_counter()
                    if last:
                        gaps.append(now - last)
                    last = now
                    begun.set()

    reading = asyncio.ensure_future(read())
    await begun.wait()
    yield gaps
    (await one.post("/v1/lea/threads/c/stop")).raise_for_status()
    await reading


async def _begin(one: ClientSession, file: bytes) -> str:
    form = FormData()
    form.add_field("file", file, filename="articles.csv", content_type="text/csv")
    async with one.post("/v1/catalog/imports", data=form) as response:
        response.raise_for_status()
        imported = (await response.json())["import_id"]
    async with one.post("/v1/catalog/extract", json={"import_id": imported}) as response:
        response.raise_for_status()
        run_id: str = (await response.json())["run_id"]
        return run_id


async def _extract(one: ClientSession, file: bytes) -> float:
    """Seconds; raises SystemExit where an article is missing."""
    begun = perf_counter()
    run_id = await _begin(one, file)
    async with one.get(f"/v1/catalog/job-stream/{run_id}") as stream:
        await stream.read()
    took = perf_counter() - begun
    async with one.get("/v1/catalog/items?limit=1") as response:
        total = (await response.json())["total"]
    if total != ROWS:
        raise SystemExit(f"{total} articles of {ROWS} rows")
    return took


async def _watched(one: ClientSession, url: str, keys: list[str], file: bytes) -> list[float]:
    """Milliseconds from a change to its arrival, of all messages at all watchers."""
    address = urlsplit(url)
    run_id = await _begin(one, file)
    path = f"/v1/catalog/job-stream/{run_id}"
    watchers = await watch((address.hostname or "", address.port or 0), path, keys, WATCHERS)
    async with asyncio.timeout(120):
        await asyncio.gather(*[watcher.ended for watcher in watchers])
    late = [seconds * 1000 for watcher in watchers for seconds in watcher.lateness]
    for watcher in watchers:
        watcher.close()
    if len(late) < WATCHERS:
        raise SystemExit(f"only {len(late)} messages reached {WATCHERS} watchers: the run was over before")
    return late
