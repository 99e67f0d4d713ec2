"""What is kept of answers that are still being written, and what is made of it after a crash."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from lea.ids import MessageId, TurnId
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
        .where(turns.c.id == bindparam("turn"), turns.c.state == "running")
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


def interrupt_unfinished(connection: Connection, estimate: Callable[[Unfinished], Estimate], now: float) -> int:
    """Turns of a process that is gone are `interrupted` with the text they had; how many there were."""
    rows = connection.execute(
        select(
            turns.c.id,
            turns.c.assistant_message_id,
            turns.c.provider,
            turns.c.model,
            turns.c.prompt_tokens,
            messages.c.content,
        )
        .join(messages, messages.c.id == turns.c.assistant_message_id)
        .where(turns.c.state == "running")
    ).all()
    for row in rows:
        left = Unfinished(*row)
        found = estimate(left)
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
                completion_tokens=found.completion_tokens,
                cached_tokens=None if left.provider is None else 0,
                cost_nano_usd=found.cost_nano_usd,
                ended_at=now,
            )
        )
    return len(rows)
