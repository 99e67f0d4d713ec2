"""Redis killed, hung, refusing, full, restarted empty or moved in mid-answer: what people see, and that it heals."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import ClassVar

import pytest
from redis.asyncio import Redis

from lea.resilience.redis import REQUEST_S, Command, T
from tests.fault_proxy import FaultProxy
from tests.lea_server import Lea, Person, Reading, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.redis_server import PatientLink, RedisServer, own_redis, patient

BACK_S = 10
"""Within this it is used again, by its promise."""


@dataclass
class Two:
    """Two servers that reach their Redis through a proxy of their own each."""

    one: Lea
    other: Lea
    ada: Person
    also_ada: Person
    redis: RedisServer
    proxy: FaultProxy
    """Of the first server; the other's way stays whole."""


class Link(PatientLink):
    """Patient until something is done to Redis."""

    patient: ClassVar[bool] = True

    async def run(self, command: Command[T], within_s: float = REQUEST_S) -> T:
        return await (super() if self.patient else super(PatientLink, self)).run(command, within_s)


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    patient(monkeypatch, Link)
    with own_redis() as server:
        yield server


@asynccontextmanager
async def _two(tmp_path: Path, model: ModelServer, redis: RedisServer, port_of_other: int) -> AsyncIterator[Two]:
    async with fresh_database() as url, FaultProxy(redis.port) as proxy:

        def config(port: int) -> object:
            state = {"url": f"redis://127.0.0.1:{port}/0"}
            return settings(tmp_path, database={"url": url}, state=state, llm={"base_url": model.url})

        async with running(config(proxy.port)) as one, running(config(port_of_other or proxy.port)) as other:
            ada = await one.person()
            also_ada = Person(other.session, other.url, ada.identity, ada.headers["Authorization"].split()[1])
            yield Two(one, other, ada, also_ada, redis, proxy)


@pytest.fixture
async def two(tmp_path: Path, model: ModelServer, redis: RedisServer) -> AsyncIterator[Two]:
    """Both lose Redis together."""
    async with _two(tmp_path, model, redis, 0) as two:
        yield two


async def killed(two: Two) -> None:
    two.redis.kill()


async def paused(two: Two) -> None:
    two.redis.pause()


async def refusing(two: Two) -> None:
    await two.proxy.refuse()


async def hung(two: Two) -> None:
    two.proxy.hang()


async def full(two: Two) -> None:
    client = Redis.from_url(two.redis.url)
    await client.config_set("maxmemory", 1)
    await client.aclose()


async def healed(two: Two) -> None:
    """Whatever was done to it; a killed one comes back empty."""
    if two.redis.process is None:
        two.redis.start()
    two.redis.resume()
    await two.proxy.heal()
    client = Redis.from_url(two.redis.url)
    await client.config_set("maxmemory", 0)
    await client.aclose()


async def storage(person: Person) -> tuple[str, str, str]:
    """What /health says: all, the backend, Redis."""
    _, health = await person.call("GET", "/health")
    return health["status"], health["storage_backend"], health["dependencies"]["redis"]["status"]


async def until(person: Person, wanted: str) -> None:
    async with asyncio.timeout(3 * BACK_S):
        while (await storage(person))[1] != wanted:
            await asyncio.sleep(0.05)


FAULTS = [killed, paused, refusing, hung, full]


@pytest.mark.parametrize("fault", FAULTS)
async def test_in_mid_answer_streams_and_stop_go_on_and_the_other_server_has_it_whole_in_the_end(
    two: Two, model: ModelServer, fault: Callable[[Two], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois quatre", gate=gate))
    async with two.ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        first = await reading.until("delta")
        async with two.also_ada.reading(path=f"/v1/lea/threads/s1/stream?after={first.turn_id}:1") as follower:
            await follower.until("delta")
            monkeypatch.setattr(Link, "patient", False)
            await fault(two)
            gate.release()
            assert (await reading.until("delta")).data == {"delta": "deux "}
            await until(two.ada, "memory (redis unavailable)")
            assert (await storage(two.ada))[::2] == ("degraded", "down")
            gate.release()
            assert (await reading.until("delta")).data == {"delta": "trois "}
            await healed(two)
            await until(two.ada, "redis")
            gate.release()
            here = await reading.rest()
            elsewhere = await follower.rest()
    assert here.text == "un deux trois quatre"
    if not elsewhere.events[-1].data.get("done"):  # it was cut, and goes on with its cursor
        last = elsewhere.events[-1]
        async with two.also_ada.reading(path=f"/v1/lea/threads/s1/stream?after={last.turn_id}:{last.n}") as again:
            rest = await again.rest()
        elsewhere.events += rest.events
    assert elsewhere.text == "un deux trois quatre"
    assert elsewhere.done["finish_reason"] == "stop"


@pytest.mark.parametrize("fault", FAULTS)
async def test_without_redis_everything_but_following_elsewhere_works_and_no_request_waits(
    two: Two, model: ModelServer, fault: Callable[[Two], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    await two.ada.ask("Bonjour", session_id="s0")
    monkeypatch.setattr(Link, "patient", False)
    await fault(two)
    model.script(Answer("un deux trois", every=0.01))
    told = await asyncio.gather(
        *(person.ask("Compte", session_id="s1", request_id="r1") for person in (two.ada, two.also_ada))
    )
    assert [one.text for one in told] == ["un deux trois"] * 2
    assert len(model.exchanges) == 2
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with two.ada.reading("Encore", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        assert (await two.also_ada.call("POST", "/v1/lea/threads/s1/stop"))[1] == {"stopped": True}
        assert (await reading.rest()).done["finish_reason"] == "stopped"
    for person in (two.ada, two.also_ada):
        status, count = await person.call("GET", "/v1/lea/sessions/count")
        assert (status, count["storage_backend"], count["active_sessions"]) == (200, "memory (redis unavailable)", 2)
        assert (await person.call("POST", "/v1/lea/sessions/initialize"))[0] == 200
    await healed(two)
    await until(two.ada, "redis")
    await until(two.also_ada, "redis")


async def test_a_redis_that_moved_is_found_again_with_the_sessions_written_back(two: Two, model: ModelServer) -> None:
    await two.ada.ask("Bonjour", session_id="s1")
    with own_redis() as new:
        await two.proxy.refuse()
        await until(two.ada, "memory (redis unavailable)")
        two.proxy.move(new.port)
        await two.proxy.heal()
        await until(two.ada, "redis")
        client = Redis.from_url(new.url)
        async with asyncio.timeout(3 * BACK_S):
            while not await client.keys("session:*"):
                await asyncio.sleep(0.05)
        assert await client.ttl((await client.keys("session:*"))[0]) > 23 * 3600
        await client.aclose()


async def test_it_is_used_again_within_ten_seconds(two: Two) -> None:
    two.redis.kill()
    await until(two.ada, "memory (redis unavailable)")
    two.redis.start()
    began = perf_counter()
    await until(two.ada, "redis")
    assert perf_counter() - began < BACK_S


async def test_streams_over_two_servers_with_random_reconnects_and_cuts_of_redis_are_whole(
    tmp_path: Path, model: ModelServer, redis: RedisServer
) -> None:
    """A hundred readers change the server with each of five reconnects, while one of them is cut from Redis."""
    words = [f"mot{number} " for number in range(80)]
    model.default = Answer("".join(words).strip(), every=0.02)
    chance = random.Random(5)
    cuts = [[chance.randrange(2, 12) for _ in range(5)] + [10_000] for _ in range(100)]
    async with _two(tmp_path, model, redis, redis.port) as two:

        async def read(number: int) -> str:
            thread = f"c{number % 10}"
            text, cursor = "", ""
            for attempt, cut in enumerate(cuts[number]):
                person = (two.ada, two.also_ada)[(number // 10 + attempt) % 2]
                text, cursor, done = await _read_some(person, thread, text, cursor, cut)
                if done:
                    return text
            async with asyncio.timeout(60):  # Redis may have cut the last one, too
                while True:
                    text, cursor, done = await _read_some(two.also_ada, thread, text, cursor, 10_000)
                    if done:
                        return text

        async def cutting() -> None:
            while True:
                await asyncio.sleep(0.4)
                await two.proxy.cut()

        cutter = asyncio.ensure_future(cutting())
        texts = await asyncio.gather(*(read(number) for number in range(100)))
        cutter.cancel()
        await asyncio.wait([cutter])
    assert set(texts) == {"".join(words).strip()}
    assert len(model.exchanges) == 10


async def _read_some(person: Person, thread: str, text: str, cursor: str, cut: int) -> tuple[str, str, bool]:
    """Read at most `cut` events; the text and cursor after them, and whether that was all."""
    if cursor:
        response = await person.request("GET", f"/v1/lea/threads/{thread}/stream", **{"Last-Event-ID": cursor})
    else:
        body = {"message": "Compte", "session_id": thread, "request_id": thread}
        response = await person.request("POST", "/v1/lea/chat/stream", body)
    async with response:
        if response.status == 204:
            return text, cursor, True
        assert response.status == 200
        reading = Reading(response)
        async for event in reading:
            text = event.data.get("snapshot", text + event.data.get("delta", ""))
            cursor = f"{event.turn_id}:{event.n}"
            if event.data.get("done"):
                return text, cursor, True
            if len(reading.told.events) >= cut:
                break
    return text, cursor, False
