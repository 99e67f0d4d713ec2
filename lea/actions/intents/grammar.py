"""Templates of requests: what a language's tables say in words becomes patterns that match a message as a whole.

In a template, CAPITALS stand for a class of expressions, `<slot>` for a part to read, `:` and `,` for themselves, and
`?` after a part for "or not". In an expression a space also matches a hyphen, an apostrophe also a space. After `=>`
stand arguments the template gives by itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from lea.actions.intents.text import Span

BOUNDARY: Final = r"(?:(?<!\w)|(?!\w))(?:-(?=(?:moi|nous|lui)\b)| *)"
FREE: Final = r"\w[^:;!?«»\"“”,]{0,60}?"
KNOWN: Final = (
    r"(?:(?:le|la|l'|the|du|au|my|our|mon|ma|notre) *)?(?:(?:dossier|transaction|affaire|file|deal|case)"
    r" *(?:(?:numero|number|n°|no\.?|nr|#) *)?(?:t *-? *)?|t *-? *)\d{1,6}(?!\w)"
)
"""«T-104», «t104», «le dossier 104», "file no 104"; a number alone is not a reference."""
SLOTS: Final = {
    "reference": KNOWN,
    "file": FREE,
    "query": FREE,
    "value": r"[\w€$£].{0,200}",
    "price": ".{1,40}?",
    "party": r"\w.{0,120}?",
}
"""What may stand in a slot that is not a table's: bounded, so that no message makes a template slow."""
ANYTHING: Final = ".+?"
WORD: Final = re.compile(r"\w+")
PUNCTUATION: Final = {"->": "(?:->|→)", ":": r"(?:->|[:=→]|[–—-](?! *\d))", ",": "[,;]", "(": r"\(", ")": r"\)"}
"""A dash before a number is a minus."""


@dataclass(frozen=True, slots=True)
class Found:
    """A template that matched: its action, its slots, and what it says in its own words."""

    action: str
    slots: Mapping[str, Span]
    given: Mapping[str, str]
    words: str


@dataclass(frozen=True, slots=True)
class Template:
    """One way to ask; a message that has nothing of one of the parts in `needs` cannot match."""

    action: str
    source: str
    needs: frozenset[str]
    given: Mapping[str, str]

    def match(self, message: Span) -> Found | None:
        """The slots of `message`, if the template accounts for all of it."""
        match = compiled(self.source).fullmatch(message.plain)
        if match is None:
            return None
        names = [name for name, text in match.groupdict().items() if text]
        slots = {name: message.cut(*match.span(name)) for name in names}
        return Found(self.action, slots, self.given, _between(message, sorted(match.span(name) for name in names)))


def expressions(text: str) -> str:
    """A pattern for expressions separated by `|`, the longest first."""
    ordered = sorted(text.split("|"), key=len, reverse=True)
    return "(?:" + "|".join(map(_expression, ordered)) + ")"


def table(meanings: Mapping[str, str]) -> str:
    """A pattern for all the expressions of a table of meanings."""
    return expressions("|".join(meanings.values()))


def normal(text: str) -> str:
    """An expression with its apostrophes and hyphens taken for spaces."""
    return " ".join(re.split("[ '-]+", text.strip(" '")))


def by_expression(meanings: Mapping[str, str]) -> dict[str, str]:
    """Meaning by expression, as `normal` writes it; ValueError for an expression with two meanings."""
    found: dict[str, str] = {}
    for meaning, said in meanings.items():
        for expression in map(normal, said.split("|")):
            if found.setdefault(expression, meaning) != meaning:
                raise ValueError(f"{expression}: {meaning} or {found[expression]}?")
    return found


@cache
def compiled(source: str) -> re.Pattern[str]:
    """The pattern; one takes some milliseconds, and all of them a second, which no start should wait for."""
    return re.compile(source)


def pattern(template: str, classes: Mapping[str, str], tables: Mapping[str, Mapping[str, str]]) -> str:
    """The pattern of one template; KeyError for a class nobody knows."""
    found = "".join(_part(part, classes, tables) for part in template.split())
    last = f"{ANYTHING}){BOUNDARY}"
    return found.removesuffix(last) + ".+)" if found.endswith(last) else found


def templates(
    commands: Mapping[str, str], classes: Mapping[str, str], tables: Mapping[str, Mapping[str, str]]
) -> Iterator[Template]:
    """All the templates of a language, one a line under their action."""
    for action, lines in commands.items():
        for line in filter(str.strip, lines.splitlines()):
            said, _, given = line.partition("=>")
            pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in given.split())]
            yield Template(action, pattern(said, classes, tables), frozenset(_needs(said, tables)), dict(pairs))


def beginnings(
    said: Iterable[Template], classes: Mapping[str, str], tables: Mapping[str, Mapping[str, str]]
) -> dict[str, frozenset[str]]:
    """Of each part the templates need, the words an expression of it can begin with: whole, as `words_of` cuts."""
    texts = {name: "|".join(meanings.values()) for name, meanings in tables.items()} | dict(classes)
    needed = frozenset[str]().union(*(template.needs for template in said))
    return {
        name: frozenset(words_of(expression)[0] for expression in texts.get(name, name).split("|")) for name in needed
    }


def words_of(text: str) -> list[str]:
    """Its words, wherever an expression may begin: no expression begins within one."""
    return WORD.findall(text)


def _needs(template: str, tables: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Classes, words and tables without which there is no match; open slots and signs say nothing."""
    for part in template.split():
        if part in PUNCTUATION or (part.endswith("?") and len(part) > 1):
            continue
        name = part[1:-1] if part.startswith("<") else part
        if not part.startswith("<") or name in tables:
            yield name


def _part(part: str, classes: Mapping[str, str], tables: Mapping[str, Mapping[str, str]]) -> str:
    optional = part.endswith("?") and len(part) > 1
    name = part.removesuffix("?")
    if name in PUNCTUATION:
        found = PUNCTUATION[name]
    elif name.startswith("<"):
        name = name[1:-1]
        inner = table(tables[name]) if name in tables else SLOTS.get(name, ANYTHING)
        found = f"(?P<{name}>{inner})"
    elif name.isupper():
        found = expressions(classes[name])
    else:
        found = _expression(name)
    return f"(?:{found}{BOUNDARY})?" if optional else found + BOUNDARY


def _expression(text: str) -> str:
    words = re.escape(text.strip()).replace(r"\ ", "[ -]+").replace("'", "[' ] *")
    return words if text[-1] == "'" else words + r"(?!\w)"


def _between(message: Span, spans: list[tuple[int, int]]) -> str:
    kept, place = [], 0
    for start, end in spans:
        kept.append(message.typed[place:start])
        place = end
    return " ".join([*kept, message.typed[place:]])
