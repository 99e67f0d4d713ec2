"""The database, made ready and given back."""

from collections.abc import AsyncIterator

import structlog
from aiohttp import web
from sqlalchemy import Connection

from lea.auth.permissions import Identity
from lea.config import Config
from lea.drill.store import DrillStore
from lea.handlers.keys import (
    CLOCK,
    CONFIG,
    STORE,
)
from lea.manager.manager import LLMManager
from lea.rooms.keys import TARGET, TASKS
from lea.rooms.models import estimates
from lea.store import accounts, migrate
from lea.store import threads as threads_of
from lea.store.checkpoints import interrupt
from lea.store.engine import Store
from lea.tasks import TaskOwner

log = structlog.get_logger()


async def store(app: web.Application) -> AsyncIterator[None]:
    writing = TaskOwner()
    store = DrillStore(app[CONFIG].database, writing, app[TARGET])
    app[STORE] = store
    clock = app[CLOCK]

    def prepare(connection: Connection) -> int:
        migrate.upgrade(connection)
        if not store.sole:  # what is live there may be another process's; its lease tells
            return 0
        return len(interrupt(connection, None, estimates(app[CONFIG]), clock.now()))

    try:
        left = await store.prepare(prepare)
    except BaseException:
        await store.aclose()
        raise
    if left:
        log.warning("turns.found_interrupted", count=left)
    yield
    await app[TASKS].aclose()  # they read from the store until they end
    await store.aclose()
    await writing.aclose()


async def preload(config: Config, store: Store, manager: LLMManager) -> None:
    """Nobody waits for this, and nothing is lost if it fails."""
    limit = config.sessions.preload

    def latest(connection: Connection) -> list[Identity]:
        found = [accounts.find(connection, user_id) for user_id in threads_of.wrote_last(connection, limit)]
        return [Identity.of(account, "token") for account in found if account is not None and not account.disabled]

    await manager.preload(await store.read(latest) if limit else [])
