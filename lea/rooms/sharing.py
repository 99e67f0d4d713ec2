"""What is shared with other processes, and the way to them."""

from collections.abc import AsyncIterator

from aiohttp import web

from lea.bus.caches import Caches
from lea.bus.memory import MemoryBus
from lea.bus.port import Bus
from lea.config import Config
from lea.drill.state import DrillState
from lea.errors import StartError
from lea.handlers.keys import (
    BUS,
    CHAT_LIMIT,
    CLOCK,
    CONFIG,
    LINK,
    STATE,
    STORE,
)
from lea.handlers.limits import ChatLimit
from lea.rooms.keys import CACHES, TARGET, TASKS, Room
from lea.state.memory import MemoryState
from lea.tasks import TaskOwner


def state(config: Config) -> Room:
    """Memory's, or Redis': `redis` is an extra, and imported only for an address of it. Raises StartError."""
    url = config.state.redis
    if url is None:
        return _memory_state
    try:
        from lea.resilience.redis import RedisLink
        from lea.state.redis import RedisState
    except ModuleNotFoundError as error:
        if error.name != "redis":
            raise
        raise StartError("state.url: needs the redis extra: pip install 'lea[redis]'") from None

    async def room(app: web.Application) -> AsyncIterator[None]:
        probing = TaskOwner()
        link = RedisLink(url, probing)
        state = RedisState(link, app[TASKS], app[CLOCK])
        app[LINK] = link
        app[STATE] = shared = DrillState(state, app[TARGET])
        app[CHAT_LIMIT] = ChatLimit(config.limits, app[CLOCK], shared)
        await link.start()
        yield
        await state.aclose()
        await probing.aclose()
        await link.aclose()

    return room


async def _memory_state(app: web.Application) -> AsyncIterator[None]:
    app[LINK] = None
    app[STATE] = state = MemoryState()
    app[CHAT_LIMIT] = ChatLimit(app[CONFIG].limits, app[CLOCK], state)
    yield


async def bus(app: web.Application) -> AsyncIterator[None]:
    """Only where other processes may use the same database is there anybody to tell."""
    link = app[LINK]
    bus: Bus = MemoryBus()
    if link is not None and not app[STORE].sole:
        from lea.bus.redis import RedisBus

        bus = over_redis = RedisBus(link, app[TASKS])
        await over_redis.start()
    app[BUS] = bus
    app[CACHES] = Caches(bus)
    yield
    await bus.aclose()
