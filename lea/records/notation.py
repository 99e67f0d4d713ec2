"""Amounts and days as people write them in French and English, read the one way they can be meant or not at all."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

SYMBOLS: Final = {"€": "EUR", "$": "USD", "£": "GBP"}
CURRENCIES: Final = {
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "usd": "USD", "dollar": "USD", "dollars": "USD",
    "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "livre": "GBP", "livres": "GBP",
    "chf": "CHF", "franc": "CHF", "francs": "CHF",
}  # fmt: skip
UNITS: Final = {
    "k": 1000, "mille": 1000, "thousand": 1000, "m": 10**6, "mio": 10**6, "million": 10**6, "millions": 10**6,
}  # fmt: skip
SPACES: Final = re.compile("[\\s\u00a0\u202f\u2009'’]+")
AMOUNT: Final = re.compile(
    r"(?P<before>[€$£]|[a-z]+)?(?P<number>-?\d[\d.,]*)"
    r"(?P<unit>millions|million|mio|mille|thousand|k|m)?(?:d(?=euro))?(?P<after>[€$£]|[a-z]+)?"
)
GAP: Final = SPACES.pattern
MISGROUPED: Final = re.compile(rf"\d{GAP}\d(?!\d\d(?!\d))|\d{{4}}{GAP}\d|^\D*0+{GAP}\d")
"""A gap between digits that does not part thousands: «35 0000» may be 350,000 as well as 35,000."""
MOST: Final = Decimal(10**11)

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan", "fevrier fevr february feb", "mars march mar", "avril avr april apr",
            "mai may", "juin june jun", "juillet juil july jul", "aout august aug", "septembre sept september sep",
            "octobre oct october", "novembre nov november", "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
ACCENTS: Final = str.maketrans("éèêëûùüôöàâîïç", "eeeeuuuooaaiic")
ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NUMERIC: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
DAY_FIRST: Final = re.compile(r"(?:le )?(\d{1,2})(?:er|st|nd|rd|th)?(?: of)? ([a-z]+)\.?,? (\d{4})")
MONTH_FIRST: Final = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` has two decimals; `currency` is an ISO 4217 code, None where none was written."""

    value: Decimal
    currency: str | None


def amount(text: str) -> Amount:
    """«345 000 €», "£345,000.50", «1,2 million d'euros». Raises ValueError with a sentence's code."""
    spaced = text.strip().lower().translate(ACCENTS)
    if MISGROUPED.search(spaced):
        raise ValueError("amount_not_understood")
    plain = SPACES.sub("", spaced)
    match = AMOUNT.fullmatch(plain)
    if match is None:
        raise ValueError("amount_not_understood")
    currency = _currency(match["before"], match["after"])
    value = _number(match["number"]) * UNITS.get(match["unit"] or "", 1)
    if value < 0:
        raise ValueError("amount_negative")
    if value >= MOST:
        raise ValueError("amount_too_large")
    return Amount(value.quantize(Decimal("0.01")), currency)


def _currency(before: str | None, after: str | None) -> str | None:
    known = []
    for word in (before, after):
        if word:
            code = SYMBOLS.get(word) or CURRENCIES.get(word)
            if code is None:
                raise ValueError("amount_not_understood")
            known.append(code)
    if len(set(known)) > 1:
        raise ValueError("amount_not_understood")
    return known[0] if known else None


def _number(text: str) -> Decimal:
    """The last sign of two kinds is the decimal one; a single one before three digits groups thousands."""
    signs = [sign for sign in text if sign in ".,"]
    grouped = len(signs) == 1 and len(text) - text.index(signs[0]) == 4
    decimal = signs[-1] if signs and (len(set(signs)) == 2 or (len(signs) == 1 and not grouped)) else None
    whole, _, fraction = text.rpartition(decimal) if decimal else (text, "", "")
    first, *groups = re.split("[.,]", whole)
    if len(fraction) > 2 or any(len(group) != 3 for group in groups) or (groups and first.lstrip("-") in {"", "0"}):
        raise ValueError("amount_not_understood")
    return Decimal(f"{first}{''.join(groups)}.{fraction or '0'}")


def day(text: str) -> date:
    """«5 mars 2027», "March 5, 2027", 2027-03-05, 05/03/2027 where only one reading is a day of both notations.

    Raises ValueError with a sentence's code: `date_not_understood`, or `date_ambiguous` for 05/03/2027, which is a day
    in March to a French reader and in May to an American one.
    """
    plain = " ".join(text.strip().lower().translate(ACCENTS).split())
    if match := ISO.fullmatch(plain):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMERIC.fullmatch(plain):
        first, second = int(match[1]), int(match[2])
        if max(first, second) <= 12 and first != second:
            raise ValueError("date_ambiguous")
        month, of_month = (first, second) if second > 12 else (second, first)
        return _date(int(match[3]), month, of_month)
    if (match := DAY_FIRST.fullmatch(plain)) and match[2] in MONTHS:
        return _date(int(match[3]), MONTHS[match[2]], int(match[1]))
    if (match := MONTH_FIRST.fullmatch(plain)) and match[1] in MONTHS:
        return _date(int(match[3]), MONTHS[match[1]], int(match[2]))
    raise ValueError("date_not_understood")


def french_day(text: str) -> date:
    """As `day`, where the writer is known to put the day first. Raises ValueError(`date_not_understood`)."""
    match = NUMERIC.fullmatch(text.strip())
    return _date(int(match[3]), int(match[2]), int(match[1])) if match else day(text)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("date_not_understood") from None
