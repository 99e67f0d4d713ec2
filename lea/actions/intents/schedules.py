"""«Chaque lundi à 8 h, …»: a request for later is understood where days, time and request are all plainly said.

A request begins as one does: with a word that asks for something. «Chaque lundi à 8 h, on a une réunion» does not.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from lea.actions.intents.intent import Intent
from lea.actions.intents.text import Span
from lea.records.notation import MONTHS
from lea.schedules.rule import DAYS
from lea.sentences import Language

LONGEST: Final = 2_000
LONGEST_WHEN: Final = 160
LAST: Final = 31
NAMED: Final[Mapping[Language, dict[str, str]]] = {
    "fr": dict(zip(["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"], DAYS, strict=True)),
    "en": {day: day for day in DAYS},
}
ONE: Final[Mapping[Language, str]] = {
    language: "(?:(?:le|la|les|on|every|each|chaque|tous) ){0,2}(?:" + "|".join(names) + ")s?"
    for language, names in NAMED.items()
}
MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
TIME: Final[Mapping[Language, str]] = {
    "fr": r"(?:[aà] |vers )?(?:(?P<h>\d{1,2}) ?(?:h(?:eures?)?|:) ?(?P<m>[0-5]\d)?(?P<half>)"
    r"|(?P<word>midi|minuit))(?!\w)(?: du matin| pile)?",
    "en": r"(?:at )?(?:(?P<h>\d{1,2})(?:[:.h](?P<m>[0-5]\d))?(?: o'?clock)?(?: ?(?P<half>[ap])\.?m\b\.?)?"
    r"|(?P<word>noon|midnight))(?!\w)(?: sharp)?",
}
WEEK: Final[Mapping[Language, str]] = {
    "fr": (
        rf"(?:chaque|tous les|toutes les semaines,? le|chaque semaine,? le|le) {ONE['fr']}"
        rf"(?:(?:, ?| et | et le ){ONE['fr']}){{0,6}}"
    ),
    "en": (
        rf"(?:every|each|every week on|weekly on) {ONE['en']}(?:(?:, ?| and | and on ){ONE['en']}){{0,6}}"
        rf"|(?:on )?(?:{'|'.join(DAYS)})s(?:(?:, ?| and )(?:{'|'.join(DAYS)})s){{0,6}}"
    ),
}
ON: Final[Mapping[Language, str]] = {
    "fr": rf"\d{{1,2}}(?:er)? (?:{MONTH}) \d{{4}}|\d{{4}}-\d\d-\d\d",
    "en": (
        rf"\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{MONTH}),? \d{{4}}"
        rf"|(?:{MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}}-\d\d-\d\d"
    ),
}
DAILY: Final[Mapping[Language, str]] = {
    "fr": (
        rf"(?:(?P<week>{WEEK['fr']})"
        r"|(?P<weekdays>du lundi au vendredi|(?:chaque|tous les) jours? (?:ouvres?|ouvrables?|de (?:la )?semaine))"
        r"|(?P<day>(?:chaque|tous les) (?:jours?|matins?|soirs?)|quotidiennement)"
        r"|(?P<last>(?:chaque|le|tous les) derniers? jours? (?:du|de chaque) mois)"
        r"|(?:(?:chaque|tous les) mois,? )?le (?P<of_month>\d{1,2})(?:er|e)? (?:de chaque mois|du mois"
        r"|de tous les mois)"
        r"|(?:chaque|tous les) mois,? le (?P<of_month_2>\d{1,2})(?:er|e)?"
        rf"|(?:le )?(?P<date>{ON['fr']})|(?P<soon>demain|aujourd'?hui)(?: matin| soir)?)"
    ),
    "en": (
        rf"(?:(?P<week>{WEEK['en']})"
        r"|(?P<weekdays>(?:every|each) (?:weekday|working day|work day|business day)"
        r"|(?:from )?monday (?:to|through) friday|on weekdays)"
        r"|(?P<day>(?:every|each) (?:day|morning|evening)|daily)"
        r"|(?P<last>(?:every month )?on the last day of (?:every|each|the) month)"
        r"|(?:on )?the (?P<of_month>\d{1,2})(?:st|nd|rd|th)? of (?:every|each|the) month"
        r"|(?:every|each) month,? on the (?P<of_month_2>\d{1,2})(?:st|nd|rd|th)?"
        rf"|(?:on )?(?P<date>{ON['en']})|(?P<soon>tomorrow|today)(?: morning| evening)?)"
    ),
}
ONCE_A_WEEK: Final = re.compile(r"^le ")
"""«Le lundi à 8 h» is said of one Monday and of all."""
BEFORE: Final[Mapping[Language, str]] = {
    "fr": r"(?:(?:lea|bonjour|bonsoir|salut|stp|svp|s'il (?:te|vous) plait)[ ,!:]{1,3}){0,4}"
    r"(?:(?:programme|programmez|planifie|planifiez|note) ?(?:pour |:)? ?)?",
    "en": r"(?:(?:lea|hello|hi|hey|please)[ ,!:]{1,3}){0,4}(?:(?:schedule|plan) ?(?:for |:)? ?)?",
}
ASKING: Final[Mapping[Language, re.Pattern[str]]] = {
    "fr": re.compile(
        r"(?:(?:peux|pourrais|veux)[ -]tu|pouvez[ -]vous|pourriez[ -]vous|merci de|il faut que tu|je (?:veux"
        r"|voudrais)|j'aimerais"
        r"|(?:re)?(?:fais|faites|fait)|donne|donnez|envoie|envoyez|montre|montrez|affiche|affichez|liste"
        r"|listez|resume|resumez"
        r"|rappelle|rappelez|prepare|preparez|verifie|verifiez|dis|dites|compte|comptez|cherche|cherchez"
        r"|trouve|trouvez"
        r"|compare|comparez|calcule|calculez|regarde|regardez|redige|redigez|ecris|ecrivez|signale|signalez"
        r"|analyse|analysez"
        r"|mets|mettez|passe|passez|ajoute|ajoutez|cree|creez|controle|controlez)(?!\w)"
    ),
    "en": re.compile(
        r"(?:can you|could you|would you|will you|please|i want|i'd like|i would like|give|send|show|list"
        r"|summari[sz]e|sum up|remind"
        r"|prepare|check|tell|count|find|search|look|compare|calculate|write|draft|report|analy[sz]e|make"
        r"|create|add|move|review)(?!\w)"
    ),
}
QUESTION: Final[Mapping[Language, re.Pattern[str]]] = {
    "fr": re.compile(r"(?:quels?|quelles?|combien|qui|ou en|comment|est[ -]ce|qu'|y a[ -]t[ -]il)(?!\w)"),
    "en": re.compile(r"(?:which|what|how|who|where|are there|is there)(?!\w)"),
}
HINTS: Final[Mapping[Language, tuple[str, ...]]] = {
    "fr": ("chaque", "tous les", "toutes les", "du lundi", "quotidien", "du mois", "demain", "aujourd", " le ", "20"),
    "en": ("every", "each", "daily", "weekly", "days", "monday t", "the month", "tomorrow", "today", "20"),
}
"""Without one of them there are no days in a message."""
CANCELLING: Final[Mapping[Language, re.Pattern[str]]] = {
    "fr": re.compile(
        r"(?:annule|supprime|arrete|enleve|retire|desactive)[rz]? (?:la |ma |cette )?"
        r"(?:demande (?:programmee|planifiee)|programmation|planification)(?: ?(?:de la |de l'|des |du |de "
        r"|sur |: ?| ))(?P<words>\S.{0,120}?)"
    ),
    "en": re.compile(
        r"(?:cancel|delete|remove|stop) (?:the |my |this )?(?:scheduled? (?:ask|request|question)|schedule)"
        r"(?: ?(?:of |for |about |on |: ?| ))(?:the )?(?P<words>\S.{0,120}?)"
    ),
}
LISTING: Final[Mapping[Language, re.Pattern[str]]] = {
    "fr": re.compile(
        r"(?:(?:quelles sont|montre(?:-moi)?|affiche|liste|donne-moi|voir) )?(?:mes|les|toutes mes) "
        r"(?:demandes (?:programmees|planifiees)|programmations|planifications)"
        r"|qu'est-ce qui est (?:programme|planifie)"
    ),
    "en": re.compile(
        r"(?:(?:what are|show(?: me)?|list|display) )?(?:my|the|all my) "
        r"(?:scheduled (?:asks|requests|questions)|schedules)"
        r"|what(?: is|'s) scheduled"
    ),
}
GAP: Final = r" *[,:;–—-]? *"
SIGNS: Final = " .!…"


FIRST: Final = {
    language: re.compile(
        rf"{BEFORE[language]}(?P<when>{DAILY[language]}(?:,? {TIME[language]})?)(?!\w){GAP}(?P<text>\w.*)"
    )
    for language in DAILY
}
LAST_SAID: Final = {
    language: re.compile(rf"(?<!\w)(?P<when>{DAILY[language]},? {TIME[language]})(?: *\?)?\Z") for language in DAILY
}
"""Here the time is needed: days alone at an end say what is asked about, not when."""


def scheduled(message: Span, language: Language, plain: Callable[[str, Language], Intent | None]) -> Intent | None:
    """A request with its days before it; `plain` understands the request itself where it begins like none."""
    found = FIRST[language].fullmatch(message.plain) if len(message.plain) <= LONGEST else None
    when = None if found is None else _when(found, language)
    if found is None or when is None:
        return None
    text = message.cut(*found.span("text"))
    if not ASKING[language].match(text.plain):
        # «Aujourd'hui, combien …?» and «Tous les jours, combien …?» ask now.
        asked = QUESTION[language].match(text.plain) or plain(text.typed, language) is not None
        if not asked or "time" not in when or when["every"] == "once":
            return None
    if when["every"] == "once" and ("time" not in when or text.plain.endswith("?")):
        return None
    return Intent("schedule_ask", {"text": _sentence(text.typed), **when}, language)


def scheduled_after(message: Span, language: Language) -> Intent | None:
    """A request with its days and time after it."""
    if len(message.plain) > LONGEST or not any(hint in message.plain for hint in HINTS[language]):
        return None
    said = message.plain.rstrip(SIGNS)
    found = LAST_SAID[language].search(said, max(0, len(said) - LONGEST_WHEN))
    when = None if found is None else _when(found, language)
    if found is None or when is None or not ASKING[language].match(said):
        return None
    text = message.cut(0, found.start()).typed.rstrip(" ,")
    return Intent("schedule_ask", {"text": _sentence(text), **when}, language)


def managed(message: Span, language: Language) -> Intent | None:
    """What is scheduled is to be told, or to end."""
    said = message.plain.rstrip(" .!?…")
    if LISTING[language].fullmatch(said):
        return Intent("list_schedules", {}, language)
    found = CANCELLING[language].fullmatch(said)
    if found is None:
        return None
    return Intent("cancel_schedule", {"schedule": message.cut(*found.span("words")).typed}, language)


def _when(found: re.Match[str], language: Language) -> dict[str, Any] | None:
    days = _days(found, language)
    if days is None:
        return None
    if found["h"] is None and found["word"] is None:
        return days
    time = _time(found, language)
    return None if time is None else {**days, "time": time}


def _days(found: re.Match[str], language: Language) -> dict[str, Any] | None:
    of_month = found["of_month"] or found["of_month_2"]
    if found["week"]:
        if ONCE_A_WEEK.match(found["week"]):
            return None
        named = {NAMED[language][name] for name in NAMED[language] if re.search(rf"\b{name}s?\b", found["week"])}
        return {"every": "week", "days": sorted(named, key=DAYS.index)}
    if of_month:
        return {"every": "month", "day_of_month": int(of_month)} if 1 <= int(of_month) <= LAST else None
    if found["last"]:
        return {"every": "month", "day_of_month": LAST}
    if found["date"] or found["soon"]:
        soon = "tomorrow" if found["soon"] in {"demain", "tomorrow"} else "today"
        return {"every": "once", "date": found["date"] or soon}
    return {"every": "weekdays" if found["weekdays"] else "day"}


def _time(found: re.Match[str], language: Language) -> str | None:
    """Nothing where it can be meant in two ways: «every evening at 8» without pm."""
    if found["word"]:
        return "12:00" if found["word"] in {"midi", "noon"} else "00:00"
    hour, minute, half = int(found["h"]), int(found["m"] or 0), found["half"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif re.search(r"\b(?:soirs?|evening)\b", found["when"]) and hour < 12:
        return None
    return f"{hour:02}:{minute:02}" if hour < 24 else None


def _sentence(text: str) -> str:
    """As it would be written by itself."""
    return text[0].upper() + text[1:]
