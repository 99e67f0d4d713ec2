"""What the model calls of one turn cost, whom, and whether they may begin."""

from functools import partial
from typing import Final

import structlog

from lea.auth.permissions import Identity
from lea.errors import BudgetExceeded, LeaError
from lea.ids import new_id
from lea.llm.prices import FREE, charge, counted
from lea.llm.provider import Answering, Usage
from lea.manager.ask import Ask, Services
from lea.manager.outcome import Outcome, Spent
from lea.store import usage
from lea.store.hooks_events import Whose
from lea.store.usage import UsageRow

GUESSED_ANSWER: Final = 1000
"""Tokens an answer is thought to have while nobody knows it."""
PURPOSE: Final = "chat"

log = structlog.get_logger()


class Bill:
    """Belongs to a turn; `outcome` is where its calls are counted."""

    def __init__(self, ask: Ask, identity: Identity, services: Services, outcome: Outcome) -> None:
        self._ask = ask
        self._identity = identity
        self._services = services
        self._outcome = outcome

    async def ready(self) -> None:
        """What may be spent is at hand after this; raises nothing."""
        await self._services.budgets.ready(self._identity.company_id)

    def admit(self, prompt_tokens: int) -> BudgetExceeded | None:
        """Why the configured model may not be asked this; nothing keeps the engine that is free from answering."""
        asked = self._services.provider.answering
        if asked.price_hint == FREE:
            return None
        identity, guess = self._identity, self._guess(asked, prompt_tokens)
        try:
            self._services.budgets.admit(identity.company_id, identity.user_id, self._ask.turn_id, guess)
        except BudgetExceeded as error:
            return error
        return None

    def calling(self, asked: Answering, prompt_tokens: int) -> None:
        """One more call is under way."""
        amount = self._amount() + self._guess(asked, prompt_tokens)
        identity = self._identity
        self._services.budgets.hold(identity.company_id, identity.user_id, self._ask.turn_id, amount)

    def goes_on(self) -> None:
        """A call has ended and the turn has not: keep it now, behind the turn's back, as the end will again."""
        row = self.rows()[-1]
        self._services.settling.spawn("usage.keep", self._keep(partial(usage.add_of_live, row=row)))

    def rows(self) -> tuple[UsageRow, ...]:
        """The calls that have ended."""
        return tuple(
            self._row(usage.usage_id(self._ask.turn_id, place), one) for place, one in enumerate(self._outcome.spent)
        )

    def whose(self) -> Whose:
        """Where the turn belongs."""
        identity, ask = self._identity, self._ask
        return Whose(identity.company_id, identity.user_id, ask.thread_id, ask.unlisted)

    def answered_before(self) -> None:
        """Another turn of this request has the answer; what was asked in vain is kept under ids of its own."""
        rows = [self._row(new_id("u"), one) for one in self._outcome.spent]
        if rows:
            self._services.settling.spawn("usage.keep", self._keep(partial(usage.add, rows=rows)))

    def settle(self) -> None:
        """The turn is over."""
        identity = self._identity
        self._services.budgets.settle(identity.company_id, identity.user_id, self._ask.turn_id, self._amount())

    async def _keep(self, unit: partial[None]) -> None:
        try:
            await self._services.store.write(unit)
        except LeaError as error:
            log.warning("usage.not_kept", turn_id=self._ask.turn_id, error=error.reason)

    def _amount(self) -> int:
        return sum(self._counted(one) for one in self._outcome.spent)

    def _counted(self, one: Spent) -> int:
        return counted(one.cost_nano_usd, one.usage, self._services.config.budgets.unpriced_per_million)

    def _guess(self, asked: Answering, prompt_tokens: int) -> int:
        taken = Usage(prompt_tokens, GUESSED_ANSWER, estimated=True)
        return counted(charge(asked, taken), taken, self._services.config.budgets.unpriced_per_million)

    def _row(self, key: str, one: Spent) -> UsageRow:
        return UsageRow(
            id=key,
            company_id=self._identity.company_id,
            user_id=self._identity.user_id,
            thread_id=self._ask.thread_id,
            turn_id=self._ask.turn_id,
            purpose=PURPOSE,
            provider=one.provider,
            model=one.model,
            prompt_tokens=one.usage.prompt,
            completion_tokens=one.usage.completion,
            cached_tokens=one.usage.cached,
            estimated=one.usage.estimated,
            cost_nano_usd=one.cost_nano_usd,
            budget_nano_usd=self._counted(one),
            at=self._services.clock.now(),
        )
