"""Topics and signals of several processes, over Redis Streams.

Every process reads its own topics from its own memory, with Redis or without. A live topic is also a stream there,
which a process reads only while somebody asks it for that topic; a stream of signals is read by all.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import orjson

from lea.bus.memory import MemoryBus
from lea.bus.mirror import Mirror
from lea.bus.port import Signal, Topic
from lea.bus.reading import Reading
from lea.bus.shipping import Shipping
from lea.events.frames import Event
from lea.ids import new_id
from lea.resilience.redis import RedisLink
from lea.tasks import TaskOwner

LAST_FLUSH_S: Final = 0.25
WAKE: Final = "wake"
"""A signal nobody hears: it ends the read under way, so that the next one asks for a new mirror too."""


class RedisBus:
    """One process's view. The link is started first, else its first success is told as a return."""

    def __init__(self, link: RedisLink, tasks: TaskOwner) -> None:
        self._link = link
        self._tasks = tasks
        self._local = MemoryBus()
        process = new_id("p")
        self._shipping = Shipping(link, process)
        self._reading = Reading(link, tasks, process, lambda: self.send(WAKE, {}))
        link.on_return(self._go_on)

    @property
    def connected(self) -> bool:
        return self._link.available

    @property
    def mirrors(self) -> int:
        """How many of the others' topics are read here."""
        return len(self._reading)

    @property
    def shared(self) -> int:
        """How many topics are told the others."""
        return len(self._shipping)

    async def start(self) -> None:
        """Begin to send and to hear; what others send after this is heard."""
        await self._reading.start()
        self._tasks.spawn("bus.ship", self._shipping.run())

    def open(self, name: str, snapshot: Callable[[], Event]) -> Topic:
        return self._local.open(name, snapshot)

    def find(self, name: str) -> Topic | None:
        return self._local.find(name)

    def retold(self, name: str, events: Sequence[Event], last: int) -> Topic:
        return self._local.retold(name, events, last)

    def share(self, topic: Topic) -> None:
        if not isinstance(topic, Mirror):  # two processes would tell the same stream
            self._shipping.share(topic)

    async def elsewhere(self, name: str) -> Topic | None:
        return await self._reading.mirror(name)

    def unfed(self, name: str, after: int) -> Topic:
        return self._local.unfed(name, after)

    def send(self, kind: str, signal: Signal) -> None:
        self._shipping.send(kind, orjson.dumps(signal))

    def hear(self, kind: str, call: Callable[[Signal], None]) -> None:
        self._reading.hear(kind, call)

    def on_return(self, call: Callable[[], None]) -> None:
        self._reading.on_return(call)

    async def aclose(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_FLUSH_S):
                await self._shipping.flush()
        self._reading.stop()

    def _go_on(self) -> None:
        self._shipping.begin_again()
        self._reading.go_on()
