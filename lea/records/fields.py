"""What people may write into a record, field by field: the same for a request's body and for an action's arguments.

Each type refuses with a sentence's code as its message and gives the value as it is kept.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema, model_validator

from lea.records import notation

LONGEST_AMOUNT: Final = 60
LONGEST_DAY: Final = 40
MOST: Final = float(notation.MOST)
SPACES: Final = re.compile(r"[ \u00a0\u2009\u202f]+")
UNWRITABLE: Final = re.compile("[\0\ud800-\udfff]")
"""What a database's text cannot hold."""
PHONE: Final = re.compile(r"(?=(?:[^0-9]*[0-9]){6})[0-9+(). /-]{1,40}")
EMAIL: Final = re.compile(
    r"(?=.{3,254}\Z)(?!.*\.\.)(?!\.)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)

Kinds = Literal["sale", "purchase", "rental"]
Stages = Literal["prospect", "mandate", "offer", "preliminary_agreement", "deed", "closed"]
Roles = Literal["buyer", "seller", "agent", "tenant", "landlord"]
Templates = Literal["mandate", "offer", "visit_sheet"]
Currencies = Literal["EUR", "USD", "GBP", "CHF"]
KINDS: Final[tuple[str, ...]] = get_args(Kinds)
STAGES: Final[tuple[str, ...]] = get_args(Stages)


def read_price(value: Any) -> notation.Amount:
    """A number as it is, a text as people write it. Raises ValueError with a sentence's code."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("amount_not_understood")
    if isinstance(value, str):
        if len(value) > LONGEST_AMOUNT:
            raise ValueError("amount_not_understood")
        return notation.amount(value)
    if abs(value) >= MOST:  # infinity too, and before a number of many digits becomes a text
        raise ValueError("amount_negative" if value < 0 else "amount_too_large")
    try:
        exact = Decimal(repr(value)).quantize(Decimal("0.01"))
    except InvalidOperation:  # not a number
        raise ValueError("amount_not_understood") from None
    if exact != Decimal(repr(value)):
        raise ValueError("amount_not_understood")
    return notation.amount(f"{exact:f}")


def _price(value: Any) -> str:
    return f"{abs(read_price(value).value):f}"  # -0 is 0


def _day(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_DAY:
        raise ValueError("date_not_understood")
    return notation.day(value).isoformat()


def _one_of(names: Sequence[str], code: str, change: Callable[[str], str] = str.lower) -> Callable[[Any], str]:
    def known(value: Any) -> str:
        name = change(value.strip()) if isinstance(value, str) else ""
        if name not in names:
            raise ValueError(code)
        return name

    return known


def _line(code: str, most: int) -> Callable[[Any], str]:
    def line(value: Any) -> str:
        """Spaces of all widths are one space; composed characters, so that the same text is the same bytes."""
        if not isinstance(value, str) or len(value) > 4 * most:
            raise ValueError(code)
        text = SPACES.sub(" ", unicodedata.normalize("NFC", value)).strip()
        if not 1 <= len(text) <= most or not text.isprintable():
            raise ValueError(code)
        return text

    return line


def _matching(pattern: re.Pattern[str], code: str) -> Callable[[Any], str]:
    def matching(value: Any) -> str:
        text = SPACES.sub(" ", value).strip() if isinstance(value, str) and len(value) <= 1000 else ""
        if not pattern.fullmatch(text):
            raise ValueError(code)
        return text

    return matching


def _note(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(text) <= 4000 or UNWRITABLE.search(text):
        raise ValueError("note_invalid")
    return text


Price = Annotated[
    str,
    BeforeValidator(_price),
    WithJsonSchema({"anyOf": [{"type": "string", "maxLength": LONGEST_AMOUNT}, {"type": "number", "minimum": 0}]}),
]
"""Two decimals: "350000.00"."""
Day = Annotated[str, BeforeValidator(_day), Field(max_length=LONGEST_DAY)]
"""ISO: "2027-03-05"."""
Currency = Annotated[Currencies, BeforeValidator(_one_of(get_args(Currencies), "currency_unknown", str.upper))]
Kind = Annotated[Kinds, BeforeValidator(_one_of(KINDS, "kind_unknown"))]
Stage = Annotated[Stages, BeforeValidator(_one_of(STAGES, "stage_unknown"))]
Role = Annotated[Roles, BeforeValidator(_one_of(get_args(Roles), "role_unknown"))]
Template = Annotated[Templates, BeforeValidator(_one_of(get_args(Templates), "template_unknown"))]
Address = Annotated[str, BeforeValidator(_line("address_invalid", 300)), Field(min_length=1, max_length=300)]
Name = Annotated[str, BeforeValidator(_line("name_invalid", 200)), Field(min_length=1, max_length=200)]
Phone = Annotated[str, BeforeValidator(_matching(PHONE, "phone_invalid")), Field(max_length=40)]
Email = Annotated[str, BeforeValidator(_matching(EMAIL, "email_invalid")), Field(max_length=254)]
NoteText = Annotated[str, BeforeValidator(_note), Field(min_length=1, max_length=4000)]


class Priced(BaseModel):
    """A price and its currency, which may be written within the price: «350 000 $» is in dollars."""

    price: Price | None = None
    currency: Currency | None = None

    @model_validator(mode="before")
    @classmethod
    def _written_within(cls, values: Any) -> Any:
        if not isinstance(values, dict) or not isinstance(values.get("price"), str):
            return values
        try:
            written = read_price(values["price"]).currency
        except ValueError:
            return values  # the field itself says what is wrong
        named = values.get("currency")
        if written is None or (isinstance(named, str) and named.strip().upper() == written):
            return values
        if named is not None:
            raise ValueError("currency_contradicts")
        return values | {"currency": written}
