"""What stands around a request: greetings, thanks, and the words that make it one."""

import re
from dataclasses import dataclass
from typing import Final

from lea.actions.intents import grammar
from lea.actions.intents.tables import TABLES, Tables
from lea.actions.intents.text import Span
from lea.sentences import Language

SIGNS: Final = r"[ ,;:.!…]*"
MOST_MANNERS: Final = 5


@dataclass(frozen=True, slots=True)
class Request:
    """`body` is the request itself; `open_ended` keeps what stands at its end, for a note's text.

    `asking` says that «peux-tu» made a request of a question, `question` that a question mark is at the end.
    """

    body: Span
    open_ended: Span
    asking: bool
    question: bool


def request(message: Span, language: Language) -> Request:
    """The request within a message."""
    head = HEAD[language].match(message.plain)
    start = head.end() if head else 0
    end = _end(message.plain, start, language)
    asking = bool(head and head["asking"])
    open_ended = message.after(start)
    if asking and open_ended.plain.endswith("?"):
        open_ended = open_ended.cut(0, len(open_ended.plain) - 1)
    return Request(message.cut(start, end), open_ended, asking, "?" in message.plain[end:])


def _end(plain: str, start: int, language: Language) -> int:
    """Where the request ends: before the manners and the punctuation."""
    end = len(plain)
    for _ in range(MOST_MANNERS):
        end = max(start, len(plain[:end].rstrip(" ,;.!?…")))
        polite = TAIL[language].search(plain, max(start, end - LONGEST_MANNERS), end)
        if polite is None:
            break
        end = polite.start()
    return end


def _head(tables: Tables) -> re.Pattern[str]:
    asking, wishing, greeting, me = (
        grammar.expressions(tables.classes[name]) for name in ("ASKING", "WISHING", "GREETING", "ME")
    )
    manners = rf"(?:(?!{asking}|{wishing}){greeting}{SIGNS})"
    return re.compile(rf"{manners}*(?:(?:(?P<asking>{asking})|{wishing}) *)?(?:{manners}|(?:{wishing}) *)?(?:{me} *)?")


HEAD: Final = {language: _head(tables) for language, tables in TABLES.items()}
TAIL: Final = {
    language: re.compile(rf"(?<!\w){grammar.expressions(tables.classes['MANNERS'])}\Z")
    for language, tables in TABLES.items()
}
LONGEST_MANNERS: Final = 30
