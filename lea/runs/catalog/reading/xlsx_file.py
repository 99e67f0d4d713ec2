"""XLSX: what the cells showed when the file was saved; nothing is computed and nothing is fetched."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from lea.runs.catalog.reading.sheet import Grid, Limits, Unreadable, number

SMALL: Final = 2**20
"""Bytes below which it does not matter how well a part was packed."""
WORKBOOK: Final = "xl/workbook.xml"


def check(data: bytes, limits: Limits) -> None:
    """Whether unpacking is harmless, by the directory alone. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable("file_not_understood") from None
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("file_encrypted")
    if not any(part.filename == WORKBOOK for part in parts):
        raise Unreadable("file_not_understood")
    if sum(part.file_size for part in parts) > limits.expansion:
        raise Unreadable("file_expands_too_much")
    for part in parts:
        if part.file_size > max(SMALL, part.compress_size * limits.ratio):
            raise Unreadable("file_expands_too_much")


def grids(data: bytes, limits: Limits) -> Iterator[Grid]:
    """Every sheet that is shown and not empty, in order. Raises Unreadable, also `file_reader_missing`."""
    check(data, limits)
    try:
        from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
    except ImportError:
        raise Unreadable("file_reader_missing") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        for name in shown:
            grid = _grid(book.get_sheet_by_name(name), limits, name)
            if grid.rows:
                yield grid
    except CalamineError:
        raise Unreadable("file_not_understood") from None


def _grid(sheet: Any, limits: Limits, title: str) -> Grid:
    grid = Grid(limits, title)
    merged = _merged(sheet, limits)
    above: dict[int, str] = {}
    for place, values in enumerate(sheet.iter_rows()):
        row = [_cell(value) for value in values]
        for first, last, left, right in merged.get(place, ()):
            if place == first:
                above[left] = row[left] if left < len(row) else ""
            row += [""] * (right + 1 - len(row))
            row[left : right + 1] = [above.get(left, "")] * (right + 1 - left)
            if place == last:
                above.pop(left, None)
        grid.add(place + 1, row)
    return grid


def _merged(sheet: Any, limits: Limits) -> dict[int, list[tuple[int, int, int, int]]]:
    """By row: (first row, last row, left, right) of the merged cells that cover it."""
    ranges: dict[int, list[tuple[int, int, int, int]]] = {}
    for (first, left), (last, right) in sheet.merged_cell_ranges or ():
        if right >= limits.columns or last - first > limits.rows:
            continue
        for place in range(first, last + 1):
            ranges.setdefault(place, []).append((first, last, left, right))
    return ranges


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return number(value)
    return value if isinstance(value, str) else value.isoformat()
