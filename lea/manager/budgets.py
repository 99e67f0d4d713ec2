"""What may still be spent this month: looked up beside what else an answer needs, and decided from memory.

A look is believed for five seconds; after that the next answer has it replaced behind its back, and after ten it waits
for that. Where the store cannot be read, nobody is refused.
"""

from functools import partial
from typing import Final

import structlog
from cachetools import LRUCache

from lea.clock import Clock, Month
from lea.errors import BudgetExceeded, LeaError
from lea.ids import CompanyId, TurnId, UserId
from lea.llm.offline.markdown import MONTHS
from lea.manager.allowance import Allowance, Standing
from lea.manager.quotas import Quotas
from lea.resilience.single_flight import SingleFlight
from lea.store import budgets as rows
from lea.store.budgets import COMPANY, NO_LIMITS, Limits
from lea.store.engine import Store

FRESH_S: Final = 5.0
BELIEVED_S: Final = 10.0
COMPANIES: Final = 10_000
"""Most companies whose sums are in memory; with one that is forgotten go the guesses for its live turns."""

log = structlog.get_logger()


class Budgets:
    """All companies', at this process."""

    def __init__(self, store: Store, clock: Clock, flights: SingleFlight, quotas: Quotas) -> None:
        self._store = store
        self._clock = clock
        self._flights = flights
        self._quotas = quotas
        self._allowances: LRUCache[CompanyId, Allowance] = LRUCache(COMPANIES)

    async def ready(self, company_id: CompanyId) -> None:
        """Have the company's sums at hand, if the store can tell them."""
        allowance = self._allowances.get(company_id)
        age = float("inf") if allowance is None else self._clock.monotonic() - allowance.read_at
        if allowance is not None and allowance.month != Month.of(self._clock.now()):
            age = float("inf")
        if age >= BELIEVED_S:
            await self._flights.once(("budgets", company_id), lambda: self._refresh(company_id))
        elif age >= FRESH_S:
            self._flights.start(("budgets", company_id), lambda: self._refresh(company_id))

    def admit(self, company_id: CompanyId, user_id: UserId, turn_id: TurnId, amount: int) -> None:
        """Let a turn begin to spend, of which it is guessed that it will be `amount`. Raises BudgetExceeded."""
        allowance = self._allowances.get(company_id)
        if allowance is None:
            return
        month = Month.of(self._clock.now())
        whose = allowance.used_up(user_id) if allowance.month == month else None
        if whose is not None:
            self._quotas.look(company_id, allowance, user_id)
            raise exceeded(whose, month)
        allowance.hold(turn_id, user_id, amount)

    def hold(self, company_id: CompanyId, user_id: UserId, turn_id: TurnId, amount: int) -> None:
        """A turn that was admitted is now thought to come to this."""
        allowance = self._allowances.get(company_id)
        if allowance is not None:
            allowance.hold(turn_id, user_id, amount)

    def settle(self, company_id: CompanyId, user_id: UserId, turn_id: TurnId, amount: int) -> None:
        """A turn has ended, and the store has its calls; 0 where there are none."""
        allowance = self._allowances.get(company_id)
        if allowance is not None:
            allowance.settle(turn_id, user_id, amount)
            self._quotas.look(company_id, allowance, user_id)
        if amount:
            self._quotas.spent(user_id)

    async def standings(self, company_id: CompanyId) -> tuple[Month, dict[UserId, Standing]]:
        """Where everybody stands who has spent or may not spend all, `COMPANY` always. Raises LeaError."""
        month = Month.of(self._clock.now())
        look = partial(rows.look, company_id=company_id, month=month, always=True)
        limits, spent = await self._store.read(look)
        spent[COMPANY] = sum(spent.values())
        return month, {one: Standing(spent.get(one, 0), limits.get(one, NO_LIMITS)) for one in {*limits, *spent}}

    async def set_limits(self, company_id: CompanyId, user_id: UserId, limits: Limits) -> None:
        """From now on, here; elsewhere within ten seconds. Raises NotFound for a user of another company."""
        setting = partial(rows.set_limits, company_id=company_id, user_id=user_id, limits=limits)
        await self._store.write(setting, order=("budgets", company_id))
        await self._refresh(company_id)

    async def _refresh(self, company_id: CompanyId) -> None:
        month, began = Month.of(self._clock.now()), self._clock.monotonic()
        allowance = self._allowances.get(company_id)
        if allowance is None:
            allowance = self._allowances[company_id] = Allowance(month)
        number, look = allowance.begin_look(), partial(rows.look, company_id=company_id, month=month, always=False)
        try:
            limits, spent = await self._store.read(look)
        except LeaError as error:
            log.warning("budgets.not_read", company_id=company_id, error=error.reason)
            return
        allowance.looked(number, month, limits, spent, began)
        self._quotas.look(company_id, allowance)


def exceeded(whose: str, month: Month) -> BudgetExceeded:
    """Whose limit, and when there is money again."""
    year, number = divmod(int(month.name[:4]) * 12 + int(month.name[5:]), 12)
    fr, en = MONTHS["fr"][number], MONTHS["en"][number]
    return BudgetExceeded(f"{whose}_budget_exceeded", fr=f"le 1er {fr} {year}", en=f"on {en} 1, {year}")
