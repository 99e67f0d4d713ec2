"""What is sent and told of scheduled asks."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from lea.actions.schedules.asks import Text
from lea.asking.phrases import say
from lea.clock import iso
from lea.errors import of_reason
from lea.handlers.chat import ClientId
from lea.handlers.routes import Model
from lea.schedules.rule import DayOfMonth, Days, Every, OnDate, Rule, Time, Zone, upcoming
from lea.schedules.words import rule_words
from lea.sentences import Language
from lea.store.schedules import Schedule


class ScheduleBody(Model):
    """`time` is HH:MM by the clocks of `time_zone`; `days` belong to `week`, `day_of_month` to `month` (31: its last
    day), `date` to `once`. Without `thread_id` it gets a conversation of its own."""

    text: Text
    every: Every
    time: Time
    time_zone: Zone | None = None
    days: Days | None = None
    day_of_month: DayOfMonth | None = None
    date: OnDate | None = None
    language: Language | None = None
    thread_id: ClientId | None = None
    request_id: ClientId | None = None


class ScheduleChange(Model):
    """What is to be different."""

    text: Text | None = None
    every: Every | None = None
    time: Time | None = None
    time_zone: Zone | None = None
    days: Days | None = None
    day_of_month: DayOfMonth | None = None
    date: OnDate | None = None
    language: Language | None = None
    thread_id: ClientId | None = None
    state: Literal["active", "paused"] | None = None


class ScheduleNow(Model):
    """`request_id` makes asking twice safe."""

    request_id: ClientId | None = None


class LastAsk(BaseModel):
    """`result` is running, answered, stopped, failed, missed or disabled; `detail` says it to people."""

    due_at: str
    ended_at: str | None
    result: str
    error: str | None
    detail: str
    late_s: float
    run_id: str | None
    turn_id: str | None


class ScheduleAnswer(BaseModel):
    """`state` is active, paused or ended; `when` says the rule to people, `next` are the next three times."""

    id: str
    text: str
    every: str
    time: str
    time_zone: str
    days: list[str]
    day_of_month: int | None
    date: str | None
    when: str
    next: Annotated[list[str], Field(max_length=3)]
    language: str
    thread_id: str
    state: str
    last: LastAsk | None
    created_at: str
    updated_at: str


class ScheduleList(BaseModel):
    """`time_zone` is whose clocks count where nobody says, `most` how many asks may be active or paused."""

    schedules: list[ScheduleAnswer]
    time_zone: str
    most: int


def schedule_answer(one: Schedule, language: Language, now: float) -> dict[str, Any]:
    """The model above."""
    rule = Rule.model_validate(one.rule)
    return {
        "id": one.id,
        "text": one.text,
        "every": rule.every,
        "time": rule.time,
        "time_zone": rule.time_zone,
        "days": list(rule.days),
        "day_of_month": rule.day_of_month,
        "date": rule.date,
        "when": rule_words(rule, language),
        "next": [iso(moment) for moment in upcoming(rule, now)] if one.state == "active" else [],
        "language": one.language,
        "thread_id": one.thread_id,
        "state": one.state,
        "last": None if one.last_result is None else _last(one, language),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
    }


def _last(one: Schedule, language: Language) -> dict[str, Any]:
    assert one.last_result is not None
    why = "" if one.last_error is None else of_reason(one.last_error).detail(language)
    return {
        "due_at": iso(one.last_due_at or one.created_at),
        "ended_at": None if one.last_ended_at is None else iso(one.last_ended_at),
        "result": one.last_result,
        "error": one.last_error,
        "detail": say(one.last_result, language, thread=one.thread_id, why=why),
        "late_s": one.last_late_s or 0.0,
        "run_id": one.last_run_id,
        "turn_id": one.last_turn_id,
    }
