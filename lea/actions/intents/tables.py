"""The tables of each language, put together."""

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
    beginnings: Mapping[str, frozenset[str]]

    def matching(self, text: str) -> list[Template]:
        """The templates of which each part that must be there may begin with a word of `text`: few of them, at no
        pattern's cost."""
        words = frozenset(grammar.words_of(text))
        present = {part for part, first in self.beginnings.items() if not first.isdisjoint(words)}
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
    beginnings = grammar.beginnings(templates, classes, meanings)
    return Tables(language, classes, meanings, index, templates, beginnings)


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
