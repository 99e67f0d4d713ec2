"""What the slots of a template say, as the plain values an action takes; None for what is not plainly one."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from lea.actions.intents import grammar
from lea.actions.intents.names import is_address, is_name
from lea.actions.intents.tables import TABLES
from lea.actions.intents.text import Span
from lea.records import notation
from lea.sentences import Language

Values = dict[str, Any]

MONTHLY: Final = re.compile(r" *(?:/ *mois|par mois|mensuels?|a month|per month|/ *month|pcm|monthly)")
BEFORE_KIND: Final = re.compile(r"(?:(?:une?|la|de|an?|the) +|l' *)?(?P<kind>.+)")
BEFORE_ADDRESS: Final = re.compile(
    r"(?:(?:situee?|sise?|located) )?"
    r"(?:(?:a l'adresse|au|a la|a|du|de la|sur le|sur la|le|la|at|on|the) +|(?:a l|de l|l)' *)?"
    r"(?P<address>\S.*)"
)
EMAIL: Final = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
PHONE: Final = re.compile(r"(?<![\w])(?:\+|\(\+?(?=\d{1,4}\)))?\d(?:[ .()/-]?[ .()/-]?\d){6,14}(?!\w)")
CONTACT: Final = (
    r"[ ,;:().-]*(?:\b(?:tel|telephone|mobile|portable|phone|mail|email|courriel|numero|number|adresse|address|e|son|"
    r"sa|le|l|et|and|avec|with|au|joignable|reachable|at|on|his|her|their)\b[ ',;:().-]*)*"
)
CONTACT_WORDS: Final = re.compile(CONTACT)
CONTACT_TAIL: Final = re.compile(CONTACT + r"\Z")


def price(said: Span) -> Values | None:
    """The amount, and its currency where one is written; nobody gives a price of nothing."""
    text = MONTHLY.sub("", said.plain)
    try:
        amount = notation.amount(text)
    except ValueError:
        return None
    if not amount.value:
        return None
    return {"price": f"{amount.value:f}"} | ({"currency": amount.currency} if amount.currency else {})


def clear_price(said: Span) -> Values | None:
    """A price that cannot be anything else: it has a currency or is counted in thousands."""
    found = price(said)
    return found if found and ("currency" in found or re.search(r"\d *k$", said.plain)) else None


def day(said: Span, language: Language) -> str | None:
    """An ISO day."""
    read = notation.french_day if language == "fr" else notation.day
    try:
        return read(said.plain).isoformat()
    except ValueError:
        return None


def kind(said: Span, language: Language) -> str | None:
    """«une location» is a rental."""
    match = BEFORE_KIND.fullmatch(said.plain)
    return TABLES[language].meaning("kind", match["kind"]) if match else None


def address(said: Span) -> str | None:
    """As typed, without the leading preposition and article."""
    match = BEFORE_ADDRESS.fullmatch(said.plain)
    bare = said.cut(*match.span("address")) if match else said
    return bare.verbatim.rstrip(".,") if is_address(bare) else None


def party(said: Span, role: str) -> Values | None:
    """A name, and at most one mail address and one telephone number after it."""
    contact: Values = {}
    name_end = len(said.plain)
    rest = said.plain
    for key, form in (("email", EMAIL), ("phone", PHONE)):
        match = form.search(rest)
        if match is not None:
            contact[key] = said.typed[slice(*match.span())]
            name_end = min(name_end, match.start())
            rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    before = CONTACT_TAIL.search(rest[:name_end]) if contact else None
    name = said.cut(0, before.start() if before else name_end)
    if not is_name(name) or not CONTACT_WORDS.fullmatch(rest[name_end:]):
        return None
    return {"role": role, "name": name.verbatim} | contact


def field(name: str, said: Span, language: Language) -> Values | None:
    """What changing a field of a file to what is said sets."""
    if name == "price":
        return price(said)
    readers: Mapping[str, Callable[[], str | None]] = {
        "address": lambda: address(said),
        "kind": lambda: kind(said, language),
    }
    value = readers.get(name, lambda: day(said, language))()
    return None if value is None else {name: value}


def sets(said: Span, language: Language) -> Values | None:
    """«prix 372 000 €, date de l'acte 15 septembre 2026»: each field once."""
    found: Values = {}
    starts = [match.start() for match in SETTING[language].finditer(said.plain)]
    if not starts or starts[0] != 0:
        return None
    for start, end in zip(starts, [*starts[1:], len(said.plain)], strict=True):
        part = said.cut(start, end)
        head = SETTING[language].match(part.plain)
        name = TABLES[language].meaning("field", head["field"]) if head else None
        values = field(name, part.after(head.end()), language) if head and name else None
        if not values or not found.keys().isdisjoint(values):
            return None
        found |= values
    return found


def _setting(language: Language) -> re.Pattern[str]:
    tables = TABLES[language]
    start = grammar.pattern("THE? NEW? <field> BECOMES? :?", tables.classes, tables.meanings)
    return re.compile(rf"(?:^|[,;] *| (?=(?:et|and) ))(?:(?:et|and) )?{start}")


SETTING: Final[Mapping[Language, re.Pattern[str]]] = {"fr": _setting("fr"), "en": _setting("en")}
