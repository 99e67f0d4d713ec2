"""What the other processes tell this one: signals, and the topics somebody here reads, all in one blocking read."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import orjson
import structlog

from lea.bus.memory import MemoryTopic
from lea.bus.mirror import BEGINNING, Mirror
from lea.bus.port import Signal
from lea.bus.shipper import TOPIC
from lea.bus.shipping import SIGNALS
from lea.resilience.redis import RedisGone, RedisLink
from lea.resilience.single_flight import SingleFlight
from lea.tasks import TaskOwner

BLOCK_S: Final = 2.0
SLACK_S: Final = 1.0
"""How much later than asked for an empty answer may come."""
READ_ENTRIES: Final = 500
"""Most taken of a stream at once: the loop stands still while an answer is taken apart."""
READ_PAUSE_S: Final = 0.02
"""Pause after a read that told something of a topic: ten owners flush 200 times a second, one read takes them all."""

log = structlog.get_logger()


class Reading:
    """The place in every stream, and the one task that reads on while Redis can be used."""

    def __init__(self, link: RedisLink, tasks: TaskOwner, reader: str, wake: Callable[[], None]) -> None:
        self._link = link
        self._tasks = tasks
        self._reader = reader.encode()
        self._wake = wake
        self._flights = SingleFlight(tasks)
        self._mirrors: dict[str, Mirror] = {}
        self._hearers: defaultdict[str, list[Callable[[Signal], None]]] = defaultdict(list)
        self._returned: list[Callable[[], None]] = []
        self._place: str | None = None
        self._open = False
        self._missed = True
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._mirrors)

    def hear(self, kind: str, call: Callable[[Signal], None]) -> None:
        self._hearers[kind].append(call)

    def on_return(self, call: Callable[[], None]) -> None:
        """Called once the place in the signals is known: what is sent after the call is heard."""
        self._returned.append(call)

    async def start(self) -> None:
        """Hear everything that is sent after this; nothing can have been missed before it."""
        with suppress(RedisGone):
            await self._find_place()
            self._missed = False
        self._open = True
        if self._link.available:
            self._read_on()

    def go_on(self) -> None:
        """Redis is back; the read under way, if any, may wait at a connection that is dead."""
        if self._open:
            self._missed = True
            self._read_on()

    def stop(self) -> None:
        """End the readers of all mirrors."""
        self._open = False
        if self._task is not None:
            self._task.cancel()
        for mirror in list(self._mirrors.values()):
            mirror.end()

    async def mirror(self, name: str) -> Mirror | None:
        """The one mirror of this topic, read from the beginning of its stream if there is none yet."""
        known = self._mirrors.get(name)
        return known or await self._flights.once(name, lambda: self._load(name))

    async def _load(self, name: str) -> Mirror | None:
        try:
            entries: Any = await self._link.run(lambda client: client.xrange(TOPIC + name))
        except RedisGone:
            return None
        mirror = Mirror(name, self._drop)
        for entry, fields in entries:
            _feed(mirror, entry, fields)
        if not mirror.count or not self._open:
            return None
        if not mirror.ended:
            self._mirrors[name] = mirror
            self._wake()
        return mirror

    def _drop(self, mirror: MemoryTopic) -> None:
        if self._mirrors.get(mirror.name) is mirror:
            del self._mirrors[mirror.name]

    def _read_on(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.spawn("bus.read", self._read())

    async def _read(self) -> None:
        """Until Redis is gone; its return starts this again."""
        with suppress(RedisGone):
            if self._missed:
                await self._find_place()
                self._missed = False
                self._tell_return()
            while True:
                told = await self._read_once()
                for mirror in [mirror for mirror in self._mirrors.values() if mirror.idle]:
                    mirror.end()
                if told:
                    await asyncio.sleep(READ_PAUSE_S)

    def _tell_return(self) -> None:
        for call in self._returned:
            try:
                call()
            except Exception:
                log.exception("bus.hearer_failed", kind="return")

    async def _find_place(self) -> None:
        """The newest signal at first, and again at the beginning in a Redis that was restarted without them."""
        newest: Any = await self._link.run(lambda client: client.xrevrange(SIGNALS, count=1))
        last = newest[0][0].decode() if newest else BEGINNING
        if self._place is None:
            self._place = last
        elif _order(last) < _order(self._place):
            self._place = BEGINNING

    async def _read_once(self) -> bool:
        """Whether something of a topic was told."""
        places: dict[Any, Any] = {TOPIC + mirror.name: mirror.entry for mirror in self._mirrors.values() if mirror.fed}
        places[SIGNALS] = self._place
        streams: Any = await self._link.wait(
            lambda client: client.xread(places, count=READ_ENTRIES, block=int(BLOCK_S * 1000)), BLOCK_S + SLACK_S
        )
        told = False
        for key, entries in streams:
            name = key.decode()
            for entry, fields in entries:
                if name == SIGNALS:
                    self._place = entry.decode()
                    self._hear(fields)
                elif (mirror := self._mirrors.get(name.removeprefix(TOPIC))) is not None:
                    told = True
                    _feed(mirror, entry, fields)
        return told

    def _hear(self, fields: Mapping[bytes, bytes]) -> None:
        if fields.get(b"p") == self._reader:
            return
        kind = fields.get(b"k", b"").decode(errors="replace")
        for call in self._hearers.get(kind, ()):
            try:
                call(orjson.loads(fields[b"b"]))
            except Exception:  # a hearer's bug must not end the reading
                log.exception("bus.hearer_failed", kind=kind)


def _feed(mirror: Mirror, entry: bytes, fields: Mapping[bytes, bytes]) -> None:
    """Whatever is wrong with an entry, or with a reader of it, is not the business of the other topics."""
    try:
        mirror.feed(entry.decode(), fields)
    except Exception:
        log.exception("bus.entry_failed", topic=mirror.name)
        mirror.end()


def _order(entry: str) -> tuple[int, int]:
    milliseconds, _, number = entry.partition("-")
    return int(milliseconds), int(number)
