"""Everything the offline engine says, French and English side by side."""

from collections.abc import Mapping
from typing import Final

from lea.sentences import Language

NBSP: Final = "\u00a0"

PHRASES: Final[Mapping[str, Mapping[Language, str]]] = {
    "hello": {"fr": "Bonjour {name} !", "en": "Hello {name}!"},
    "hello_nobody": {"fr": "Bonjour !", "en": "Hello!"},
    "about": {
        "fr": "Je suis Léa. Aucun modèle n'est configuré : je réponds avec mon moteur intégré, "
        "à partir des données de votre entreprise.",
        "en": "I am Léa. No model is configured: I answer with my built-in engine, from your company's data.",
    },
    "unknown": {
        "fr": "Je n'ai pas compris cette demande. Aucun modèle n'est configuré, et mon moteur intégré "
        "ne répond qu'à quelques questions.",
        "en": "I did not understand that. No model is configured, and my built-in engine answers only a few questions.",
    },
    "can": {"fr": "Vous pouvez me demander :", "en": "You can ask me:"},
    "can_whoami": {"fr": "qui vous êtes : « Qui suis-je ? »", "en": 'who you are: "Who am I?"'},
    "can_threads": {
        "fr": "vos conversations : « Mes conversations récentes »",
        "en": 'your conversations: "My recent conversations"',
    },
    "can_files": {
        "fr": "les dossiers : « Mes dossiers », « Les ventes à l'offre », « T-104 »",
        "en": 'the files: "My files", "The sales at offer stage", "T-104"',
    },
    "can_jobs": {
        "fr": "le nombre de tâches : « Combien de tâches à traiter à la banque ? »",
        "en": 'how many jobs there are: "How many jobs are pending at the bank?"',
    },
    "can_act": {
        "fr": "agir : « Crée une transaction pour la vente du 5 rue du Port à La Rochelle », « Passe T-104 à l'offre »",
        "en": 'act: "Create a file for the sale of 5 rue du Port, La Rochelle", "Move T-104 to offer"',
    },
    "received": {
        "fr": "J'ai bien reçu {files}, mais sans modèle je ne peux pas lire de fichier.",
        "en": "I received {files}, but without a model I cannot read files.",
    },
    "received_lines": {"fr": "« {name} » ({count} lignes)", "en": '"{name}" ({count} lines)'},
    "received_line": {"fr": "« {name} » ({count} caractères)", "en": '"{name}" ({count} characters)'},
    "thanks": {"fr": "Avec plaisir !", "en": "You're welcome!"},
    "bye": {"fr": "Au revoir, à bientôt !", "en": "Goodbye, see you soon!"},
    "unreadable_profile": {
        "fr": "Votre profil ne peut pas être lu pour le moment. Réessayez dans un instant.",
        "en": "Your profile cannot be read right now. Try again in a moment.",
    },
    "unreadable_threads": {
        "fr": "Vos conversations ne peuvent pas être lues pour le moment. Réessayez dans un instant.",
        "en": "Your conversations cannot be read right now. Try again in a moment.",
    },
    "unreadable_files": {
        "fr": "Les dossiers ne peuvent pas être lus pour le moment. Réessayez dans un instant.",
        "en": "The files cannot be read right now. Try again in a moment.",
    },
    "unreadable_jobs": {
        "fr": "Les tâches ne peuvent pas être lues pour le moment. Réessayez dans un instant.",
        "en": "The jobs cannot be read right now. Try again in a moment.",
    },
    "you_are": {"fr": "Vous êtes **{name}**.", "en": "You are **{name}**."},
    "email": {"fr": "E-mail : {value}", "en": "E-mail: {value}"},
    "role": {"fr": "Rôle : {value}", "en": "Role: {value}"},
    "company": {"fr": "Entreprise : {value}", "en": "Company: {value}"},
    "no_threads": {"fr": "Vous n'avez pas encore de conversation.", "en": "You have no conversation yet."},
    "threads_one": {"fr": "Votre conversation la plus récente :", "en": "Your most recent conversation:"},
    "threads_many": {
        "fr": "Vos {count} conversations les plus récentes :",
        "en": "Your {count} most recent conversations:",
    },
    "untitled": {"fr": "Sans titre", "en": "Untitled"},
    "head_thread": {"fr": "Conversation", "en": "Conversation"},
    "head_updated": {"fr": "Dernière activité (UTC)", "en": "Last activity (UTC)"},
    "no_files": {"fr": "Il n'y a aucun dossier{filter}.", "en": "There are no files{filter}."},
    "no_file": {
        "fr": "Votre entreprise n'a pas de dossier {reference}.",
        "en": "Your company has no file {reference}.",
    },
    "files_one": {"fr": "Il y a **1 dossier**{filter} :", "en": "There is **1 file**{filter}:"},
    "files_many": {"fr": "Il y a **{count} dossiers**{filter} :", "en": "There are **{count} files**{filter}:"},
    "files_more": {
        "fr": "Il y a **{count} dossiers**{filter}. Voici les {shown} modifiés en dernier :",
        "en": "There are **{count} files**{filter}. These are the {shown} changed last:",
    },
    "head_reference": {"fr": "Référence", "en": "Reference"},
    "head_kind": {"fr": "Type", "en": "Kind"},
    "head_stage": {"fr": "Étape", "en": "Stage"},
    "head_address": {"fr": "Adresse", "en": "Address"},
    "head_price": {"fr": "Prix", "en": "Price"},
    "file": {"fr": "Dossier **{reference}** :", "en": "File **{reference}**:"},
    "field": {"fr": "{label} : {value}", "en": "{label}: {value}"},
    "jobs_none": {"fr": "Il n'y a aucune tâche{filter}.", "en": "There are no jobs{filter}."},
    "jobs_missing": {
        "fr": "Les tâches de {names} ne peuvent pas être lues pour le moment ; elles manquent ici.",
        "en": "The jobs of {names} cannot be read right now; they are missing here.",
    },
    "jobs_one": {"fr": "Il y a **1 tâche**{filter}.", "en": "There is **1 job**{filter}."},
    "jobs_many": {"fr": "Il y a **{count} tâches**{filter}.", "en": "There are **{count} jobs**{filter}."},
    "head_department": {"fr": "Département", "en": "Department"},
    "total": {"fr": "Total", "en": "Total"},
    "filter": {"fr": " ({values})", "en": " ({values})"},
}

LABELS: Final[Mapping[str, Mapping[Language, str]]] = {
    "admin": {"fr": "administrateur", "en": "administrator"},
    "member": {"fr": "membre", "en": "member"},
    "sale": {"fr": "vente", "en": "sale"},
    "purchase": {"fr": "achat", "en": "purchase"},
    "rental": {"fr": "location", "en": "rental"},
    "prospect": {"fr": "prospect", "en": "prospect"},
    "mandate": {"fr": "mandat", "en": "mandate"},
    "offer": {"fr": "offre", "en": "offer"},
    "preliminary_agreement": {"fr": "compromis", "en": "preliminary agreement"},
    "deed": {"fr": "acte", "en": "deed"},
    "closed": {"fr": "clos", "en": "closed"},
    "apbookkeeper": {"fr": "comptabilité fournisseurs", "en": "accounts payable"},
    "router": {"fr": "routage", "en": "routing"},
    "bank": {"fr": "banque", "en": "bank"},
    "to_process": {"fr": "à traiter", "en": "to process"},
    "in_process": {"fr": "en cours", "en": "in process"},
    "pending": {"fr": "en attente", "en": "pending"},
    "done": {"fr": "terminées", "en": "done"},
    "failed": {"fr": "en échec", "en": "failed"},
}
"""What a value of the data is called; one that is missing here is shown as it is."""


def say(phrase: str, language: Language, **values: str) -> str:
    """A phrase with its values, which must be Markdown already; French signs keep their word beside them."""
    return spaced(PHRASES[phrase][language], language).format(**values)


def spaced(text: str, language: Language) -> str:
    """The text with French signs kept beside their word."""
    if language == "fr":
        for sign in (":", "!", "?", "»", ";"):
            text = text.replace(f" {sign}", f"{NBSP}{sign}")
        text = text.replace("« ", f"«{NBSP}")
    return text
