"""Sends what is due: a few at once to each webhook, so that one that is slow delays no other."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from lea import faults
from lea.clock import Clock
from lea.errors import LeaError
from lea.hooks.listening import Listening
from lea.hooks.schedule import FAILING_FOR_S, next_at
from lea.hooks.sending import Sender, Sent
from lea.ids import CompanyId
from lea.metrics import WEBHOOK_ATTEMPTS, WEBHOOK_SECONDS
from lea.store import hooks_log, hooks_outbox
from lea.store.engine import Store
from lea.store.hooks_outbox import Sending
from lea.tasks import TaskOwner

AT_ONCE: Final = 20
EACH: Final = 2
LEASE_S: Final = 60.0
"""Longer than an attempt and its saving."""
LOOK_S: Final = 2.0
"""Between two looks for what has become due, or another process has left."""
GRACE_S: Final = 5.0
PRUNE_EVERY_S: Final = 3600.0
KEPT_FOR_S: Final = 30 * 86_400.0
GONE: Final = 410

SwitchedOff = Callable[[CompanyId, str, str], None]
"""Told of the company, the webhook, and why."""

log = structlog.get_logger()


class Worker:
    """`owner` names this process."""

    def __init__(
        self, store: Store, clock: Clock, listening: Listening, sender: Sender, owner: str, switched_off: SwitchedOff
    ) -> None:
        self._store = store
        self._clock = clock
        self._listening = listening
        self._sender = sender
        self._owner = owner
        self._switched_off = switched_off
        self._tasks = TaskOwner()
        self._sending: set[asyncio.Task[None]] = set()
        self._busy: Counter[str] = Counter()
        self._woken = asyncio.Event()
        self._pruned_at = float("-inf")

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def keep_working(self) -> None:
        """Until cancelled."""
        if self._store.sole:  # whoever had a lease is dead
            await self._free(None)
        while True:
            self._woken.clear()
            try:
                await self._listening.look()
                if not self._listening.nobody:
                    await self._look()
                    await self._prune()
            except LeaError as error:
                log.warning("webhooks.not_looked", reason=error.reason)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()

    async def aclose(self) -> None:
        """Let what is being sent end, then leave the rest to others."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=GRACE_S)
        await self._tasks.aclose()
        with suppress(LeaError):  # else the leases run out
            await self._free(self._owner)
        await self._sender.aclose()

    async def _free(self, owner: str | None) -> None:
        now = self._clock.now()
        await self._store.write(lambda connection: hooks_outbox.free(connection, owner, now))

    async def _look(self) -> None:
        room, now = AT_ONCE - len(self._sending), self._clock.now()
        if room <= 0 or not await self._store.read(lambda connection: hooks_outbox.any_due(connection, now)):
            return  # looking costs no commit
        unit = partial(
            hooks_outbox.claim, owner=self._owner, busy=dict(self._busy), each=EACH, most=room, lease_s=LEASE_S, now=now
        )
        for one in await self._store.write(unit):
            self._busy[one.webhook_id] += 1
            task = self._tasks.spawn("webhook.send", self._send(one))
            self._sending.add(task)
            task.add_done_callback(partial(self._ended, one.webhook_id))

    def _ended(self, webhook_id: str, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._busy[webhook_id] -= 1
        if not self._busy[webhook_id]:
            del self._busy[webhook_id]
        self._woken.set()

    async def _send(self, one: Sending) -> None:
        """What is not noted is sent again once the lease has run out."""
        faults.reach("webhook.sending")
        sent = await self._sender.send(one)
        faults.reach("webhook.sent")
        try:
            await self._settle(one, sent)
        except LeaError as error:
            log.warning("webhook.not_noted", delivery_id=one.id, reason=error.reason)

    async def _settle(self, one: Sending, sent: Sent) -> None:
        attempt, gone = sent.attempt, sent.attempt.status == GONE
        due_at = None
        if not (sent.delivered or gone or one.type == hooks_outbox.PING):
            due_at = next_at(one.tries + 1, self._clock.now(), sent.retry_after_s)
        state: hooks_log.State = "delivered" if sent.delivered else "failed" if due_at is None else "waiting"
        unit = partial(
            hooks_log.settle, owner=self._owner, sent=one, attempt=attempt, state=state, due_at=due_at, gone=gone,
            failing_for_s=FAILING_FOR_S,
        )  # fmt: skip
        why = await self._store.write(unit)
        WEBHOOK_ATTEMPTS.labels("postponed" if state == "waiting" else state).inc()
        WEBHOOK_SECONDS.observe(attempt.ms / 1000)
        log.info(
            "webhook.tried",
            webhook_id=one.webhook_id,
            company_id=one.company_id,
            delivery_id=one.id,
            type=one.type,
            state=state,
            status=attempt.status,
            reason=attempt.reason,
            ms=attempt.ms,
            attempts=one.attempts + 1,
            due_at=due_at,
        )
        if why is not None:
            log.warning("webhook.switched_off", webhook_id=one.webhook_id, company_id=one.company_id, reason=why)
            self._switched_off(one.company_id, one.webhook_id, why)

    async def _prune(self) -> None:
        if self._clock.monotonic() - self._pruned_at < PRUNE_EVERY_S:
            return
        self._pruned_at = self._clock.monotonic()
        before = self._clock.now() - KEPT_FOR_S
        while count := await self._store.write(lambda connection: hooks_log.prune(connection, before)):
            log.info("webhooks.pruned", count=count)
