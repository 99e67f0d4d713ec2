"""The events webhooks are told of, each within the transaction of the thing itself: ids and facts, no words."""

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Connection

from lea.ids import CompanyId, ThreadId, UserId
from lea.store import turns
from lea.store.hooks_outbox import put

if TYPE_CHECKING:
    from lea.store.acts import Receipt
    from lea.store.checkpoints import Unfinished
    from lea.store.runs import Run

NANO = 1e9


@dataclass(frozen=True, slots=True)
class Whose:
    """Where a turn belongs; an `unlisted` conversation is shown nowhere."""

    company_id: CompanyId
    user_id: UserId
    thread_id: ThreadId
    unlisted: bool


def end_turn(connection: Connection, turn: turns.EndTurn, whose: Whose, listening: Container[CompanyId]) -> None:
    """End it and tell that, once; companies nobody listens in cost nothing."""
    if not turns.end(connection, turn) or whose.company_id not in listening:
        return
    used = None
    if turn.prompt_tokens is not None:
        used = {
            "prompt_tokens": turn.prompt_tokens,
            "completion_tokens": turn.completion_tokens,
            "cached_tokens": turn.cached_tokens,
            "estimated": bool(turn.usage_estimated),
        }
    data = {
        "turn_id": turn.turn_id,
        "thread_id": whose.thread_id,
        "user_id": whose.user_id,
        "message_id": turn.assistant_message_id,
        "finish_reason": turn.finish_reason,
        "error": turn.error_code,
        "provider": turn.provider,
        "model": turn.model,
        "usage": used,
        "cost_usd": None if turn.cost_nano_usd is None else turn.cost_nano_usd / NANO,
        "link": None if whose.unlisted else _thread(whose.thread_id),
    }
    put(connection, whose.company_id, "turn.done", turn.turn_id, data, turn.now)


def turn_interrupted(connection: Connection, left: "Unfinished", now: float) -> None:
    """Its process is gone; what it took is told by the costs."""
    data = {
        "turn_id": left.turn_id,
        "thread_id": left.thread_id,
        "user_id": left.user_id,
        "message_id": left.message_id,
        "finish_reason": "interrupted",
        "error": "interrupted",
        "provider": left.provider,
        "model": left.model,
        "usage": None,
        "cost_usd": None,
        "link": _thread(left.thread_id),
    }
    put(connection, left.company_id, "turn.done", left.turn_id, data, now)


def run_ended(connection: Connection, run: "Run", now: float) -> None:
    """A run that is opened again ends again, and is told again."""
    data = {
        "run_id": run.id,
        "pipeline": run.pipeline,
        "user_id": run.user_id,
        "state": run.state,
        "error": run.error_code,
        "jobs_total": run.jobs_total,
        "jobs_completed": run.jobs_completed,
        "jobs_failed": run.jobs_failed,
        "jobs_cancelled": run.jobs_cancelled,
        "cost_usd": run.cost_nano_usd / NANO,
        "link": f"/#/runs/{quote(run.id)}",
    }
    put(connection, run.company_id, "run.done", f"{run.id}:{run.version}", data, now)


def receipt_written(connection: Connection, receipt: "Receipt", now: float, *, undone: bool = False) -> None:
    """What was done to a transaction, or taken back; the names of the fields that changed, not what is in them."""
    if receipt.record_kind != "transaction" or receipt.record_id is None:
        return
    state = "changed"
    if receipt.name == "create_transaction":
        state = "removed" if undone else "created"
    reference = receipt.record_reference or receipt.record_id
    data: dict[str, Any] = {
        "transaction_id": receipt.record_id,
        "reference": receipt.record_reference,
        "state": state,
        "action": receipt.name,
        "undone": undone,
        "fields": _fields(receipt),
        "user_id": receipt.user_id,
        "thread_id": receipt.thread_id or None,
        "turn_id": receipt.turn_id or None,
        "receipt_id": receipt.id,
        "link": None if state == "removed" else f"/#/transactions/{quote(reference)}",
    }
    key = f"{receipt.id}:undone" if undone else receipt.id
    put(connection, receipt.company_id, "transaction.changed", key, data, now)


def _fields(receipt: "Receipt") -> list[str]:
    names = {*(receipt.before or {}), *(receipt.after or {})}
    return sorted(name for name in names if name != "version" and not name.endswith("_id"))


def _thread(thread_id: ThreadId) -> str:
    return f"/#thread={quote(thread_id)}"
