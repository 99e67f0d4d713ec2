"""Two servers on one database and one Redis: sessions, counts and limits are shared, and Redis may go at any time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
import pytest
from aiohttp import ClientSession
from redis.asyncio import Redis

from lea.app import Adapters
from lea.handlers.keys import STATE
from lea.manager.manager import WRITTEN_AT_ONCE
from tests.fakes import ScriptedSource
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer
from tests.postgres import fresh_database
from tests.redis_server import RedisServer, own_redis, patient
from tests.test_manager import identity
from tests.test_process import refused, started

DAY_S = 24 * 3600
LOADED_ONCE = {"connection_mode": 1, "user_context": 1, "jobs_data": 1, "jobs_metrics": 1}


@dataclass
class Server:
    """One of them, and what it asked its source."""

    lea: Lea
    source: ScriptedSource

    def me(self, person: Person) -> Person:
        """The same person, talking to this one."""
        return Person(self.lea.session, self.lea.url, person.identity, person.headers["Authorization"].split()[1])

    async def health(self) -> dict[str, Any]:
        async with self.lea.session.get(self.lea.url + "/health") as response:
            assert response.status == 200
            return orjson.loads(await response.read())

    async def until(self, *, shared: bool) -> None:
        """Health asks Redis, and so finds out that it is gone."""
        async with asyncio.timeout(30):
            while self.lea.app[STATE].shared is not shared:
                await self.health()


@dataclass
class Servers:
    one: Server
    two: Server


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    patient(monkeypatch)
    with own_redis() as server:
        yield server


@pytest.fixture
async def raw(redis: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis.url) as client:
        yield client


@asynccontextmanager
async def serving(folder: Path, redis: RedisServer, model: ModelServer, **sections: Any) -> AsyncIterator[Server]:
    source = ScriptedSource()
    config = settings(folder, state={"url": redis.url}, llm={"base_url": model.url}, **sections)
    async with running(config, Adapters(source=lambda _: source)) as lea:
        yield Server(lea, source)


@asynccontextmanager
async def pair(folder: Path, redis: RedisServer, model: ModelServer, **sections: Any) -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(fresh_database())
        sections["database"] = {"url": url}
        one = await stack.enter_async_context(serving(folder, redis, model, **sections))
        two = await stack.enter_async_context(serving(folder, redis, model, **sections))
        yield Servers(one, two)


@pytest.fixture
async def servers(tmp_path: Path, redis: RedisServer, model: ModelServer) -> AsyncIterator[Servers]:
    async with pair(tmp_path, redis, model, sessions={"jobs_ttl": 3600}) as both:
        yield both


@pytest.fixture
async def alone(tmp_path: Path, redis: RedisServer, model: ModelServer) -> AsyncIterator[Server]:
    async with serving(tmp_path, redis, model) as server:
        yield server


def session_of(person: Person) -> str:
    return f"session:{person.identity.user_id}:{person.identity.company_id}"


async def kept(raw: Redis, *people: Person) -> None:
    """Until their sessions have arrived in Redis, and are counted there."""
    async with asyncio.timeout(30):
        while None in await raw.mget([session_of(person) for person in people]):
            await asyncio.sleep(0)
        for person in people:
            while await raw.zscore(f"sessions:{person.identity.company_id}", person.identity.user_id) is None:
                await asyncio.sleep(0)


async def test_a_session_loaded_by_one_is_taken_over_by_the_other(servers: Servers, raw: Redis, logged) -> None:
    ada = await servers.one.lea.person()
    await ada.ask("Bonjour")
    await kept(raw, ada)
    told = await servers.two.me(ada).ask("Bonjour")
    assert told.done["finish_reason"] == "stop"
    assert servers.one.source.asked == LOADED_ONCE
    assert not servers.two.source.asked
    session = servers.two.lea.manager.peek(ada.identity)
    assert session is not None
    assert session.user_context is not None
    assert session.user_context.email == "ada@example.org"
    assert "load_snapshot" in logged.named("turn.ended")[-1]["timings_ms"]


async def test_many_who_ask_at_once_look_for_the_session_once(servers: Servers, raw: Redis) -> None:
    ada = await servers.one.lea.person()
    await ada.ask("Bonjour")
    await kept(raw, ada)
    before = (await raw.info("commandstats"))["cmdstat_get"]["calls"]
    await asyncio.gather(*(servers.two.me(ada).call("POST", "/v1/lea/sessions/initialize") for _ in range(10)))
    assert (await raw.info("commandstats"))["cmdstat_get"]["calls"] == before + 2  # when the records changed, too
    assert servers.two.source.asked["user_context"] == 0


async def test_initialize_refreshes_a_session_another_process_made(servers: Servers, raw: Redis, logged) -> None:
    ada = await servers.one.lea.person()
    _, first = await ada.call("POST", "/v1/lea/sessions/initialize")
    await kept(raw, ada)
    _, second = await servers.two.me(ada).call("POST", "/v1/lea/sessions/initialize")
    assert (first["status"], second["status"]) == ("created", "refreshed")
    assert servers.two.source.asked == {"jobs_data": 1, "jobs_metrics": 1}
    lines = logged.named("session.initialized")
    assert set(lines[0]["loads_ms"]) == {"snapshot", *LOADED_ONCE}
    assert set(lines[1]["loads_ms"]) == {"snapshot", "jobs_data", "jobs_metrics"}


async def test_a_profile_that_is_too_old_is_not_taken_over(
    tmp_path: Path, redis: RedisServer, model: ModelServer, raw: Redis
) -> None:
    async with pair(tmp_path, redis, model, sessions={"context_ttl": 0.001}) as servers:
        ada = await servers.one.lea.person()
        await ada.call("POST", "/v1/lea/sessions/initialize")
        await kept(raw, ada)
        _, done = await servers.two.me(ada).call("POST", "/v1/lea/sessions/initialize")
        assert done["status"] == "refreshed"
        assert servers.two.source.asked == LOADED_ONCE


async def test_jobs_that_are_old_are_taken_over_and_reloaded_behind_the_answer(
    tmp_path: Path, redis: RedisServer, model: ModelServer, raw: Redis
) -> None:
    async with pair(tmp_path, redis, model, sessions={"jobs_ttl": 0.001}) as servers:
        ada = await servers.one.lea.person()
        await ada.ask("Bonjour")
        await kept(raw, ada)
        servers.two.source.gate = asyncio.Event()
        told = await servers.two.me(ada).ask("Bonjour")
        assert told.done["finish_reason"] == "stop"
        servers.two.source.gate.set()
        async with asyncio.timeout(30):
            while servers.two.source.asked != {"jobs_data": 1, "jobs_metrics": 1}:
                await asyncio.sleep(0)


async def test_jobs_that_could_not_be_loaded_are_asked_for_by_who_takes_over(servers: Servers, raw: Redis) -> None:
    servers.one.source.failing = {"jobs_data", "jobs_metrics"}
    ada = await servers.one.lea.person()
    await ada.ask("Bonjour")
    await kept(raw, ada)
    await servers.two.me(ada).ask("Bonjour")
    assert servers.two.source.asked == {"jobs_data": 1, "jobs_metrics": 1}
    session = servers.two.lea.manager.peek(ada.identity)
    assert session is not None
    assert session.jobs_data is not None


async def test_a_damaged_session_is_loaded_anew_and_replaced(servers: Servers, raw: Redis) -> None:
    ada = await servers.one.lea.person()
    await ada.ask("Bonjour")
    await kept(raw, ada)
    await raw.set(session_of(ada), b"lea:1:\xc1")
    await servers.two.me(ada).ask("Bonjour")
    assert servers.two.source.asked == LOADED_ONCE
    async with asyncio.timeout(30):
        while len(await raw.get(session_of(ada))) < 10:
            await asyncio.sleep(0)


@pytest.mark.parametrize("path", ["/v1/lea/sessions/initialize", "/v1/lea/chat"])
async def test_a_session_lives_a_day_from_its_last_use(alone: Server, raw: Redis, path: str) -> None:
    ada = await alone.lea.person()
    await ada.ask("Bonjour")
    await kept(raw, ada)
    assert DAY_S - 60 < await raw.ttl(session_of(ada)) <= DAY_S
    await raw.expire(session_of(ada), 100)
    await ada.call("POST", path, {"message": "Bonjour"} if path.endswith("chat") else None)
    async with asyncio.timeout(30):
        while await raw.ttl(session_of(ada)) <= 100:
            await asyncio.sleep(0)
    assert DAY_S - 60 < await raw.ttl(session_of(ada)) <= DAY_S


async def test_users_are_counted_over_all_processes(servers: Servers, raw: Redis) -> None:
    ada = await servers.one.lea.person()
    bob = await servers.two.lea.person("bob@example.org")
    eve = await servers.two.lea.person("eve@example.org", "Another Company")
    for person in (ada, bob, eve):
        await person.ask("Bonjour")
    await kept(raw, ada, bob, eve)
    for server in (servers.one, servers.two):
        _, count = await server.me(ada).call("GET", "/v1/lea/sessions/count")
        assert count == {"active_sessions": 2, "users": 2, "storage_backend": "redis"}
    await raw.delete(f"sessions:{ada.identity.company_id}")
    _, count = await ada.call("GET", "/v1/lea/sessions/count")
    assert count["users"] == 1


async def test_the_limit_is_one_for_all_processes(
    tmp_path: Path, redis: RedisServer, model: ModelServer, raw: Redis
) -> None:
    async with pair(tmp_path, redis, model, limits={"chat_per_minute": 30}) as servers:
        ada = await servers.one.lea.person()
        here, there = ada, servers.two.me(ada)
        for number in range(30):
            told = await (here, there)[number % 2].ask("Bonjour", session_id=f"s{number}", request_id=f"r{number}")
            assert told.done["finish_reason"] == "stop"
        asked = len(model.exchanges)
        told = await there.ask("Bonjour", session_id="s1", request_id="r31")
        assert told.kinds == ["connecting", "error", "done"]
        assert [event.n for event in told.events] == [1, 2, 3]
        assert (told.error["code"], told.error["retryable"]) == ("rate_limited", True)
        assert 1 <= told.error["retry_after_s"] <= 60
        assert told.done["finish_reason"] == "error"
        async with await here.request("POST", "/v1/lea/chat", {"message": "Bonjour"}) as response:
            assert response.status == 429
            assert 1 <= int(response.headers["Retry-After"]) <= 60
            assert response.headers["RateLimit"].startswith('"chat";r=0;t=')
            assert (await response.json(content_type=None))["code"] == "rate_limited"
        again = await here.ask("Bonjour", session_id="s28", request_id="r28")  # attaching is never counted
        assert again.done["finish_reason"] == "stop"
        assert len(model.exchanges) == asked
        assert await servers.one.lea.sql("SELECT count(*) FROM turns") == [(30,)]


async def test_what_is_refused_by_all_is_not_counted_by_one(
    tmp_path: Path, redis: RedisServer, model: ModelServer, raw: Redis
) -> None:
    async with pair(tmp_path, redis, model, limits={"chat_per_minute": 2}) as servers:
        ada = await servers.one.lea.person()
        there = servers.two.me(ada)
        for _ in range(2):
            await ada.ask("Bonjour")
        for _ in range(3):
            assert (await there.ask("Bonjour")).error["code"] == "rate_limited"
        await raw.flushall()
        for _ in range(2):
            assert (await there.ask("Bonjour")).done["finish_reason"] == "stop"


async def test_without_redis_everything_goes_on_and_is_shared_again_when_it_is_back(
    alone: Server, redis: RedisServer, raw: Redis, logged
) -> None:
    ada = await alone.lea.person()
    await ada.ask("Bonjour")
    await kept(raw, ada)
    healthy = await alone.health()
    assert (healthy["status"], healthy["storage_backend"]) == ("ok", "redis")
    assert healthy["dependencies"]["redis"]["status"] == "ok"
    redis.kill()
    await raw.connection_pool.disconnect()
    await alone.until(shared=False)
    bob = await alone.lea.person("bob@example.org")
    for person in (ada, bob):
        assert (await person.ask("Bonjour")).done["finish_reason"] == "stop"
    ill = await alone.health()
    assert (ill["status"], ill["storage_backend"]) == ("degraded", "memory (redis unavailable)")
    assert ill["dependencies"]["redis"]["status"] == "down"
    assert "Connection" in ill["dependencies"]["redis"]["detail"]
    _, count = await ada.call("GET", "/v1/lea/sessions/count")
    assert count == {"active_sessions": 3, "users": 2, "storage_backend": "memory (redis unavailable)"}
    logged.clear()
    redis.start()
    await kept(raw, ada, bob)
    await alone.until(shared=True)
    async with asyncio.timeout(30):
        while (await alone.health())["status"] != "ok" or not logged.named("sessions.written_back"):
            await asyncio.sleep(0)
    assert logged.named("sessions.written_back")[0]["count"] == 2


async def test_sessions_are_written_back_a_few_at_a_time(alone: Server, redis: RedisServer, raw: Redis) -> None:
    many = 3 * WRITTEN_AT_ONCE
    for number in range(many):
        session, _ = await alone.lea.manager.session(identity(f"u{number}"))
        await session.ensure_loaded()
    redis.kill()
    await alone.until(shared=False)
    redis.start()
    some: list[int] = []
    async with asyncio.timeout(30):
        while (count := len(await raw.keys("session:*"))) < many:
            some += [count] if count else []
            await asyncio.sleep(0)
        while await raw.zcard("sessions:c1") < many:
            await asyncio.sleep(0)
    assert some, "there were some before there were all"


async def test_no_request_waits_for_a_redis_that_hangs(
    tmp_path: Path, redis: RedisServer, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    async with serving(tmp_path, redis, model) as alone:
        await alone.until(shared=True)
        ada = await alone.lea.person()
        redis.pause()
        start = perf_counter()
        told, (_, count), _ = await asyncio.gather(
            ada.ask("Bonjour"), ada.call("GET", "/v1/lea/sessions/count"), alone.health()
        )
        assert perf_counter() - start < 10
        assert told.done["finish_reason"] == "stop"
        assert count["storage_backend"] == "memory (redis unavailable)"
        async with asyncio.timeout(30):
            while (health := await alone.health())["status"] != "degraded":
                await asyncio.sleep(0)
        assert "in time" in health["dependencies"]["redis"]["detail"]
        redis.resume()
        await alone.until(shared=True)


async def test_a_redis_that_is_not_there_does_not_stop_the_start(
    tmp_path: Path, redis: RedisServer, model: ModelServer, raw: Redis, logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    redis.kill()
    async with serving(tmp_path, redis, model) as alone:
        assert (await alone.health())["status"] == "degraded"
        ada = await alone.lea.person()
        assert (await ada.ask("Bonjour")).done["finish_reason"] == "stop"
        assert len(logged.named("redis.unavailable")) == 1
        redis.start()
        await kept(raw, ada)


async def test_a_session_outlives_its_process(tmp_path: Path, redis: RedisServer, model: ModelServer) -> None:
    async with serving(tmp_path, redis, model) as before:
        ada = await before.lea.person()
        await ada.call("POST", "/v1/lea/sessions/initialize")
    async with serving(tmp_path, redis, model) as after:
        _, done = await after.me(ada).call("POST", "/v1/lea/sessions/initialize")
        assert done["status"] == "refreshed"
        assert after.source.asked["user_context"] == 0


async def test_a_wrong_address_is_one_clear_line_and_the_server_starts(tmp_path: Path) -> None:
    address = "redis://lea:hunter2@127.0.0.1:port/0"
    async with started(tmp_path, LEA_STATE__URL=address) as server, ClientSession() as session:
        async with session.get(server.url + "/health") as response:
            body = await response.json()
        code, err = await server.end()
    assert code == 0
    assert (body["status"], body["storage_backend"]) == ("degraded", "memory (redis unavailable)")
    assert body["dependencies"]["redis"]["detail"] == "state.url cannot be understood"
    assert [line["event"] for line in server.log if line["event"].startswith("redis.")] == ["redis.unusable"]
    assert "hunter2" not in str(server.log) + str(body) + err


async def test_redis_without_its_extra_is_one_clear_line(tmp_path: Path) -> None:
    package = tmp_path / "path" / "redis"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'redis'\", name='redis')")
    environ = {"PYTHONPATH": str(package.parent)}
    assert "state.url: needs the redis extra" in await refused(tmp_path, LEA_STATE__URL="redis://h", **environ)
    async with started(tmp_path, **environ) as server:
        assert (await server.end())[0] == 0


async def test_a_store_of_another_kind_is_one_clear_line(tmp_path: Path) -> None:
    assert "state.url" in await refused(tmp_path, LEA_STATE__URL="memcached://h")
