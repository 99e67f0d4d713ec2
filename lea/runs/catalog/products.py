"""Rows as products, each whole or rejected with the reason; nothing is guessed that money depends on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from lea.records import notation
from lea.runs.catalog.dimensions import normalised
from lea.runs.catalog.headers import Field

CURRENCY: Final = "EUR"
"""Of a price where nobody names one."""
LONGEST_PRICE: Final = 60
LONGEST: Final[dict[Field, int]] = {
    "reference": 100, "name": 300, "dimensions": 200, "material": 200, "colour": 200, "category": 200,
    "supplier_text": 4000,
}  # fmt: skip
TAXED: Final = re.compile(r"\s*\b(?:h\.?t\.?|t\.?t\.?c\.?|excl\.?(?: vat)?|incl\.?(?: vat)?|vat)\s*$", re.IGNORECASE)
EVEN: Final = re.compile(r"[.,]\s*[-–—]+(?=\s*\D*$)")
"""«99,- €»: no cents."""
COMPUTED: Final = re.compile(r"(-?\d+)[.,](\d{4,})")
"""A number of a program, which nobody rounded."""
UNWRITABLE: Final = re.compile("[\0\ud800-\udfff]")
"""What a database's text cannot hold."""
IN_HEADER: Final = re.compile(r"[€$£]|\b(?:eur|usd|gbp|chf)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Product:
    """What is saved of a line."""

    line: int
    reference: str
    name: str
    price_cents: int | None
    currency: str | None
    dimensions: str | None
    material: str | None
    colour: str | None
    category: str | None
    supplier_text: str | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """`code` is a sentence's; `detail` what stood there, or the line that was first; `raw` all of the row."""

    line: int
    code: str
    detail: str
    raw: Mapping[str, str]


class _Wrong(ValueError):
    """(code, detail)."""


Line = tuple[int, Mapping[Field, str]]


def products(lines: Iterable[Line], first: Mapping[str, int], currency: str = CURRENCY) -> list[Product | Rejected]:
    """Each line as what it is; `first` says where in the file a reference stands first, so slices agree."""
    made: list[Product | Rejected] = []
    for line, cells in lines:
        try:
            made.append(_product(line, cells, first, currency))
        except _Wrong as wrong:
            code, detail = wrong.args
            made.append(Rejected(line, code, detail, {field: cell for field, cell in cells.items() if cell}))
    return made


def reference_of(cells: Mapping[Field, str]) -> str:
    """As references are compared."""
    return " ".join(cells.get("reference", "").split())


def currency_of(header: str | None) -> str:
    """Of all prices of a column, where its name says it: «Prix HT (USD)»."""
    match = IN_HEADER.search(header or "")
    return CURRENCY if match is None else notation.SYMBOLS.get(match[0]) or match[0].upper()


def _product(line: int, cells: Mapping[Field, str], first: Mapping[str, int], currency: str) -> Product:
    reference = _needed(cells, "reference")
    name = _needed(cells, "name")
    if first.get(reference, line) != line:
        raise _Wrong("reference_duplicate", str(first[reference]))
    price_cents, priced_in = _price(cells, currency)
    dimensions = _text(cells, "dimensions")
    return Product(
        line, reference, name, price_cents, priced_in,
        None if dimensions is None else normalised(dimensions),
        _text(cells, "material"), _text(cells, "colour"), _text(cells, "category"), _text(cells, "supplier_text"),
    )  # fmt: skip


def _needed(cells: Mapping[Field, str], field: Field) -> str:
    text = _whole(cells, field)
    if not text:
        raise _Wrong(f"{field}_missing", "")
    if len(text) > LONGEST[field]:
        raise _Wrong(f"{field}_too_long", text[: LONGEST[field]])
    return text


def _text(cells: Mapping[Field, str], field: Field) -> str | None:
    return _whole(cells, field)[: LONGEST[field]].strip() or None


def _whole(cells: Mapping[Field, str], field: Field) -> str:
    """One line but for the supplier's own text."""
    raw = UNWRITABLE.sub("", cells.get(field, ""))
    return raw.strip() if field == "supplier_text" else " ".join(raw.split())


def _price(cells: Mapping[Field, str], currency: str) -> tuple[int | None, str | None]:
    """In cents, with its currency; both None where the file has no prices at all."""
    if "price" not in cells:
        return None, None
    text = cells["price"].strip()
    if not text:
        raise _Wrong("price_missing", "")
    amount = _amount(text)
    named = _currency(cells.get("currency", ""))
    if named and amount.currency and named != amount.currency:
        raise _Wrong("currency_contradicts", f"{text[:LONGEST_PRICE]} / {named}")
    return int(amount.value * 100), amount.currency or named or currency


def _amount(text: str) -> notation.Amount:
    if len(text) > LONGEST_PRICE:
        raise _Wrong("price_not_understood", text[:LONGEST_PRICE])
    plain = EVEN.sub("", TAXED.sub("", text))
    computed = COMPUTED.fullmatch(plain)
    if computed:
        cents = Decimal(f"{computed[1]}.{computed[2]}").quantize(Decimal("0.01"), ROUND_HALF_UP)
        plain = f"{cents:f}"
    try:
        return notation.amount(plain)
    except ValueError as error:
        code = str(error)
        raise _Wrong("price_not_understood" if code == "amount_not_understood" else code, text) from None


def _currency(text: str) -> str | None:
    said = text.strip().lower()
    if not said:
        return None
    code = notation.SYMBOLS.get(said) or notation.CURRENCIES.get(said)
    if code is None:
        raise _Wrong("currency_unknown", text[:LONGEST_PRICE])
    return code
