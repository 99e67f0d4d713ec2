"""Receipts and questions as the events that tell of them."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from lea.actions.showing import SHOWN, facts
from lea.clock import iso
from lea.events.answer import Action, Confirm, RecordName
from lea.sentences import Language
from lea.store.acts import Receipt
from lea.store.confirmations import Asked

STATES: Final[Mapping[str, Literal["succeeded", "failed", "unknown", "undone"]]] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "pending": "unknown",
    "undone": "undone",
}


def receipt_event(receipt: Receipt, language: Language, *, undoable: bool) -> Action:
    """What was done; `undoable` where the action can be undone at all."""
    record = None
    if receipt.record_id is not None and receipt.record_kind is not None:
        record = RecordName(receipt.record_kind, receipt.record_id, receipt.record_reference or "")
    state = STATES.get(receipt.state, "unknown")
    return Action(
        id=receipt.id,
        name=receipt.name,
        state=state,
        summary=receipt.summary,
        record=record,
        changes=changes(receipt, language),
        undoable=undoable and state == "succeeded",
    )


def changes(receipt: Receipt, language: Language) -> tuple[Mapping[str, Any], ...]:
    """The values before and after, as people read them."""
    before, after = receipt.before or {}, receipt.after or {}
    shown = (*SHOWN, "currency")
    return facts(
        {name: value for name, value in before.items() if name in shown},
        {name: value for name, value in after.items() if name in shown},
        language,
    )


def confirm_event(asked: Asked, now: float, thread_id: str = "") -> Confirm:
    """What is asked, or was; `thread_id` for those who do not know which conversation it is about."""
    state: Any = "expired" if asked.expired(now) else asked.state
    return Confirm(
        id=asked.id,
        name=asked.name,
        arguments=asked.arguments,
        summary=asked.summary,
        expires_at=iso(asked.expires_at),
        facts=tuple(asked.facts),
        state=state,
        thread_id=thread_id,
    )
