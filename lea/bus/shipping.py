"""What this process tells the others: its live topics and its signals, all of them in one command a flush.

A token costs no command and no task of its own: it is appended to what waits, and one task sends all that waits.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Final

import structlog

from lea.bus.port import Topic
from lea.bus.shipper import Entry, Shipper
from lea.resilience.redis import RedisGone, RedisLink

SIGNALS: Final = "signals"
SIGNALS_KEPT: Final = 10_000
FLUSH_S: Final = 0.05
"""Pause between two flushes: how late text is elsewhere, and at most 20 commands a second."""
FLUSH_WITHIN_S: Final = 0.5
FLUSH_BYTES: Final = 1024 * 1024
"""From here on a flush takes no further topic, so that thousands that begin again at once need no long command."""
LIVE_S: Final = 1000
"""How long a stream outlives its last entry: longer than the longest answer (900 s)."""
ENDED_S: Final = 300

SHIP: Final = """
local refused, at = {}, 4
for i = 2, #KEYS do
  local key, id, after, data, ended = KEYS[i], ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3] == '1'
  at = at + 4
  local follows = true
  if after == '' then
    redis.call('DEL', key)
  else
    local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
    follows = last and last[1] == after
  end
  if not follows then
    refused[#refused + 1] = i - 2
  elseif ended then
    redis.call('XADD', key, id, 'd', data, 'e', '1')
    redis.call('EXPIRE', key, ARGV[2])
  else
    redis.call('XADD', key, id, 'd', data)
    redis.call('EXPIRE', key, ARGV[1])
  end
end
local sender = ARGV[at]
for i = at + 1, #ARGV, 2 do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'k', ARGV[i], 'b', ARGV[i + 1], 'p', sender)
end
return refused
"""
"""A script, because a pipeline of XADD and EXPIRE costs this process five times the CPU: it has a reply a command.

An entry that does not follow the one before it is refused: Redis was restarted, moved to an older copy or had no room.
"""

log = structlog.get_logger()


class Shipping:
    """All that is to be sent, and the one task that sends it."""

    def __init__(self, link: RedisLink, sender: str) -> None:
        self._link = link
        self._sender = sender
        self._shippers: dict[str, Shipper] = {}
        self._signals: deque[tuple[str, bytes]] = deque(maxlen=SIGNALS_KEPT)
        self._waiting = asyncio.Event()
        self._urgent = asyncio.Event()
        self._flushing = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._shippers)

    def share(self, topic: Topic) -> None:
        """Ship this topic from its first event until it has ended."""
        if topic.name not in self._shippers:
            self._shippers[topic.name] = Shipper(topic, self._waiting.set)

    def send(self, kind: str, body: bytes) -> None:
        """At once; at the bound the oldest signal goes."""
        if self._link.available:
            self._signals.append((kind, body))
            self._waiting.set()
            self._urgent.set()

    def begin_again(self) -> None:
        """Redis is back, with or without what it had."""
        for shipper in self._shippers.values():
            shipper.lose()
        self._waiting.set()

    async def run(self) -> None:
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            self._urgent.clear()
            await self.flush()
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_S):
                    await self._urgent.wait()

    async def flush(self) -> None:
        """Send what waits; one at a time, or entries would arrive in the wrong order."""
        async with self._flushing:
            if not self._link.available:
                self._lose()
                return
            batch = self._batch()
            signals = list(self._signals)
            if batch or signals:
                await self._send(batch, signals)

    def _batch(self) -> list[tuple[Shipper, Entry]]:
        batch: list[tuple[Shipper, Entry]] = []
        size = 0
        for shipper in self._shippers.values():
            if size > FLUSH_BYTES:
                self._waiting.set()
                break
            entry = shipper.take()
            if entry is not None:
                batch.append((shipper, entry))
                size += len(entry.data)
        return batch

    async def _send(self, batch: list[tuple[Shipper, Entry]], signals: list[tuple[str, bytes]]) -> None:
        self._signals.clear()
        keys = [SIGNALS, *(shipper.key for shipper, _ in batch)]
        said: list[str | bytes | int] = [LIVE_S, ENDED_S, SIGNALS_KEPT]
        for _, entry in batch:
            said += (entry.id, entry.after, entry.data, int(entry.ended))
        said.append(self._sender)
        for signal in signals:
            said += signal
        try:
            refused: list[int] = await self._link.run(
                lambda client: client.eval(SHIP, len(keys), *keys, *said), FLUSH_WITHIN_S
            )
        except RedisGone:
            self._lose()
            return
        except asyncio.CancelledError:  # whatever sends the rest must not leave a gap
            for shipper, _ in batch:
                shipper.lose()
            self._signals.extendleft(reversed(signals))
            raise
        self._settle(batch, refused)

    def _settle(self, batch: list[tuple[Shipper, Entry]], refused: list[int]) -> None:
        for index in refused:
            batch[index][0].lose()
            self._waiting.set()
        if refused:
            log.warning("bus.refused", topics=len(refused))
        for index, (shipper, entry) in enumerate(batch):
            if entry.ended and index not in refused:
                del self._shippers[shipper.topic.name]

    def _lose(self) -> None:
        """Without Redis nothing is kept for it: what lives begins again on its return, what has ended is not told."""
        self._signals.clear()
        for name, shipper in list(self._shippers.items()):
            shipper.lose()
            if shipper.ended:
                del self._shippers[name]
