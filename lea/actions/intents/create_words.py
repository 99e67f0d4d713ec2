"""The patterns for what follows «crée une transaction»; see `create.py`."""

import re
from collections.abc import Mapping
from typing import Final

from lea.actions.intents import grammar
from lea.actions.intents.tables import TABLES
from lea.sentences import Language

Patterns = Mapping[Language, re.Pattern[str]]

ROLE: Final = {language: grammar.table(tables.meanings["role"]) for language, tables in TABLES.items()}
KIND: Final = {language: grammar.table(tables.meanings["kind"]) for language, tables in TABLES.items()}

AS: Final = "(?:comme|en tant qu(?:e |')|en qualite d(?:e |')|as)"
BEFORE_ROLE: Final = r"(?:(?:et|and|avec|with|dont) (?:comme |as )?)?(?:(?:le|la|the|une?|an?) |l' *)?"
NOT_AFTER: Final = "".join(
    f"(?<! {word})" for word in ("comme", "as", "as the", "as a", "as an", "tant que", "qualite de")
)
SENTENCE_END: Final = r"(?<=\w\w\w)(?<!mrs)(?<!mme)(?<!lle)(?<!rof)\. +"
LABELS: Final = "prix|price|loyer|rent|montant|adresse|address|type|kind"

PRICE_WORDS: Final = grammar.expressions(
    "prix|prix de vente|au prix de|a un prix de|pour un prix de|prix demande|le prix est de|le prix est|"
    "avec un prix de|au prix|mise a prix|prix de|un prix de|le prix|affiche a|montant|pour un montant de|loyer|"
    "loyer de|loyer mensuel|au loyer de|pour un loyer de|le loyer est de|un loyer de|price|asking price|at a price of|"
    "for a price of|priced at|with a price of|the price is|price is|a price of|price of|the price|asking|rent|rent of|"
    "monthly rent|at a rent of|the rent is|a rent of"
)
MONEY: Final = r"(?:[€$£]|eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?(?: suisses?)?)"
NUMBER: Final = r"(?<![\w.,'-])(?:\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)(?!\d)"
MONTHLY: Final = r"(?:/ *mois|par mois|mensuels?|a month|per month|/ *month|pcm)"

PRICE: Final = re.compile(
    rf"(?:^|(?<=\W))(?:(?P<said>{PRICE_WORDS} *)|(?P<at>(?:a|pour|at|for|de|of) +))?"
    rf"(?P<price>(?:{MONEY} *)?(?:(?<=[€$£])\d[\d.,]*|{NUMBER}) *(?:k|m|mio|millions?|mille|thousand)?"
    rf"(?: *d')? *{MONEY}?)(?: *{MONTHLY})? *$"
)
"""At the end of a part."""
UNIT_BEFORE: Final = re.compile(
    r"\b(?:apt|appt|appartement|lot|etage|bat|batiment|flat|unit|floor|no|n°|numero|bp)\.? *$"
)
"""What makes the first digits of an amount doubtful: «apt 12 325 000 €»."""

LABEL: Final[Patterns] = {
    language: re.compile(rf"\b(?P<label>{LABELS}|{role})(?P<sign> *[:=])") for language, role in ROLE.items()
}
BREAKS: Final[Patterns] = {
    language: re.compile(rf",(?!(?<=\d,)\d)|[;:()]| [–—-] |{SENTENCE_END}|(?:^|{NOT_AFTER} ){BEFORE_ROLE}(?={role})")
    for language, role in ROLE.items()
}
"""Between parts: a comma within an amount is none."""
PARTY: Final[Patterns] = {
    language: re.compile(rf"(?:comme |as )?{BEFORE_ROLE}(?P<role>{role})(?: (?:est|is))? *[:,]? *(?P<name>.+)")
    for language, role in ROLE.items()
}
PARTY_LAST: Final[Patterns] = {
    language: re.compile(rf"(?:(?:et|and|avec|with) )?(?P<name>.+?) {AS} ?(?:(?:le|la|the|an?) |l')?(?P<role>{role})")
    for language, role in ROLE.items()
}

BEFORE_KIND: Final[Mapping[Language, str]] = {
    "fr": r"(?:(?:il s'agit|c'est|ce sera|pour|de|d'|en|a|type|concernant|avec)(?<!\w\w') *|d' *)*"
    r"(?:(?:une?|la|le) |l' *)?(?:nouvel(?:le)? )?",
    "en": r"(?:(?:it's|it is|for|of|as|in|type|kind|with) )*(?:(?:an?|the) )?(?:new )?",
}
BEFORE_KIND_LAST: Final = (
    r"(?:^| )(?:(?:en|a la|pour une?|pour la|as a|for|for a|c'est une?|une?|it's a|a) |pour l' *)?"
)
KIND_FIRST: Final[Patterns] = {
    language: re.compile(
        rf"{BEFORE_KIND[language]}(?P<kind>{kind})(?: (?:immobiliere|transaction|dossier|file|deal))?(?!\w) *"
    )
    for language, kind in KIND.items()
}
KIND_LAST: Final[Patterns] = {
    language: re.compile(rf"{BEFORE_KIND_LAST}(?P<kind>{kind}) *$") for language, kind in KIND.items()
}
BEFORE_PLACE: Final = re.compile(
    r"(?:(?:pour le bien|pour l'appartement|pour la maison|for the property|for the house|for the flat|"
    r"du bien|du logement|de l'appartement|de la maison|du local|bien|of the property|the property|of the house|"
    r"of the flat|de l'immeuble|d'un appartement|d'une maison|property|un appartement|une maison) +(?=\D))?"
    r"(?:(?:situee?|sise?|located|adresse|address|a l'adresse|pour le bien|pour|for|of|de|concernant|is|est|"
    r"l'adresse est|the address is) *:? +)?"
    r"(?:(?:au|aux|a la|a|du|de la|des|de|sur le|sur la|sur|dans le|le|la|at|on|in|the) +|(?:a l|de l|d|l)' *)?"
)
