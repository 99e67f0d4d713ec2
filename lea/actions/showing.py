"""A transaction and what may change of it, in the words of a person's language."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from lea.actions.phrases import label, say
from lea.events.answer import RecordName
from lea.llm.offline.markdown import MONTHS, amount, bullets, escaped, table
from lea.llm.offline.phrases import LABELS as VALUES
from lea.llm.offline.phrases import NBSP
from lea.records.file import Party, Transaction
from lea.sentences import Language

SHOWN: Final = ("kind", "stage", "address", "price", "mandate_on", "offer_on", "agreement_on", "deed_on")
NOTE_CHARACTERS: Final = 160


def record_of(transaction: Transaction) -> RecordName:
    return RecordName("transaction", transaction.id, transaction.reference)


def value(name: str, raw: Any, language: Language, currency: str | None = None) -> str:
    """A field's value as plain text; a dash for none."""
    if raw is None or raw == "":
        return "–"
    if name == "price":
        return amount(round(float(raw) * 100), currency or "EUR", language)
    if name.endswith("_on"):
        return _day(str(raw), language)
    known = VALUES.get(str(raw)) if name in {"kind", "stage"} else None
    return str(raw) if known is None else known[language]


def facts(before: Mapping[str, Any], after: Mapping[str, Any], language: Language) -> tuple[Mapping[str, Any], ...]:
    """The fields as `{name, label, before, after}`, for people to read; `before` is None for what is new."""
    return tuple(
        {
            "name": name,
            "label": label(name, language),
            "before": value(name, before[name], language, before.get("currency")) if name in before else None,
            "after": value(name, after.get(name), language, after.get("currency")),
        }
        for name in after
        if name != "currency" or "price" not in after
    )


def told(changes: Iterable[Mapping[str, Any]]) -> str:
    """Changes on one line: «prix 350 000 € → 345 000 €»."""
    return ", ".join(
        f"{change['label']} {change['after']}"
        if change["before"] is None
        else f"{change['label']} {change['before']} → {change['after']}"
        for change in changes
    )


def party_line(party: Party | Mapping[str, Any], language: Language) -> str:
    """«vendeur Mme Roy (06 12 34 56 78)»."""
    at = party if isinstance(party, Mapping) else party_fields(party)
    contact = ", ".join(str(at[name]) for name in ("phone", "email") if at.get(name))
    return f"{label(str(at['role']), language)} {at['name']}" + (f" ({contact})" if contact else "")


def party_fields(party: Party) -> dict[str, Any]:
    """As arguments have them."""
    known = {"role": party.role, "name": party.name, "email": party.email, "phone": party.phone}
    return {name: one for name, one in known.items() if one is not None}


def sheet(transaction: Transaction, language: Language) -> str:
    """The whole of it as a list."""
    fields = transaction.fields()
    rent = transaction.kind == "rental" and fields["price"] is not None
    lines = []
    for name in SHOWN:
        if fields[name] is not None:
            shown = escaped(value(name, fields[name], language, transaction.currency))
            shown = say("monthly", language, price=shown) if name == "price" and rent else shown
            lines.append(f"{label(name, language)}{NBSP if language == 'fr' else ''}: {shown}")
    lines += [escaped(party_line(party, language)) for party in transaction.parties]
    return bullets(lines)


def listing(transactions: Sequence[Transaction], language: Language) -> str:
    """A table, one line a transaction."""
    head = ["", *(label(name, language) for name in ("kind", "stage", "address", "price"))]
    rows = [
        [
            f"**{escaped(one.reference)}**",
            value("kind", one.kind, language),
            value("stage", one.stage, language),
            escaped(one.address),
            escaped(amount(one.price_cents, one.currency, language)),
        ]
        for one in transactions
    ]
    return table(head, rows, numbers_from=4)


def choices(transactions: Sequence[Transaction], language: Language) -> str:
    """A numbered list to choose from; an answer may name the number or the reference."""
    return "\n".join(
        f"{number}. **{escaped(one.reference)}** · {value('kind', one.kind, language)} · {escaped(one.address)}"
        for number, one in enumerate(transactions, start=1)
    )


def excerpt(text: str) -> str:
    """The beginning of a note, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= NOTE_CHARACTERS else line[: NOTE_CHARACTERS - 1].rstrip() + "…"


def _day(iso: str, language: Language) -> str:
    year, month, day = iso.split("-")
    return NBSP.join((str(int(day)), MONTHS[language][int(month) - 1], year))
