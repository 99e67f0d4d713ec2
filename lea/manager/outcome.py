"""How a turn goes: begun as the worst, improved as it succeeds, saved and told at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter

from lea.errors import CircuitOpen, InternalError, LeaError, of_reason
from lea.events.answer import Citation, Done, Failed, FinishReason, Snapshot
from lea.events.frames import Event
from lea.ids import MessageId, ThreadId, TurnId
from lea.llm.prices import charge, counted
from lea.llm.provider import Answering, Prompt, Usage
from lea.llm.tokens import estimate, weight
from lea.sentences import Language
from lea.store.checkpoints import Estimate, Unfinished
from lea.store.turns import EndTurn, StoredTurn
from lea.store.usage import UsageRow

STATES: dict[FinishReason, str] = {
    "stop": "completed",
    "length": "completed",
    "action": "completed",
    "stopped": "stopped",
    "interrupted": "interrupted",
    "error": "failed",
}


class Timings:
    """Milliseconds since the turn began, by name; `before` it there were already some."""

    def __init__(self, before: Mapping[str, float]) -> None:
        self._start = perf_counter()
        self.ms: dict[str, float] = dict(before)

    def mark(self, name: str) -> None:
        """`name` happened now; the first time counts."""
        self.ms.setdefault(name, round((perf_counter() - self._start) * 1000, 3))

    def add(self, name: str, seconds: float) -> None:
        """`name` took so long."""
        self.ms[name] = round(seconds * 1000, 3)


@dataclass(frozen=True, slots=True)
class Spent:
    """One call of a model; `cost_nano_usd` is None where no price is known."""

    provider: str
    model: str
    usage: Usage
    cost_nano_usd: int | None


@dataclass(slots=True)
class Outcome:
    """What is known of a turn's end; `error` is why it is not an answer.

    `usage` is that of the call under way as told, and of all calls together once they are accounted for.
    """

    turn_id: TurnId
    thread_id: ThreadId
    message_id: MessageId
    finish_reason: FinishReason = "error"
    error: LeaError | None = field(default_factory=InternalError)
    text: str = ""
    provider: str | None = None
    model: str | None = None
    degraded: bool = False
    usage: Usage | None = None
    cost_nano_usd: int | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    events: int = 0
    spent: list[Spent] = field(default_factory=list)
    citations: tuple[Citation, ...] = ()
    _calling: tuple[Answering, Prompt] | None = None
    _said: int = 0

    def improve(self, finish_reason: FinishReason) -> None:
        """It ended well, or by someone's will."""
        self.finish_reason, self.error = finish_reason, None

    def fail(self, error: LeaError) -> None:
        self.finish_reason, self.error = "error", error

    def asking(self, provider: Answering, prompt: Prompt) -> None:
        """From here on the turn costs something; told again once it is known who answers."""
        self.provider, self.model, self.degraded = provider.name, provider.model, provider.lesser
        self._calling = (provider, prompt)

    def answered(self, text: str) -> None:
        """The call has ended with this text: usage as told, else estimated; never silently zero."""
        if self._calling is None:
            return
        (provider, prompt), self._calling = self._calling, None
        usage = self.usage or Usage(prompt_tokens(prompt), estimate(text), estimated=True)
        self.spent.append(Spent(provider.name, provider.model, usage, charge(provider, usage)))
        self._said += len(text)
        self.usage = None

    def account(self) -> None:
        """Add up the calls, the one that was cut off too."""
        if not isinstance(self.error, CircuitOpen):  # nobody was asked
            self.answered(self.text[self._said :])
        if not self.spent:
            return
        usages = [one.usage for one in self.spent]
        self.usage = Usage(
            sum(one.prompt for one in usages),
            sum(one.completion for one in usages),
            sum(one.cached for one in usages),
            any(one.estimated for one in usages),
        )
        costs = [one.cost_nano_usd for one in self.spent if one.cost_nano_usd is not None]
        self.cost_nano_usd = sum(costs) if len(costs) == len(self.spent) else None

    def failed_event(self, language: Language) -> Failed | None:
        """The `error` event, if it went wrong."""
        if self.error is None:
            return None
        return Failed(self.error.detail(language), self.error.code, self.error.retryable, self.error.retry_after_s)

    def done(self) -> Done:
        """The last event."""
        usage = self.usage
        return Done(
            session_id=self.thread_id,
            turn_id=self.turn_id,
            message_id=self.message_id,
            finish_reason=self.finish_reason,
            provider=self.provider,
            usage=None
            if usage is None
            else {
                "prompt_tokens": usage.prompt,
                "completion_tokens": usage.completion,
                "cached_tokens": usage.cached,
                "estimated": usage.estimated,
            },
            cost=None
            if usage is None or self.cost_nano_usd is None
            else {"usd": self.cost_nano_usd / 1e9, "estimated": usage.estimated},
            timings_ms=self.timings_ms,
            degraded=self.degraded,
            citations=self.citations,
        )

    def row(self, now: float, spent: tuple[UsageRow, ...] = ()) -> EndTurn:
        """What the store keeps; `spent` as its rows."""
        usage = self.usage
        return EndTurn(
            turn_id=self.turn_id,
            assistant_message_id=self.message_id,
            state=STATES[self.finish_reason],
            text=self.text,
            finish_reason=self.finish_reason,
            error_code=None if self.error is None else self.error.reason,
            provider=self.provider,
            model=self.model,
            prompt_tokens=None if usage is None else usage.prompt,
            completion_tokens=None if usage is None else usage.completion,
            cached_tokens=None if usage is None else usage.cached,
            usage_estimated=None if usage is None else usage.estimated,
            cost_nano_usd=self.cost_nano_usd,
            timings_ms=self.timings_ms,
            events=self.events,
            now=now,
            spent=spent,
        )


def prompt_tokens(prompt: Prompt) -> int:
    """An estimate of what was sent."""
    return estimate(prompt.system) + sum(map(weight, prompt.messages))


def estimate_unfinished(left: Unfinished, asked: Answering, unpriced_per_million: float) -> Estimate:
    """What the call of a turn that nobody saw end is accounted with."""
    if left.prompt_tokens is None:
        return Estimate(None, None)
    completion = max(0, estimate(left.text) - left.earlier.completion_tokens)
    usage = Usage(left.prompt_tokens, completion, estimated=True)
    cost = charge(asked, usage)
    return Estimate(completion, cost, counted(cost, usage, unpriced_per_million))


def from_store(stored: StoredTurn) -> Outcome:
    """A turn that ended earlier."""
    usage = None
    if stored.prompt_tokens is not None and stored.completion_tokens is not None:
        usage = Usage(
            stored.prompt_tokens, stored.completion_tokens, stored.cached_tokens or 0, bool(stored.usage_estimated)
        )
    error = None
    if stored.error_code is not None:
        error = of_reason(stored.error_code)
    return Outcome(
        turn_id=stored.turn_id,
        thread_id=stored.thread_id,
        message_id=stored.message_id,
        finish_reason=stored.finish_reason,
        error=error,
        text=stored.text,
        provider=stored.provider,
        usage=usage,
        cost_nano_usd=stored.cost_nano_usd,
        timings_ms=stored.timings_ms,
    )


def retelling(stored: StoredTurn, citations: tuple[Citation, ...], language: Language) -> list[Event]:
    """The saved answer as events, `done` the last."""
    outcome = from_store(stored)
    outcome.citations = citations
    failed = outcome.failed_event(language)
    return [Snapshot(stored.text), *([] if failed is None else [failed]), outcome.done()]
