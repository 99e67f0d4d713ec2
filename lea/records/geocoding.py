"""Completes transactions with their place, behind everybody's back: they are saved first and never wait for it.

Every process does this for all companies; where two ask for the same address they keep the same answer.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from lea.errors import LeaError
from lea.ids import CompanyId
from lea.records.geocoder import Garbled, Geocoder
from lea.store import places
from lea.store.engine import Store
from lea.store.places import Waiting

EVERY_S: Final = 30.0
"""How long a record waits that another process has saved, or for which the service had no answer."""
BATCH: Final = 20

Placed = Callable[[CompanyId, str, str], None]

log = structlog.get_logger()


class Geocoding:
    """`placed` is told (company, transaction, reference) after a place was found."""

    def __init__(self, store: Store, geocoder: Geocoder, placed: Placed, *, every_s: float = EVERY_S) -> None:
        self._store = store
        self._geocoder = geocoder
        self._placed = placed
        self._every_s = every_s
        self._wanted = asyncio.Event()
        self._after = ""

    def wake(self) -> None:
        """There may be something to do."""
        self._wanted.set()

    async def keep_completing(self) -> None:
        """Again and again until cancelled."""
        while True:
            self._wanted.clear()
            try:
                await self._complete_all()
            except LeaError as error:  # the service, or the database: later
                log.warning("geocoding.postponed", reason=error.reason)
            try:
                async with asyncio.timeout(self._every_s):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _complete_all(self) -> None:
        """From where it ended last time: an address the service takes too long for holds up no other."""
        if self._after:
            await self._complete_rest()
        await self._complete_rest()

    async def _complete_rest(self) -> None:
        while batch := await self._waiting():
            for one in batch:
                self._after = one.id
                await self._complete(one)
        self._after = ""

    async def _waiting(self) -> list[Waiting]:
        after = self._after
        return await self._store.read(lambda connection: places.waiting(connection, after, BATCH))

    async def _complete(self, one: Waiting) -> None:
        try:
            found = await self._geocoder.find(one.address)
        except Garbled:
            log.warning("geocoding.garbled", transaction_id=one.id)
            return
        if await self._store.write(lambda connection: places.place(connection, one.id, one.address, found)):
            self._placed(one.company_id, one.id, one.reference)
