"""Every expression the rules know, by what it means; a message with a word outside of it is not understood.

What changes a meaning is left out on purpose: negations, exceptions, verbs that act, amounts, days, names. A noun that
could mean something else ("a job", "un dossier") is known in the plural only. `kinds` and `stages` are nouns that can
stand for files by themselves; no rule has a place for `obligation` ("I have to process…").
"""

from collections.abc import Mapping
from typing import Final

from lea.llm.offline.english import ENGLISH
from lea.llm.offline.french import FRENCH
from lea.sentences import Language

Expression = tuple[str, ...]


def compiled(entries: Mapping[str, str]) -> dict[Expression, str]:
    """Meaning by expression; ValueError for an expression with two meanings."""
    meanings: dict[Expression, str] = {}
    for meaning, expressions in entries.items():
        for expression in expressions.split("|"):
            key = tuple(expression.split())
            if meanings.setdefault(key, meaning) != meaning:
                raise ValueError(f"{expression}: {meanings[key]} or {meaning}?")
    return meanings


LEXICON: Final[Mapping[Language, Mapping[Expression, str]]] = {"fr": compiled(FRENCH), "en": compiled(ENGLISH)}
LONGEST: Final = max(len(expression) for meanings in LEXICON.values() for expression in meanings)
