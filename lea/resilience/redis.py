"""The way to Redis: pooled, short of patience, and known at any moment to be there or gone.

What is kept there may be lost, so nobody waits long for it: a command that fails or takes too long makes it *gone*, and
until a probe has written to it again every command fails at once. Whoever keeps something there is told of its return.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Final, TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from lea.ids import new_id
from lea.metrics import REDIS_AVAILABLE, REDIS_SECONDS
from lea.resilience.health import Gone
from lea.tasks import TaskOwner

T = TypeVar("T")
Command = Callable[["Redis"], Awaitable[T]]

REQUEST_S: Final = 0.25
"""Longest anybody waits for a command."""
STOOD_STILL_S: Final = 0.03
"""From here on a timer that is late is late because of this process."""
GRACE_S: Final = 0.05
PING_S: Final = 0.2
PROBE_PAUSE_S: Final = 1.0
"""Between two looks whether it is back."""
PROBE_S: Final = 1.0
MARK: Final = "lea:mark:"
MARK_LIFE_S: Final = 60
CONNECTIONS: Final = 20

FAILURES: Final = (RedisError, OSError, TimeoutError)

log = structlog.get_logger()


class RedisGone(Gone):
    """Redis cannot be used now; the message says why."""


class RedisLink:
    """One Redis, by its address. Open it with `start`; never raises because Redis is not there."""

    def __init__(self, url: str, tasks: TaskOwner) -> None:
        self._tasks = tasks
        self._returned: list[Callable[[], None]] = []
        self._available = False
        self._since = perf_counter()
        self._mark = MARK + new_id("m")
        self._quick: Redis | None = None
        self._patient: Redis | None = None
        self.detail = "not tried yet"
        try:
            self._quick = _client(url, CONNECTIONS)
            self._patient = _client(url, 2)
        except (ValueError, TypeError, AttributeError, RedisError):  # their texts may quote a password
            self._quick = None
            self.detail = "state.url cannot be understood"

    @property
    def available(self) -> bool:
        """Whether a command has a chance."""
        return self._available

    @property
    def unchanged_s(self) -> float:
        """Seconds since it came or went, or was first tried."""
        return perf_counter() - self._since

    def on_return(self, call: Callable[[], None]) -> None:
        """`call` is called whenever Redis is usable again, also the first time; it may have lost everything."""
        self._returned.append(call)

    async def start(self) -> None:
        """Look once whether Redis is there, and again and again while it is not."""
        REDIS_AVAILABLE.labels("redis").set(0)
        if self._quick is None:
            log.error("redis.unusable", detail=self.detail)
            return
        await self._probe()
        if not self._available:
            log.warning("redis.unavailable", detail=self.detail)
        self._tasks.spawn("redis.probe", self._keep_probing())

    async def run(self, command: Command[T], within_s: float = REQUEST_S) -> T:
        """The answer to a command. Raises RedisGone, at once while Redis is known to be gone."""
        if not self._available or self._quick is None:
            raise RedisGone(self.detail)
        with REDIS_SECONDS.time():
            try:
                async with _patience(within_s):
                    return await command(self._quick)
            except FAILURES as error:
                self._lost(error)
                raise RedisGone(self.detail) from error

    async def wait(self, command: Command[T], within_s: float) -> T:
        """As `run`, for a command that waits at the server (a blocking read); it has connections of its own."""
        if not self._available or self._patient is None:
            raise RedisGone(self.detail)
        try:
            async with _patience(within_s):
                return await command(self._patient)
        except FAILURES as error:
            self._lost(error)
            raise RedisGone(self.detail) from error

    async def ping(self) -> None:
        """Returns if it answers. Raises RedisGone, in less time than a request is given."""
        await self.run(lambda client: client.ping(), PING_S)

    async def aclose(self) -> None:
        """Give back the connections."""
        self._available = False
        for client in (self._quick, self._patient):
            if client is not None:
                with suppress(*FAILURES):
                    async with asyncio.timeout(REQUEST_S):
                        await client.aclose()

    def _lost(self, error: Exception) -> None:
        self.detail = _reason(error)
        if self._available:
            self._available = False
            self._since = perf_counter()
            REDIS_AVAILABLE.labels("redis").set(0)
            log.warning("redis.unavailable", detail=self.detail)

    async def _keep_probing(self) -> None:
        while True:
            await asyncio.sleep(PROBE_PAUSE_S)
            if not self._available or not await self._remembers():
                await self._probe()

    async def _remembers(self) -> bool:
        """Whether our mark is there: else it was emptied, or is another one, and so quickly that no command failed."""
        try:
            marked: object = await self.run(lambda client: client.set(self._mark, b"1", ex=MARK_LIFE_S, xx=True))
        except RedisGone:
            return False
        if not marked:
            log.warning("redis.emptied")
        return bool(marked)

    async def _probe(self) -> None:
        """Only a write proves that it can be used: a full one, or a replica, still answers reads."""
        assert self._quick is not None
        try:
            async with asyncio.timeout(PROBE_S):
                await self._quick.set(self._mark, b"1", ex=MARK_LIFE_S)
        except FAILURES as error:
            self.detail = _reason(error)
            return
        self._available = True
        self.detail = "redis"
        REDIS_AVAILABLE.labels("redis").set(1)
        log.info("redis.available", gone_s=round(self.unchanged_s, 3))
        self._since = perf_counter()
        for call in self._returned:
            call()


@asynccontextmanager
async def _patience(seconds: float) -> AsyncIterator[None]:
    """As asyncio.timeout, but an answer that came while this process stood still is not called late."""
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle
    async with asyncio.timeout(None) as limit:

        def expire(due: float) -> None:
            nonlocal timer
            if loop.time() - due > STOOD_STILL_S:
                timer = loop.call_later(GRACE_S, limit.reschedule, 0)
            else:
                limit.reschedule(0)

        timer = loop.call_later(seconds, expire, loop.time() + seconds)
        try:
            yield
        finally:
            timer.cancel()


def _client(url: str, connections: int) -> Redis:
    """Raises an error of some kind for an address that cannot be understood; its options are tried out at once."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
        timeout=REQUEST_S,
        socket_timeout=None,  # every command has a limit of ours; the library's own can swallow its cancellation
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 1),  # one more try: the pool's connections may all be of the Redis before
        driver_info=None,  # else each new connection looks on the disk for its own version
    )
    pool.connection_kwargs["decode_responses"] = False  # values are bytes, whatever the address says
    pool.connection_class(**pool.connection_kwargs)
    return Redis.from_pool(pool)


def _reason(error: Exception) -> str:
    """For operators: without the address, which may hold a password."""
    if isinstance(error, socket.gaierror):
        return "its name cannot be resolved"
    text = str(error).splitlines()[0][:200] if str(error) else ""
    return f"{type(error).__name__}: {text}" if text else f"no answer in time ({type(error).__name__})"
