"""A yes or a no, where Léa asked for a go-ahead: elsewhere the same words mean nothing."""

import re
from collections.abc import Sequence
from typing import Final

from lea.llm.offline.lexicon import compiled
from lea.llm.offline.words import words

ASKED: Final = re.compile(
    r"\b(?:dois je|puis je (?:le|la|les|proceder|continuer)|je (?:l[ae]|les|l) \w+|on y va|voulez vous que je|"
    r"veux tu que je|souhaitez vous que je|souhaites tu que je|confirmez vous|confirmes tu|vous confirmez|tu confirmes|"
    r"c est bon|est ce bon|d accord|je continue|je procede|je confirme|approuvez vous|shall i|should i|may i|"
    r"can i (?:do|go|proceed)|want me to|would you like me to|do you confirm|do i go ahead|go ahead|is that ok|"
    r"do you approve|proceed)\b"
)
OPEN: Final = re.compile(
    r"\b(?:lequel|laquelle|lesquels|quel|quelle|que|quoi|comment|combien|quand|qui|ou|which|what|how|when|who|where|or|"
    r"aider|help|autre chose|else|montre|montrer|affiche|afficher|show)\b"
)
"""A question that a yes does not answer, or that is no more than an offer of help."""
ASKING_ME: Final = re.compile(r"\b(?:voulez vous|veux tu|souhaitez vous|souhaites tu) que\b")
QUESTION: Final = re.compile(r"[^.!?\n]*\?[\s*_»\"]*\Z")
SAID: Final = compiled(
    {
        "yes": (
            "oui|ok|okay|d accord|vas y|allez y|fais le|faites le|oui oui|ouais|c est bon|je confirme|confirme|valide|"
            "je valide|confirmer|valider|approuve|approuver|j approuve|oui vas y|c est ok|ca marche|parfait|entendu|"
            "bien sur|go|yes|yep|yeah|sure|go ahead|do it|do that|confirm|confirmed|i confirm|approve|approved|"
            "i approve|of course|please do|sounds good|go for it|absolutely|absolument|tout a fait|exact|exactement|"
            "fonce|volontiers|carrement|proceed|please proceed|that s fine|fine|lance|oui fais|ajoute le|ajoute la|"
            "passe le|bien entendu|yup|all good|correct|c est parfait|tu peux|tu peux y aller|vous pouvez|"
            "vous pouvez y aller|you can|yes you can|alright|all right"
        ),
        "no": (
            "non|no|nope|nan|surtout pas|ne le fais pas|ne fais rien|ne le faites pas|laisse|laisse tomber|"
            "laissez tomber|laisse comme ca|laissez comme ca|pas maintenant|annule|annuler|annulez|annule ca|stop|"
            "arrete|refuse|je refuse|refuser|rejette|rejeter|don t|don t do it|do not|do not do it|please don t|"
            "never mind|nevermind|cancel|cancel it|cancel that|leave it|leave it as it is|leave it as is|"
            "leave it like that|not now|reject|i refuse|forget it|pas du tout|jamais|pas question|n y touche pas|"
            "ne change rien|hors de question|skip it|rejected|don t change it|not that|not yet|pas encore|"
            "ne fais pas ca|on ne change rien|on laisse|on laisse comme ca|oublie|oublie ca|abandonne|abandonner|"
            "decline|i d rather not|please do not|ne l ajoute pas|ne la passe pas"
        ),
        "filler": (
            "merci|s il te plait|s il vous plait|stp|svp|please|thanks|thank you|lea|merci beaucoup|finalement|then|"
            "alors|thanks a lot|bonjour|ca|it"
        ),
    }
)
LONGEST: Final = max(map(len, SAID))
MOST: Final = 10


def consent(spoken: Sequence[str], last: str) -> str | None:
    """`approve` or `reject`; None for anything more, and where nothing was asked."""
    if not spoken or len(spoken) > MOST or not asks_consent(last):
        return None
    said, place = set(), 0
    while place < len(spoken):
        length = next((n for n in range(LONGEST, 0, -1) if tuple(spoken[place : place + n]) in SAID), 0)
        if not length:
            return None
        said.add(SAID[tuple(spoken[place : place + length])])
        place += length
    said.discard("filler")
    return {frozenset({"yes"}): "approve", frozenset({"no"}): "reject"}.get(frozenset(said))


def asks_consent(last: str) -> bool:
    """Whether Léa's message ends by asking for a go-ahead."""
    question = QUESTION.search(last[-400:])
    asked = " ".join(words(question[0])) if question else ""
    return bool(ASKED.search(asked)) and not OPEN.search(ASKING_ME.sub("", asked))
