"""A message as the rules read it: folded for comparing, each sign in its place so that what was typed can be cut."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

APOSTROPHES: Final = frozenset("’‘ʼ`´")
HYPHENS: Final = frozenset("‐‑")
LINE_END: Final = re.compile(r"(?<=\w)\n")
"""A new line after a word parts like a comma; after a punctuation mark it is a space."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a message: `typed` as the person wrote it, `plain` folded, sign by sign of the same length."""

    typed: str
    plain: str

    def cut(self, start: int, end: int) -> "Span":
        """From `start` to `end`, without the spaces around."""
        inner = self.plain[start:end]
        start += len(inner) - len(inner.lstrip(" "))
        end = max(start, end - (len(inner) - len(inner.rstrip(" "))))
        return Span(self.typed[start:end], self.plain[start:end])

    def after(self, start: int) -> "Span":
        """What follows `start`."""
        return self.cut(start, len(self.plain))

    @property
    def verbatim(self) -> str:
        """As typed, on one line."""
        return self.typed.replace("\n", " ")


def span(text: str) -> Span:
    """`text` without spaces around, accents composed."""
    typed = unicodedata.normalize("NFC", text).strip().replace("\r\n", "\n")
    plain = "".join(map(_plain, typed))
    return Span(typed, LINE_END.sub(",", plain).replace("\n", " "))


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    if sign == "\n":
        return sign
    if sign in APOSTROPHES:
        return "'"
    if sign in HYPHENS:
        return "-"
    if sign.isspace():
        return " "
    lower = sign.lower()
    decomposed = unicodedata.normalize("NFD", lower)
    return decomposed[0] if all(map(unicodedata.combining, decomposed[1:])) else sign
