"""The tables of each language, put together."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
    """What a language says: `meanings` by slot, `classes` of expressions by name, and the templates.

    `parts` are those that can begin with a word; `sought` are templates, by the place they have among all, under the
    part they need that fewest others do, or under "".
    """

    language: Language
    classes: Meanings
    meanings: Mapping[str, Meanings]
    index: Mapping[str, Meanings]
    templates: tuple[Template, ...]
    parts: Mapping[str, frozenset[str]]
    sought: Mapping[str, tuple[int, ...]]

    def matching(self, text: str) -> list[Template]:
        """The templates of which each part that must be there may begin with a word of `text`, in their order: few of
        them, at no pattern's cost."""
        present = frozenset[str]().union(*filter(None, map(self.parts.get, grammar.words_of(text))))
        found = [place for part in ("", *present) for place in self.sought.get(part, ())]
        return [template for place in sorted(found) if (template := self.templates[place]).needs <= present]

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
    parts: dict[str, set[str]] = {}
    for part, first in grammar.beginnings(templates, classes, meanings).items():
        for word in first:
            parts.setdefault(word, set()).add(part)
    frozen = {word: frozenset(begun) for word, begun in parts.items()}
    return Tables(language, classes, meanings, index, templates, frozen, _sought(templates))


def _sought(templates: Sequence[Template]) -> dict[str, tuple[int, ...]]:
    wanted = Counter(part for template in templates for part in template.needs)
    found: dict[str, list[int]] = {}
    for place, template in enumerate(templates):
        rarest = min(sorted(template.needs), key=wanted.__getitem__, default="")
        found.setdefault(rarest, []).append(place)
    return {part: tuple(places) for part, places in found.items()}


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
