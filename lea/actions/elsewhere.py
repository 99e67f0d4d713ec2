"""Effects outside this database: asked for once, and found out about where the answer was lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

import structlog

from lea import faults
from lea.actions.action import Effect, Outside, Scope
from lea.actions.doing import understood
from lea.errors import LeaError
from lea.store.acts import Receipt

FAILED: Final = "not_done"

log = structlog.get_logger()


async def perform(action: Outside[Any], scope: Scope, receipt: Receipt, timeout_s: float) -> Effect | LeaError | None:
    """The effect, or the error that says that there is none; None where nobody knows."""
    try:
        async with asyncio.timeout(timeout_s):
            effect = await action.perform(scope, understood(action.arguments, receipt.arguments), receipt.id)
    except LeaError as error:
        if not error.retryable:
            return error
        log.warning("action.unknown", action=receipt.name, key=receipt.id, error=error.reason)
        return None
    except Exception as error:  # a plug-in's mistake, or a time-out: it may have happened all the same
        log.warning("action.unknown", action=receipt.name, key=receipt.id, error=type(error).__name__)
        return None
    faults.reach("action.performed")
    return effect


def concluded(receipt: Receipt, effect: Effect | LeaError | None, now: float) -> Receipt:
    """The receipt once it is known how it ended; None is that it did not happen."""
    if not isinstance(effect, Effect):
        code = FAILED if effect is None else effect.reason
        return replace(receipt, state="failed", error_code=code, ended_at=now)
    record = effect.record
    return replace(
        receipt,
        state="succeeded",
        summary=effect.summary,
        record_kind=None if record is None else record.kind,
        record_id=None if record is None else record.id,
        record_reference=None if record is None else record.reference,
        before=effect.before,
        after=effect.after,
        ended_at=now,
    )


async def found_out(
    action: Outside[Any], scope: Scope, receipt: Receipt, timeout_s: float
) -> tuple[bool, Effect | None]:
    """Whether it is known now, and what happened."""
    check: Callable[..., Awaitable[Effect | None]] = action.check
    try:
        async with asyncio.timeout(timeout_s):
            return True, await check(scope, understood(action.arguments, receipt.arguments), receipt.id)
    except Exception as error:  # whatever it is, the next look may know more
        log.info("action.still_unknown", action=receipt.name, key=receipt.id, error=type(error).__name__)
        return False, None
