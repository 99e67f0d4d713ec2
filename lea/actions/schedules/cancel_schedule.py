"""Have something not asked any more."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from lea.actions.action import Arguments, Effect, Preview, Scope, Write
from lea.actions.phrases import say
from lea.actions.schedules.asks import excerpt, the_one
from lea.errors import Conflict
from lea.events.answer import RecordName
from lea.schedules.rule import Rule, after
from lea.schedules.words import rule_words
from lea.sentences import Language
from lea.store import schedules
from lea.store.schedules import Connection, State


class CancelArguments(Arguments):
    """Words of what is asked or of when, or its id."""

    schedule: Annotated[str, Field(min_length=1, max_length=200)]


class CancelSchedule(Write[CancelArguments]):
    name = "cancel_schedule"
    arguments = CancelArguments
    description = "Stop asking something that is asked at set times; `schedule` is words of it, or its id."
    title: ClassVar[Mapping[Language, str]] = {"fr": "Annuler une demande programmée", "en": "Cancel a scheduled ask"}
    changes = "schedule"

    def preview(self, connection: Connection, scope: Scope, arguments: CancelArguments) -> Preview:
        one = the_one(connection, scope, arguments.schedule)
        when = rule_words(Rule.model_validate(one.rule), scope.language)
        summary = say("unschedule", scope.language, text=excerpt(one.text), when=when)
        record = RecordName("schedule", one.id, one.id)
        return Preview(summary, {"schedule": one.id}, record=record, version=one.version)

    def run(self, connection: Connection, scope: Scope, arguments: CancelArguments, key: str) -> Effect:
        one = the_one(connection, scope, arguments.schedule)
        schedules.put_aside(connection, scope.identity.user_id, one.id, scope.now)
        summary = say("unscheduled", scope.language, text=excerpt(one.text))
        return Effect(summary, RecordName("schedule", one.id, one.id), {}, {"version": one.version + 1})

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        """As it was; moments that passed meanwhile are not made up for."""
        if done.record is None:
            raise Conflict("record_changed")
        one = schedules.deleted(connection, scope.identity.user_id, done.record.id, scope.now)
        following = after(Rule.model_validate(one.rule), scope.now) if one.state == "active" else None
        state: State = "ended" if one.state == "active" and following is None else one.state
        schedules.bring_back(connection, scope.identity.user_id, one.id, following, state, scope.now)
