"""Two `run.py` on one PostgreSQL and one Redis, behind nothing but two ports: one is killed, or told to leave."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.lea_server import Reading
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.redis_server import RedisServer, own_redis
from tests.test_process import Process, key, started

NOTICED_S = 60
"""A dead owner is noticed within 15 s; the machine may be busy, so the test itself allows more."""


@dataclass
class Two:
    one: Process
    other: Process
    bearer: dict[str, str]
    session: ClientSession

    @asynccontextmanager
    async def asking(self, server: Process, message: str, **body: str) -> AsyncIterator[Reading]:
        body = {"message": message, "session_id": "s1"} | body
        url = server.url + "/v1/lea/chat/stream"
        async with self.session.post(url, json=body, headers=self.bearer) as response:
            assert response.status == 200
            yield Reading(response)

    @asynccontextmanager
    async def following(self, server: Process, cursor: str = "") -> AsyncIterator[Reading]:
        url = f"{server.url}/v1/lea/threads/s1/stream"
        headers = self.bearer | ({"Last-Event-ID": cursor} if cursor else {})
        async with self.session.get(url, headers=headers) as response:
            assert response.status == 200
            yield Reading(response)

    async def thread(self, server: Process) -> list[tuple[str, str | None]]:
        async with self.session.get(f"{server.url}/v1/lea/threads/s1", headers=self.bearer) as response:
            messages = (await response.json())["messages"]
        return [(message["content"], message["finish_reason"]) for message in messages]


async def first_words(reading: Reading) -> str:
    """Told as a delta, or in a snapshot where Redis was late."""
    async for _ in reading:
        if reading.told.text:
            break
    return reading.told.text


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture
async def two(tmp_path: Path, model: ModelServer, redis: RedisServer) -> AsyncIterator[Two]:
    async with fresh_database() as url, ClientSession() as session:
        settings = {
            "LEA_DATABASE__URL": url,
            "LEA_STATE__URL": redis.url,
            "LEA_LLM__BASE_URL": model.url,
            "LEA_AUTH__SECRET": "s" * 40,
            "LEA_SERVER__SHUTDOWN_GRACE": "1",
        }
        async with started(tmp_path, **settings) as one, started(tmp_path, **settings) as other:
            yield Two(one, other, await key(tmp_path, **settings), session)


async def test_a_killed_process_is_noticed_and_its_turn_is_interrupted_with_its_text(
    two: Two, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate), Answer("quatre"))
    async with two.asking(two.one, "Compte") as reading:
        for _ in range(2):
            gate.release()
            first = await reading.until("delta")
        async with two.following(two.other, f"{first.turn_id}:{first.n}") as follower, two.following(two.other) as tab:
            assert await first_words(tab) in {"un ", "un deux "}
            async with asyncio.timeout(30):  # what is older than a checkpoint is kept
                while (await two.thread(two.other))[1][0] != "un deux ":
                    await asyncio.sleep(0.05)
            await two.one.end(signal.SIGKILL)
            async with asyncio.timeout(NOTICED_S), two.asking(two.other, "Encore") as next_reading:
                told = [await follower.rest(), await tab.rest()]
                assert (await next_reading.rest()).text == "quatre"
    for one in told:
        assert one.done["finish_reason"] == "interrupted"
        assert one.error["code"] == "interrupted"
        assert one.text.endswith("un deux ")
    assert await two.thread(two.other) == [
        ("Compte", None),
        ("un deux ", "interrupted"),
        ("Encore", None),
        ("quatre", "stop"),
    ]


async def test_a_process_that_leaves_takes_nothing_of_the_others_with_it(two: Two, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with two.asking(two.other, "Compte") as reading:
        gate.release()
        first = await reading.until("delta")
        async with two.following(two.one) as follower:
            assert await first_words(follower) == "un "
            assert (await two.one.end())[0] == 0
            assert "done" not in (await follower.rest()).kinds
        gate.release()
        gate.release()
        assert (await reading.rest()).text == "un deux trois"
    async with two.following(two.other, f"{first.turn_id}:{first.n}") as again:
        assert (await again.rest()).done["finish_reason"] == "stop"
    two.other.process.terminate()
    assert (await two.other.end())[0] == 0


async def test_an_answer_cut_by_leaving_is_gone_on_with_at_the_other(
    tmp_path: Path, two: Two, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate), Answer("deux trois"))
    async with two.asking(two.one, "Compte") as reading:
        gate.release()
        await reading.until("delta")
        two.one.process.terminate()
        await reading.until("restarting")
        async with two.following(two.other) as follower:
            assert (await follower.rest()).done["finish_reason"] == "interrupted"
    assert (await two.one.end())[0] == 0
    url = f"{two.other.url}/v1/lea/threads/s1/continue"
    async with two.session.post(url, json={}, headers=two.bearer) as response:
        assert (await Reading(response).rest()).text == "un deux trois"
