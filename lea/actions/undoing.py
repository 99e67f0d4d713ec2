"""Taking back the last change of a record, within the conversation that made it."""

from typing import Any

from lea import faults
from lea.actions.action import Effect, Scope, Write
from lea.actions.registry import Registry
from lea.errors import Conflict, NotFound
from lea.events.answer import RecordName
from lea.store import acts, hooks_events
from lea.store.acts import Connection, Receipt


def undo(connection: Connection, registry: Registry, scope: Scope, key: str) -> Receipt:
    """Undo what was done under this key; again, it tells that it is undone.

    Raises NotFound for what is not the caller's, Conflict(`not_undoable`, `record_changed`) where it cannot be taken
    back, or not any more.
    """
    receipt = acts.find(connection, key)
    if receipt is None or receipt.user_id != scope.identity.user_id:
        raise NotFound
    if receipt.state == "undone":
        return receipt
    action = registry.get(receipt.name)
    if receipt.state != "succeeded" or not isinstance(action, Write):
        raise Conflict("not_undoable")
    if receipt.record_id is not None:
        last = acts.last_of_record(connection, receipt.company_id, receipt.record_id)
        if last != receipt.id:
            raise Conflict("record_changed")
    _take_back(connection, action, scope, receipt)
    if not acts.mark_undone(connection, key, scope.now):
        raise Conflict("record_changed")
    hooks_events.receipt_written(connection, receipt, scope.now, undone=True)
    faults.reach("action.undoing")
    return acts.find(connection, key) or receipt


def undo_last(connection: Connection, registry: Registry, scope: Scope) -> Receipt | None:
    """Undo the newest write of the conversation; None where there is none."""
    newest = acts.last_of(connection, scope.identity.user_id, scope.thread_id)
    return None if newest is None else undo(connection, registry, scope, newest.id)


def _take_back(connection: Connection, action: Write[Any], scope: Scope, receipt: Receipt) -> None:
    record = None
    if receipt.record_id is not None and receipt.record_kind is not None:
        record = RecordName(receipt.record_kind, receipt.record_id, receipt.record_reference or "")
    try:
        action.undo(connection, scope, Effect(receipt.summary, record, receipt.before, receipt.after))
    except NotFound:
        raise Conflict("record_changed") from None
