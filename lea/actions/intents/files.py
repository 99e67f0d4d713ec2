"""Which file is meant: by its reference, as the latest, or by the words people call it."""

import re
from typing import Final

from lea.actions.intents import grammar
from lea.actions.intents.names import names_a_file, names_a_street
from lea.actions.intents.tables import TABLES
from lea.actions.intents.text import Span
from lea.sentences import Language

KNOWN: Final = re.compile(grammar.KNOWN)
OWNED: Final[dict[Language, re.Pattern[str]]] = {
    "fr": re.compile(
        r"(?:(?:le|la|mon|ma|notre|ce|cette|du|au|a la) )?(?:dossier|transaction|affaire)(?: immobiliere?)? "
        r"(?:(?:de la |de l'|du |des |de |d'|a la |a l'|au |a |sur |concernant |pour )(?:la |le |l')?)?(?P<name>.+)"
    ),
    "en": re.compile(
        r"(?:(?:the|my|our) )?(?:file|transaction|deal|case) (?:(?:for|of|on|at|about|in|named) )?(?:the )?(?P<name>.+)"
        r"|(?:(?:the|my|our) )?(?P<owner>.+?)(?:'s)? (?:file|transaction|deal|case)"
    ),
}
ARTICLE: Final[dict[Language, re.Pattern[str]]] = {
    "fr": re.compile(r"(?:(?:de la|du|le|la|au|a la) +|(?:de l|l)' *)?(?P<name>.+)"),
    "en": re.compile(r"(?:the )?(?P<name>.+)"),
}


def reference(said: Span) -> str | None:
    """`T-104` for «T-104», «t104», «le dossier 104»; a number alone is none."""
    if not KNOWN.fullmatch(said.plain):
        return None
    return f"T-{int(re.sub(r'[^0-9]', '', said.plain))}"


def file(said: Span, language: Language) -> str | None:
    """What an action takes as `transaction`; a name alone is a person's, and a file only after «le dossier de»."""
    known = reference(said)
    if known is not None:
        return known
    if TABLES[language].is_a("LATEST", said.plain):
        return "latest"
    owned = OWNED[language].fullmatch(said.plain)
    if owned is not None:
        name = said.cut(*owned.span(owned.lastgroup or "name"))
        return name.verbatim if names_a_file(name) else None
    bare = ARTICLE[language].fullmatch(said.plain)
    name = said.cut(*bare.span("name")) if bare else said
    return name.verbatim if names_a_street(name) else None
