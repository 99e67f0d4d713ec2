"""A write and its receipt: both or neither, and once for each key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from lea import faults
from lea.actions.action import Arguments, Effect, NeedsAnswer, Outside, Preview, Scope, Write, plain
from lea.errors import BadRequest
from lea.ids import MessageId, TurnId, derived_id
from lea.sentences import SENTENCES
from lea.store import acts
from lea.store.acts import Connection, Receipt


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a conversation something is done; `message_id` is what the person said."""

    turn_id: TurnId
    message_id: MessageId
    confirmation_id: str | None = None

    def key(self, name: str, arguments: Mapping[str, Any]) -> str:
        """One for the same write for the same message, so that answering again does nothing again."""
        if self.confirmation_id is not None:
            return derived_id("a", self.confirmation_id)
        said = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS).decode()
        return derived_id("a", self.message_id, name, said)


@dataclass(frozen=True, slots=True)
class Done:
    """`fresh` unless it was done before."""

    receipt: Receipt
    fresh: bool


def understood(kind: type[Arguments], said: Mapping[str, Any]) -> Arguments:
    """The arguments, or BadRequest naming each that is wrong, with a sentence's code where there is one."""
    try:
        return kind.model_validate(dict(said))
    except ValidationError as error:
        fields = [
            {"path": ".".join(str(part) for part in one["loc"]), "message": one["msg"].removeprefix("Value error, ")}
            for one in error.errors(include_url=False, include_input=False, include_context=False)[:20]
        ]
        code = fields[0]["message"]
        raise BadRequest(code if code in SENTENCES else "arguments_invalid", errors=fields) from None


def write(connection: Connection, action: Write[Any], scope: Scope, arguments: Arguments, place: Place) -> Done:
    """Do it, unless it was done. Raises what the action raises, and then nothing has happened."""
    said = plain(arguments)
    key = place.key(action.name, said)
    known = acts.find(connection, key)
    if known is not None:
        return Done(known, fresh=False)
    effect = action.run(connection, scope, arguments, key)
    faults.reach("action.writing")
    receipt = receipt_of(action, scope, said, place, key, effect)
    acts.add(connection, receipt)
    if effect.record is not None and effect.record.kind == "transaction":
        acts.link(connection, scope.identity.user_id, scope.thread_id, effect.record.id)
    faults.reach("action.recording")
    return Done(receipt, fresh=True)


def begin(
    connection: Connection, action: Outside[Any], scope: Scope, arguments: Arguments, place: Place, preview: Preview
) -> Done:
    """Write down that an effect elsewhere is about to be asked for; only who gets it `fresh` may ask."""
    said = plain(arguments)
    key = place.key(action.name, said)
    known = acts.find(connection, key)
    if known is not None:
        return Done(known, fresh=False)
    receipt = receipt_of(action, scope, said, place, key, Effect(preview.summary, preview.record), state="pending")
    acts.add(connection, receipt)
    faults.reach("action.recording")
    return Done(receipt, fresh=True)


def receipt_of(
    action: Write[Any] | Outside[Any],
    scope: Scope,
    said: Mapping[str, Any],
    place: Place,
    key: str,
    effect: Effect,
    state: str = "succeeded",
) -> Receipt:
    record = effect.record
    return Receipt(
        id=key,
        company_id=scope.identity.company_id,
        user_id=scope.identity.user_id,
        thread_id=scope.thread_id,
        turn_id=place.turn_id,
        confirmation_id=place.confirmation_id,
        name=action.name,
        state=state,
        arguments=dict(said),
        summary=effect.summary,
        record_kind=None if record is None else record.kind,
        record_id=None if record is None else record.id,
        record_reference=None if record is None else record.reference,
        before=effect.before,
        after=effect.after,
        error_code=None,
        created_at=scope.now,
        ended_at=None if state == "pending" else scope.now,
        undone_at=None,
    )


def foreseen(
    connection: Connection, action: Write[Any], scope: Scope, arguments: Arguments, place: Place
) -> Receipt | Preview | NeedsAnswer:
    """The receipt of what was done before, else what would happen or has to be answered first."""
    known = acts.find(connection, place.key(action.name, plain(arguments)))
    return known or previewed(connection, action, scope, arguments)


def previewed(connection: Connection, action: Write[Any], scope: Scope, arguments: Arguments) -> Preview | NeedsAnswer:
    """What would happen, or what has to be answered first; a value, since nothing else comes through the store."""
    try:
        return action.preview(connection, scope, arguments)
    except NeedsAnswer as unclear:
        return unclear


def written(
    connection: Connection, action: Write[Any], scope: Scope, arguments: Arguments, place: Place
) -> Done | NeedsAnswer:
    """As `write`, what has to be answered first as a value; it is found out before anything is written."""
    try:
        return write(connection, action, scope, arguments, place)
    except NeedsAnswer as unclear:
        return unclear
