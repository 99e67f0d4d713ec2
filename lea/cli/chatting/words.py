"""What `lea chat` says, in the language of the terminal."""

from collections.abc import Mapping
from typing import Final

from lea.sentences import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "connecting": "envoi…",
        "queued": "en attente, {position} message(s) avant celui-ci…",
        "loading": "Léa regarde vos dossiers…",
        "acting": "Léa agit…",
        "thinking": "Léa réfléchit…",
        "restarting": "le serveur redémarre…",
        "lost": "connexion perdue, nouvel essai dans {seconds} s…",
        "stopping": "arrêt demandé ; encore Ctrl-C pour quitter",
        "stopped": "[arrêté]",
        "cut": "[coupé par sa longueur]",
        "again": "[la réponse recommence]",
        "asks": "Léa demande : {summary}",
        "consent": "Le faire ? [o/n] ",
        "nobody": "Rien n'est fait : Léa attend une décision sur la page ou dans un terminal.",
        "hello": "Conversation {thread}. Ctrl-C arrête une réponse, Ctrl-D quitte.",
        "later": "Pour reprendre : lea chat --thread {thread}",
        "you": "vous",
        "answering": "Léa est en train de répondre :",
        "empty": "Aucune question sur l'entrée standard.",
        "password": "Mot de passe",
        "who": "Qui demande ? Mettez une clé dans {name} (lea key create ADRESSE) ou donnez --email.",
    },
    "en": {
        "connecting": "sending…",
        "queued": "waiting, {position} message(s) go first…",
        "loading": "Léa looks at your files…",
        "acting": "Léa acts…",
        "thinking": "Léa is thinking…",
        "restarting": "the server restarts…",
        "lost": "connection lost, trying again in {seconds} s…",
        "stopping": "stopping; Ctrl-C again to leave",
        "stopped": "[stopped]",
        "cut": "[cut by its length]",
        "again": "[the answer begins again]",
        "asks": "Léa asks: {summary}",
        "consent": "Do it? [y/n] ",
        "nobody": "Nothing is done: Léa waits for a decision on the page or in a terminal.",
        "hello": "Conversation {thread}. Ctrl-C stops an answer, Ctrl-D leaves.",
        "later": "To come back: lea chat --thread {thread}",
        "you": "you",
        "answering": "Léa is answering:",
        "empty": "No question on standard input.",
        "password": "Password",
        "who": "Who is asking? Put a key into {name} (lea key create ADDRESS) or give --email.",
    },
}
YES: Final = frozenset({"y", "yes", "o", "oui"})
NO: Final = frozenset({"n", "no", "non"})
LOCALES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def language(environ: Mapping[str, str]) -> Language:
    """That of the first variable of the locale that is set."""
    locale = next((environ[name] for name in LOCALES if environ.get(name)), "")
    return "fr" if locale.lower().startswith("fr") else "en"
