"""Which days at what time, and the moments that follow: local time is kept, whatever the clocks are turned to.

A time that a change of the clocks leaves out moves forward by as much as they do; one that comes twice counts once, the
first time. A month that has not as many days is asked on its last.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from lea.errors import BadRequest
from lea.schedules.zones import NAME, zone
from lea.sentences import SENTENCES

Every = Literal["day", "weekdays", "week", "month", "once"]
DayName = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: Final[tuple[str, ...]] = get_args(DayName)
WEEKDAYS: Final = range(5)
TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
LOOKED: Final = 64
"""Days among which there is a next one of every rule: more than the longest month and a day no zone has."""
LAST_YEAR: Final = 2100
NEXT: Final = 3
"""How many moments people are told."""


def _time(value: Any) -> str:
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise ValueError("schedule_time_invalid")
    return value


def _date(value: Any) -> str:
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("date_not_understood") from None
    if found.year > LAST_YEAR:
        raise ValueError("date_not_understood")
    return found.isoformat()


def _zone(value: Any) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError("time_zone_unknown")
    return value


def _days(value: Any) -> Any:
    """In the order of the week, each once."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one in DAYS for one in value):
        raise ValueError("schedule_days_invalid")
    return sorted(set(value), key=DAYS.index)


Time = Annotated[str, BeforeValidator(_time), Field(max_length=5)]
"""HH:MM, from 00:00 to 23:59."""
OnDate = Annotated[str, BeforeValidator(_date), Field(max_length=10)]
"""YYYY-MM-DD."""
Zone = Annotated[str, BeforeValidator(_zone), Field(max_length=64)]
Days = Annotated[list[DayName], BeforeValidator(_days), Field(max_length=7)]
DayOfMonth = Annotated[int, Field(ge=1, le=31)]


class Rule(BaseModel):
    """`days` are those of a `week`, `day_of_month` that of a `month` (31: its last), `date` that of `once`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    every: Every
    time: Time
    time_zone: Zone
    days: Days = []
    day_of_month: DayOfMonth | None = None
    date: OnDate | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = {"week": bool(self.days), "month": self.day_of_month is not None, "once": self.date is not None}
        if any(is_given != (self.every == every) for every, is_given in given.items()):
            raise ValueError("schedule_incomplete")
        return self

    @classmethod
    def read(cls, said: dict[str, Any]) -> Self:
        """Of plain values. Raises BadRequest with a sentence's code, naming the fields."""
        try:
            rule = cls.model_validate(said)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False, include_context=False)[:20]
            fields = [
                {"path": str(one["loc"][0]) if one["loc"] else "every", "message": _code(one["msg"])} for one in wrong
            ]
            raise BadRequest(fields[0]["message"], errors=fields) from None
        zone(rule.time_zone)
        return rule

    def changed(self, said: dict[str, Any]) -> "Rule":
        """With other values; another `every` forgets the days of the former. Raises as `read`."""
        kept = {"every", "time", "time_zone"} if said.get("every", self.every) != self.every else {*Rule.model_fields}
        return Rule.read({**{name: one for name, one in self.plain().items() if name in kept}, **said})

    def plain(self) -> dict[str, Any]:
        """As it is kept and told."""
        return self.model_dump(exclude_none=True)


def after(rule: Rule, moment: float) -> float | None:
    """The first moment of the rule later than this one; None where none is left."""
    return next(moments(rule, moment), None)


def upcoming(rule: Rule, moment: float) -> list[float]:
    """The next moments, as people are told them."""
    return list(islice(moments(rule, moment), NEXT))


def moments(rule: Rule, moment: float) -> Iterator[float]:
    """All later than this one, in order; seconds since the epoch."""
    here = zone(rule.time_zone)
    at = time.fromisoformat(rule.time)
    if rule.date is not None:
        dates: Iterator[date] = iter([date.fromisoformat(rule.date)])
    else:
        first = datetime.fromtimestamp(moment, here).date() - timedelta(days=1)
        dates = (first + timedelta(days=days) for days in range(NEXT * LOOKED) if _fits(rule, first, days))
    for one in dates:
        # Through UTC: the offset before the change is taken for a time it leaves out, and for one it has twice.
        found = datetime.combine(one, at, here).astimezone(UTC).timestamp()
        if found > moment:
            yield found
            moment = found


def _fits(rule: Rule, first: date, days: int) -> bool:
    one = first + timedelta(days=days)
    match rule.every:
        case "day":
            return True
        case "weekdays":
            return one.weekday() in WEEKDAYS
        case "week":
            return DAYS[one.weekday()] in rule.days
        case _:
            return one.day == min(rule.day_of_month or 1, monthrange(one.year, one.month)[1])


def _code(message: str) -> str:
    code = message.removeprefix("Value error, ")
    return code if code in SENTENCES else "schedule_incomplete"
