"""What is kept of answers that are still being written, and what is made of it after a crash."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, tuple_, update

from lea import faults
from lea.ids import CompanyId, MessageId, ThreadId, TurnId, UserId
from lea.store import hooks_events, usage
from lea.store.leases import Lease
from lea.store.tables import messages, threads, turns
from lea.store.usage import Earlier, UsageRow


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`added` is the text since the checkpoint before; `prompt_tokens` an estimate of what was sent."""

    turn_id: TurnId
    message_id: MessageId
    added: str
    provider: str
    model: str
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A turn whose process is gone; provider and model are None if no model was asked.

    `prompt_tokens` is None where no call was under way; `earlier` are the calls that had ended.
    """

    turn_id: TurnId
    user_id: UserId
    company_id: CompanyId
    thread_id: ThreadId
    message_id: MessageId
    provider: str | None
    model: str | None
    prompt_tokens: int | None
    text: str
    earlier: Earlier


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the call that was cut is accounted with; `completion_tokens` is None where there was none."""

    completion_tokens: int | None
    cost_nano_usd: int | None
    budget_nano_usd: int = 0


def save(connection: Connection, checkpoints: Sequence[Checkpoint]) -> None:
    """Append to all live answers in one transaction; an answer that was saved whole meanwhile is left alone."""
    connection.execute(
        update(messages)
        .where(messages.c.id == bindparam("message"), messages.c.finish_reason.is_(None))
        .values(content=messages.c.content + bindparam("added")),
        [{"message": point.message_id, "added": point.added} for point in checkpoints],
    )
    connection.execute(
        update(turns)
        .where(turns.c.id == bindparam("turn"), turns.c.ended_at.is_(None))
        .values(
            provider=bindparam("by"),
            model=bindparam("of"),
            prompt_tokens=bindparam("sent"),
            usage_estimated=True,
        ),
        [
            {"turn": point.turn_id, "by": point.provider, "of": point.model, "sent": point.prompt_tokens}
            for point in checkpoints
        ],
    )
    faults.reach("checkpoint.saving")


def interrupt(
    connection: Connection, abandoned: Collection[Lease] | None, estimate: Callable[[Unfinished], Estimate], now: float
) -> list[Unfinished]:
    """Turns of a process that is gone, or all that are live, are `interrupted` with the text they had; which they were.

    A lease that was renewed meanwhile is left alone.
    """
    query: Select[Any] = (
        select(
            turns.c.id,
            turns.c.user_id,
            threads.c.company_id,
            turns.c.thread_id,
            turns.c.assistant_message_id,
            turns.c.provider,
            turns.c.model,
            turns.c.prompt_tokens,
            messages.c.content,
            turns.c.started_at,
        )
        .join(messages, messages.c.id == turns.c.assistant_message_id)
        .join(threads, (threads.c.user_id == turns.c.user_id) & (threads.c.id == turns.c.thread_id))
        .where(turns.c.ended_at.is_(None))
        .with_for_update(of=turns)
    )
    if abandoned is not None:
        seen = [(lease.turn_id, lease.until) for lease in abandoned]
        query = query.where(tuple_(turns.c.id, turns.c.lease_until).in_(seen))
    found = [_unfinished(connection, row) for row in connection.execute(query).all()]
    for left in found:
        _interrupt(connection, left, estimate(left), now)
    return found


def _unfinished(connection: Connection, row: Row[Any]) -> Unfinished:
    earlier = usage.earlier(connection, row.user_id, row.id, row.started_at)
    return Unfinished(
        row.id,
        row.user_id,
        row.company_id,
        row.thread_id,
        row.assistant_message_id,
        row.provider,
        row.model,
        row.prompt_tokens,
        row.content,
        earlier,
    )


def _interrupt(connection: Connection, left: Unfinished, estimate: Estimate, now: float) -> None:
    connection.execute(
        update(messages)
        .where(messages.c.id == left.message_id)
        .values(finish_reason="interrupted", error_code="interrupted", provider=left.provider)
    )
    told = {"state": "interrupted", "ended_at": now, **_whole(left, estimate)}
    connection.execute(update(turns).where(turns.c.id == left.turn_id).values(told))
    if estimate.completion_tokens is not None:
        usage.add(connection, [_cut_call(left, estimate, now)])
    hooks_events.turn_interrupted(connection, left, now)


def _whole(left: Unfinished, estimate: Estimate) -> dict[str, object]:
    """All calls of the turn together."""
    earlier, said = left.earlier, estimate.completion_tokens
    if said is None and not earlier.calls:
        return dict.fromkeys(("prompt_tokens", "completion_tokens", "cached_tokens", "cost_nano_usd"))
    costs = [earlier.cost_nano_usd, 0 if said is None else estimate.cost_nano_usd]
    known = [cost for cost in costs if cost is not None]
    return {
        "prompt_tokens": earlier.prompt_tokens + (left.prompt_tokens or 0),
        "completion_tokens": earlier.completion_tokens + (said or 0),
        "cached_tokens": earlier.cached_tokens,
        "cost_nano_usd": sum(known) if len(known) == len(costs) else None,
        "usage_estimated": True,
    }


def _cut_call(left: Unfinished, estimate: Estimate, now: float) -> UsageRow:
    return UsageRow(
        id=usage.usage_id(left.turn_id, left.earlier.calls),
        company_id=left.company_id,
        user_id=left.user_id,
        thread_id=left.thread_id,
        turn_id=left.turn_id,
        purpose="chat",
        provider=left.provider or "",
        model=left.model or "",
        prompt_tokens=left.prompt_tokens or 0,
        completion_tokens=estimate.completion_tokens or 0,
        cached_tokens=0,
        estimated=True,
        cost_nano_usd=estimate.cost_nano_usd,
        budget_nano_usd=estimate.budget_nano_usd,
        at=now,
    )
