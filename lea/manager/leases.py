"""Keeping this process's turns its own, and ending those nobody keeps any more.

A process that is alone with its store needs no renewal: it knows itself what it answers. What the store then calls live
is left from an end that could not be saved.
"""

import asyncio
from collections.abc import Callable

import structlog

from lea.bus.port import Bus
from lea.clock import Clock
from lea.errors import LeaError
from lea.ids import TurnId
from lea.manager.claim import LEASE_S
from lea.manager.turns import Turns
from lea.store import checkpoints, leases
from lea.store.checkpoints import Estimate, Unfinished
from lea.store.engine import Store
from lea.store.leases import Lease

TURN_S = 2.0
"""Between two renewals, and between the two looks that a lease must be seen expired in: a database that was away for
everybody gives everybody the time to renew."""
STOPS_S = 0.25
"""Between two looks for turns that other processes ask to stop, where no bus brings their word."""

log = structlog.get_logger()


class Leases:
    """Loops of one process."""

    def __init__(
        self,
        owner: str,
        turns: Turns,
        store: Store,
        bus: Bus,
        clock: Clock,
        estimate: Callable[[Unfinished], Estimate],
    ) -> None:
        """`estimate` tells what a call is accounted with that nobody saw end."""
        self._owner = owner
        self._turns = turns
        self._store = store
        self._bus = bus
        self._clock = clock
        self._estimate = estimate
        self._seen: set[Lease] = set()

    async def keep_renewing(self) -> None:
        """Until cancelled. What is no longer ours is cut: another process has given it up, or it was deleted."""
        while True:
            await asyncio.sleep(TURN_S)
            try:
                await self.renew()
            except LeaError as error:
                log.warning("leases.not_renewed", error=error.reason)

    async def renew(self) -> None:
        """Once, for all turns that have begun."""
        held = self._turns.held()
        if not held:
            return
        now = self._clock.now()
        renewed = await self._store.write(lambda connection: leases.renew(connection, self._owner, held, LEASE_S, now))
        for turn_id in renewed.stopping:
            self._turns.cut(turn_id, "stopped")
        lost = [turn_id for turn_id in held if turn_id not in renewed.held]
        for turn_id in lost:
            self._turns.cut(turn_id, "interrupted")

    async def keep_stopping(self) -> None:
        """Until cancelled: stop what others ask for, where the bus cannot say so."""
        while True:
            await asyncio.sleep(STOPS_S)
            if self._bus.connected or not self._turns.held():
                continue
            try:
                asked = await self._store.read(lambda connection: leases.stopping(connection, self._owner))
            except LeaError as error:
                log.warning("leases.stops_not_read", error=error.reason)
                continue
            for turn_id in asked:
                self._turns.cut(turn_id, "stopped")

    async def keep_reaping(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(TURN_S)
            try:
                await self.reap()
            except LeaError as error:
                self._seen = set()
                log.warning("leases.not_reaped", error=error.reason)

    async def reap(self) -> list[TurnId]:
        """Interrupt turns that were abandoned at the look before, too; which they were."""
        now = self._clock.now()
        found = await self._store.read(lambda connection: leases.abandoned(connection, self._owner, now))
        held = self._turns.live()
        abandoned = {lease for lease in found if lease.turn_id not in held}
        twice, self._seen = abandoned & self._seen, abandoned
        if not twice:
            return []
        ended = await self._store.write(
            lambda connection: checkpoints.interrupt(connection, twice, self._estimate, now)
        )
        if ended:
            log.warning("turns.found_interrupted", count=len(ended), turn_ids=[left.turn_id for left in ended])
        for left in ended:
            self._turns.tell_ended(left.user_id, left.company_id, left.thread_id, left.turn_id, "interrupted")
        return [left.turn_id for left in ended]
