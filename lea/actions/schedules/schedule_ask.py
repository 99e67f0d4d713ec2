"""Have something asked at set times."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field

from lea.actions.action import Arguments, Effect, NeedsAnswer, Preview, Scope, Write, plain
from lea.actions.phrases import say
from lea.actions.schedules.asks import Text, check, excerpt, facts, thread_of
from lea.config import Schedules
from lea.errors import Conflict
from lea.events.answer import RecordName
from lea.records import notation
from lea.schedules.rule import DayOfMonth, Days, Every, Rule, Time
from lea.schedules.words import rule_words
from lea.schedules.zones import zone
from lea.sentences import Language
from lea.store import schedules
from lea.store.schedules import Connection, NewSchedule

WHEN: Final = ("every", "time", "days", "day_of_month", "date")
SOON: Final = {"today": 0, "tomorrow": 1}


def _date(value: Any) -> str:
    if value in SOON:
        return str(value)
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("date_not_understood")
    return notation.french_day(value).isoformat()


class ScheduleArguments(Arguments):
    """`time` is HH:MM; `date` is YYYY-MM-DD, `today` or `tomorrow`."""

    text: Text
    every: Every | None = None
    time: Time | None = None
    days: Days | None = None
    day_of_month: DayOfMonth | None = None
    date: Annotated[str, BeforeValidator(_date), Field(max_length=40)] | None = None


class ScheduleAsk(Write[ScheduleArguments]):
    name = "schedule_ask"
    arguments = ScheduleArguments
    description = (
        "Have a question or request of the person put to you again at set times, e.g. every Monday at 8. `text` is "
        "that request alone, in the person's words and without when. every: day, weekdays, week"
        " (with days), month (with "
        "day_of_month; 31 is the last day), once (with date: YYYY-MM-DD, today or tomorrow). time: HH:MM. Not for "
        "something to be done now."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Programmer une demande", "en": "Schedule an ask"}
    changes = "schedule"

    def __init__(self, settings: Schedules) -> None:
        self._settings = settings

    def preview(self, connection: Connection, scope: Scope, arguments: ScheduleArguments) -> Preview:
        """Asks for the time where none was said."""
        rule = self._rule(scope, arguments)
        check(arguments.text, rule, scope.now)
        said = {name: one for name, one in rule.plain().items() if name in WHEN and one != []}
        summary = say("schedule", scope.language, text=excerpt(arguments.text), when=rule_words(rule, scope.language))
        shown = facts(arguments.text, rule, scope.now, scope.language)
        return Preview(summary, {"text": arguments.text, **said}, shown)

    def run(self, connection: Connection, scope: Scope, arguments: ScheduleArguments, key: str) -> Effect:
        rule, who = self._rule(scope, arguments), scope.identity
        first = check(arguments.text, rule, scope.now)
        schedule_id = f"sc_{key.removeprefix('a_')}"
        new = NewSchedule(
            schedule_id,
            who.company_id,
            who.user_id,
            arguments.text,
            rule.plain(),
            scope.language,
            thread_of(schedule_id),
            first,
        )
        made = schedules.create(connection, new, self._settings.per_user, scope.now)
        when = rule_words(rule, scope.language)
        summary = say("scheduled", scope.language, text=excerpt(arguments.text), when=when)
        return Effect(summary, RecordName("schedule", made.id, made.id), {}, {"version": made.version})

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        """Also after it was asked: it will not be any more. Somebody who changed it since has gone on from there."""
        after: Mapping[str, Any] = done.after or {}
        if done.record is None:
            raise Conflict("record_changed")
        made = schedules.get(connection, scope.identity.user_id, done.record.id)
        if made.version != after.get("version"):
            raise Conflict("record_changed")
        schedules.put_aside(connection, scope.identity.user_id, made.id, scope.now)

    def _rule(self, scope: Scope, arguments: ScheduleArguments) -> Rule:
        said = {name: one for name, one in plain(arguments).items() if name in WHEN}
        if "every" not in said:
            raise NeedsAnswer(say("ask_schedule_when", scope.language))
        if "time" not in said:
            raise NeedsAnswer(say("ask_schedule_time", scope.language))
        if said.get("date") in SOON:
            today = datetime.fromtimestamp(scope.now, zone(self._settings.time_zone)).date()
            said["date"] = (today + timedelta(days=SOON[said["date"]])).isoformat()
        return Rule.read({**said, "time_zone": self._settings.time_zone})
