"""A turn as its company's admins see it: everything but what was said."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from lea.events.answer import FinishReason
from lea.ids import CompanyId, ThreadId, TurnId, UserId
from lea.store.tables import messages, threads, turns


@dataclass(frozen=True, slots=True)
class InspectedTurn:
    """`ended_at` is None for a live one; times are seconds since the epoch."""

    turn_id: TurnId
    thread_id: ThreadId
    user_id: UserId
    state: str
    provider: str | None
    model: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    usage_estimated: bool | None
    cost_nano_usd: int | None
    finish_reason: FinishReason | None
    error_code: str | None
    timings_ms: dict[str, float]
    started_at: float
    ended_at: float | None


def turn_of_company(connection: Connection, company_id: CompanyId, turn_id: TurnId) -> InspectedTurn | None:
    """None for a turn that is not there, and for one of another company's."""
    at = (threads.c.user_id == turns.c.user_id) & (threads.c.id == turns.c.thread_id)
    row = connection.execute(
        select(turns, messages.c.finish_reason, messages.c.error_code)
        .join(threads, at)
        .outerjoin(messages, messages.c.id == turns.c.assistant_message_id)
        .where(turns.c.id == turn_id, threads.c.company_id == company_id, threads.c.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return InspectedTurn(
        turn_id=row.id,
        thread_id=row.thread_id,
        user_id=row.user_id,
        state=row.state,
        provider=row.provider,
        model=row.model,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cached_tokens=row.cached_tokens,
        usage_estimated=row.usage_estimated,
        cost_nano_usd=row.cost_nano_usd,
        finish_reason=row.finish_reason,
        error_code=row.error_code,
        timings_ms=row.timings_ms or {},
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
