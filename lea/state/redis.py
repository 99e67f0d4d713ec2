"""What processes share through Redis.

Writes are collected and go out together, so that nobody waits for them; what cannot be written is lost. Reads wait at
most as long as the link does, and answer None while Redis is gone.
"""

import asyncio
import math
from typing import Any, Final

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import Pipeline

from lea.clock import Clock
from lea.resilience.limits import Hit
from lea.resilience.redis import RedisGone, RedisLink
from lea.state.waiting import Join, Waiting
from lea.tasks import TaskOwner

PAUSE_S: Final = 0.05
"""Between two flushes."""
CLOSE_S: Final = 0.25
"""Longest the last flush takes."""


class RedisState:
    """Shares through one link."""

    def __init__(self, link: RedisLink, tasks: TaskOwner, clock: Clock) -> None:
        self._link = link
        self._tasks = tasks
        self._clock = clock
        self._waiting = Waiting()
        self._sending = Waiting()
        self._flushing: asyncio.Task[None] | None = None
        self._limiter: MovingWindowRateLimiter | None = None

    @property
    def backend(self) -> str:
        return "redis" if self._link.available else "memory (redis unavailable)"

    @property
    def shared(self) -> bool:
        return self._link.available

    async def get(self, key: str) -> bytes | None:
        written = self._waiting.answer(key) or self._sending.answer(key)
        if written is not None:
            return written.value
        try:
            value = await self._link.run(lambda client: client.get(key))
        except RedisGone:
            return None
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes, life_s: float) -> None:
        if self._link.available:
            self._waiting.put(key, value, life_s)
            self._flush_soon()

    def touch(self, key: str, life_s: float) -> None:
        if self._link.available:
            self._waiting.touch(key, life_s)
            self._flush_soon()

    def forget(self, key: str) -> None:
        if self._link.available:
            self._waiting.forget(key)
            self._flush_soon()

    def join(self, group: str, member: str, life_s: float) -> None:
        if self._link.available:
            self._waiting.join(group, member, Join(self._clock.now() + life_s, life_s))
            self._flush_soon()

    async def members(self, group: str) -> int | None:
        now = self._clock.now()
        try:
            count: int = await self._link.run(lambda client: client.zcount(group, now, math.inf))
        except RedisGone:
            return None
        return count

    async def hit(self, label: str, name: str, limit: int, window_s: int) -> Hit | None:
        item = RateLimitItemPerSecond(limit, window_s, label)

        async def count(client: Redis) -> Hit:
            limiter = self._limiter_of(client.connection_pool)
            allowed = await limiter.hit(item, name)
            stats = await limiter.get_window_stats(item, name)
            return Hit(allowed, stats.remaining, max(1, math.ceil(stats.reset_time - self._clock.now())))

        try:
            return await self._link.run(count)
        except RedisGone:
            return None

    async def aclose(self) -> None:
        """Write what waits, for a moment."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing], timeout=CLOSE_S)
            self._flushing.cancel()

    def _flush_soon(self) -> None:
        if self._flushing is None or self._flushing.done():
            self._flushing = self._tasks.spawn("state.flush", self._flush_all())

    async def _flush_all(self) -> None:
        """Send what waits, in slices; what comes meanwhile waits for the next time."""
        while self._waiting:
            left = len(self._waiting)
            while left > 0 and self._waiting:
                left -= await self._flush()
            await asyncio.sleep(PAUSE_S)

    async def _flush(self) -> int:
        """Send one slice; how many writes that were."""
        self._sending = sending = self._waiting.take()
        try:
            await self._link.run(lambda client: _pipeline(client, sending, self._clock.now()).execute())
        except RedisGone:
            self._waiting.clear()
        finally:
            self._sending = Waiting()
        return len(sending)

    def _limiter_of(self, pool: ConnectionPool) -> MovingWindowRateLimiter:
        """Made at the first hit, on the link's own connections; a Redis that lost its scripts is told them again."""
        if self._limiter is None:
            self._limiter = MovingWindowRateLimiter(_Counts(pool))
        return self._limiter


class _Counts(RedisStorage):
    """The library's storage, which else looks for every client there is on the disk, while the loop waits."""

    def __init__(self, pool: ConnectionPool) -> None:
        self.DEPENDENCIES = {"redis": None}
        options: Any = {"connection_pool": pool}
        super().__init__("redis://", implementation="redispy", key_prefix="limits", **options)


def _pipeline(client: Redis, sending: Waiting, now: float) -> Pipeline:
    """One round trip, not one transaction: each write stands for itself."""
    pipeline = client.pipeline(transaction=False)
    for key, write in sending.writes.items():
        if write.life_s is None:
            pipeline.delete(key)
        elif write.value is None:
            pipeline.pexpire(key, round(write.life_s * 1000))
        else:
            pipeline.set(key, write.value, px=round(write.life_s * 1000))
    lives: dict[str, float] = {}
    for (group, member), join in sending.joins.items():
        pipeline.zadd(group, {member: join.until})
        lives[group] = max(join.life_s, lives.get(group, 0))
    for group, life_s in lives.items():
        pipeline.zremrangebyscore(group, "-inf", now)
        pipeline.pexpire(group, round(life_s * 1000))
    return pipeline
