"""Finds out what became of effects elsewhere of which nobody has heard."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from lea.actions.action import Outside, Scope
from lea.actions.desk import Desk
from lea.actions.elsewhere import found_out
from lea.auth.permissions import Identity
from lea.errors import LeaError
from lea.store import accounts, acts
from lea.store.acts import Receipt
from lea.store.engine import Store

LOOK_S: Final = 5.0
PENDING: Final = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Checking:
    """Asks the actions themselves; who was told «unknown» is told again."""

    desk: Desk
    store: Store

    async def keep_checking(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.check()
            except LeaError as error:
                log.warning("actions.not_checked", error=error.reason)
            await asyncio.sleep(LOOK_S)

    async def check(self) -> None:
        """One look at what has been pending for longer than performing may take."""
        before = self.desk.now() - self.desk.settings.outside_timeout
        for receipt in await self.store.read(partial(acts.pending, before=before, limit=PENDING)):
            account = await self.store.read(partial(accounts.find, user_id=receipt.user_id))
            if account is not None:
                await self._check(receipt, Identity.of(account, "token"))

    async def _check(self, receipt: Receipt, identity: Identity) -> None:
        action = self.desk.registry.get(receipt.name)
        if not isinstance(action, Outside):
            return
        scope = Scope(identity, receipt.thread_id, identity.language, self.desk.now())
        known, effect = await found_out(action, scope, receipt, self.desk.settings.outside_timeout)
        if known:
            ended = await self.desk.conclude(receipt, effect)
            log.info("action.found_out", action=receipt.name, key=receipt.id, state=ended.state)
            self.desk.tell(receipt.user_id, self.desk.event(ended, identity.language))
