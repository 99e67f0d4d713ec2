"""A form as it is read, before anybody decides how it looks: the page and the PDF show the same."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lea.records.form_words import CLAUSES, LABELS, MONTHS, TITLES
from lea.records.forms import CLIENT, NEEDED, Form
from lea.sentences import Language

BLANK: Final = "_" * 20
ROLES: Final = ("buyer", "seller", "agent", "tenant", "landlord")
FRENCH_SIGNS: Final = str.maketrans(",.", "\u00a0,")
SIGNS: Final = {"£": "GBP", "$": "USD", "€": "EUR"}


@dataclass(frozen=True, slots=True)
class FormText:
    """`facts` are (label, value), `signatures` who signs; `missing` are labels, for a reader who shall fill them in."""

    language: Language
    title: str
    facts: tuple[tuple[str, str], ...]
    clauses: tuple[str, ...]
    missing_label: str
    missing: tuple[str, ...]
    signatures_label: str
    signed: str
    signatures: tuple[str, ...]
    footer: str


def text_of(form: Form) -> FormText:
    """Everything that is written on it, values and blanks in their places."""
    content, language = form.content, form.language
    labels = LABELS[language]
    values = _values(form)
    price = {"rental": "rent", "purchase": "budget" if form.template == "mandate" else "price"}
    named = {"price": labels[price.get(content["kind"], "price")]}
    facts = [(labels["agency"], content["company"]), (labels["reference"], content["reference"])]
    facts.append((labels["address"], content["address"]))
    facts += [(named.get(name, labels[name]), values[name]) for name in NEEDED[form.template](content["kind"])]
    return FormText(
        language=language,
        title=_title(form),
        facts=tuple(facts),
        clauses=tuple(clause.format_map(values) for clause in _clauses(form)),
        missing_label=labels["missing"],
        missing=tuple(named.get(name, labels[name]) for name in form.missing),
        signatures_label=labels["signatures"],
        signed=labels["signed"].format(blank=BLANK),
        signatures=tuple(labels[name] for name in _signing(form)),
        footer=labels["made"].format(day=day(content["made_at"][:10], language), company=content["company"]),
    )


def day(iso_day: str, language: Language) -> str:
    """«5 mars 2027», "March 5, 2027"."""
    year, month, number = (int(part) for part in iso_day.split("-"))
    name = MONTHS[language][month - 1]
    if language == "fr":
        return f"{'1er' if number == 1 else number} {name} {year}"
    return f"{name} {number}, {year}"


def money(price: str, currency: str, language: Language) -> str:
    """«350 000 €» with spaces that do not break, "€350,000.50"; cents only where there are some."""
    value = Decimal(price)
    number = f"{value:,.2f}" if value % 1 else f"{value:,.0f}"
    sign = next((sign for sign, code in SIGNS.items() if code == currency), currency)
    if language == "fr":
        return f"{number.translate(FRENCH_SIGNS)}\u00a0{sign}"
    return f"{sign}{number}" if sign in SIGNS else f"{sign}\u00a0{number}"


def _values(form: Form) -> dict[str, str]:
    """By the names clauses use; what nobody knows is a blank."""
    content = form.content
    values: dict[str, str] = defaultdict(lambda: BLANK, company=content["company"], address=content["address"])
    for role in ROLES:
        people = [_person(party) for party in content["parties"] if party["role"] == role]
        if people:
            values[role] = ", ".join(people)
    if content["price"] is not None:
        values["price"] = money(content["price"], content["currency"], form.language)
    for name in ("mandate_on", "offer_on"):
        if content[name] is not None:
            values[name] = day(content[name], form.language)
    return values


def _person(party: dict[str, str | None]) -> str:
    reached = [value for value in (party["email"], party["phone"]) if value]
    return f"{party['name']} ({', '.join(reached)})" if reached else str(party["name"])


def _sold(form: Form) -> str:
    """Who looks for a property gives another mandate than who sells it, but makes the same offer."""
    kind = str(form.content["kind"])
    return "sale" if kind == "purchase" and form.template != "mandate" else kind


def _title(form: Form) -> str:
    titles = TITLES[form.language]
    return titles.get(form.template) or titles[f"{form.template}.{_sold(form)}"]


def _clauses(form: Form) -> tuple[str, ...]:
    return CLAUSES[form.language][f"{form.template}.{_sold(form)}"]


def _signing(form: Form) -> tuple[str, ...]:
    kind = form.content["kind"]
    if form.template == "mandate":
        return (CLIENT[kind], "agency")
    people = NEEDED[form.template](kind)
    return (people[0], people[1]) if form.template == "offer" else (people[0], "agency")
