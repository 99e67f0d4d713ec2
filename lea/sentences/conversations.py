"""Asking, answers, and what answers depend on."""

from typing import Final

from lea.sentences.language import Sentences

CONVERSATIONS: Final[Sentences] = {
    "not_found": {"fr": "Introuvable.", "en": "Not found."},
    "conflict": {"fr": "La demande contredit ce qui existe.", "en": "The request contradicts what is there."},
    "drill_running": {
        "fr": "Un exercice est déjà en cours sur ce serveur.",
        "en": "A drill is already running at this server.",
    },
    "model_not_found": {
        "fr": "Ce modèle n'existe pas : il n'y a que « lea ».",
        "en": "There is no such model: the only one is 'lea'.",
    },
    "unsupported_parameter": {
        "fr": "Ce paramètre n'est pas pris en charge.",
        "en": "This parameter is not supported.",
    },
    "content_not_text": {
        "fr": "Seul le texte est compris ici : pas d'images, de son ni de fichiers dans un message.",
        "en": "Only text is understood here: no images, sound or files in a message.",
    },
    "content_missing": {"fr": "Ce message n'a pas de contenu.", "en": "This message has no content."},
    "message_not_last": {
        "fr": "Le dernier message doit être celui de la personne (role: user).",
        "en": "The last message has to be the person's (role: user).",
    },
    "call_unknown": {
        "fr": "Ce résultat n'est celui d'aucun appel des messages précédents.",
        "en": "This result is of no call in the messages before it.",
    },
    "tool_unknown": {
        "fr": "Cet outil n'est pas parmi ceux de la demande.",
        "en": "This tool is not among those of the request.",
    },
    "tools_and_thread": {
        "fr": "Avec ses propres outils, un programme envoie toute la conversation : sans X-Lea-Thread.",
        "en": "With tools of its own a program sends the whole conversation: without X-Lea-Thread.",
    },
    "tools_need_model": {
        "fr": "Les outils demandent un modèle, et ce serveur n'en a pas : il répond par des règles.",
        "en": "Tools need a model, and this server has none: it answers by rules.",
    },
    "voice_needs_model": {
        "fr": "Ce serveur ne sait pas écouter : il lui manque un modèle pour cela. Écrivez votre message.",
        "en": "This server cannot listen: it has no model for that. Write your message.",
    },
    "voice_empty": {
        "fr": "Rien n'a été entendu dans cet enregistrement. Parlez plus près du micro.",
        "en": "Nothing was heard in this recording. Speak closer to the microphone.",
    },
    "voice_not_audio": {
        "fr": "Ce n'est pas un enregistrement en WebM, OGG, MP3, MP4 ou WAV.",
        "en": "This is no recording in WebM, OGG, MP3, MP4 or WAV.",
    },
    "voice_too_large": {
        "fr": "Cet enregistrement dépasse {megabytes} Mo.",
        "en": "This recording is larger than {megabytes} MB.",
    },
    "voice_too_long": {
        "fr": "Cet enregistrement dure plus de {seconds} secondes.",
        "en": "This recording is longer than {seconds} seconds.",
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
    "thread_name_taken": {
        "fr": "Une autre conversation a pris ce nom depuis.",
        "en": "Another conversation has taken that name since.",
    },
    "too_many_pinned": {
        "fr": "Vous avez déjà épinglé 50 conversations : détachez-en une d'abord.",
        "en": "You have pinned 50 conversations already: unpin one first.",
    },
    "turn_active": {
        "fr": "Léa répond encore : attendez la fin de sa réponse, ou arrêtez-la.",
        "en": "Léa is still answering: wait for the end of her answer, or stop it.",
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
