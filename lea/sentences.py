"""What Léa tells people about errors, in their language; programs read the codes."""

from typing import Final, Literal

Language = Literal["fr", "en"]

SENTENCES: Final[dict[str, dict[Language, str]]] = {
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
    "unauthorized": {"fr": "Connectez-vous pour continuer.", "en": "Sign in to continue."},
    "invalid_token": {"fr": "Le jeton n'est pas valide.", "en": "The token is not valid."},
    "token_expired": {"fr": "La session a expiré.", "en": "The session has expired."},
    "invalid_credentials": {
        "fr": "Adresse e-mail ou mot de passe incorrect.",
        "en": "Wrong e-mail address or password.",
    },
    "refresh_reused": {
        "fr": "Ce jeton a déjà servi ; par prudence, la session est fermée. Reconnectez-vous.",
        "en": "This token was used before; to be safe the session is closed. Sign in again.",
    },
    "link_invalid": {
        "fr": "Ce lien a déjà servi ou n'est plus valable.",
        "en": "This link was already used or is no longer valid.",
    },
    "already_set_up": {"fr": "Un premier compte existe déjà.", "en": "A first account exists already."},
    "email_taken": {
        "fr": "Cette adresse e-mail a déjà un compte.",
        "en": "That e-mail address has an account already.",
    },
    "forbidden": {"fr": "Vous n'avez pas le droit de faire cela.", "en": "You are not allowed to do that."},
    "cross_origin": {
        "fr": "Cette demande vient d'un autre site.",
        "en": "This request comes from another site.",
    },
    "not_found": {"fr": "Introuvable.", "en": "Not found."},
    "conflict": {"fr": "La demande contredit ce qui existe.", "en": "The request contradicts what is there."},
    "drill_running": {
        "fr": "Un exercice est déjà en cours sur ce serveur.",
        "en": "A drill is already running at this server.",
    },
    "request_id_reused": {
        "fr": "Ce request_id a déjà servi pour un autre message.",
        "en": "This request_id was used for another message.",
    },
    "nothing_to_answer": {
        "fr": "Cette conversation n'a pas encore de message auquel répondre.",
        "en": "This conversation has no message to answer yet.",
    },
    "nothing_to_continue": {
        "fr": "La dernière réponse n'a pas été coupée.",
        "en": "The last answer was not cut off.",
    },
    "rate_limited": {
        "fr": "Trop de requêtes, réessayez dans {seconds} s.",
        "en": "Too many requests, try again in {seconds} s.",
    },
    "login_limited": {
        "fr": "Trop d'essais de connexion, réessayez dans {seconds} s.",
        "en": "Too many attempts to sign in, try again in {seconds} s.",
    },
    "queue_full": {
        "fr": "Trop de messages attendent déjà dans cette conversation.",
        "en": "Too many messages are waiting in this conversation already.",
    },
    "overloaded": {
        "fr": "Léa est très sollicitée, réessayez dans un instant.",
        "en": "Léa is very busy, try again in a moment.",
    },
    "circuit_open": {
        "fr": "Ce service est mis en pause après des pannes répétées. Réessayez dans un instant.",
        "en": "This service is paused after repeated failures. Try again in a moment.",
    },
    "shutting_down": {
        "fr": "Léa redémarre, réessayez dans un instant.",
        "en": "Léa is restarting, try again in a moment.",
    },
    "interrupted": {
        "fr": "Léa a redémarré pendant cette réponse.",
        "en": "Léa was restarted during this answer.",
    },
    "database_timeout": {
        "fr": "La base de données ne répond pas à temps.",
        "en": "The database does not answer in time.",
    },
    "database_unavailable": {
        "fr": "La base de données est indisponible. Réessayez dans un instant.",
        "en": "The database is not available. Try again in a moment.",
    },
    "database_full": {
        "fr": "Le disque de la base de données est plein, rien n'a été enregistré. Prévenez votre administrateur.",
        "en": "The database's disk is full, nothing was saved. Tell your administrator.",
    },
    "external_api_timeout": {
        "fr": "Le modèle ne répond pas à temps. Réessayez dans un instant.",
        "en": "The model does not answer in time. Try again in a moment.",
    },
    "external_api_unavailable": {
        "fr": "Le modèle est en panne pour le moment. Réessayez dans un instant.",
        "en": "The model is failing at the moment. Try again in a moment.",
    },
    "external_api_error": {
        "fr": "Le modèle a refusé la demande.",
        "en": "The model refused the request.",
    },
    "model_key_refused": {
        "fr": "Le modèle refuse la clé configurée. Prévenez votre administrateur.",
        "en": "The model refuses the configured key. Tell your administrator.",
    },
    "model_unknown": {
        "fr": "Le modèle configuré n'existe pas chez ce fournisseur. Prévenez votre administrateur.",
        "en": "The configured model does not exist at this provider. Tell your administrator.",
    },
    "model_too_long": {
        "fr": "La conversation est trop longue pour ce modèle.",
        "en": "The conversation is too long for this model.",
    },
    "model_busy": {
        "fr": "Le modèle reçoit trop de demandes. Réessayez dans un instant.",
        "en": "The model gets too many requests. Try again in a moment.",
    },
    "model_cut": {
        "fr": "La réponse du modèle s'est arrêtée en route.",
        "en": "The model's answer broke off.",
    },
    "network_error": {
        "fr": "Le modèle est injoignable. Réessayez dans un instant.",
        "en": "The model cannot be reached. Try again in a moment.",
    },
}


def sentence(code: str, language: Language, **params: str | int) -> str:
    """The sentence of `code`; KeyError for a code nobody wrote one for (a test looks for those)."""
    return SENTENCES[code][language].format(**params)


def choose_language(accept_language: str | None, default: Language = "fr") -> Language:
    """The better of fr and en for an Accept-Language header (RFC 9110, 12.5.4)."""
    best: tuple[float, Language] = (0.0, default)
    for part in (accept_language or "")[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if primary == "fr" and quality > best[0]:
            best = (quality, "fr")
        elif primary == "en" and quality > best[0]:
            best = (quality, "en")
    return best[1]
