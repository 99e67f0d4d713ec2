"""A message as the rules see it: words without accents, case or punctuation; and which language they point to."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from lea.sentences import Language

WORD: Final = re.compile(r"(?<![^\W_])(?<!-)t-?\d{1,6}(?![^\W_]|-\w)|[^\W_]+|[=<>≠≤≥¬+%]")
REFERENCE: Final = re.compile(r"t-?(\d+)")

TELLING: Final[dict[Language, str]] = {
    "fr": "au aux avec bonjour bonsoir c ce ces cette coucou d de des du elle en est et il ils j je l la le les leur "
    "lui ma merci mes moi mon n ne non nos notre nous ou oui par pas pour pourquoi qu que quel quelle quelles quels "
    "qui quoi sa salut sans ses sont sous sur ta tes toi ton tous tout toutes tu un une vos votre vous "
    "achats banque dossier dossiers locations tache taches vente ventes",
    "en": "about all and are be bye can could did do does for from give goodbye have hello hey hi how i in is it its "
    "me my no of our please show tell thank thanks that the their them there these they this to was we what when "
    "where which who why will with would write yes you your "
    "bank closed failed file files pending purchases rental rentals sale sales task tasks",
}
EVIDENCE: Final = {language: frozenset(telling.split()) for language, telling in TELLING.items()}


@lru_cache(maxsize=64)
def words(text: str) -> tuple[str, ...]:
    """The words in order; `T-104` and `t104` are one word each, and so are signs that compare.

    Kept for a moment, since the rules of each language ask for those of the same message.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join([sign for sign in decomposed if sign.isascii() or not unicodedata.combining(sign)])
    return tuple(WORD.findall(plain.replace("œ", "oe")))


def reference_in(word: str) -> str | None:
    """`T-104` for a word that names a file."""
    match = REFERENCE.fullmatch(word)
    return None if match is None else f"T-{match[1]}"


def pointed_language(spoken: Sequence[str], default: Language) -> Language:
    """The language most of the telling words belong to; `default` where they are even."""
    french, english = (sum(map(EVIDENCE[language].__contains__, spoken)) for language in ("fr", "en"))
    if french == english:
        return default
    return "fr" if french > english else "en"
