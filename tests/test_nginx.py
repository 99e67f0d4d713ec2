"""The shipped nginx.conf on a real nginx, in front of two real `run.py` on one PostgreSQL and one Redis."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import orjson
import pytest
import pytest_asyncio
from aiohttp import ClientSession, ClientTimeout

from lea.client import LeaClient
from tests import nginx
from tests.lea_server import Reading
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.redis_server import own_redis
from tests.test_process import Process, key, started

SOAK = "LEA_SOAK" in os.environ
SILENCE_S, HEARTBEAT_S = (600.0, 10.0) if SOAK else (2.0, 0.2)


@dataclass
class Site:
    url: str
    one: Process
    other: Process
    session: ClientSession
    bearer: dict[str, str]
    folder: Path

    def log(self) -> list[dict[str, object]]:
        return [orjson.loads(line) for line in (self.folder / "access.log").read_text().splitlines()]


pytestmark = pytest.mark.asyncio(loop_scope="module")
"""Starting it all takes longer than most of these tests; who kills a process has a site of their own."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> AsyncIterator[Site]:
    async with built(tmp_path_factory.mktemp("site"), model) as whole:
        yield whole


@pytest_asyncio.fixture(loop_scope="module")
async def own_site(tmp_path: Path, model: ModelServer) -> AsyncIterator[Site]:
    async with built(tmp_path, model) as whole:
        yield whole


@asynccontextmanager
async def built(tmp_path: Path, model: ModelServer) -> AsyncIterator[Site]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    with own_redis() as redis:
        async with fresh_database() as url, ClientSession() as session:
            settings = {
                "LEA_DATABASE__URL": url,
                "LEA_STATE__URL": redis.url,
                "LEA_LLM__BASE_URL": model.url,
                "LEA_AUTH__SECRET": "s" * 40,
                "LEA_SERVER__HEARTBEAT": str(HEARTBEAT_S),
                "LEA_LLM__TIMEOUT": str(SILENCE_S + 60),
                "LEA_LLM__TOTAL_TIMEOUT": str(SILENCE_S + 60),
            }
            async with started(tmp_path, **settings) as one, started(tmp_path, **settings) as other:
                bearer = await key(tmp_path, **settings)
                servers = [server.url.removeprefix("http://") for server in (one, other)]
                with nginx.running(folder, servers) as proxy:
                    yield Site(proxy, one, other, session, bearer, folder)


async def test_an_answer_comes_through_token_by_token(site: Site, model: ModelServer) -> None:
    """The next token is let go only after the one before has been read: anything held back would wait for ever."""
    gate = asyncio.Semaphore(0)
    words = [f"mot{number} " for number in range(20)]
    model.script(Answer(pieces=tuple(words), gate=gate))
    async with (
        asyncio.timeout(30),
        site.session.post(
            site.url + "/v1/lea/chat/stream", json={"message": "Compte"}, headers=site.bearer
        ) as response,
    ):
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-store, no-transform"
        assert "Content-Encoding" not in response.headers
        assert await response.content.readexactly(6) == b": ok\n\n"
        reading = Reading(response)
        for word in words:
            gate.release()
            assert (await reading.until("delta")).data["delta"] == word
        assert (await reading.rest()).done["finish_reason"] == "stop"


@pytest.mark.timeout(SILENCE_S + 110)
async def test_a_quiet_stream_stays_open(site: Site, model: ModelServer) -> None:
    """Comments cross the proxy while the model says nothing, and so do those of the tab's own stream."""
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with (
        site.session.get(site.url + "/v1/lea/events", headers=site.bearer, timeout=ClientTimeout(None)) as events,
        site.session.post(
            site.url + "/v1/lea/chat/stream", json={"message": "Compte"}, headers=site.bearer, timeout=None
        ) as response,
    ):
        reading = Reading(response)
        gate.release()
        await reading.until("delta")
        enough = len(reading.told.comments) + SILENCE_S / HEARTBEAT_S / 2
        answer = asyncio.ensure_future(reading.rest())
        await asyncio.sleep(SILENCE_S)
        async with asyncio.timeout(30):
            while len(reading.told.comments) < enough:
                await asyncio.sleep(HEARTBEAT_S)
        assert not answer.done()
        gate.release()
        assert (await answer).text == "un deux"
        assert not events.content.at_eof()


async def test_when_one_process_is_killed_the_next_requests_work_at_the_other(own_site: Site) -> None:
    async with LeaClient(own_site.url, key=own_site.bearer["Authorization"].removeprefix("Bearer ")) as lea:

        async def ask(number: int) -> str | None:
            done = (await lea.ask(f"Question {number}", thread=f"s{number}")).done
            return done and done.finish_reason

        assert await asyncio.gather(*(ask(number) for number in range(6))) == ["stop"] * 6
        both = {server.url.removeprefix("http://") for server in (own_site.one, own_site.other)}
        async with asyncio.timeout(30):  # a line is written once the stream has ended, a moment after its `done`
            while {line["upstream"] for line in own_site.log() if line["path"] == "/v1/lea/chat/stream"} != both:
                await asyncio.sleep(0.05)
        await own_site.one.end(signal.SIGKILL)
        assert [await ask(number) for number in range(6, 12)] == ["stop"] * 6
        assert len((await lea.threads.get("s1")).messages) == 2


async def test_a_message_that_was_sent_to_a_process_that_dies_is_not_sent_to_the_other(
    own_site: Site, model: ModelServer
) -> None:
    """Nothing was answered yet, so a proxy that tries again would, and the model would be paid twice."""
    model.script(Answer("un deux", gate=asyncio.Semaphore(0)))
    body = {"message": "Compte", "session_id": "s1"}
    asked = len(model.exchanges)
    asking = asyncio.ensure_future(
        own_site.session.post(own_site.url + "/v1/lea/chat", json=body, headers=own_site.bearer)
    )
    await model.exchange(asked)
    await (await answering(own_site)).end(signal.SIGKILL)
    async with await asking as response:
        assert response.status == 502
    assert len(model.exchanges) == asked + 1
    async with own_site.session.get(own_site.url + "/v1/lea/threads/s1", headers=own_site.bearer) as response:
        assert (await response.json())["messages"][0]["content"] == "Compte"


async def answering(site: Site) -> Process:
    """The process that has the live turn, by its metrics."""
    for server in (site.one, site.other):
        async with site.session.get(server.url + "/metrics") as response:
            if "lea_live_turns 1.0" in (await response.text()).splitlines():
                return server
    raise AssertionError("nobody answers")


async def test_ids_and_hosts_pass_in_both_directions(site: Site) -> None:
    headers = {**site.bearer, "X-Request-Id": "r-of-the-client"}
    async with site.session.get(site.url + "/v1/auth/me", headers=headers) as response:
        assert (response.status, response.headers["X-Request-Id"]) == (200, "r-of-the-client")
    async with site.session.get(site.url + "/v1/auth/me") as response:
        assert response.status == 401
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["X-Request-Id"] == (await response.json())["request_id"]
    async with asyncio.timeout(30):  # the log is written after the answer
        while not any(line["request_id"] == "r-of-the-client" for line in site.log()):
            await asyncio.sleep(0.01)
    login = {"email": "ada@example.org", "password": "correct horse battery", "cookie": True}
    async with site.session.post(site.url + "/v1/auth/login", json=login) as response:
        assert response.status == 200
        cookie = response.headers["Set-Cookie"].partition(";")[0]
    origin = {"Origin": site.url, "Cookie": cookie}
    async with site.session.post(site.url + "/v1/auth/refresh", json={}, headers=origin) as response:
        assert response.status == 200, "the proxy does not pass the host, so the page looks like another site's"
    origin["Origin"] = "http://elsewhere.example"
    async with site.session.post(site.url + "/v1/auth/refresh", json={}, headers=origin) as response:
        assert response.status == 403


async def test_what_the_proxy_refuses_itself(site: Site) -> None:
    async with site.session.get(site.url + "/metrics") as response:
        assert response.status == 404
    async with site.session.post(
        site.url + "/v1/lea/chat",
        data=BytesIO(b" " * 2_000_000),
        headers=site.bearer | {"Content-Type": "application/json"},
    ) as response:
        assert (response.status, (await response.json())["code"]) == (413, "body_too_large")
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 40:  # one more passes every six seconds
        async with site.session.post(site.url + "/v1/auth/login", data=b"") as response:
            statuses.append(response.status)
    assert statuses[-1] == 429
    assert len(statuses) > 20
