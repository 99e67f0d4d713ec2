"""What Léa tells people about errors, in their language; programs read the codes."""

from typing import Final

from lea.sentences.accounts import ACCOUNTS
from lea.sentences.conversations import CONVERSATIONS
from lea.sentences.files import FILES
from lea.sentences.language import Language, Sentences, choose_language
from lea.sentences.records import RECORDS
from lea.sentences.requests import REQUESTS
from lea.sentences.work import WORK

__all__ = ["SENTENCES", "Language", "choose_language", "sentence"]

SENTENCES: Final[Sentences] = {**REQUESTS, **ACCOUNTS, **CONVERSATIONS, **RECORDS, **WORK, **FILES}


def sentence(code: str, language: Language, **params: str | int) -> str:
    """The sentence of `code`; KeyError for a code nobody wrote one for (a test looks for those)."""
    return SENTENCES[code][language].format(**params)
