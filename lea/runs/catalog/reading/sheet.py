"""What a file is read into, and the bounds on the way."""

from dataclasses import dataclass
from typing import Final

Cells = tuple[str, ...]
ABOVE: Final = 40
"""Rows in which the header is looked for; they do not count as rows of the file."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Most of everything; `bytes`, `expansion` and `memory` are bytes, `ratio` is unpacked over packed."""

    bytes: int = 20 * 2**20
    rows: int = 100_000
    pages: int = 200
    columns: int = 200
    cell: int = 4_000
    expansion: int = 200 * 2**20
    ratio: int = 200
    memory: int = 2 * 2**30
    seconds: float = 60.0


class Unreadable(Exception):
    """The file cannot be used; `code` is a sentence's, `line` where in the file, if anywhere."""

    def __init__(self, code: str, line: int | None = None) -> None:
        super().__init__(code, line)
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it begins: a line of a CSV, a row of a sheet, an object of JSON, a row of a PDF; from 1."""

    line: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows below their header; every row has as many cells as there are columns, and a name is there once."""

    columns: Cells
    rows: list[Row]


class Grid:
    """Rows as they are found, within bounds; `title` is the sheet's, if it has one."""

    def __init__(self, limits: Limits, title: str = "") -> None:
        self._limits = limits
        self.title = title
        self.rows: list[Row] = []

    def add(self, line: int, values: list[str]) -> None:
        """Keep a row that is not empty. Raises Unreadable."""
        cells = tuple(value.strip() for value in values)
        while cells and not cells[-1]:
            cells = cells[:-1]
        if not cells:
            return
        if len(cells) > self._limits.columns:
            raise Unreadable("file_too_many_columns", line or None)
        if any(len(cell) > self._limits.cell for cell in cells):
            raise Unreadable("file_cell_too_long", line or None)
        if len(self.rows) >= self._limits.rows + ABOVE:
            raise Unreadable("file_too_many_rows", line)
        self.rows.append(Row(line, cells))


def number(value: float) -> str:
    """A number of a program, so that nobody takes it for another: never three decimals, which would group thousands."""
    text = format(value, ".15g")
    if "e" in text or "n" in text:
        return text
    _, _, decimals = text.partition(".")
    return f"{text}0" if len(decimals) == 3 else text
