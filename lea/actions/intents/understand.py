"""From a message to the action it plainly asks for, or to nothing: no wrong write is worth one more hit.

The rules are tables: `french*.py` and `english*.py` say how people ask. A template accounts for a message as a whole;
what stands in its open places has to read like a name, an address, an amount or a day and like nothing else.
"""

import re
from collections.abc import Iterator
from typing import Final, get_args

from lea.actions.intents import dialogue
from lea.actions.intents.builders import arguments
from lea.actions.intents.grammar import Found
from lea.actions.intents.intent import READS, Intent
from lea.actions.intents.manners import Request, request
from lea.actions.intents.queries import query
from lea.actions.intents.schedules import managed, scheduled, scheduled_after
from lea.actions.intents.tables import TABLES
from lea.actions.intents.text import Span, span
from lea.llm.offline.words import pointed_language, words
from lea.sentences import Language

LONGEST: Final = 600
MOST_WORDS: Final = 80
LONGEST_NOTE: Final = 4200
"""4,000 characters of text and the words before it."""
PARTICIPLE: Final = re.compile(r"\w(?:é|és|éée|éées)\b", re.IGNORECASE)
"""«passé T-104 à l'offre» reports; «passe T-104 à l'offre» asks."""
SENTENCE: Final = re.compile(
    r"(?:[.;!?,\n]\s+|\s(?=(?:et|puis|and|then)\s))(?:(?:et|puis|ensuite|and|then)\s+){0,2}", re.IGNORECASE
)
MOST_SENTENCES: Final = 12


def understand(text: str, *, last: str = "", before: str = "", language: Language = "fr") -> Intent | None:
    """What `text` asks for.

    `last` is Léa's last message, in Markdown, and `before` the person's message before it: together they say what a
    "yes" or «le deuxième» means. `language` is the person's, for a message that is of none.
    """
    if len(text) > LONGEST_NOTE or not text.strip():
        return None
    spoken = words(text[:LONGEST])
    own = pointed_language(spoken, language)
    if len(text) <= LONGEST and len(spoken) <= MOST_WORDS:
        settled, intent = dialogue.answer(
            text, spoken, last=last, before=before if len(before) <= LONGEST_NOTE else "", language=own, plain=plain
        )
        if settled:
            return intent
    return plain(text, own)


def plain(text: str, language: Language) -> Intent | None:
    """What a message asks for by itself, read in `language` first."""
    message = span(text)
    brief = len(text) <= LONGEST and len(words(text)) <= MOST_WORDS
    for candidate in (language, *(other for other in get_args(Language) if other != language)):
        intent = scheduled(message, candidate, plain) or _understood(message, candidate, brief)
        if intent is not None:
            return intent
    return None


def _understood(message: Span, language: Language, brief: bool) -> Intent | None:
    asked = request(message, language)
    intents = list(_intents(asked, language, brief))
    writes = [intent for intent in intents if intent.action not in READS]
    if writes:
        return writes[0] if all(intent == writes[0] for intent in intents) else None
    later = scheduled_after(message, language) or managed(message, language)
    if later is not None:
        return later
    if intents:
        return intents[0]
    return query(message.typed, language) if brief else None


def _intents(asked: Request, language: Language, brief: bool) -> Iterator[Intent]:
    """One for each template that accounts for the message."""
    for template in TABLES[language].matching(asked.open_ended.plain):
        note = template.action == "add_note"
        if not brief and not note:
            continue
        found = template.match(asked.open_ended if note else asked.body)
        if found is None or not _asks(found, asked, note):
            continue
        said = arguments(found, language)
        if said is not None and not (note and _goes_on(found.slots["text"].typed, language)):
            yield Intent(template.action, said, language)


def _asks(found: Found, asked: Request, note: bool) -> bool:
    """Whether it is a request: a question is one for what changes nothing, or with «peux-tu» before it."""
    if found.action in READS:
        return True
    capability = asked.asking and found.action == "create_transaction" and not found.slots
    return not PARTICIPLE.search(found.words) and not capability and (note or asked.asking or not asked.question)


def _goes_on(text: str, language: Language) -> bool:
    """Whether a note's text holds another request after its first sentence."""
    sentences = SENTENCE.split(text[:LONGEST_NOTE])[1 : MOST_SENTENCES + 1]
    for sentence in sentences:
        asked = request(span(sentence[:200]), language)
        for template in TABLES[language].matching(asked.body.plain):
            if template.action not in READS and (found := template.match(asked.body)) and arguments(found, language):
                return True
    return False
