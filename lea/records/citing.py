"""Which of a company's records an answer names: what looks like a reference is looked up, the rest is just text."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import structlog

from lea.events.answer import Citation
from lea.ids import CompanyId
from lea.store.engine import Store
from lea.store.named import named

Connection = Any

MOST: Final = 20
"""Records cited of one answer."""
CANDIDATES: Final = 60
"""Words of one answer that may be references."""
READ: Final = 50_000
"""Characters of one answer that are looked at."""
PAGE_CANDIDATES: Final = 1000
PAGE_READ: Final = 200_000
"""Of all answers that are read together, the newest first."""
LONGEST: Final = 100
LABEL: Final = 200
PATIENCE_S: Final = 1.0
"""How long the end of an answer waits for its citations."""

ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
WORD: Final = re.compile(r"[\w./+-]+")
EDGES: Final = "._/+-"
DIGIT: Final = re.compile(r"\d")
LETTER: Final = re.compile(r"[^\W\d_]")
NUMBER: Final = re.compile(r"\d{5,14}")

log = structlog.get_logger()


def mentioned(text: str) -> tuple[str, ...]:
    """What in this Markdown may be references, each once, in order: letters with digits, names in capitals with
    hyphens, long numbers; never dates, amounts or plain words. An answer without any costs one look through it.
    """
    return tuple(list(dict.fromkeys(_candidates(text[:READ])))[:CANDIDATES])


def cite(connection: Connection, company_id: CompanyId, texts: Sequence[str]) -> list[tuple[Citation, ...]]:
    """The records each of these answers names, in order; one query a kind for all of them, none where none is named.

    Oldest first, as a conversation is read: where there is too much to look at, it is the newest that is.
    """
    looked = _newest(texts)
    names = {name for names in looked for name in names}
    known: dict[str, Citation] = {}
    if names:
        for kind, row in named(connection, company_id, names):
            known.setdefault(row.reference, Citation(kind, row.id, row.reference, row.label[:LABEL]))
    return [tuple(known[name] for name in names if name in known)[:MOST] for names in looked]


async def cited(store: Store, company_id: CompanyId, text: str) -> tuple[Citation, ...]:
    """The records one answer names; none where the database does not say so at once."""
    if not mentioned(text):
        return ()
    try:
        async with asyncio.timeout(PATIENCE_S):
            [found] = await store.read(lambda connection: cite(connection, company_id, [text]))
            return found
    except Exception as error:  # names of records must not stand between an answer and its end
        log.warning("answer.not_cited", error=type(error).__name__)
        return ()


def _newest(texts: Sequence[str]) -> list[tuple[str, ...]]:
    left, characters = PAGE_CANDIDATES, PAGE_READ
    looked: list[tuple[str, ...]] = []
    for text in reversed(texts):
        characters -= min(len(text), READ)
        names = mentioned(text)[:left] if left and characters >= 0 else ()
        left -= len(names)
        looked.append(names)
    return looked[::-1]


def _candidates(text: str) -> Iterator[str]:
    parts = (ESCAPE.sub(r"\1", text) if "\\" in text else text).split()
    for found in (match[0] for part in parts if not part.isalpha() for match in WORD.finditer(part)):
        word = found.strip(EDGES)
        if _likely(word):
            yield word
        if "/" in word:
            yield from filter(_likely, word.split("/"))


def _likely(word: str) -> bool:
    if not 2 < len(word) <= LONGEST:
        return False
    if DIGIT.search(word):
        return LETTER.search(word) is not None or NUMBER.fullmatch(word) is not None
    return "-" in word and word.isupper()
