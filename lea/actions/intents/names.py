"""Whether words read like a name or an address and nothing else: the only open places a request has."""

import re
from collections.abc import Sequence, Set
from typing import Final

from lea.actions.intents.barred import BARRED, BESIDE, PARTICLES, STREETS, TITLES
from lea.actions.intents.text import Span

Words = Sequence[tuple[str, str]]
"""Each as typed and folded."""

WORD: Final = re.compile(r"\w[\w-]*|&")
ADDRESS_SIGNS: Final = re.compile(r"[\w '.,°&-]+")
NAME_SIGNS: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '.&-])*")
NUMBER: Final = re.compile(r"\d{1,5}[a-z]?|\d{1,4}-\d{1,4}|\d{1,3}(?:e|er|eme|st|nd|rd|th)")
POSTCODE: Final = re.compile(r"[a-z]{1,2}\d[a-z\d]?|\d[a-z]{2}|[a-z]-?\d{4,5}|2[ab]\d{3}")
TITLE: Final = r"(?:m|mr|mrs|ms|miss|mme|mmes|mlle|monsieur|madame|mademoiselle)\b\.?"
SENTENCE_END: Final = r"(?<=\w\w\w)(?<!mrs)(?<!mme)(?<!lle)(?<!rof)(?<!bvd)(?<!lvd)(?<!ave)\.(?: |\Z)"
"""A full stop that is not an abbreviation's: what follows is another sentence."""
NOT_ADDRESS: Final = re.compile(
    rf"\b\d+ +\d+\b|\b(?:et|and|ou|or) \d|^\d+ *,? *\d+$|(?<!\w){TITLE}(?: |\Z)|{SENTENCE_END}"
)
"""An amount, two addresses, a person."""
NOT_NAME: Final = re.compile(rf".*(?:{SENTENCE_END})|(?!{TITLE} (?:et|and|&) ).*(?:\bet|\band|&) +{TITLE}|.*'s\Z")
"""A sentence, a second person (but «M. et Mme Roy»), somebody's."""
MOST_IN_ADDRESS: Final = 16
MOST_IN_NAME: Final = 8
MOST_SMALL: Final = 5
CLITICS: Final = frozenset({"la", "le", "les", "moi", "lui", "nous"})


def is_address(said: Span) -> bool:
    """A street, a house or a number with a name, and no word that has a meaning elsewhere."""
    words = _words(said.typed, said.plain)
    return _like_a_place(said, words) and _numbers_fit(words) and not _starts_elsewhere(said)


def is_place(said: Span) -> bool:
    """A street or a house named without a number."""
    return not re.search(r"\d", said.plain) and _like_a_place(said, _words(said.typed, said.plain))


def is_name(said: Span) -> bool:
    """A person or a firm, with a title or in capitals."""
    words = _words(said.typed, said.plain)
    if not 0 < len(words) <= MOST_IN_NAME or not NAME_SIGNS.fullmatch(said.plain) or NOT_NAME.match(said.plain):
        return False
    titled = words[0][1] in TITLES
    rest = words[1:] if titled else words
    if _barred(rest) or all(word in PARTICLES | TITLES for _, word in rest):
        return False
    alone = said.typed[0].isupper() and not said.typed.isupper() and not {"et", "and"} & {word for _, word in words}
    return (titled or alone) and _small_words_fit(rest, PARTICLES | TITLES)


def names_a_street(said: Span) -> bool:
    """An address or a part of one."""
    words = _words(said.typed, said.plain)
    return len(words) <= MOST_IN_NAME and _on_a_street(words) and (is_address(said) or is_name(said) or is_place(said))


def names_a_file(said: Span) -> bool:
    """What people call a file by."""
    return names_a_street(said) or is_name(said)


def _on_a_street(words: Words) -> bool:
    return any(word in STREETS for _, word in words)


def _words(typed: str, plain: str) -> Words:
    return [(typed[slice(*found.span())], found[0]) for found in WORD.finditer(plain)]


def _like_a_place(said: Span, words: Words) -> bool:
    if not 0 < len(words) <= MOST_IN_ADDRESS or not ADDRESS_SIGNS.fullmatch(said.plain) or _barred(words):
        return False
    named = [word for _, word in words if word not in BESIDE and not NUMBER.fullmatch(word)]
    called = len(named) > 1 or not STREETS.issuperset(named)
    capital = any(typed[0].isupper() for typed, word in words if word[0].isalpha())
    numbered = any(word[0].isdigit() for _, word in words)
    anchored = _on_a_street(words) or (numbered and capital)
    return anchored and called and not NOT_ADDRESS.search(said.plain) and _small_words_fit(words, BESIDE | STREETS)


def _starts_elsewhere(said: Span) -> bool:
    """Whether something else stands before the number of a street: «Paul Durand 5 rue du Port»."""
    for part in said.plain.split(","):
        words = [word for _, word in _words(part, part)]
        numbers = [place for place, word in enumerate(words) if word.isdigit() and len(word) < 5]
        if not numbers:
            continue
        before, after = words[: numbers[0]], words[numbers[0] :]
        if set(before) - BESIDE and STREETS.isdisjoint(before) and not STREETS.isdisjoint(after):
            return True
    return False


def _barred(words: Words) -> bool:
    """A word, or what is joined to one written small: «passe-la», and not «Notre-Dame»."""
    return any(
        (word in BARRED and word not in STREETS)
        or ("-" in word and (typed[0].islower() or word.rpartition("-")[2] in CLITICS) and _joined(word))
        for typed, word in words
    )


def _joined(word: str) -> bool:
    return not BARRED.isdisjoint(set(word.split("-")) - BESIDE)


def _numbers_fit(words: Words) -> bool:
    """House, flat and postcode, not amounts or days."""
    numbers = [word for _, word in words if any(sign.isdigit() for sign in word)]
    return len(numbers) <= 4 and all(NUMBER.fullmatch(word) or POSTCODE.fullmatch(word) for word in numbers)


def _small_words_fit(words: Words, known: Set[str]) -> bool:
    """Where names are written in capitals a small word is one left over, unless it is what the street is called."""
    small = unknown = 0
    capitals = street = False
    for typed, word in words:
        street = street or word in STREETS
        if word in known or word[0].isdigit():
            continue
        unknown += 1
        if typed[0].isupper():
            capitals, street = True, False
        elif not street:
            small += 1
    return small == 0 if capitals else unknown <= MOST_SMALL
