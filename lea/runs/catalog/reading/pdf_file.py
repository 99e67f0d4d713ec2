"""PDF price lists: ruled tables, else words that stand below each other."""

import io
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final, TypeVar

from lea.runs.catalog.reading.sheet import Grid, Limits, Unreadable

GAP: Final = 7.0
"""Points between two columns; words of one cell stand closer."""
T = TypeVar("T")
Segment = tuple[float, float, str]
IsHeader = Callable[[Sequence[str]], bool]


def read(data: bytes, limits: Limits, is_header: IsHeader) -> Grid:
    """The rows of all pages; a line is the number of the row. Raises Unreadable, also `file_reader_missing`."""
    return _read(data, limits, lambda pages: _rows(pages, limits, is_header))


def texts(data: bytes, limits: Limits, most: int) -> tuple[list[str], bool]:
    """What each page says, and whether the last ones are missing for there are `most` characters. Raises as `read`."""
    return _read(data, limits, lambda pages: _texts(pages, most))


def _read(data: bytes, limits: Limits, of: Callable[[Sequence[Any]], T]) -> T:
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError:
        raise Unreadable("file_reader_missing") from None
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > limits.pages:
                raise Unreadable("file_too_many_pages")
            return of(document.pages)
    except PdfminerException as error:
        locked = any(isinstance(one, PDFPasswordIncorrect) for one in (error.__context__, *error.args))
        raise Unreadable("file_encrypted" if locked else "file_not_understood") from None


def _texts(pages: Sequence[Any], most: int) -> tuple[list[str], bool]:
    said: list[str] = []
    for page in pages:
        if most <= 0:
            return said, True
        said.append(page.extract_text() or "")
        most -= len(said[-1])
        page.close()
    return said, False


def _rows(pages: Sequence[Any], limits: Limits, is_header: IsHeader) -> Grid:
    grid, lines = Grid(limits), _Lines(is_header)
    number = 0
    for page in pages:
        tables = page.extract_tables() if page.rects or page.lines or page.edges else []
        rows = [row for table in tables for row in table if len(row) > 1] or lines.of(page.extract_words())
        for row in rows:
            number += 1
            grid.add(number, [(cell or "").replace("\n", " ") for cell in row])
        page.close()
    return grid


class _Lines:
    """Lines of words as rows, their columns where the header's words are; without a header, as the gaps part them."""

    def __init__(self, is_header: IsHeader) -> None:
        self._is_header = is_header
        self._columns: list[Segment] = []

    def of(self, words: Sequence[dict[str, Any]]) -> list[list[str]]:
        rows = []
        for segments in map(_segments, _lines(words)):
            if self._is_header([text for _, _, text in segments]):
                self._columns = segments
            rows.append(self._row(segments))
        return rows

    def _row(self, segments: list[Segment]) -> list[str]:
        if not self._columns or len(segments) < 2:
            return [text for _, _, text in segments]
        row = [""] * len(self._columns)
        for segment in segments:
            place = max(range(len(row)), key=lambda place: _overlap(self._columns[place], segment))
            row[place] = f"{row[place]} {segment[2]}".strip()
        return row


def _lines(words: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Words whose middles are at one height, from the top, each line from the left."""
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["top"] + word["bottom"]) / 2):
        middle = (word["top"] + word["bottom"]) / 2
        if lines and lines[-1][0]["top"] <= middle <= lines[-1][0]["bottom"]:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: float(word["x0"])) for line in lines]


def _segments(line: list[dict[str, Any]]) -> list[Segment]:
    """(left, right, text) of words that belong together."""
    breaks = [0, *(n for n, (a, b) in enumerate(pairwise(line), start=1) if b["x0"] - a["x1"] > GAP), len(line)]
    parts = [line[begin:end] for begin, end in pairwise(breaks)]
    return [(part[0]["x0"], part[-1]["x1"], " ".join(word["text"] for word in part)) for part in parts]


def _overlap(column: Segment, segment: Segment) -> float:
    """How much of the segment is under the column; negative is how far it is from it."""
    return min(column[1], segment[1]) - max(column[0], segment[0])
