"""What Léa says on WhatsApp by herself, in both languages."""

from typing import Final

from lea.sentences import Language

WORDS: Final[dict[str, dict[Language, str]]] = {
    "stranger": {
        "fr": "Bonjour, je suis Léa. Je ne connais pas encore ce numéro : demandez à l'administrateur de votre "
        "entreprise de le relier à votre compte, puis écrivez-moi de nouveau.",
        "en": "Hello, I am Léa. I do not know this number yet: ask your company's administrator to link it to your "
        "account, then write to me again.",
    },
    "unreadable": {
        "fr": "Je ne sais pas lire ce type de message. Écrivez-moi un texte, ou envoyez un PDF, un CSV ou un XLSX.",
        "en": "I cannot read this kind of message. Write me a text, or send a PDF, a CSV or an XLSX file.",
    },
    "voice": {
        "fr": "Je ne peux pas écouter les messages vocaux ici. Écrivez-moi, s'il vous plaît.",
        "en": "I cannot listen to voice messages here. Please write to me.",
    },
    "not_heard": {
        "fr": "Je n'ai pas pu écouter ce message vocal. Envoyez-le de nouveau, ou écrivez-moi.",
        "en": "I could not listen to this voice message. Send it again, or write to me.",
    },
    "picture": {
        "fr": "Je ne sais pas lire les images. Envoyez plutôt le document en PDF, CSV ou XLSX.",
        "en": "I cannot read pictures. Please send the document as a PDF, CSV or XLSX file instead.",
    },
    "too_large": {
        "fr": "Ce fichier dépasse 10 Mo : envoyez-m'en un plus petit.",
        "en": "This file is larger than 10 MB: please send a smaller one.",
    },
    "not_fetched": {
        "fr": "Je n'ai pas pu récupérer ce fichier. Envoyez-le de nouveau.",
        "en": "I could not fetch this file. Please send it again.",
    },
    "file": {"fr": "Voici un fichier : {name}", "en": "Here is a file: {name}"},
    "approve": {"fr": "Approuver", "en": "Approve"},
    "reject": {"fr": "Refuser", "en": "Reject"},
    "approved_already": {"fr": "C'était déjà approuvé.", "en": "This was approved already."},
    "rejected_already": {"fr": "C'était déjà refusé.", "en": "This was rejected already."},
}


def say(word: str, language: Language, **params: str) -> str:
    """One of them."""
    return WORDS[word][language].format(**params)
