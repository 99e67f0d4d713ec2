"""The end of a turn: saved for good, counted and logged."""

import asyncio
from functools import partial
from typing import Final

import structlog

from lea.auth.permissions import Identity
from lea.errors import LeaError
from lea.manager.ask import Ask, Services
from lea.manager.bill import Bill
from lea.manager.outcome import Outcome
from lea.manager.spans import spans
from lea.manager.traces import EndedTurn
from lea.metrics import COST, FIRST_TOKEN_SECONDS, TOKENS, TOKENS_PER_SECOND, TURNS
from lea.store import hooks_events

SAVE_PAUSES_S: Final = (0.25, 1.0, 3.0, None)
"""Between the attempts to save an answer; each attempt takes at most `database.timeout`."""

log = structlog.get_logger()


async def save(services: Services, outcome: Outcome, bill: Bill) -> LeaError | None:
    """Save the end, again and again for a while if the database does not take it; None once it has.

    Also to be called where beginning the turn failed: a commit that was not answered in time may have happened, and
    ending a turn that is not there does nothing.
    """
    for pause in SAVE_PAUSES_S:
        end = outcome.row(services.clock.now(), bill.rows())
        try:
            unit = partial(hooks_events.end_turn, turn=end, whose=bill.whose(), listening=services.listening)
            await services.store.write(unit)
            return None
        except LeaError as error:
            log.error("turn.save_failed", turn_id=outcome.turn_id, error=error.reason, next_in_s=pause)
            if pause is None:
                return error
        await asyncio.sleep(pause)
    return None


def report(
    services: Services, ask: Ask, identity: Identity, outcome: Outcome, timings_ms: dict[str, float], *, replayed: bool
) -> None:
    """Count the turn, tell it in one wide log line, and trace it; `timings_ms` has `now`, as the turn tells it."""
    now_ms = timings_ms.pop("now")
    count(outcome, replayed=replayed)
    log.info(
        "turn.ended",
        turn_id=ask.turn_id,
        thread_id=ask.thread_id,
        user_id=identity.user_id,
        company_id=identity.company_id,
        kind=ask.kind,
        replayed=replayed,
        finish_reason=outcome.finish_reason,
        error=outcome.error and outcome.error.reason,
        provider=outcome.provider,
        model=outcome.model,
        usage=outcome.done().usage,
        cost_nano_usd=outcome.cost_nano_usd,
        characters=len(outcome.text),
        timings_ms=timings_ms,
    )
    if services.trace is not None:
        services.trace(_traced(ask, identity, outcome, timings_ms, now_ms))


def count(outcome: Outcome, *, replayed: bool) -> None:
    """Into the metrics. An answer that is told again has been counted; only the turn is one more."""
    provider = outcome.provider or "none"
    TURNS.labels(outcome.finish_reason, provider).inc()
    if replayed:
        return
    first, last = outcome.timings_ms.get("first_token"), outcome.timings_ms.get("last_token")
    if first is not None:
        FIRST_TOKEN_SECONDS.observe(first / 1000)
    if outcome.usage is not None:
        TOKENS.labels("prompt").inc(outcome.usage.prompt)
        TOKENS.labels("completion").inc(outcome.usage.completion)
        if first is not None and last is not None and last > first:
            TOKENS_PER_SECOND.labels(provider).observe(outcome.usage.completion * 1000 / (last - first))
    if outcome.cost_nano_usd is not None:
        COST.labels(provider).inc(outcome.cost_nano_usd / 1e9)


def _traced(
    ask: Ask, identity: Identity, outcome: Outcome, timings_ms: dict[str, float], duration_ms: float
) -> EndedTurn:
    usage = outcome.usage
    told = {
        "turn_id": ask.turn_id,
        "thread_id": ask.thread_id,
        "company_id": identity.company_id,
        "user_id": identity.user_id,
        "kind": ask.kind,
        "provider": outcome.provider,
        "model": outcome.model,
        "finish_reason": outcome.finish_reason,
        "error": None if outcome.error is None else outcome.error.reason,
        "prompt_tokens": None if usage is None else usage.prompt,
        "completion_tokens": None if usage is None else usage.completion,
        "cached_tokens": None if usage is None else usage.cached,
    }
    return EndedTurn(
        {name: value for name, value in told.items() if value is not None},
        spans(timings_ms, live=False, saved_ms=timings_ms.get("saved_answer")),
        duration_ms,
        failed=outcome.finish_reason == "error",
        trace=ask.trace,
    )
