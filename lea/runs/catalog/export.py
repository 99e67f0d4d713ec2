"""Articles as files for spreadsheets; a cell is never more than text there, whatever a supplier wrote into it."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from lea.errors import UnsupportedMedia
from lea.records.file import written
from lea.sentences import Language
from lea.store.catalog import Row

COLUMNS: Final = (
    "reference", "name", "price", "currency", "dimensions", "material", "colour", "category", "supplier_text",
    "description", "attributes", "confidence", "enriched_by",
)  # fmt: skip
TITLES: Final[dict[Language, tuple[str, ...]]] = {
    "fr": (
        "Référence", "Désignation", "Prix", "Devise", "Dimensions", "Matière", "Couleur", "Catégorie",
        "Texte du fournisseur", "Description", "Attributs", "Confiance", "Complété par",
    ),
    "en": (
        "Reference", "Name", "Price", "Currency", "Dimensions", "Material", "Colour", "Category", "Supplier text",
        "Description", "Attributes", "Confidence", "Completed by",
    ),
}  # fmt: skip
BEGINS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
MARK: Final = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for the encoding of the country."""


def csv_header(language: Language) -> bytes:
    return MARK + _lines([TITLES[language]], language)


def csv_rows(rows: Iterable[Row[Any]], language: Language) -> bytes:
    """As a spreadsheet of the language's country reads it: `;` and decimal commas in French."""
    return _lines([[_harmless(cell) for cell in _cells(row, language)] for row in rows], language)


class Book:
    """An XLSX that grows by rows; every method blocks. Raises UnsupportedMedia(`file_reader_missing`)."""

    def __init__(self, language: Language) -> None:
        try:
            import openpyxl  # type: ignore[import-untyped]
            from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
            from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]
        except ImportError:
            raise UnsupportedMedia("file_reader_missing") from None
        self._cell = WriteOnlyCell
        self._illegal = ILLEGAL_CHARACTERS_RE
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Catalogue")
        self._sheet.append(TITLES[language])

    def add(self, rows: Iterable[Row[Any]]) -> None:
        for row in rows:
            price = None if row.price_cents is None else row.price_cents / 100
            values = {"price": price, "confidence": row.confidence, "attributes": self._text(_attributes(row))}
            self._sheet.append([values[name] if name in values else self._text(getattr(row, name)) for name in COLUMNS])

    def save(self, to: Path) -> None:
        self._book.save(to)

    def _text(self, value: str | None) -> Any:
        cell = self._cell(self._sheet, value=self._illegal.sub("", value or ""))
        cell.data_type = "s"  # "=…" would be a formula
        return cell


def _attributes(row: Row[Any]) -> str:
    """In one cell, one a line."""
    return "\n".join(f"{one['name']}: {one['value']}" for one in row.attributes or ())


def _cells(row: Row[Any], language: Language) -> list[str]:
    numbers = {
        "price": written(row.price_cents) or "",
        "confidence": "" if row.confidence is None else f"{row.confidence:.2f}",
    }
    if language == "fr":
        numbers = {name: number.replace(".", ",") for name, number in numbers.items()}
    values = numbers | {"attributes": _attributes(row)}
    return [values[name] if name in values else getattr(row, name) or "" for name in COLUMNS]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(BEGINS_FORMULA) else cell


def _lines(rows: Sequence[Sequence[str]], language: Language) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";" if language == "fr" else ",").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
