"""Looks after the numbers there is something to do for: each by one process at a time, many at once."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from lea.channels.whatsapp.beginning import Beginning
from lea.channels.whatsapp.line import Line, ending, identity_of
from lea.channels.whatsapp.sending import send
from lea.channels.whatsapp.taking import Taking
from lea.channels.whatsapp.telling import tell
from lea.channels.whatsapp.words import say
from lea.errors import LeaError
from lea.store import whatsapp, whatsapp_inbox, whatsapp_outbox
from lea.store.acts import Connection
from lea.store.whatsapp import Contact
from lea.store.whatsapp_outbox import Part
from lea.tasks import TaskOwner

AT_ONCE: Final = 50
LEASE_S: Final = 90.0
TEND_S: Final = 75.0
"""Longest time one number is looked after before others: less than the lease."""
LOOK_S: Final = 2.0
"""Between two looks for what other processes have left to do."""
UNTOLD_S, UNTOLD_PAUSE_S = 30.0, 0.2
"""At the most and at the least between two looks for answers that ended."""
RETRY_S, CRASHED_S = 5.0, 60.0
GRACE_S: Final = 15.0
REFUSED_FOR_S: Final = 24 * 3600.0

log = structlog.get_logger()


class Worker:
    """`owner` names this process."""

    def __init__(self, line: Line, owner: str) -> None:
        self._line = line
        self._owner = owner
        self._tasks = TaskOwner()
        self._tending: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._numbers: set[str] = set()
        self._untold = True
        self._taking = Taking(line, Beginning(line, self._tasks, self.wake))

    def wake(self, number: str | None = None) -> None:
        """There is something to do now: for this number, or for one the store names."""
        if number is not None:
            self._numbers.add(number)
        self._woken.set()

    def answered(self) -> None:
        """An answer has ended somewhere, which may be somebody's here."""
        if not self._untold:
            self._untold = True
            asyncio.get_running_loop().call_later(UNTOLD_PAUSE_S, self._woken.set)

    async def keep_working(self) -> None:
        """Until cancelled."""
        looked = 0.0
        loop = asyncio.get_running_loop()
        if self._line.store.sole:  # whoever had a lease is dead
            await self._free(None)
        while True:
            self._woken.clear()
            self._untold = self._untold or loop.time() - looked >= UNTOLD_S
            if self._untold:
                looked = loop.time()
            try:
                await self._look()
            except LeaError as error:
                log.warning("whatsapp.not_looked", reason=error.reason)
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def aclose(self) -> None:
        """Let what is being sent go out, then end and leave the numbers to others."""
        if self._tending:
            await asyncio.wait(self._tending, timeout=GRACE_S)
        await self._tasks.aclose()
        with suppress(LeaError):  # else the leases run out
            await self._free(self._owner)

    async def _free(self, owner: str | None) -> None:
        now = self._line.clock.now()
        await self._line.store.write(lambda connection: whatsapp.free(connection, owner, now))

    async def _look(self) -> None:
        room = AT_ONCE - len(self._tending)
        if room <= 0:
            return
        numbers, self._numbers = self._numbers, set()
        untold, self._untold = self._untold, False
        now, store = self._line.clock.now(), self._line.store

        def unit(connection: Connection) -> list[Contact]:
            for number in numbers:
                whatsapp.wake(connection, number, now)
            return whatsapp.claim(connection, self._owner, room, LEASE_S, now)

        try:
            if untold:
                numbers.update(await store.read(lambda connection: whatsapp.untold(connection, now)))
            found = await store.write(unit) if numbers or await self._due(now) else []
        except LeaError:
            self._numbers |= numbers
            self._untold = self._untold or untold
            raise
        for contact in found:
            task = self._tasks.spawn("whatsapp.number", self._tend(contact))
            self._tending.add(task)
            task.add_done_callback(self._tended)

    async def _due(self, now: float) -> bool:
        """Whether there is anything to claim: looking costs no commit."""
        return await self._line.store.read(lambda connection: whatsapp.any_due(connection, now))

    def _tended(self, task: asyncio.Task[None]) -> None:
        self._tending.discard(task)
        self._woken.set()

    async def _tend(self, contact: Contact) -> None:
        """Whatever happens it is given back, or its lease runs out."""
        line, due_at = self._line, None
        try:
            async with asyncio.timeout(TEND_S):
                due_at = await self._do(contact)
        except TimeoutError:
            due_at = line.clock.now() + RETRY_S
            log.warning("whatsapp.too_long", number=ending(contact.number))
        except LeaError as error:
            due_at = line.clock.now() + max(RETRY_S, error.retry_after_s or 0.0)
            log.warning("whatsapp.put_off", number=ending(contact.number), reason=error.reason)
        except Exception as error:  # a mistake of ours must not keep everybody else from being answered
            due_at = line.clock.now() + CRASHED_S
            log.error("whatsapp.crashed", number=ending(contact.number), exc_info=error)
        await line.store.write(partial(whatsapp.release, owner=self._owner, number=contact.number, due_at=due_at))
        if due_at is not None:
            pause = max(0.0, due_at - line.clock.now())
            if pause < LOOK_S:
                asyncio.get_running_loop().call_later(pause, self._woken.set)

    async def _do(self, contact: Contact) -> float | None:
        line = self._line
        identity = await identity_of(line, contact)
        if identity is None:
            await self._refuse(contact)
            return await send(line, contact, None, line.language)
        taken = await self._taking.take(contact, identity)
        await tell(line, contact, identity)
        sent = await send(line, contact, identity.user_id, identity.language)
        return min((due for due in (taken, sent) if due is not None), default=None)

    async def _refuse(self, contact: Contact) -> None:
        """A number that is nobody's: one sentence a day, and no turn."""
        now = self._line.clock.now()
        fresh = contact.refused_at is None or now - contact.refused_at >= REFUSED_FOR_S

        def unit(connection: Connection) -> None:
            whatsapp_outbox.drop_answers(connection, contact.number)
            waiting = whatsapp_inbox.waiting(connection, contact.number)
            if not waiting:
                return
            whatsapp_inbox.end(connection, [one.id for one in waiting], "ignored", "stranger")
            if fresh:
                whatsapp.refused(connection, contact.number, now)
                part = Part(say("stranger", self._line.language))
                whatsapp_outbox.put(connection, contact.company_id, contact.number, waiting[0].id, [part], now)

        await self._line.write(contact, unit)
