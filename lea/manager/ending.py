"""The end of a turn: saved for good, counted and logged."""

import asyncio
from functools import partial
from typing import Final

import structlog

from lea.auth.permissions import Identity
from lea.errors import LeaError
from lea.manager.ask import Ask, Services
from lea.manager.outcome import Outcome
from lea.metrics import FIRST_TOKEN_SECONDS, TOKENS, TURNS
from lea.store import turns as rows

SAVE_PAUSES_S: Final = (0.25, 1.0, 3.0, None)
"""Between the attempts to save an answer; each attempt takes at most `database.timeout`."""

log = structlog.get_logger()


async def save(services: Services, outcome: Outcome) -> LeaError | None:
    """Save the end, again and again for a while if the database does not take it; None once it has.

    Also to be called where beginning the turn failed: a commit that was not answered in time may have happened, and
    ending a turn that is not there does nothing.
    """
    for pause in SAVE_PAUSES_S:
        end = outcome.row(services.clock.now())
        try:
            await services.store.write(partial(rows.end, turn=end))
            return None
        except LeaError as error:
            log.error("turn.save_failed", turn_id=outcome.turn_id, error=error.reason, next_in_s=pause)
            if pause is None:
                return error
        await asyncio.sleep(pause)
    return None


def report(ask: Ask, identity: Identity, outcome: Outcome, timings_ms: dict[str, float], *, replayed: bool) -> None:
    """Count the turn, and tell it in one wide log line."""
    _count(outcome)
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


def _count(outcome: Outcome) -> None:
    TURNS.labels(outcome.finish_reason, outcome.provider or "none").inc()
    first = outcome.timings_ms.get("first_token")
    if first is not None:
        FIRST_TOKEN_SECONDS.observe(first / 1000)
    if outcome.usage is not None:
        TOKENS.labels("prompt").inc(outcome.usage.prompt)
        TOKENS.labels("completion").inc(outcome.usage.completion)
