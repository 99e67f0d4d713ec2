"""How a process that works at runs hears at once of one it may take: a task of taskiq over Redis Streams.

The message says *which run*, once, to one of those who listen. It is no truth: what is lost with Redis, or with the
process that received it, is found by the look each of them makes every two seconds.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from taskiq import AckableMessage, AcknowledgeType
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker

from lea.errors import LeaError
from lea.ids import RunId
from lea.resilience.redis import FAILURES, REQUEST_S, RedisLink
from lea.tasks import TaskOwner

QUEUE: Final = "lea:runs"
GROUP: Final = "lea:workers"
KEPT: Final = 1000
"""Messages in the stream, about; of older ones the looks know."""
BLOCK_MS: Final = 2000
SILENCE_S: Final = 5.0
"""Longer than a read blocks: from here on the connection is dead."""
PAUSE_S: Final = 1.0
"""Until the next try to listen."""
AT_ONCE: Final = 8

log = structlog.get_logger()
logging.getLogger("taskiq").setLevel(logging.ERROR)  # it warns of every orderly end


class RunQueue:
    """Of one process. `take` is called with each run it is told of."""

    def __init__(self, url: str, link: RedisLink, tasks: TaskOwner, take: Callable[[RunId], Awaitable[None]]) -> None:
        self._link = link
        self._tasks = tasks
        self._broker = _Broker(url, link)

        async def told(run_id: str) -> None:
            log.info("run.told", run_id=run_id)
            try:
                await take(RunId(run_id))
            except LeaError as error:
                log.warning("runs.not_taken", error=error.reason)

        self._told = self._broker.register_task(told, task_name="lea.take_run")

    def announce(self, run_id: RunId) -> None:
        """Tell one of those who listen, wherever it is; nobody waits for that."""
        self._tasks.spawn("runs.announce", self._announce(run_id))

    async def keep_receiving(self) -> None:
        """Until cancelled."""
        await run_receiver_task(
            self._broker, sync_workers=1, max_async_tasks=AT_ONCE, ack_time=AcknowledgeType.WHEN_RECEIVED
        )

    async def aclose(self) -> None:
        """Give back the connections.

        The receiver hands its cancellation to what listens only once, and waits for it behind a shield: where a
        time-out on the way to Redis swallows that one, only the broker's own end reaches it.
        """
        self._broker.ending = True
        with suppress(*FAILURES):
            async with asyncio.timeout(REQUEST_S):
                await self._broker.shutdown()

    async def _announce(self, run_id: RunId) -> None:
        if not self._link.available:
            return
        try:
            async with asyncio.timeout(REQUEST_S):
                await self._told.kiq(run_id)
        except Exception as error:  # taskiq wraps what the broker raised; who is not told looks within two seconds
            log.warning("runs.not_announced", run_id=run_id, error=type(error).__name__)


class _Broker(RedisStreamBroker):
    """As the library's, but Redis may go and come back, with or without what was in it."""

    def __init__(self, url: str, link: RedisLink) -> None:
        super().__init__(
            url,
            queue_name=QUEUE,
            consumer_group_name=GROUP,
            maxlen=KEPT,
            xread_block=BLOCK_MS,
            unacknowledged_lock_timeout=SILENCE_S,
            max_connection_pool_size=AT_ONCE + 4,
            socket_timeout=SILENCE_S,
            socket_connect_timeout=PAUSE_S,
            retry=Retry(NoBackoff(), 1),
            driver_info=None,
        )
        self._link = link
        self.ending = False

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Until the queue ends: a receiver whose listening ended by itself would begin again at once, and again."""
        while not self.ending:
            if self._link.available:
                try:
                    await self._declare_consumer_group()
                    async for message in super().listen():
                        yield message
                except FAILURES as error:
                    log.info("runs.not_heard", error=type(error).__name__)
            if not self.ending:
                await asyncio.sleep(PAUSE_S)
