"""The process a file is read in: one question on stdin, the answer on stdout, a line of JSON for each of its parts.

It is ended when it takes too long, has no more memory than it was given, and knows none of the server's secrets.
"""

import os
import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from lea.runs.catalog.mapping import Guess, cells_of, chosen, guess
from lea.runs.catalog.measures import together
from lea.runs.catalog.products import Line, Product, Rejected, currency_of, products, reference_of
from lea.runs.catalog.reading import words
from lea.runs.catalog.reading.media import TYPES
from lea.runs.catalog.reading.read import read
from lea.runs.catalog.reading.sheet import Limits, Sheet, Unreadable

SAMPLE = 5
NICE = 10
"""A file can wait; on a machine with one core everybody's streams go first."""
SLICE = 200
"""Rows of one run job."""


def main() -> None:
    """Answer, whatever the libraries print: the answer has stdout for itself."""
    answer_to = os.dup(1)
    os.dup2(2, 1)
    question = orjson.loads(sys.stdin.buffer.read())
    limits = Limits(**question["limits"])
    os.nice(NICE)
    with suppress(OSError, ValueError):  # a service manager may forbid it, and has bounds of its own then
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    try:
        answer = TASKS[question["task"]](Path(question["path"]), limits, question["mapping"])
    except Unreadable as error:
        answer = {"code": error.code, "line": error.line}
    except (MemoryError, RecursionError):
        answer = {"code": "file_expands_too_much", "line": None}
    with os.fdopen(answer_to, "wb") as out:
        out.write(b"\n".join(map(orjson.dumps, [answer] if isinstance(answer, dict) else answer)))


def preview(path: Path, limits: Limits, mapping: Mapping[str, str] | None) -> dict[str, Any]:
    """What is to be seen before anything is saved."""
    media, read_sheet = read(path, limits)
    sheet = together(read_sheet)
    found, lines = _understood(sheet, mapping)
    first = _first(lines)
    made = products(lines[:SAMPLE], first, currency_of(found.columns.get("price")))
    return {
        "media": TYPES[media],
        "columns": sheet.columns,
        "mapping": found.columns,
        "confidence": found.confidence,
        "left": found.left,
        "rows_seen": len(sheet.rows),
        "sample": [asdict(one) for one in made],
    }


def slices(path: Path, limits: Limits, mapping: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """What run jobs save. It is made here, where it can wait: in the server's process a stream would wait for it."""
    _, sheet = read(path, limits)
    found, lines = _understood(together(sheet), mapping)
    first = _first(lines)
    currency = currency_of(found.columns.get("price"))
    return [_slice(lines[begin : begin + SLICE], first, currency) for begin in range(0, len(lines), SLICE)]


def text(path: Path, limits: Limits, _mapping: Mapping[str, str] | None) -> dict[str, Any]:
    """The words of a file of any kind, for people who ask about it."""
    return asdict(words.read(path, limits, table=False))


def table(path: Path, limits: Limits, _mapping: Mapping[str, str] | None) -> dict[str, Any]:
    """As `text`; what is text is a CSV."""
    return asdict(words.read(path, limits, table=True))


def _slice(lines: list[Line], first: Mapping[str, int], currency: str) -> dict[str, Any]:
    made = products(lines, first, currency)
    return {
        "first": lines[0][0],
        "last": lines[-1][0],
        "products": [asdict(one) for one in made if isinstance(one, Product)],
        "rejected": [asdict(one) for one in made if isinstance(one, Rejected)],
    }


def _understood(sheet: Sheet, mapping: Mapping[str, str] | None) -> tuple[Guess, list[Line]]:
    found = guess(sheet) if mapping is None else chosen(sheet, mapping)
    cells = cells_of(sheet, found.columns)
    return found, [(row.line, cells(row)) for row in sheet.rows]


def _first(lines: list[Line]) -> dict[str, int]:
    """The line a reference stands on first."""
    first: dict[str, int] = {}
    for line, cells in lines:
        first.setdefault(reference_of(cells), line)
    return first


TASKS = {"preview": preview, "slices": slices, "text": text, "table": table}

if __name__ == "__main__":
    main()
