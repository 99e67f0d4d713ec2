"""What listening to one recording costs, whom, and whether it may begin."""

from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from lea.auth.permissions import Identity
from lea.clock import Clock
from lea.errors import ExternalTimeout, LeaError
from lea.ids import TurnId, new_id
from lea.llm.prices import counted
from lea.llm.provider import Answering, Usage
from lea.llm.transcribed_media import Recording
from lea.llm.transcribing import Heard, guessed, lasting, spoken_price
from lea.manager.budgets import Budgets
from lea.metrics import COST, TOKENS
from lea.store import usage
from lea.store.engine import Store
from lea.store.usage import UsageRow

PURPOSE: Final = "voice"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Purse:
    """Where it is paid from. In USD: a minute and a million tokens where no list knows the model."""

    budgets: Budgets
    store: Store
    clock: Clock
    per_minute: float
    unpriced_per_million: float


class VoiceBill:
    """Of one recording; `cost` is nano-USD, None where nobody knows or nobody was asked."""

    def __init__(self, purse: Purse, identity: Identity, asked: Answering, recording: Recording) -> None:
        self.cost: int | None = None
        self._purse = purse
        self._identity = identity
        self._asked = asked
        self._recording = recording
        self._key = new_id("v")
        self._taken = False

    async def admit(self) -> None:
        """Raises BudgetExceeded."""
        budgets, who = self._purse.budgets, self._identity
        await budgets.ready(who.company_id)
        guess = guessed(self._recording)
        amount = self._counted(self._price(guess, None), guess)
        budgets.admit(who.company_id, who.user_id, TurnId(self._key), amount)

    def failed(self, error: LeaError) -> None:
        """A server that was too slow did the work all the same."""
        self._taken = isinstance(error, ExternalTimeout)

    async def settle(self, heard: Heard | None) -> None:
        """It is over; a failure to keep what it cost is told in the log."""
        amount = 0
        if heard is not None or self._taken:
            taken = heard.usage if heard is not None else guessed(self._recording)
            self.cost = self._price(taken, heard.seconds if heard is not None else None)
            amount = self._counted(self.cost, taken)
            await self._keep(self._row(taken, amount))
            TOKENS.labels("prompt").inc(taken.prompt)
            TOKENS.labels("completion").inc(taken.completion)
            if self.cost is not None:
                COST.labels(self._asked.name).inc(self.cost / 1e9)
        self._purse.budgets.settle(self._identity.company_id, self._identity.user_id, TurnId(self._key), amount)

    def _price(self, taken: Usage, seconds: float | None) -> int | None:
        return spoken_price(self._asked, self._purse.per_minute, taken, lasting(self._recording, seconds))

    def _counted(self, cost: int | None, taken: Usage) -> int:
        return counted(cost, taken, self._purse.unpriced_per_million)

    def _row(self, taken: Usage, amount: int) -> UsageRow:
        return UsageRow(
            id=self._key,
            company_id=self._identity.company_id,
            user_id=self._identity.user_id,
            thread_id=None,
            turn_id=None,
            purpose=PURPOSE,
            provider=self._asked.name,
            model=self._asked.model,
            prompt_tokens=taken.prompt,
            completion_tokens=taken.completion,
            cached_tokens=0,
            estimated=taken.estimated,
            cost_nano_usd=self.cost,
            budget_nano_usd=amount,
            at=self._purse.clock.now(),
        )

    async def _keep(self, row: UsageRow) -> None:
        try:
            await self._purse.store.write(partial(usage.add, rows=[row]))
        except LeaError as error:
            log.warning("usage.not_kept", voice_id=self._key, error=error.reason)
