"""What is kept of answers that are still being written, and what is made of it after a crash."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, tuple_, update

from lea import faults
from lea.ids import MessageId, ThreadId, TurnId, UserId
from lea.store.leases import Lease
from lea.store.tables import messages, turns


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
    """A turn whose process is gone; provider and model are None if no model was asked."""

    turn_id: TurnId
    user_id: UserId
    thread_id: ThreadId
    message_id: MessageId
    provider: str | None
    model: str | None
    prompt_tokens: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an unfinished turn is accounted with."""

    completion_tokens: int | None
    cost_nano_usd: int | None


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
    query = (
        select(
            turns.c.id,
            turns.c.user_id,
            turns.c.thread_id,
            turns.c.assistant_message_id,
            turns.c.provider,
            turns.c.model,
            turns.c.prompt_tokens,
            messages.c.content,
        )
        .join(messages, messages.c.id == turns.c.assistant_message_id)
        .where(turns.c.ended_at.is_(None))
        .with_for_update(of=turns)
    )
    if abandoned is not None:
        seen = [(lease.turn_id, lease.until) for lease in abandoned]
        query = query.where(tuple_(turns.c.id, turns.c.lease_until).in_(seen))
    found = [Unfinished(*row) for row in connection.execute(query)]
    for left in found:
        _interrupt(connection, left, estimate(left), now)
    return found


def _interrupt(connection: Connection, left: Unfinished, estimate: Estimate, now: float) -> None:
    connection.execute(
        update(messages)
        .where(messages.c.id == left.message_id)
        .values(finish_reason="interrupted", error_code="interrupted", provider=left.provider)
    )
    connection.execute(
        update(turns)
        .where(turns.c.id == left.turn_id)
        .values(
            state="interrupted",
            completion_tokens=estimate.completion_tokens,
            cached_tokens=None if left.provider is None else 0,
            cost_nano_usd=estimate.cost_nano_usd,
            ended_at=now,
        )
    )
