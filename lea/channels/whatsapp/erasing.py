"""Forgets what was said longer ago than it is to be kept."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from lea.clock import Clock
from lea.config import WhatsApp as Settings
from lea.errors import LeaError
from lea.store import directory
from lea.store.acts import Connection
from lea.store.engine import Store
from lea.store.whatsapp_erasing import AT_ONCE, erase_old

PAUSE_S: Final = 3600.0
DAY_S: Final = 86_400.0

log = structlog.get_logger()


class Erasing:
    """For the company whose number it is, `most` rows in one piece."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, most: int = AT_ONCE) -> None:
        self._company = settings.company
        self._kept_s = settings.retention_days * DAY_S
        self._store = store
        self._clock = clock
        self._most = most

    async def keep_erasing(self) -> None:
        """Every hour, until cancelled."""
        while True:
            with suppress(LeaError):  # the database is away: an hour later is soon enough
                await self.erase()
            await asyncio.sleep(PAUSE_S)

    async def erase(self) -> None:
        """Everything that is late, in pieces, between which others write."""
        before = self._clock.now() - self._kept_s

        def unit(connection: Connection) -> int:
            company_id = directory.company_called(connection, self._company)
            return 0 if company_id is None else erase_old(connection, company_id, before, self._most)

        while count := await self._store.write(unit):
            log.info("whatsapp.erased", count=count)
