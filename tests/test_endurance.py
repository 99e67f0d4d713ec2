"""What many turns and sudden ends leave behind: nothing but what was said. `make soak` runs the long form."""

import asyncio
import gc
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientError, ClientSession

from lea.config import Llm
from tests.lea_server import Lea, Person, Reading, running, settings
from tests.model_server import Answer, ModelServer
from tests.test_continue import lived
from tests.test_process import Process, key, started

SOAK = bool(os.environ.get("LEA_SOAK"))
USERS, TURNS = (500, 10_000) if SOAK else (20, 300)
WARM = 5000
KILLS = 100 if SOAK else 4
WORDS = 200


async def _ask_and_maybe_leave(person: Person, chance: random.Random) -> None:
    thread = f"s{chance.randrange(3)}"
    leave_after = chance.choice([1, 2, 3, 5, 1000])
    with suppress(ClientError):
        response = await person.request("POST", "/v1/lea/chat/stream", {"message": "Bonjour", "session_id": thread})
        async with response:
            if response.status == 429:
                return
            async for event in Reading(response):
                if event.n >= leave_after:
                    return


async def _many(people: list[Person], turns: int, chance: random.Random) -> None:
    few = asyncio.Semaphore(40)

    async def one(person: Person) -> None:
        async with few:
            await _ask_and_maybe_leave(person, chance)

    await asyncio.gather(*(one(chance.choice(people)) for _ in range(turns)))


def _own_tasks() -> Counter[str]:
    """Names of tasks that have an owner; the server's connections are not among them."""
    return Counter(name for task in asyncio.all_tasks() if not (name := task.get_name()).startswith("Task-"))


async def _emptied(lea: Lea) -> None:
    """Until no session is in memory: of somebody who left at once, the turn may begin after all others have ended."""
    async with asyncio.timeout(30):
        await _quiet(lea)
        await lea.manager.evict_idle()
        while len(lea.manager):
            await asyncio.sleep(0.01)
            await _quiet(lea)
            await lea.manager.evict_idle()


async def _quiet(lea: Lea) -> None:
    async with asyncio.timeout(30):
        while len(lea.turns) or lea.followers or lea.notices:
            await asyncio.sleep(0.01)


@pytest.mark.timeout(1800)
async def test_many_turns_with_readers_that_leave_keep_nothing_in_memory(tmp_path: Path, model: ModelServer) -> None:
    model.keep_log = False
    model.default = Answer("un deux trois quatre cinq", every=0.001)
    chance = random.Random(7)
    config = settings(tmp_path, llm={"base_url": model.url}, server={"heartbeat": 0.05}, sessions={"idle": 0.001})
    async with running(config) as lea:
        people = [await lea.person(f"{number}@example.org") for number in range(USERS)]
        await _many(people, TURNS // 4, chance)
        await _emptied(lea)
        gc.collect()
        tasks = _own_tasks()
        await _many(people, TURNS, chance)
        await _emptied(lea)
        gc.collect()
        async with asyncio.timeout(30):
            while _own_tasks() - tasks:
                await asyncio.sleep(0.01)
        assert await lea.sql("SELECT count(*) FROM turns WHERE state = 'running'") == [(0,)]
        assert await lea.sql("SELECT count(*) FROM messages WHERE role = 'assistant' AND finish_reason IS NULL") == [
            (0,)
        ]


@pytest.mark.timeout(1800)
@pytest.mark.skipif(not SOAK, reason="a process is weighed in the long form only")
async def test_ten_thousand_turns_leave_a_process_as_big_as_it_was(tmp_path: Path, model: ModelServer) -> None:
    """Weighed as a process of its own, when no session is in memory; warm once what it remembers of turns is full."""
    model.keep_log = False
    model.default = Answer("un deux trois quatre cinq", every=0.001)
    chance = random.Random(7)
    async with running(settings(tmp_path)) as lea:
        made = [await lea.person(f"{number}@example.org") for number in range(USERS)]
    settings_of = {
        "LEA_LLM__BASE_URL": model.url,
        "LEA_LIMITS__CHAT_PER_MINUTE": "10000",
        "LEA_SESSIONS__IDLE": "1",
        "LEA_SESSIONS__PRELOAD": "0",
    }
    async with started(tmp_path, **settings_of) as server, ClientSession() as session:
        reading = asyncio.ensure_future(_drop_log(server))
        people = [Person(session, server.url, one.identity, one.headers["Authorization"].split()[1]) for one in made]
        weight = psutil.Process(server.process.pid)
        await _many(people, WARM, chance)
        await _no_sessions(session, server.url)
        before = weight.memory_info().rss, weight.num_fds(), weight.num_threads()
        await _many(people, TURNS, chance)
        await _no_sessions(session, server.url)
        after = weight.memory_info().rss, weight.num_fds(), weight.num_threads()
        reading.cancel()
    assert after[0] <= before[0] * 1.05
    assert after[1] <= before[1] + 20  # kept connections come and go
    assert after[2] == before[2]


async def _drop_log(server: Process) -> None:
    assert server.process.stdout is not None
    while await server.process.stdout.readline():
        pass


async def _no_sessions(session: ClientSession, url: str) -> None:
    async with asyncio.timeout(60):
        while True:
            async with session.get(url + "/metrics") as response:
                lines = (await response.text()).splitlines()
            if {"lea_sessions 0.0", "lea_live_turns 0.0", "lea_followers 0.0"} <= set(lines):
                return
            await asyncio.sleep(0.1)


@pytest.mark.timeout(1800)
async def test_a_kill_at_any_moment_leaves_every_turn_whole_or_interrupted(tmp_path: Path, model: ModelServer) -> None:
    """Compared with what the model server sent: nothing invented, nothing older than 500 ms lost."""
    text = " ".join(f"mot{number}" for number in range(WORDS))
    chance = random.Random(11)
    settings_of = {"LEA_LLM__BASE_URL": model.url}
    bearer: dict[str, str] = {}
    for kill in range(KILLS):
        model.script(Answer(text, every=0.005))
        seen: list[str] = []
        asked = len(model.exchanges)
        async with started(tmp_path, **settings_of) as server, ClientSession() as session:
            bearer = bearer or await key(tmp_path)
            body = {"message": f"Compte {kill}", "session_id": f"s{kill}"}
            asking = asyncio.ensure_future(_read(session, server.url, body, bearer, seen))
            await asyncio.wait([asking], timeout=chance.uniform(0.02, 1.4))
            sent = await _sent_and_old_enough(model, asked, session, server.url)
            await server.end(signal.SIGKILL)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        model.forget_script()
        async with started(tmp_path, **settings_of) as server, ClientSession() as session:
            response = await session.get(f"{server.url}/v1/lea/threads/s{kill}", headers=bearer)
            thread = await response.json(content_type=None)
        if response.status == 404:  # killed before the message was committed: then nothing was told of an answer
            assert set(seen) <= {"connecting", "loading", "thinking"}
            continue
        question, answer = thread["messages"]
        assert question["content"] == f"Compte {kill}"
        assert answer["finish_reason"] in {"interrupted", "stop"}
        assert text.startswith(answer["content"])
        assert len(answer["content"]) >= len(sent)
        assert thread["live_turn_id"] is None


async def _read(
    session: ClientSession, url: str, body: dict[str, str], headers: dict[str, str], seen: list[str]
) -> None:
    with suppress(ClientError):
        async with session.post(url + "/v1/lea/chat/stream", json=body, headers=headers) as response:
            async for event in Reading(response):
                seen.append(str(event.data.get("status") or next(iter(event.data))))


async def _sent_and_old_enough(model: ModelServer, asked: int, session: ClientSession, url: str) -> str:
    """What the model had sent 500 ms ago, once those 500 ms have passed; they are the promise itself."""
    if len(model.exchanges) == asked:
        return ""
    sent = len(model.exchanges[-1].sent)
    await lived(session, url, 0.5)
    return "".join(model.exchanges[-1].sent[:sent])


async def test_a_model_that_goes_silent_is_given_up_after_its_time(tmp_path: Path, model: ModelServer) -> None:
    """The long form waits as long as people do."""
    limit = Llm().timeout if SOAK else 1.0
    model.script(Answer("un deux trois", fault="silence", fault_at=2))
    async with running(settings(tmp_path, llm={"base_url": model.url, "timeout": limit})) as lea:
        ada = await lea.person()
        started_at = asyncio.get_running_loop().time()
        told = await ada.ask("Bonjour", session_id="s1")
        took = asyncio.get_running_loop().time() - started_at
    assert told.text == "un deux "
    assert told.error["code"] == "external_api_timeout"
    assert limit <= took < limit + 15
