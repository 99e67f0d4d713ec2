"""Width, depth and height that have a column each, as one column more: a size, in the way people write it."""

from dataclasses import replace
from typing import Final

from lea.runs.catalog.headers import of_name, plain
from lea.runs.catalog.reading.sheet import Row, Sheet

MEASURES: Final = {
    "largeur": "L", "larg": "L", "width": "L", "longueur": "L", "long": "L", "length": "L", "profondeur": "P",
    "prof": "P", "depth": "P", "hauteur": "H", "haut": "H", "ht": "H", "height": "H", "diametre": "Ø", "diam": "Ø",
    "diameter": "Ø", "l": "L", "w": "L", "p": "P", "d": "P", "h": "H",
}  # fmt: skip
UNITS: Final = ("cm", "mm", "m")
Measure = tuple[int, str, str]


def together(sheet: Sheet) -> Sheet:
    """The sheet, with such a column where it has two to four measures and no column of sizes."""
    found = [one for place, column in enumerate(sheet.columns) if (one := _measure(place, column)) is not None]
    if not 2 <= len(found) <= 4 or any((of_name(column) or ("",))[0] == "dimensions" for column in sheet.columns):
        return sheet
    name = f"Dimensions ({' × '.join(letter for _, letter, _ in found)})"
    rows = [replace(row, cells=(*row.cells, _size(row, found))) for row in sheet.rows]
    return replace(sheet, columns=(*sheet.columns, name), rows=rows)


def _measure(place: int, column: str) -> Measure | None:
    """(place, letter, unit) of «Largeur (cm)»."""
    words = plain(column).split()
    unit = next((word for word in words if word in UNITS), "")
    rest = [word for word in words if word not in UNITS]
    letter = MEASURES.get(rest[0]) if len(rest) == 1 else None
    return None if letter is None else (place, letter, unit)


def _size(row: Row, measures: list[Measure]) -> str:
    """«L 180 cm x P 90 cm»; what a row does not say is left out."""
    said = [(letter, row.cells[place].strip(), unit) for place, letter, unit in measures]
    return " x ".join(
        f"{letter} {value}" if value[-1].isalpha() or not unit else f"{letter} {value} {unit}"
        for letter, value, unit in said
        if value
    )
