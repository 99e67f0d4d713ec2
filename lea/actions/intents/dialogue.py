"""A message that only means something after Léa's last one: a consent, a choice, the answer to a question."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

from lea.actions.intents.consent import consent
from lea.actions.intents.intent import ASKS, Intent
from lea.llm.offline.words import reference_in
from lea.sentences import Language

Plain = Callable[[str, Language], Intent | None]
LONGEST_LAST: Final = 16_000
LISTED: Final = re.compile(r"^ {0,3}(\d{1,3})[.)] {1,4}\**\[?(T-\d{1,6})\b", re.MULTILINE)
ORDINALS: Final = (
    "premier premiere first 1er 1ere 1st un one",
    "deuxieme second seconde 2eme 2e 2nd two deux",
    "troisieme third 3eme 3e 3rd trois three",
    "quatrieme fourth 4eme 4e 4th quatre four",
    "cinquieme fifth 5eme 5e 5th cinq five",
)
PLACES: Final = {word: place for place, words in enumerate(ORDINALS, 1) for word in words.split()}
CHOOSING: Final = (
    "le la l the numero number no n option choix choice one please stp svp s il te vous plait merci thanks thank you "
    "dossier file transaction celui celle c est plutot ligne prends take choisis pick je i go with on it ce sera d "
    "accord ok oui yes lea"
)
AROUND_CHOICE: Final = frozenset(CHOOSING.split())
DROPPING: Final = frozenset({"annule", "annuler", "annulez", "undo", "revert", "cancel"})
"""Where Léa waits for an answer they give up the request, and take back nothing that was done."""
SIGNS: Final = " \n\t.!?,;"
MANNERS_LAST: Final = re.compile(r"\b(?:merci|stp|svp|please|thanks|s['’ ]il (?:te|vous) pla[iî]t)\Z", re.IGNORECASE)


def answer(
    text: str, spoken: Sequence[str], *, last: str, before: str, language: Language, plain: Plain
) -> tuple[bool, Intent | None]:
    """Whether the message can only be read as an answer to `last`, and what it then asks for."""
    last = last[-LONGEST_LAST:]
    given = consent(spoken, last)
    listed = dict(LISTED.findall(last))
    chosen = choice(spoken, listed) if listed else None
    if given is not None or chosen is not None:
        return True, None if "?" in text else _settled(given, chosen, before, language, plain)
    if listed and [*filter(reference_in, spoken)] == [*spoken]:
        return True, None
    asked = {name for name, sentences in ASKS.items() if any(sentence in last for sentence in sentences.values())}
    intent = _answered(text, before, asked, language, plain) if asked else None
    if intent is not None:
        return True, intent
    waiting = bool(listed or asked) or last.rstrip().endswith("?")
    return waiting and 1 <= len(spoken) <= 2 and spoken[0] in DROPPING, None


def _settled(given: str | None, chosen: str | None, before: str, language: Language, plain: Plain) -> Intent | None:
    """A consent as it is; a choice makes the person's message before it whole."""
    if given is not None:
        return Intent(given, {}, language)
    intent = plain(before, language)
    if intent is None or "transaction" not in intent.arguments:
        return None
    return replace(intent, arguments={**intent.arguments, "transaction": chosen})


def choice(spoken: Sequence[str], listed: Mapping[str, str]) -> str | None:
    """The reference a message picks out of a numbered list, if it picks one and says nothing else."""
    named = [word for word in spoken if reference_in(word)]
    rest = [word for word in spoken if word not in named]
    places = [word for word in rest if word in PLACES or word.isdecimal()]
    if len(places) > 1:
        places = [word for word in places if word not in {"un", "one", "deux"}]
    if not set(rest) <= AROUND_CHOICE | set(places) or len(set(named)) + len(places) != 1:
        return None
    if named:
        reference = reference_in(named[0])
        return reference if reference in listed.values() else None
    last = str(PLACES.get(places[0], places[0]))
    by_number = [reference for reference in listed.values() if reference == f"T-{last}"]
    return listed.get(last) or next(iter(by_number), None)


def _answered(text: str, before: str, asked: Set[str], language: Language, plain: Plain) -> Intent | None:
    """The request Léa asked back about together with the answer, which has to give what she asked for.

    Where `before` answered her other question it is read as a part of the request too.
    """
    request = MANNERS_LAST.sub("", before.rstrip(SIGNS)).rstrip(SIGNS)
    for start in ("", "nouvelle transaction : ", "new transaction: "):
        intent = plain(f"{start}{request}, {text}", language)
        if intent is not None and intent.action == "create_transaction" and asked & intent.arguments.keys():
            return intent
    return None
