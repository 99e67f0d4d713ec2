"""Text as a search compares it: without case and without accents («École» is found by «ecole»)."""

import unicodedata
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, literal_column

MARKS: Final = "[\u0300-\u036f]"


def folded(text: str) -> str:
    """Compatibility forms apart, marks dropped, case folded."""
    marked = unicodedata.normalize("NFKD", text)
    return "".join(character for character in marked if not unicodedata.combining(character)).casefold()


def contains(connection: Connection, column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Whether the column has these words in it; SQLite's own comparison knows the case of ASCII only.

    PostgreSQL has no such function of ours, and the extension that drops accents may not be there.
    """
    pattern = f"%{_escaped(folded(words))}%"
    if connection.dialect.name == "sqlite":
        return func.folded(column).like(pattern, escape="\\")
    apart: ColumnElement[str] = func.normalize(column, literal_column("NFKD"))
    plain = func.lower(func.regexp_replace(apart, MARKS, "", "g"))
    return func.replace(plain, "ß", "ss").like(pattern, escape="\\")


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
