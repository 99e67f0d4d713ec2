"""Decisions on what Léa asked: made at once, and told in a turn of their own, also where their process died."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import Any, Final

import structlog

from lea.actions.action import Scope
from lea.actions.consent import Decided, decision_turn
from lea.actions.desk import Desk
from lea.actions.phrases import say
from lea.actions.telling import confirm_event
from lea.auth.permissions import Identity
from lea.clock import Clock
from lea.errors import LeaError, NotFound, Overloaded, TooMany
from lea.ids import RequestId, TurnId
from lea.manager.ask import Ask
from lea.manager.turns import Turns
from lea.store import accounts, acts, confirmations
from lea.store.confirmations import REQUEST, Asked, Decision
from lea.store.engine import Store
from lea.store.turns import find_by_request

LOOK_S: Final = 10.0
"""Between two looks for decisions that nobody has told, and how old they are then at least."""
TOLD_FOR_S: Final = 24 * 3600.0
UNTOLD: Final = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Decisions:
    """A decision's effect is committed with it; its turn only tells, so deciding waits for no conversation."""

    desk: Desk
    turns: Turns
    store: Store
    clock: Clock

    async def decide(
        self, identity: Identity, confirmation_id: str, decision: Decision, edited: Mapping[str, Any] | None
    ) -> tuple[Decided, TurnId]:
        """Raises as consent.decide does, and Overloaded(`shutting_down`) before anything is decided.

        Where there are too many turns already it is told once they have gone.
        """
        asked = await self.store.read(
            lambda connection: confirmations.find(connection, identity.user_id, confirmation_id)
        )
        if asked is None:
            raise NotFound
        room = self._room(identity, asked)
        scope = Scope(identity, asked.thread_id, asked.language, self.clock.now())
        decided = await self.desk.decide(scope, confirmation_id, decision, edited)
        if decided.fresh:
            self.desk.tell(asked.user_id, confirm_event(decided.asked, scope.now, asked.thread_id))
        if room and (decided.fresh or await self._untold(asked)):
            await self._tell(identity, decided.asked, decided)
        return decided, decision_turn(asked.user_id, asked.id)

    async def keep_telling(self) -> None:
        """Tell what was decided by a process that is gone; until cancelled."""
        while True:
            try:
                await self.tell_untold()
            except LeaError as error:
                log.warning("decisions.not_told", error=error.reason)
            await asyncio.sleep(LOOK_S)

    async def tell_untold(self) -> None:
        """One look."""
        now = self.clock.now()
        unit = partial(confirmations.untold, since=now - TOLD_FOR_S, until=now - LOOK_S, limit=UNTOLD)
        for asked in await self.store.read(unit):
            found = await self.store.read(partial(_who_and_what, asked=asked))
            if found is not None:
                identity, decided = found
                log.info("decision.told_late", confirmation_id=asked.id, thread_id=asked.thread_id)
                await self._tell(identity, asked, decided)

    def _room(self, identity: Identity, asked: Asked) -> bool:
        try:
            self.turns.admit(identity, ask_of(asked))
        except TooMany:
            return False
        except Overloaded as error:
            if error.reason == "shutting_down":
                raise
            return False
        return True

    async def _untold(self, asked: Asked) -> bool:
        ask = ask_of(asked)
        return not self.turns.known(ask) and None is await self.store.read(
            lambda connection: find_by_request(connection, asked.user_id, ask.request_id)
        )

    async def _tell(self, identity: Identity, asked: Asked, decided: Decided) -> None:
        await self.turns.follow(identity, replace(ask_of(asked), confirmation=asked, receipt=decided.receipt))


def ask_of(asked: Asked) -> Ask:
    """The turn in which the decision is told, one a confirmation."""
    phrase = "said_no" if asked.state == "rejected" else "said_yes"
    return Ask(
        thread_id=asked.thread_id,
        turn_id=decision_turn(asked.user_id, asked.id),
        request_id=RequestId(REQUEST + asked.id),
        body_hash=blake2b(f"decision\0{asked.id}".encode(), digest_size=16).hexdigest(),
        kind="decision",
        text=say(phrase, asked.language, what=asked.summary),
        parent_id=None,
        language=asked.language,
    )


def _who_and_what(connection: acts.Connection, asked: Asked) -> tuple[Identity, Decided] | None:
    account = accounts.find(connection, asked.user_id)
    if account is None:
        return None
    receipt = acts.of_confirmation(connection, asked.id)
    return Identity.of(account, "token"), Decided(asked, receipt, fresh=False)
