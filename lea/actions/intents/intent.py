"""What a message asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lea.sentences import Language


@dataclass(frozen=True, slots=True)
class Intent:
    """An action by its name, with exactly what was said as plain JSON values, in the language of the message."""

    action: str
    arguments: Mapping[str, Any]
    language: Language


READS: Final = frozenset({"show_transaction", "find_transactions", "latest_transaction", "list_jobs", "count_jobs"})
"""Actions that change nothing: a question is a plain request for them."""

ASKS: Final[Mapping[str, Mapping[Language, str]]] = {
    "address": {"fr": "À quelle adresse ?", "en": "At which address?"},
    "kind": {"fr": "Est-ce une vente, un achat ou une location ?", "en": "Is it a sale, a purchase or a rental?"},
}
"""Léa's questions for what a new transaction lacks, word by word: the answer is read together with the request."""
