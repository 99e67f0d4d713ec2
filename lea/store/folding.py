"""Text as a search compares it: without case and without accents («École» is found by «ecole»)."""

import unicodedata

from sqlalchemy import ColumnElement, Connection, func


def folded(text: str) -> str:
    """Compatibility forms apart, marks dropped, case folded."""
    marked = unicodedata.normalize("NFKD", text)
    return "".join(character for character in marked if not unicodedata.combining(character)).casefold()


def contains(connection: Connection, column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Whether the column has these words in it; SQLite's own comparison knows the case of ASCII only.

    On PostgreSQL accents count: what would drop them is an extension that a server may not have.
    """
    if connection.dialect.name == "sqlite":
        return func.folded(column).like(f"%{_escaped(folded(words))}%", escape="\\")
    return column.ilike(f"%{_escaped(words)}%", escape="\\")


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
