"""The database, made ready and given back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

import structlog
from aiohttp import web
from sqlalchemy import Connection

from lea.auth.permissions import Identity
from lea.clock import Clock
from lea.config import Config
from lea.drill.store import DrillStore
from lea.errors import LeaError
from lea.handlers.keys import (
    CLOCK,
    CONFIG,
    STORE,
)
from lea.manager.manager import LLMManager
from lea.rooms.keys import TARGET, TASKS
from lea.rooms.models import estimates
from lea.store import accounts, attachments, deleted, migrate
from lea.store import threads as threads_of
from lea.store.checkpoints import interrupt
from lea.store.engine import Store
from lea.tasks import TaskOwner

ERASE_PAUSE_S: Final = 3600.0

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
    app[TASKS].spawn("threads.erase", keep_erasing(store, clock))
    yield
    await app[TASKS].aclose()  # they read from the store until they end
    await store.aclose()
    await writing.aclose()


async def keep_erasing(store: Store, clock: Clock) -> None:
    """Erase what was deleted and cannot be brought back, what programs said, files nobody asked about; every hour."""
    while True:
        with suppress(LeaError):  # the database is away: an hour later is soon enough
            while count := await store.write(lambda connection: deleted.erase(connection, clock.now())):
                log.info("threads.erased", count=count)
            while count := await store.write(lambda connection: deleted.erase_unlisted(connection, clock.now())):
                log.info("threads.erased", count=count)
            while count := await store.write(lambda connection: attachments.erase_unused(connection, clock.now())):
                log.info("attachments.erased", count=count)
        await asyncio.sleep(ERASE_PAUSE_S)


async def preload(config: Config, store: Store, manager: LLMManager) -> None:
    """Nobody waits for this, and nothing is lost if it fails."""
    limit = config.sessions.preload

    def latest(connection: Connection) -> list[Identity]:
        found = [accounts.find(connection, user_id) for user_id in threads_of.wrote_last(connection, limit)]
        return [Identity.of(account, "token") for account in found if account is not None and not account.disabled]

    await manager.preload(await store.read(latest) if limit else [])
