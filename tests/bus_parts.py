"""Two processes over one Redis, an answer one of them tells, and readers of it that can be waited for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import orjson
from redis.asyncio import Redis

from lea.bus.port import Topic
from lea.bus.redis import RedisBus
from lea.events.answer import Snapshot
from lea.resilience.redis import RedisLink
from lea.tasks import TaskOwner
from tests.fakes import ScriptedSink

WAIT_S = 30
"""Far more than anything here takes; nothing waits it out but a test that fails."""


class Process:
    """What a process has of the bus."""

    def __init__(self, url: str, link: type[RedisLink]) -> None:
        self.tasks = TaskOwner()
        self.link = link(url, self.tasks)
        self.bus = RedisBus(self.link, self.tasks)

    async def aclose(self) -> None:
        await self.bus.aclose()
        await self.tasks.aclose()
        await self.link.aclose()
        assert len(self.tasks) == 0


@asynccontextmanager
async def running(url: str, link: type[RedisLink] = RedisLink) -> AsyncIterator[Process]:
    process = Process(url, link)
    await process.link.start()
    await process.bus.start()
    try:
        yield process
    finally:
        await process.aclose()


def at(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


class Answer:
    """A shared topic of a process, and the text it has told."""

    def __init__(self, process: Process, name: str = "t") -> None:
        self.text = ""
        self.topic = process.bus.open(name, lambda: Snapshot(self.text))
        process.bus.share(self.topic)
        self.local = ScriptedSink()
        self.topic.subscribe(self.local)

    def say(self, *texts: str) -> None:
        self.text += "".join(texts)
        self.topic.publish_text(texts)


class Listener(ScriptedSink):
    """A sink a test can wait at."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = asyncio.Event()

    def push(self, data: bytes) -> bool:
        taken = super().push(data)
        self._changed.set()
        return taken

    def end(self) -> None:
        super().end()
        self._changed.set()

    @property
    def text(self) -> str:
        return text_of(self.data)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


def text_of(data: bytes) -> str:
    """What a page shows that was told this."""
    text = ""
    for line in data.split(b"\n"):
        if line.startswith(b"data: "):
            event = orjson.loads(line[6:])
            text = event.get("snapshot", text + event.get("delta", ""))
    return text


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not condition():
            await asyncio.sleep(0.01)


async def found(process: Process, name: str = "t") -> Topic:
    """The topic, once its first flush has arrived."""
    async with asyncio.timeout(WAIT_S):
        while (topic := await process.bus.elsewhere(name)) is None:
            await asyncio.sleep(0.01)
    return topic


async def following(process: Process, after: int = 0, name: str = "t") -> Listener:
    listener = Listener()
    listener.reader = (await found(process, name)).subscribe(listener, after)
    return listener


async def calls(client: Redis, command: str) -> int:
    stats = await client.info("commandstats")
    return int(stats.get(f"cmdstat_{command}", {}).get("calls", 0))
