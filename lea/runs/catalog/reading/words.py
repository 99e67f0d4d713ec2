"""A file of any kind as words, for people who ask about it: tables as lines of cells parted by tabs, pages numbered."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import orjson

from lea.runs.catalog.reading import csv_file, pdf_file, xlsx_file
from lea.runs.catalog.reading.media import TYPES, media
from lea.runs.catalog.reading.sheet import Grid, Limits, Unreadable

MOST: Final = 100_000
"""Characters that are kept."""
TEXT: Final = "text/plain"
CONTROLS: Final = dict.fromkeys(map(ord, csv_file.CONTROLS))


@dataclass(frozen=True, slots=True)
class Words:
    """`cut` where the file says more than `text`."""

    media: str
    text: str
    cut: bool


def read(path: Path, limits: Limits, *, table: bool) -> Words:
    """What the file says; with `table` what is text is a CSV. Blocks. Raises Unreadable."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > limits.bytes:
            raise Unreadable("file_too_large")
        data = file.read()
    kind = media(data)
    limits = replace(limits, cell=MOST)
    cut = False
    if kind == "pdf":
        pages, cut = pdf_file.texts(data, limits, MOST)
        text, named = _numbered(pages), TYPES[kind]
    elif kind == "xlsx":
        text, named = _tables(xlsx_file.grids(data, limits)), TYPES[kind]
    elif table:
        text, named = _tables([csv_file.read(data, limits)]), TYPES["csv"]
    else:
        text = csv_file.text_of(data)
        named = TYPES["json"] if kind == "json" and _is_json(text) else TEXT
    text = _clean(text)
    if not text:
        raise Unreadable("file_no_text" if kind == "pdf" else "file_empty")
    return Words(named, text[:MOST], cut or len(text) > MOST)


def _tables(grids: Iterable[Grid]) -> str:
    """The rows of each; where there are several, under its title."""
    parts = [(grid.title, "\n".join("\t".join(map(_cell, row.cells)) for row in grid.rows)) for grid in grids]
    if len(parts) == 1:
        return parts[0][1]
    return "\n\n".join(f"[{_cell(title)}]\n{rows}" for title, rows in parts)


def _cell(value: str) -> str:
    return " ".join(value.split())


def _numbered(pages: list[str]) -> str:
    said = [(number, page.strip()) for number, page in enumerate(pages, start=1)]
    return "\n\n".join(f"[page {number}]\n{page}" for number, page in said if page)


def _clean(text: str) -> str:
    """Lines end one way, and nothing is in it that a database or a reader stumbles over."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    return text.translate(CONTROLS).encode("utf-8", "replace").decode().strip()


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
