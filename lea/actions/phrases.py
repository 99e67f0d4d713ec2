"""What actions say to people, as Markdown; values put in are Markdown already."""

from collections.abc import Mapping
from typing import Final

from lea.llm.offline.phrases import spaced
from lea.sentences import Language

PHRASES: Final[Mapping[str, Mapping[Language, str]]] = {
    "create": {"fr": "Créer une transaction : {what}", "en": "Create a file: {what}"},
    "created": {"fr": "Transaction {reference} créée : {what}", "en": "File {reference} created: {what}"},
    "change": {"fr": "Modifier {reference} : {what}", "en": "Change {reference}: {what}"},
    "changed": {"fr": "{reference} modifiée : {what}", "en": "{reference} changed: {what}"},
    "move": {
        "fr": "Passer {reference} de « {before} » à « {after} »",
        "en": "Move {reference} from {before} to {after}",
    },
    "moved": {
        "fr": "{reference} passée de « {before} » à « {after} »",
        "en": "{reference} moved from {before} to {after}",
    },
    "add_party": {"fr": "Ajouter à {reference} : {what}", "en": "Add to {reference}: {what}"},
    "party_added": {"fr": "Ajouté à {reference} : {what}", "en": "Added to {reference}: {what}"},
    "add_note": {"fr": "Noter sur {reference} : {what}", "en": "Add a note to {reference}: {what}"},
    "note_added": {"fr": "Note ajoutée à {reference} : {what}", "en": "Note added to {reference}: {what}"},
    "party_removed": {"fr": "Retiré de {reference} : {what}", "en": "Removed from {reference}: {what}"},
    "note_removed": {"fr": "Note retirée de {reference} : {what}", "en": "Note removed from {reference}: {what}"},
    "make_form": {"fr": "Préparer pour {reference} : {what}", "en": "Prepare for {reference}: {what}"},
    "form_made": {"fr": "Préparé pour {reference} : {what}", "en": "Prepared for {reference}: {what}"},
    "start_run": {"fr": "Lancer le traitement « {what} »", "en": "Start the run “{what}”"},
    "run_started": {"fr": "Traitement « {what} » lancé", "en": "Run “{what}” started"},
    "runs_none": {"fr": "Aucun traitement n'est en cours.", "en": "No run is under way."},
    "run_line": {
        "fr": "- **{what}** : {done} tâche(s) sur {total}, dont {failed} en échec",
        "en": "- **{what}**: {done} of {total} job(s), {failed} of them failed",
    },
    "missing": {"fr": "il manque : {what}", "en": "missing: {what}"},
    "unchanged": {"fr": "{reference} est déjà ainsi.", "en": "{reference} is like that already."},
    "which": {
        "fr": "Plusieurs dossiers correspondent. Lequel ?\n\n{what}",
        "en": "Several files fit. Which one?\n\n{what}",
    },
    "none_named": {"fr": "Je ne trouve aucun dossier « {what} ».", "en": "I find no file called “{what}”."},
    "no_latest": {"fr": "Il n'y a pas encore de transaction.", "en": "There is no file yet."},
    "found_none": {"fr": "Aucun dossier ne correspond.", "en": "No file fits."},
    "found": {"fr": "**{count}** dossier(s) :\n\n{what}", "en": "**{count}** file(s):\n\n{what}"},
    "found_more": {
        "fr": "**{count}** dossiers, les {shown} derniers :\n\n{what}",
        "en": "**{count}** files, the latest {shown}:\n\n{what}",
    },
    "file": {"fr": "Dossier **{reference}** :\n\n{what}", "en": "File **{reference}**:\n\n{what}"},
    "notes": {"fr": "Notes :\n\n{what}", "en": "Notes:\n\n{what}"},
    "jobs": {"fr": "**{count}** tâche(s) :\n\n{what}", "en": "**{count}** job(s):\n\n{what}"},
    "jobs_none": {"fr": "Aucune tâche ne correspond.", "en": "No job fits."},
    "jobs_missing": {
        "fr": "Les tâches de {names} ne peuvent pas être lues pour le moment ; elles manquent ici.",
        "en": "The jobs of {names} cannot be read right now; they are missing here.",
    },
    "jobs_more": {"fr": "… et {count} de plus", "en": "… and {count} more"},
    "ask_address": {"fr": "À quelle adresse ?", "en": "At which address?"},
    "ask_kind": {
        "fr": "Est-ce une vente, un achat ou une location ?",
        "en": "Is it a sale, a purchase or a rental?",
    },
    "ask_go_ahead": {"fr": "{what}. Dois-je le faire ?", "en": "{what}. Shall I go ahead?"},
    "schedule": {"fr": "Programmer « {text} », {when}", "en": "Schedule “{text}”, {when}"},
    "scheduled": {"fr": "« {text} » sera demandé {when}", "en": "“{text}” will be asked {when}"},
    "unschedule": {"fr": "Ne plus demander « {text} », {when}", "en": "No longer ask “{text}”, {when}"},
    "unscheduled": {"fr": "« {text} » ne sera plus demandé", "en": "“{text}” will not be asked any more"},
    "ask_schedule_when": {
        "fr": "Quels jours, et à quelle heure ? Par exemple : « chaque lundi à 8 h, fais-moi le point des factures ».",
        "en": "On which days, and at what time? For example: “every Monday at 8, give me a summary of the invoices”.",
    },
    "ask_schedule_time": {
        "fr": "À quelle heure ? Redites-le en entier, par exemple : « chaque lundi à 8 h, fais-moi le point ».",
        "en": "At what time? Say it as a whole, for example: “every Monday at 8, give me a summary”.",
    },
    "schedules": {"fr": "Vos demandes programmées :\n\n{what}", "en": "Your scheduled asks:\n\n{what}"},
    "schedules_none": {"fr": "Rien n'est programmé.", "en": "Nothing is scheduled."},
    "schedule_which": {"fr": "Laquelle ?\n\n{what}", "en": "Which one?\n\n{what}"},
    "schedule_unknown": {
        "fr": "Aucune demande programmée ne porte ces mots. Il y a :\n\n{what}",
        "en": "No scheduled ask has these words. There are:\n\n{what}",
    },
    "schedule_line": {"fr": "{rule} : {text}", "en": "{rule}: {text}"},
    "schedule_next_time": {"fr": "la prochaine fois {moment}", "en": "next {moment}"},
    "schedule_paused": {"fr": "en pause", "en": "paused"},
    "schedule_ended": {"fr": "terminée", "en": "over"},
    "on_the_page": {"fr": "Cela s'approuve sur la page de Léa.", "en": "It is approved on Léa's page."},
    "done": {"fr": "C'est fait. {what}.", "en": "Done. {what}."},
    "done_before": {"fr": "C'était déjà fait. {what}.", "en": "That was done already. {what}."},
    "was_undone": {"fr": "C'était fait, puis annulé : {what}.", "en": "That was done, then undone: {what}."},
    "undone": {"fr": "C'est annulé : {what}.", "en": "Undone: {what}."},
    "nothing_to_undo": {
        "fr": "Il n'y a rien à annuler dans cette conversation.",
        "en": "There is nothing to undo in this conversation.",
    },
    "rejected": {"fr": "Entendu, je ne le fais pas.", "en": "All right, I leave it."},
    "denied": {"fr": "Votre entreprise ne le permet pas.", "en": "Your company does not allow that."},
    "unknown_yet": {
        "fr": "Je ne sais pas encore si cela a été fait ; je vérifie. {what}.",
        "en": "I do not know yet whether this was done; I am checking. {what}.",
    },
    "cannot": {"fr": "Je ne peux pas le faire. {what}", "en": "I cannot do that. {what}"},
    "said_yes": {"fr": "Oui : {what}", "en": "Yes: {what}"},
    "said_no": {"fr": "Non : {what}", "en": "No: {what}"},
    "monthly": {"fr": "{price} par mois", "en": "{price} a month"},
}

LABELS: Final[Mapping[str, Mapping[Language, str]]] = {
    "kind": {"fr": "type", "en": "kind"},
    "stage": {"fr": "étape", "en": "stage"},
    "address": {"fr": "adresse", "en": "address"},
    "price": {"fr": "prix", "en": "price"},
    "currency": {"fr": "devise", "en": "currency"},
    "mandate_on": {"fr": "date du mandat", "en": "mandate date"},
    "offer_on": {"fr": "date de l'offre", "en": "offer date"},
    "agreement_on": {"fr": "date du compromis", "en": "agreement date"},
    "deed_on": {"fr": "date de l'acte", "en": "deed date"},
    "buyer": {"fr": "acheteur", "en": "buyer"},
    "seller": {"fr": "vendeur", "en": "seller"},
    "agent": {"fr": "agent", "en": "agent"},
    "tenant": {"fr": "locataire", "en": "tenant"},
    "landlord": {"fr": "bailleur", "en": "landlord"},
    "note": {"fr": "note", "en": "note"},
    "schedule_text": {"fr": "demande", "en": "ask"},
    "schedule_when": {"fr": "quand", "en": "when"},
    "schedule_next": {"fr": "prochaines fois", "en": "next times"},
    "time_zone": {"fr": "fuseau horaire", "en": "time zone"},
    "template": {"fr": "document", "en": "document"},
    "template:mandate": {"fr": "mandat", "en": "mandate"},
    "template:offer": {"fr": "offre d'achat", "en": "offer"},
    "template:visit_sheet": {"fr": "bon de visite", "en": "visit sheet"},
}


def say(phrase: str, language: Language, **values: str) -> str:
    """A phrase with its values; French signs keep their word beside them."""
    return spaced(PHRASES[phrase][language], language).format(**values)


def label(name: str, language: Language) -> str:
    """What a field or a value of one is called; a name nobody called anything is shown as it is."""
    known = LABELS.get(name)
    return name if known is None else known[language]
