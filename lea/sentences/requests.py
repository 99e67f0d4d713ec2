"""What is wrong with a request itself."""

from typing import Final

from lea.sentences.language import Sentences

REQUESTS: Final[Sentences] = {
    "internal_error": {
        "fr": "Une erreur interne s'est produite. Si elle revient, donnez le numéro de requête à votre administrateur.",
        "en": "Something went wrong on our side. If it comes back, give your administrator the request number.",
    },
    "invalid_request": {"fr": "La demande n'est pas valide.", "en": "The request is not valid."},
    "invalid_json": {"fr": "Le corps de la demande n'est pas du JSON valide.", "en": "The body is not valid JSON."},
    "invalid_encoding": {"fr": "Le texte envoyé n'est pas en UTF-8.", "en": "The text sent is not UTF-8."},
    "invalid_id": {
        "fr": "Un identifiant a de 1 à 128 caractères parmi A-Z, a-z, 0-9, « . », « _ » et « - ».",
        "en": "An id has 1 to 128 characters out of A-Z, a-z, 0-9, '.', '_' and '-'.",
    },
    "invalid_cursor": {
        "fr": "Ce curseur n'est pas de la forme tour:numéro.",
        "en": "This cursor is not of the form turn:number.",
    },
    "message_blank": {"fr": "Le message est vide.", "en": "The message is empty."},
    "message_too_long": {
        "fr": "Le message dépasse 32 000 caractères.",
        "en": "The message is longer than 32,000 characters.",
    },
    "body_too_large": {"fr": "La demande dépasse 1 Mio.", "en": "The request is larger than 1 MiB."},
    "headers_too_large": {
        "fr": "L'adresse ou les en-têtes de la demande sont trop longs.",
        "en": "The address or the headers of the request are too long.",
    },
    "request_timeout": {
        "fr": "La demande a mis trop de temps à arriver.",
        "en": "The request took too long to arrive.",
    },
    "unsupported_media_type": {
        "fr": "Envoyez du JSON (Content-Type: application/json).",
        "en": "Send JSON (Content-Type: application/json).",
    },
    "method_not_allowed": {
        "fr": "Cette adresse n'accepte pas cette méthode.",
        "en": "This address does not accept that method.",
    },
}
