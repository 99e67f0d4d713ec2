"""What a relayed answer cost, whom, and how it is told to those who run the server."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog

from lea.auth.permissions import Identity
from lea.errors import LeaError
from lea.ids import TurnId
from lea.llm.prices import charge, counted
from lea.llm.provider import Answering, Usage
from lea.llm.tokens import estimate
from lea.manager.ask import Services
from lea.manager.bill import GUESSED_ANSWER
from lea.messages import ToolCall
from lea.metrics import COST, FIRST_TOKEN_SECONDS, TOKENS
from lea.store import usage
from lea.store.usage import UsageRow

PURPOSE: Final = "tools"

log = structlog.get_logger()


@dataclass(slots=True)
class Relayed:
    """What came of a question: `reason` is None unless the answer ended well, `cost` nano-USD where it is known.

    `asked` is None where nobody was, `sent` about the tokens of the question, `written` what was told of calls.
    """

    id: str
    text: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    usage: Usage | None = None
    cost: int | None = None
    reason: str | None = None
    asked: Answering | None = None
    sent: int = 0
    timings_ms: dict[str, float] = field(default_factory=dict)


class RelayBill:
    """Of one answer."""

    def __init__(self, services: Services, identity: Identity, relayed: Relayed) -> None:
        self.keeping: asyncio.Task[None] | None = None
        """Saves what it cost, once it is settled."""
        self._services = services
        self._identity = identity
        self._relayed = relayed

    def admit(self, asked: Answering) -> None:
        """Raises BudgetExceeded."""
        taken = Usage(self._relayed.sent, GUESSED_ANSWER, estimated=True)
        guess = self._counted(charge(asked, taken), taken)
        self._services.budgets.admit(self._identity.company_id, self._identity.user_id, self._key, guess)

    def settle(self) -> None:
        """It is over; what was told of no usage is estimated."""
        relayed, amount = self._relayed, 0
        if relayed.asked is not None:
            if relayed.usage is None:
                said = estimate("".join([*relayed.text, *relayed.written]))
                relayed.usage = Usage(relayed.sent, said, estimated=True)
            relayed.cost = charge(relayed.asked, relayed.usage)
            amount = self._counted(relayed.cost, relayed.usage)
            row = self._row(relayed.asked, relayed.usage, amount)
            self.keeping = self._services.settling.spawn("usage.keep", self._keep(row))
        self._services.budgets.settle(self._identity.company_id, self._identity.user_id, self._key, amount)

    def report(self, error: str | None) -> None:
        """Count it, and tell it in one wide log line."""
        relayed, taken, asked = self._relayed, self._relayed.usage, self._relayed.asked
        if "first_token" in relayed.timings_ms:
            FIRST_TOKEN_SECONDS.observe(relayed.timings_ms["first_token"] / 1000)
        if taken is not None:
            TOKENS.labels("prompt").inc(taken.prompt)
            TOKENS.labels("completion").inc(taken.completion)
        if asked is not None and relayed.cost is not None:
            COST.labels(asked.name).inc(relayed.cost / 1e9)
        log.info(
            "relay.ended",
            relay_id=relayed.id,
            user_id=self._identity.user_id,
            company_id=self._identity.company_id,
            finish_reason=relayed.reason,
            error=error,
            provider=asked and asked.name,
            model=asked and asked.model,
            prompt_tokens=taken and taken.prompt,
            completion_tokens=taken and taken.completion,
            cost_nano_usd=relayed.cost,
            calls=len(relayed.calls),
            timings_ms=relayed.timings_ms,
        )

    @property
    def _key(self) -> TurnId:
        """The budgets hold what turns may come to; this counts as one."""
        return TurnId(self._relayed.id)

    def _counted(self, cost: int | None, taken: Usage) -> int:
        return counted(cost, taken, self._services.config.budgets.unpriced_per_million)

    def _row(self, asked: Answering, taken: Usage, amount: int) -> UsageRow:
        return UsageRow(
            id=usage.usage_id(self._key, 0),
            company_id=self._identity.company_id,
            user_id=self._identity.user_id,
            thread_id=None,
            turn_id=None,
            purpose=PURPOSE,
            provider=asked.name,
            model=asked.model,
            prompt_tokens=taken.prompt,
            completion_tokens=taken.completion,
            cached_tokens=taken.cached,
            estimated=taken.estimated,
            cost_nano_usd=self._relayed.cost,
            budget_nano_usd=amount,
            at=self._services.clock.now(),
        )

    async def _keep(self, row: UsageRow) -> None:
        try:
            await self._services.store.write(partial(usage.add, rows=[row]))
        except LeaError as error:
            log.warning("usage.not_kept", relay_id=self._relayed.id, error=error.reason)
