"""Data as Markdown: what comes from records can neither format nor break the answer it stands in."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from lea.llm.offline.phrases import NBSP
from lea.sentences import Language

SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~&])")
LINK: Final = re.compile(r"(?i)\b(https?|ftp|www)(?=[:.])")
YEAR: Final[dict[Language, str]] = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
MONTHS: Final = {language: months.split() for language, months in YEAR.items()}


def escaped(text: str) -> str:
    """`text` on one line, shown as it is; not for the beginning of a line, where a number would start a list."""
    line = " ".join("".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in text).split())
    return LINK.sub(r"\1\\", SPECIAL.sub(r"\\\1", line))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers_from: int | None = None) -> str:
    """A table of cells that are Markdown already; columns from `numbers_from` on are aligned to the right."""
    rule = ["---" if numbers_from is None or place < numbers_from else "--:" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def bullets(items: Iterable[str]) -> str:
    """A list of items that are Markdown already."""
    return "\n".join(f"- {item}" for item in items)


def number(value: int, language: Language) -> str:
    """1 234 or 1,234."""
    return f"{value:,}".replace(",", NBSP if language == "fr" else ",")


def amount(cents: int | None, currency: str | None, language: Language) -> str:
    """350 000 € or €350,000; cents only where there are any; a dash for no price."""
    if cents is None:
        return "–"
    units, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    shown = sign + number(units, language)
    if rest:
        shown += f"{',' if language == 'fr' else '.'}{rest:02}"
    name = "€" if currency == "EUR" else escaped(currency or "")
    if language == "fr":
        return f"{shown}{NBSP}{name}".rstrip()
    return f"€{shown}" if name == "€" else f"{name}{NBSP}{shown}".lstrip()


def day(epoch_s: float, language: Language) -> str:
    """12 mars 2026 or 12 March 2026, in UTC."""
    date = datetime.fromtimestamp(epoch_s, UTC)
    return NBSP.join((str(date.day), MONTHS[language][date.month - 1], str(date.year)))
