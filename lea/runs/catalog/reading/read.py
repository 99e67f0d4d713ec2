"""A file of any kind as one table below its header."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from lea.runs.catalog import headers
from lea.runs.catalog.reading import csv_file, json_file, pdf_file, xlsx_file
from lea.runs.catalog.reading.media import Media, media
from lea.runs.catalog.reading.sheet import ABOVE, Cells, Grid, Limits, Row, Sheet, Unreadable


def read(path: Path, limits: Limits | None = None) -> tuple[Media, Sheet]:
    """The first sheet of it that has a header. Blocks. Raises Unreadable."""
    limits = limits or Limits()
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > limits.bytes:
            raise Unreadable("file_too_large")
        data = file.read()
    kind = media(data)
    found = False
    for grid in _grids(kind, data, limits):
        found = found or bool(grid.rows)
        sheet = below_header(grid.rows, limits, at_once=kind == "json")
        if sheet is not None:
            return kind, sheet
    raise Unreadable("file_no_header" if found else "file_empty")


def below_header(rows: Sequence[Row], limits: Limits, *, at_once: bool = False) -> Sheet | None:
    """The rows under the header, each as wide as it is; None where nobody can tell which row that is."""
    place = headers.find([row.cells for row in rows[: 1 if at_once else ABOVE]])
    if place is None:
        return None
    header = rows[place].cells
    below = [row for row in rows[place + 1 :] if row.cells != header]
    if len(below) > limits.rows:
        raise Unreadable("file_too_many_rows", below[limits.rows].line)
    width = max(len(header), *(len(row.cells) for row in below), 0)
    columns = _named(header + ("",) * (width - len(header)))
    return Sheet(columns, [Row(row.line, row.cells + ("",) * (width - len(row.cells))) for row in below])


def _grids(kind: Media, data: bytes, limits: Limits) -> Iterable[Grid]:
    if kind == "csv":
        return [csv_file.read(data, limits)]
    if kind == "json":
        return [json_file.read(data, limits)]
    if kind == "pdf":
        return [pdf_file.read(data, limits, headers.is_header)]
    return xlsx_file.grids(data, limits)


def _named(header: Cells) -> Cells:
    """A column without a name has its number; the second of a name too, so that each is meant by one name."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = " ".join(cell.split())[:100] or f"#{place}"
        names.append(f"{name} #{place}" if name in names else name)
    return tuple(names)
