"""What the model calls of one job cost, whom, and whether they may begin."""

from dataclasses import dataclass
from typing import Protocol

import structlog

from lea.clock import Clock
from lea.errors import BudgetExceeded, LeaError
from lea.ids import CompanyId, TurnId, UserId, new_id
from lea.llm.prices import charge, counted
from lea.llm.provider import Answering, Usage
from lea.runs.pipeline import RunScope
from lea.store import run_costs
from lea.store.engine import Store
from lea.store.usage import UsageRow

GUESSED_ANSWER = 400
"""Tokens an answer is thought to have while nobody knows it."""
PURPOSE = "enrich"

log = structlog.get_logger()


class Budgets(Protocol):
    """What may still be spent; what is held for a job goes under an id as a turn's does."""

    async def ready(self, company_id: CompanyId) -> None: ...

    def admit(self, company_id: CompanyId, user_id: UserId, turn_id: TurnId, amount: int) -> None: ...

    def hold(self, company_id: CompanyId, user_id: UserId, turn_id: TurnId, amount: int) -> None: ...

    def settle(self, company_id: CompanyId, user_id: UserId, turn_id: TurnId, amount: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Purse:
    """Where jobs are paid from; a model without a price counts `unpriced_per_million` USD for a million tokens."""

    budgets: Budgets
    store: Store
    clock: Clock
    unpriced_per_million: float


class Bill:
    """Belongs to one attempt of a job."""

    def __init__(self, purse: Purse, scope: RunScope, key: str) -> None:
        self._purse = purse
        self._scope = scope
        self._key = key
        self._held = TurnId(new_id("e"))
        self.rows: list[UsageRow] = []

    @property
    def cost_nano_usd(self) -> int:
        """Of the calls that have ended and whose price is known."""
        return sum(row.cost_nano_usd or 0 for row in self.rows)

    async def admit(self, asked: Answering, prompt_tokens: int) -> None:
        """A first call may begin. Raises BudgetExceeded."""
        scope = self._scope
        await self._purse.budgets.ready(scope.company_id)
        try:
            guess = self._guess(asked, prompt_tokens)
            self._purse.budgets.admit(scope.company_id, scope.user_id, self._held, guess)
        except BudgetExceeded:
            raise BudgetExceeded from None  # a job keeps a code only, and that of either limit is this one

    def again(self, asked: Answering, prompt_tokens: int) -> None:
        """One more call is under way."""
        self._hold(self._amount() + self._guess(asked, prompt_tokens))

    def spent(self, by: Answering, usage: Usage) -> None:
        """A call has ended."""
        cost = charge(by, usage)
        scope = self._scope
        row = UsageRow(
            id=new_id("u"),
            company_id=scope.company_id,
            user_id=scope.user_id,
            thread_id=None,
            turn_id=None,
            purpose=PURPOSE,
            provider=by.name,
            model=by.model,
            prompt_tokens=usage.prompt,
            completion_tokens=usage.completion,
            cached_tokens=usage.cached,
            estimated=usage.estimated,
            cost_nano_usd=cost,
            budget_nano_usd=counted(cost, usage, self._purse.unpriced_per_million),
            at=self._purse.clock.now(),
        )
        self.rows.append(row)
        self._hold(self._amount())

    async def keep(self) -> None:
        """The job comes to nothing, and was paid for all the same; raises nothing of its own."""
        rows, run_id, key = tuple(self.rows), self._scope.run_id, self._key
        try:
            if rows:
                await self._purse.store.write(lambda connection: run_costs.add(connection, run_id, key, rows))
        except LeaError as error:  # must not stand in the place of why the job failed, or was cancelled
            log.warning("usage.not_kept", run_id=run_id, error=error.reason)
        finally:
            self.settle()

    def settle(self) -> None:
        """The calls are saved."""
        scope = self._scope
        self._purse.budgets.settle(scope.company_id, scope.user_id, self._held, self._amount())

    def _amount(self) -> int:
        return sum(row.budget_nano_usd for row in self.rows)

    def _hold(self, amount: int) -> None:
        self._purse.budgets.hold(self._scope.company_id, self._scope.user_id, self._held, amount)

    def _guess(self, asked: Answering, prompt_tokens: int) -> int:
        taken = Usage(prompt_tokens, GUESSED_ANSWER, estimated=True)
        return counted(charge(asked, taken), taken, self._purse.unpriced_per_million)
