"""CSV as spreadsheets and suppliers' programs write it: any usual encoding, any usual separator."""

import csv
import io
from collections import Counter
from typing import Final

from lea.runs.catalog.reading.sheet import Grid, Limits, Unreadable

SEPARATORS: Final = ";\t|,"
"""A comma last: it is in prices and sentences too."""
LOOKED_AT: Final = 64_000
"""Characters the separator is guessed from."""
OLD: Final = ("cp1252", "mac_roman")
LETTERS: Final = frozenset("éèêëàâäçîïôöûùüœæßñÉÈÊÀÂÇÎÔŒ€°²³×«»’‘“”–—…·Øø£½\u00a0")
"""What is outside of ASCII in a French or English catalogue that was decoded rightly."""
CONTROLS: Final = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f")


def text_of(data: bytes) -> str:
    """Decoded as it was most likely written. Raises Unreadable for what is no text."""
    text = _decoded(data)
    if CONTROLS & set(text):
        raise Unreadable("file_not_understood")
    return text


def read(data: bytes, limits: Limits) -> Grid:
    """Every record; a line is where the record begins, for cells may have several. Raises Unreadable."""
    text = text_of(data)
    csv.field_size_limit(max(limits.cell * 8, 131_072))
    grid, line = Grid(limits), 1
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    try:
        for record in records:
            grid.add(line, record)
            line = records.line_num + 1
    except csv.Error:
        raise Unreadable("file_not_understood", line) from None
    return grid


def separator(text: str) -> str:
    """The one that parts most records into the same number of cells."""
    return max(SEPARATORS, key=lambda one: _fits(text[:LOOKED_AT], one))


def _fits(text: str, one: str) -> float:
    """Cells of the usual record times how usual it is."""
    widths: Counter[int] = Counter()
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=one):
            widths[len(record)] += bool(record)
    except csv.Error:
        pass  # cut within a long cell
    if not widths:
        return 0
    width, times = max(widths.items(), key=lambda item: item[1] * (item[0] > 1))
    return (width - 1) * times / widths.total()


def _decoded(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strictly(data, encoding)
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = data[place:2000:2]
        if zeros and zeros.count(0) > len(zeros) * 0.8:
            return _strictly(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return max((_old(data, encoding) for encoding in OLD), key=_plausible)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("file_not_understood") from None


def _old(data: bytes, encoding: str) -> str:
    """Of one byte a character; what Windows leaves undefined is what ISO 8859-1 says."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _plausible(text: str) -> float:
    foreign = Counter(character for character in text if character > "\x7f")
    return sum(times for character, times in foreign.items() if character in LETTERS) / max(1, foreign.total())
