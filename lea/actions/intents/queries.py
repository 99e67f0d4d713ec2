"""Questions for what there is, read with the expressions of the rules for questions: the order of words is free."""

from collections.abc import Mapping
from typing import Any, Final

from lea.actions.intents.intent import Intent
from lea.llm.offline.lexicon import LEXICON, Expression, compiled
from lea.llm.offline.rules import ASKING, Meaning, read
from lea.llm.offline.words import words
from lea.sentences import Language

MORE: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "department:router": "courrier|au courrier|du courrier|service courrier|tri du courrier",
        "department:apbookkeeper": "fournisseurs|comptabilite des fournisseurs|la comptabilite",
        "jobs": "tache",
        "state:pending": "bloquees|bloques",
        "state:failed": "echouees|en panne|plantees",
        "filler": "au niveau de|pour l equipe|cote",
    },
    "en": {
        "department:router": "mail|mailroom|mail room|post|post room|mail routing",
        "state:failed": "broken|have failed|that failed",
        "filler": "being",
        "jobs": "job|task",
    },
}
WORDS: Final[Mapping[Language, Mapping[Expression, str]]] = {
    language: {**compiled(more), **LEXICON[language]} for language, more in MORE.items()
}
PROGRESS: Final = {"finished": "done", "ongoing": "in_process"}
NOTHING_MORE: Final = ASKING | {"what", "greeting", "thanks", "status"}


def query(text: str, language: Language) -> Intent | None:
    """`list_jobs`, `count_jobs` or `find_transactions`, with at most one value a filter."""
    meaning = read(words(text), WORDS[language])
    if meaning is None:
        return None
    return _jobs(meaning, language) or _files(meaning, language)


def _jobs(meaning: Meaning, language: Language) -> Intent | None:
    said = {"department": meaning.named("department"), "state": meaning.named("state")}
    said["state"] += tuple(state for word, state in PROGRESS.items() if word in meaning.plain)
    allowed = NOTHING_MORE | PROGRESS.keys() | {"jobs", "department", "state", "team", "by"}
    if "jobs" not in meaning.plain or not meaning.only(allowed) or "by" in meaning.plain:
        return None
    return _asked("count_jobs" if "howmany" in meaning.plain else "list_jobs", said, meaning, language)


def _files(meaning: Meaning, language: Language) -> Intent | None:
    said = {"kind": meaning.named("kind", "kinds"), "stage": meaning.named("stage", "stages")}
    if "closed" in meaning.plain:
        said["stage"] += ("closed",)
    allowed = NOTHING_MORE - {"howmany", "status"} | {"files", "kind", "kinds", "stage", "stages", "closed"}
    noun = "files" in meaning.plain or "kinds" in meaning.slots
    if not noun or not meaning.only(allowed):
        return None
    return _asked("find_transactions", said, meaning, language)


def _asked(action: str, said: Mapping[str, tuple[str, ...]], meaning: Meaning, language: Language) -> Intent | None:
    definition = "what" in meaning.plain and not ASKING & meaning.plain and not any(said.values())
    if definition or any(len(named) > 1 for named in said.values()):
        return None
    arguments: dict[str, Any] = {name: named[0] for name, named in said.items() if named}
    return Intent(action, arguments, language)
