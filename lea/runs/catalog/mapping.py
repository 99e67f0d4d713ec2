"""Which column holds what: by its name first, then by what stands in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lea.records import notation
from lea.runs.catalog.headers import FIELDS, Field, of_name
from lea.runs.catalog.reading.sheet import Row, Sheet, Unreadable

LOOKED_AT: Final = 100
"""Rows a column is judged by."""
BY_CONTENT: Final = 0.5
MOST: Final = 0.8
"""Share of a column's cells that must look like it."""
SIZE: Final = re.compile(r"\d+(?:[.,]\d+)?\s*(?:cm|mm|m)?\s*[x×*]\s*(?:[a-z]\s*)?\d+", re.IGNORECASE)
CODE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9./_-]{2,29}")
MONEY: Final = re.compile(r"[€$£]|\b(?:eur|usd|gbp|chf)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guess:
    """`columns` by field; `confidence`, 0 to 1, is that of the least sure of them, `left` is what holds none."""

    columns: Mapping[Field, str]
    confidence: float
    left: tuple[str, ...]


def guess(sheet: Sheet) -> Guess:
    """The best reading of a sheet's columns; a field the sheet does not have is not there."""
    sure: dict[Field, tuple[str, float]] = {}
    for column in sheet.columns:
        named = of_name(column)
        if named is not None and named[1] > sure.get(named[0], ("", 0.0))[1]:
            sure[named[0]] = (column, named[1])
    for field, fits in LOOKS.items():
        if field not in sure:
            taken = {column for column, _ in sure.values()}
            found = next((one for one in sheet.columns if one not in taken and _looks(sheet, one, fits)), None)
            if found is not None:
                sure[field] = (found, BY_CONTENT)
    return _guess(sheet, {field: column for field, (column, _) in sure.items()}, [one for _, one in sure.values()])


def chosen(sheet: Sheet, columns: Mapping[str, str]) -> Guess:
    """As somebody says it is. Raises Unreadable for a column that is not there or named twice."""
    known = {field: columns[field] for field in FIELDS if field in columns}
    if (
        len(known) != len(columns)
        or len(set(known.values())) != len(known)
        or not set(known.values()) <= set(sheet.columns)
    ):
        raise Unreadable("mapping_unknown")
    return _guess(sheet, known, [1.0])


def _guess(sheet: Sheet, columns: Mapping[Field, str], sure: Sequence[float]) -> Guess:
    ordered = {field: columns[field] for field in FIELDS if field in columns}
    left = tuple(column for column in sheet.columns if column not in ordered.values())
    return Guess(ordered, min(sure, default=0.0), left)


def _looks(sheet: Sheet, column: str, fits: Callable[[Sequence[str]], bool]) -> bool:
    place = sheet.columns.index(column)
    return fits([cell for cell in (row.cells[place] for row in sheet.rows[:LOOKED_AT]) if cell])


def _most(cells: Sequence[str], like: Callable[[str], object]) -> bool:
    return bool(cells) and sum(bool(like(cell)) for cell in cells) >= MOST * len(cells)


def _reference(cells: Sequence[str]) -> bool:
    return len(set(cells)) > 0.9 * len(cells) and _most(cells, CODE.fullmatch) and not _most(cells, str.isdigit)


def _money(cell: str) -> bool:
    try:
        return bool(MONEY.search(cell)) and notation.amount(cell[:60]).value >= 0
    except ValueError:
        return False


def _name(cells: Sequence[str]) -> bool:
    return (
        _most(cells, lambda cell: len(cell) > 5 and re.search(r"[^\W\d]{3}", cell)) and len(set(cells)) > len(cells) / 2
    )


LOOKS: Final[dict[Field, Callable[[Sequence[str]], bool]]] = {
    "price": lambda cells: _most(cells, _money),
    "currency": lambda cells: _most(cells, lambda cell: cell.upper() in notation.CURRENCIES.values()),
    "dimensions": lambda cells: _most(cells, SIZE.search),
    "reference": _reference,
    "name": _name,
}


def cells_of(sheet: Sheet, columns: Mapping[Field, str]) -> Callable[[Row], dict[Field, str]]:
    """A row as what its mapped cells hold."""
    places = {field: sheet.columns.index(column) for field, column in columns.items()}
    return lambda row: {field: row.cells[place] for field, place in places.items()}
