"""What is said around a scheduled question, in French and English."""

from collections.abc import Mapping
from typing import Final

from lea.llm.offline.phrases import spaced
from lea.sentences import Language

PHRASES: Final[Mapping[str, Mapping[Language, str]]] = {
    "title": {"fr": "Demande programmée", "en": "Scheduled ask"},
    "late": {
        "fr": "(Demande prévue {moment}, envoyée en retard : le serveur était arrêté.)",
        "en": "(Due {moment}, asked late: the server was away.)",
    },
    "answered": {"fr": "Répondu dans la conversation {thread}", "en": "Answered in conversation {thread}"},
    "stopped": {"fr": "Réponse arrêtée dans la conversation {thread}", "en": "Answer stopped in conversation {thread}"},
    "failed": {"fr": "Sans réponse : {why}", "en": "Not answered: {why}"},
    "disabled": {
        "fr": "Pas envoyée : le compte est désactivé ; la programmation est en pause.",
        "en": "Not asked: the account is disabled; the schedule is paused.",
    },
    "gone": {"fr": "Pas envoyée : la programmation a été supprimée.", "en": "Not asked: the schedule was deleted."},
    "missed": {
        "fr": "Pas envoyée : le serveur était arrêté à l'heure prévue, et trop longtemps après.",
        "en": "Not asked: the server was away when it was due, and for too long after.",
    },
    "running": {"fr": "En cours", "en": "Under way"},
}


def say(phrase: str, language: Language, **values: str) -> str:
    """A phrase with its values; French signs keep their word beside them."""
    return spaced(PHRASES[phrase][language], language).format(**values)
