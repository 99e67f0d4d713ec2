"""The tables of each language, put together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lea.actions.intents import (
    english,
    english_commands,
    english_tables,
    french,
    french_commands,
    french_tables,
    grammar,
)
from lea.actions.intents.grammar import Template
from lea.sentences import Language

Meanings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """What a language says: `meanings` by slot, `classes` of expressions by name, and the templates."""

    language: Language
    classes: Meanings
    meanings: Mapping[str, Meanings]
    index: Mapping[str, Meanings]
    templates: tuple[Template, ...]
    search: Mapping[str, re.Pattern[str]]

    def matching(self, text: str) -> list[Template]:
        """The templates whose tables have a word in `text`."""
        present = {slot for slot, pattern in self.search.items() if pattern.search(text)}
        return [template for template in self.templates if template.needs <= present]

    def meaning(self, slot: str, text: str) -> str | None:
        """What an expression of a slot means."""
        return self.index[slot].get(grammar.normal(text))

    def is_a(self, name: str, text: str) -> bool:
        """Whether a class has this expression."""
        return self.index[name].get(grammar.normal(text)) is not None


def _tables(language: Language, classes: Meanings, meanings: Mapping[str, Meanings], commands: Meanings) -> Tables:
    index = {slot: grammar.by_expression(said) for slot, said in meanings.items()}
    index["LATEST"] = grammar.by_expression({"latest": classes["LATEST"]})
    templates = tuple(grammar.templates(commands, classes, meanings))
    search = {slot: re.compile(rf"(?<!\w){grammar.table(said)}") for slot, said in meanings.items()}
    return Tables(language, classes, meanings, index, templates, search)


TABLES: Final[Mapping[Language, Tables]] = {
    "fr": _tables(
        "fr",
        french.CLASSES,
        {
            "kind": french_tables.KINDS, "stage": french_tables.STAGES, "role": french_tables.ROLES,
            "form": french_tables.FORMS, "field": french_tables.FIELDS,
        },
        french_commands.COMMANDS,
    ),
    "en": _tables(
        "en",
        english.CLASSES,
        {
            "kind": english_tables.KINDS, "stage": english_tables.STAGES, "role": english_tables.ROLES,
            "form": english_tables.FORMS, "field": english_tables.FIELDS,
        },
        english_commands.COMMANDS,
    ),
}  # fmt: skip


def compile_all() -> None:
    """Compile what would be when it is first needed; takes a second, so not in the loop."""
    for tables in TABLES.values():
        for template in tables.templates:
            grammar.compiled(template.source)
