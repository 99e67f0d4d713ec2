"""What is asked at set times, for whoever makes, changes and names one."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from lea.actions.action import NeedsAnswer, Scope
from lea.actions.intents import understand
from lea.actions.phrases import label, say
from lea.errors import BadRequest, Conflict
from lea.ids import ThreadId, UserId
from lea.llm.offline.markdown import bullets, escaped
from lea.records.fields import UNWRITABLE
from lea.schedules.rule import Rule, after, upcoming
from lea.schedules.words import moment_words, rule_words
from lea.sentences import Language
from lea.store import schedules
from lea.store.schedules import Connection, Schedule

LONGEST: Final = 2_000
EXCERPT: Final = 120
SHOWN: Final = 50
BARRED: Final = frozenset({"schedule_ask", "cancel_schedule", "approve", "reject", "undo"})
"""Nobody approves by silence, and no question makes others."""


def _text(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(text) <= LONGEST or UNWRITABLE.search(text):
        raise ValueError("schedule_text_invalid")
    return text


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=LONGEST)]


def check(text: str, rule: Rule, now: float) -> float:
    """The first moment of it. Raises Conflict(`schedule_past`), and BadRequest(`schedule_of_schedules`)."""
    for last in ("", say("ask_go_ahead", "en", what="T")):
        intent = understand(text, last=last)
        if intent is not None and intent.action in BARRED:
            wrong = [{"path": "text", "message": "schedule_of_schedules"}]
            raise BadRequest("schedule_of_schedules", errors=wrong)
    first = after(rule, now)
    if first is None:
        raise Conflict("schedule_past", errors=[{"path": "date", "message": "schedule_past"}])
    return first


def thread_of(schedule_id: str) -> ThreadId:
    """The conversation of one for which none was chosen."""
    return ThreadId(f"schedule-{schedule_id}")


def excerpt(text: str) -> str:
    """On one line, and not too long for one."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


def facts(text: str, rule: Rule, now: float, language: Language) -> tuple[Mapping[str, Any], ...]:
    """The whole text, when, and the next moments, for the person to decide on."""
    moments = [moment_words(one, rule.time_zone, language) for one in upcoming(rule, now)]
    rows = {"schedule_text": text, "schedule_when": rule_words(rule, language), "schedule_next": "; ".join(moments)}
    rows["time_zone"] = rule.time_zone
    return tuple({"name": name, "label": label(name, language), "before": None, "after": rows[name]} for name in rows)


def the_one(connection: Connection, scope: Scope, words: str) -> Schedule:
    """Which is meant, by its id or words of its text. Raises NeedsAnswer where it is none, or several."""
    own = [one for one in schedules.all_of(connection, UserId(scope.identity.user_id), SHOWN) if one.state != "ended"]
    said = words.strip().casefold()
    found = [one for one in own if one.id == words.strip()] or [
        one for one in own if all(word in whole(one).casefold() for word in said.split())
    ]
    if len(found) == 1:
        return found[0]
    if not own:
        raise NeedsAnswer(say("schedules_none", scope.language))
    phrase = "schedule_which" if found else "schedule_unknown"
    listed = bullets(line(one, scope.language) for one in (found or own))
    raise NeedsAnswer(say(phrase, scope.language, what=listed))


def whole(one: Schedule) -> str:
    """Its text and when, in both languages, to look for words in."""
    rule = Rule.model_validate(one.rule)
    return " ".join((one.text, rule_words(rule, "fr"), rule_words(rule, "en")))


def line(one: Schedule, language: Language) -> str:
    """«chaque lundi à 8 h : Fais-moi le point (la prochaine fois lundi 23 novembre 2026 à 8 h)», as Markdown."""
    rule = Rule.model_validate(one.rule)
    said = say("schedule_line", language, rule=rule_words(rule, language), text=escaped(excerpt(one.text)))
    if one.next_at is None:
        return f"{said} ({say(f'schedule_{one.state}', language)})"
    return f"{said} ({say('schedule_next_time', language, moment=moment_words(one.next_at, rule.time_zone, language))})"
