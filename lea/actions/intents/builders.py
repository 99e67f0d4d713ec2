"""From a template that matched to the arguments of its action; None where a slot does not plainly say its part."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from lea.actions.intents import create, values
from lea.actions.intents.files import file, reference
from lea.actions.intents.grammar import Found
from lea.actions.intents.names import is_name, names_a_file
from lea.actions.intents.tables import TABLES
from lea.actions.intents.text import Span
from lea.sentences import Language

Arguments = dict[str, Any]

LONGEST_TEXT: Final = 4000


def arguments(found: Found, language: Language) -> Arguments | None:
    """What the action takes."""
    if "file" not in found.slots and "reference" not in found.slots:
        return WITHOUT_FILE[found.action](found, language)
    transaction = _transaction(found, language)
    rest = WITH_FILE[found.action](found, language) if transaction else None
    return None if rest is None else {"transaction": transaction} | rest


def _transaction(found: Found, language: Language) -> str | None:
    named = found.slots.get("reference")
    return reference(named) if named else file(found.slots["file"], language)


def _meaning(found: Found, slot: str, language: Language) -> str | None:
    said = found.slots.get(slot)
    return TABLES[language].meaning(slot, said.plain) if said else found.given.get(slot)


def _create(found: Found, language: Language) -> Arguments | None:
    given: Arguments = {}
    if "kind" in found.slots:
        given["kind"] = _meaning(found, "kind", language)
    if "price" in found.slots:
        price = values.price(found.slots["price"])
        if price is None:
            return None
        given |= price
    said = found.slots.get("parts")
    return create.parts(said, language, given) if said else given


def _find(found: Found, language: Language) -> Arguments | None:
    said = {slot: _meaning(found, slot, language) for slot in ("kind", "stage") if slot in found.slots}
    query = found.slots.get("query")
    if query is None:
        return said
    return said | {"query": query.verbatim} if is_name(query) or names_a_file(query) else None


def _change(found: Found, language: Language) -> Arguments | None:
    if "sets" in found.slots:
        sets = values.sets(found.slots["sets"], language)
        name = _meaning(found, "field", language)
        return sets if sets and (name is None or name in sets) else None
    if "priced" in found.slots:
        return values.clear_price(found.slots["priced"])
    name = _meaning(found, "field", language)
    if "kind" in found.slots:
        return {"kind": _meaning(found, "kind", language)} if name in {None, "kind"} else None
    return values.field(name, found.slots["value"], language) if name else None


def _move(found: Found, language: Language) -> Arguments | None:
    return {"stage": _meaning(found, "stage", language)}


def _party(found: Found, language: Language) -> Arguments | None:
    role = _meaning(found, "role", language)
    return values.party(found.slots["party"], role) if role else None


def _note(found: Found, language: Language) -> Arguments | None:
    text = _unquoted(found.slots["text"])
    return {"text": text} if 0 < len(text) <= LONGEST_TEXT else None


def _unquoted(said: Span) -> str:
    text = said.typed.strip()
    for opening, closing in ("«»", '""', "“”"):
        if (
            text.startswith(opening)
            and text.endswith(closing)
            and text.count(opening) == (2 if opening == closing else 1)
        ):
            return text[1:-1].strip()
    return text


def _form(found: Found, language: Language) -> Arguments | None:
    return {"template": _meaning(found, "form", language)}


def _nothing(found: Found, language: Language) -> Arguments | None:
    return {}


Builder = Callable[[Found, Language], Arguments | None]
WITH_FILE: Final[Mapping[str, Builder]] = {
    "show_transaction": _nothing,
    "change_transaction": _change,
    "move_transaction": _move,
    "add_party": _party,
    "add_note": _note,
    "make_form": _form,
}
WITHOUT_FILE: Final[Mapping[str, Builder]] = {
    "create_transaction": _create,
    "find_transactions": _find,
    "latest_transaction": _nothing,
    "undo": _nothing,
}
