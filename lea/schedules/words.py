"""Rules and moments as people say them, in French and English."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Final

from lea.llm.offline.markdown import MONTHS
from lea.llm.offline.phrases import NBSP
from lea.schedules.rule import DAYS, Rule
from lea.schedules.zones import zone
from lea.sentences import Language

NAMES: Final[Mapping[Language, tuple[str, ...]]] = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
AND: Final[Mapping[Language, str]] = {"fr": " et ", "en": " and "}
SAID: Final[Mapping[str, Mapping[Language, str]]] = {
    "day": {"fr": "tous les jours à {time}", "en": "every day at {time}"},
    "weekdays": {"fr": "du lundi au vendredi à {time}", "en": "Monday to Friday at {time}"},
    "week": {"fr": "chaque {days} à {time}", "en": "every {days} at {time}"},
    "month": {"fr": "le {day} de chaque mois à {time}", "en": "on the {day} of every month at {time}"},
    "last": {"fr": "le dernier jour de chaque mois à {time}", "en": "on the last day of every month at {time}"},
    "once": {"fr": "le {date} à {time}", "en": "on {date} at {time}"},
}
LAST: Final = 31


def rule_words(rule: Rule, language: Language) -> str:
    """«chaque lundi à 8 h», "on the 1st of every month at 08:00"."""
    said = "last" if rule.day_of_month == LAST else rule.every
    return SAID[said][language].format(
        time=time_words(time.fromisoformat(rule.time), language),
        days=_listed([NAMES[language][DAYS.index(day)] for day in rule.days], language),
        day="" if rule.day_of_month is None else _ordinal(rule.day_of_month, language),
        date="" if rule.date is None else day_words(datetime.fromisoformat(rule.date), language),
    )


def moment_words(moment: float, time_zone: str, language: Language) -> str:
    """«lundi 23 novembre 2026 à 8 h», by the clocks of that zone."""
    here = datetime.fromtimestamp(moment, zone(time_zone))
    link = {"fr": "à", "en": "at"}[language]
    return f"{day_words(here, language)} {link} {time_words(here.time(), language)}"


def day_words(day: datetime, language: Language) -> str:
    """«lundi 23 novembre 2026»."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    month = MONTHS[language][day.month - 1]
    return f"{NAMES[language][day.weekday()]} {number}{NBSP}{month}{NBSP}{day.year}"


def time_words(at: time, language: Language) -> str:
    """«8 h», «9 h 30», "09:30"."""
    if language == "en":
        return f"{at.hour:02}:{at.minute:02}"
    return f"{at.hour}{NBSP}h" + (f"{NBSP}{at.minute:02}" if at.minute else "")


def _listed(names: list[str], language: Language) -> str:
    *first, last = names or [""]
    return AND[language].join([", ".join(first), last]) if first else last


def _ordinal(number: int, language: Language) -> str:
    if language == "fr":
        return "1er" if number == 1 else str(number)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number not in {11, 12, 13} else "th"
    return f"{number}{ending}"
