"""Amounts and days as people write them: the one reading they have, or a refusal with a sentence's code."""

from datetime import date
from decimal import Decimal

import pytest

from lea.records import notation

AMOUNTS = {
    "345 000 €": ("345000.00", "EUR"),
    "345\u202f000\u00a0€": ("345000.00", "EUR"),
    "345000": ("345000.00", None),
    "345.000 euros": ("345000.00", "EUR"),
    "345 000,50 €": ("345000.50", "EUR"),
    "1 000 000,5": ("1000000.50", None),
    "1 250 000": ("1250000.00", None),
    "1'350'000 CHF": ("1350000.00", "CHF"),
    "CHF 1,350,000": ("1350000.00", "CHF"),
    "£345,000.50": ("345000.50", "GBP"),
    "$1,200": ("1200.00", "USD"),
    "350k": ("350000.00", None),
    "350 k€": ("350000.00", "EUR"),
    "1,2 million d'euros": ("1200000.00", "EUR"),
    "1.2 million": ("1200000.00", None),
    "640 euros": ("640.00", "EUR"),
    "0": ("0.00", None),
}
REFUSED = {
    "": "amount_not_understood",
    "beaucoup": "amount_not_understood",
    "345 000 ou 340 000": "amount_not_understood",
    "345 000 € et 1": "amount_not_understood",
    "35 0000 €": "amount_not_understood",
    "3 45 000": "amount_not_understood",
    "1234 567": "amount_not_understood",
    "0 345": "amount_not_understood",
    "1,23,456": "amount_not_understood",
    "345,0001": "amount_not_understood",
    "345 000 roubles": "amount_not_understood",
    "€345,000 GBP": "amount_not_understood",
    "-345 000 €": "amount_negative",
    "-1": "amount_negative",
    "100 000 000 000": "amount_too_large",
    "10 000 000 000 000": "amount_too_large",
    "100000 millions": "amount_too_large",
}


@pytest.mark.parametrize("text", AMOUNTS)
def test_an_amount_has_one_reading(text: str) -> None:
    value, currency = AMOUNTS[text]
    assert notation.amount(text) == notation.Amount(Decimal(value), currency)


@pytest.mark.parametrize("text", REFUSED)
def test_an_amount_that_may_be_another_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{REFUSED[text]}$"):
        notation.amount(text)


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-05",
        "5 mars 2027",
        "le 5 mars 2027",
        "5 March 2027",
        "March 5, 2027",
        "5th of March 2027",
        "5 MARS 2027",
    ],
)
def test_a_day_is_read_in_both_notations(text: str) -> None:
    assert notation.day(text) == notation.french_day(text) == date(2027, 3, 5)


def test_a_numeric_day_is_read_where_only_one_reading_is_a_day() -> None:
    assert notation.day("25/04/2026") == notation.day("04/25/2026") == date(2026, 4, 25)
    assert notation.day("05/05/2027") == date(2027, 5, 5)
    assert notation.day("1er août 2026") == date(2026, 8, 1)


def test_a_numeric_day_with_two_readings_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^date_ambiguous$"):
        notation.day("03/05/2027")


def test_the_french_put_the_day_first() -> None:
    assert notation.french_day("03/05/2027") == date(2027, 5, 3)
    assert notation.french_day("03.05.2027") == date(2027, 5, 3)


@pytest.mark.parametrize(
    "text", ["", "demain", "5 mars", "31/02/2027", "2027-02-30", "5 marsupial 2027", "5/3/27", "32 mars 2027"]
)
def test_what_is_not_a_day_is_refused(text: str) -> None:
    for read in (notation.day, notation.french_day):
        with pytest.raises(ValueError, match=r"^date_not_understood$"):
            read(text)
