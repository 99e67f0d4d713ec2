"""Asking before writing: what runs is what was shown, and one decision counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lea import faults
from lea.actions.action import AnyAction, Arguments, NeedsAnswer, Outside, Preview, Scope, Write, plain
from lea.actions.doing import Done, Place, begin, understood, write
from lea.actions.registry import Registry, rule_of
from lea.errors import BadRequest, Conflict, Forbidden, NotFound
from lea.ids import MessageId, TurnId, UserId, derived_id
from lea.store import acts, confirmations
from lea.store.acts import Connection, Receipt
from lea.store.confirmations import REQUEST, Asked, Decision


@dataclass(frozen=True, slots=True)
class Decided:
    """A confirmation and what came of it; `fresh` for the decision that counted."""

    asked: Asked
    receipt: Receipt | None
    fresh: bool


def ask(
    connection: Connection, action: AnyAction, scope: Scope, preview: Preview, place: Place, lasts_s: float
) -> Asked:
    """Save the question, before anybody is shown it. The same question of the same message is one question."""
    asked = Asked(
        id=derived_id("c", place.key(action.name, preview.arguments)),
        company_id=scope.identity.company_id,
        user_id=scope.identity.user_id,
        thread_id=scope.thread_id,
        turn_id=place.turn_id,
        name=action.name,
        arguments=dict(preview.arguments),
        language=scope.language,
        summary=preview.summary,
        facts=[dict(fact) for fact in preview.facts],
        state="asked",
        record_id=None if preview.record is None else preview.record.id,
        record_version=preview.version,
        created_at=scope.now,
        expires_at=scope.now + lasts_s,
        decided_at=None,
        decided_in=None,
    )
    confirmations.add(connection, asked)
    faults.reach("confirmation.asking")
    known = confirmations.find(connection, asked.user_id, asked.id)
    return known or asked


def decision_turn(user_id: UserId, confirmation_id: str) -> TurnId:
    """The turn that tells what came of the decision."""
    return TurnId(derived_id("t", user_id, REQUEST + confirmation_id))


def decide(
    connection: Connection,
    registry: Registry,
    scope: Scope,
    confirmation_id: str,
    decision: Decision,
    edited: Mapping[str, Any] | None,
    told_in: TurnId | None = None,
) -> Decided:
    """The decision and its effect, in one transaction; `told_in` is the turn that tells it, unless it has its own.

    Deciding the same again tells the outcome. Raises NotFound for what was asked of somebody else, Conflict where it
    was decided otherwise (`already_decided`), too late (`confirmation_expired`), or about a record that has changed
    since (`record_changed`), BadRequest for edited arguments that break a rule, and Forbidden (`action_denied`).
    """
    asked = confirmations.find(connection, scope.identity.user_id, confirmation_id)
    if asked is None:
        raise NotFound
    if asked.state != "asked":
        return _again(connection, asked, decision, edited)
    if asked.expired(scope.now):
        raise Conflict("confirmation_expired")
    arguments = dict(asked.arguments)
    run: tuple[Write[Any] | Outside[Any], Arguments] | None = None
    if decision == "approved":
        run = _runnable(connection, registry, asked, edited)
        arguments = plain(run[1])
    if not confirmations.decide(connection, asked.id, decision, arguments, scope.now, told_in):
        first = confirmations.find(connection, asked.user_id, asked.id)  # another process was first, this moment
        return _again(connection, first or asked, decision, edited)
    faults.reach("confirmation.deciding")
    done = None if run is None else _run(connection, *run, asked, scope, told_in)
    decided = confirmations.find(connection, asked.user_id, asked.id)
    return Decided(decided or asked, None if done is None else done.receipt, fresh=True)


def _again(connection: Connection, asked: Asked, decision: Decision, edited: Mapping[str, Any] | None) -> Decided:
    other = edited is not None and dict(asked.arguments) != {**asked.arguments, **edited}
    if asked.state != decision or (decision == "approved" and other):
        raise Conflict("already_decided")
    return Decided(asked, acts.of_confirmation(connection, asked.id), fresh=False)


def _runnable(
    connection: Connection, registry: Registry, asked: Asked, edited: Mapping[str, Any] | None
) -> tuple[Write[Any] | Outside[Any], Arguments]:
    action = registry.get(asked.name)
    if not isinstance(action, Write | Outside):
        raise Conflict("confirmation_expired")  # whatever brought this action is not installed any more
    if rule_of(action, acts.policies(connection, asked.company_id), proposed=False) == "deny":
        raise Forbidden("action_denied")
    said = {**asked.arguments, **(edited or {})}
    if edited and edited.get("transaction", asked.arguments.get("transaction")) != asked.arguments.get("transaction"):
        raise BadRequest(errors=[{"path": "transaction", "message": "is what was asked about"}])
    return action, understood(action.arguments, {name: one for name, one in said.items() if one is not None})


def _run(
    connection: Connection,
    action: Write[Any] | Outside[Any],
    arguments: Arguments,
    asked: Asked,
    scope: Scope,
    told_in: TurnId | None,
) -> Done:
    shown = Scope(scope.identity, asked.thread_id, asked.language, scope.now)
    place = Place(told_in or decision_turn(asked.user_id, asked.id), MessageId(""), asked.id)
    if isinstance(action, Outside):
        preview = Preview(asked.summary, plain(arguments))
        return begin(connection, action, shown, arguments, place, preview)
    try:
        preview = action.preview(connection, shown, arguments)
    except NeedsAnswer:
        raise Conflict("record_changed") from None
    if preview.version != asked.record_version:
        raise Conflict("record_changed")
    return write(connection, action, shown, arguments, place)
