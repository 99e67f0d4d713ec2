"""Actions, runs, schedules and jobs."""

from typing import Final

from lea.sentences.language import Sentences

WORK: Final[Sentences] = {
    "arguments_invalid": {
        "fr": "Les valeurs ne conviennent pas.",
        "en": "The values do not fit.",
    },
    "action_denied": {
        "fr": "Votre entreprise ne permet pas cette action.",
        "en": "Your company does not allow this action.",
    },
    "already_decided": {
        "fr": "Cette demande a déjà reçu une autre décision.",
        "en": "This was decided otherwise already.",
    },
    "confirmation_expired": {
        "fr": "Cette demande a expiré. Reposez votre question.",
        "en": "This request has expired. Ask again.",
    },
    "run_active": {
        "fr": "Un traitement est déjà en cours. Attendez sa fin ou annulez-le.",
        "en": "A run is under way already. Wait for its end, or cancel it.",
    },
    "nothing_to_enrich": {
        "fr": "Tous ces articles sont déjà complétés, ou il n'y en a aucun.",
        "en": "All these articles are complete already, or there are none.",
    },
    "answer_invalid": {
        "fr": "Le modèle n'a pas répondu sous la forme demandée.",
        "en": "The model did not answer in the form it was asked for.",
    },
    "nothing_to_retry": {"fr": "Il n'y a rien à reprendre.", "en": "There is nothing to do again."},
    "job_timeout": {"fr": "Cette tâche a pris trop de temps.", "en": "This job took too long."},
    "schedule_time_invalid": {
        "fr": "L'heure s'écrit de 00:00 à 23:59.",
        "en": "The time is written 00:00 to 23:59.",
    },
    "schedule_days_invalid": {
        "fr": "Les jours vont de monday à sunday, et il en faut au moins un.",
        "en": "The days are monday to sunday, and there is at least one.",
    },
    "schedule_incomplete": {
        "fr": "Dites quels jours : tous, ceux de la semaine, un jour du mois de 1 à 31, ou une date.",
        "en": "Say which days: all, those of the week, a day of the month from 1 to 31, or a date.",
    },
    "schedule_past": {"fr": "Ce moment est passé.", "en": "That moment has passed."},
    "schedule_text_invalid": {
        "fr": "Une demande programmée a de 1 à 2 000 caractères.",
        "en": "A scheduled ask has 1 to 2,000 characters.",
    },
    "schedule_of_schedules": {
        "fr": "Une demande programmée ne peut ni en programmer une autre, ni approuver, ni annuler.",
        "en": "A scheduled ask cannot schedule another one, approve or undo anything.",
    },
    "schedules_full": {
        "fr": "Vous avez déjà {most} demandes programmées, le maximum. Supprimez-en une d'abord.",
        "en": "You have {most} scheduled asks already, the most there can be. Delete one first.",
    },
    "schedule_running": {
        "fr": "Cette demande est en cours. Attendez sa réponse.",
        "en": "This is being asked. Wait for its answer.",
    },
    "time_zone_unknown": {"fr": "Ce fuseau horaire n'existe pas.", "en": "There is no such time zone."},
    "pipeline_unknown": {"fr": "Ce traitement n'existe pas.", "en": "There is no such run."},
    "not_undoable": {"fr": "Cela ne peut pas être annulé.", "en": "This cannot be undone."},
    "not_done": {"fr": "Cela n'a pas été fait.", "en": "This was not done."},
    "reason_of_up": {
        "fr": "Une raison ne se donne que pour une réponse qui ne convient pas.",
        "en": "A reason is given only for an answer that is not good.",
    },
    "nothing_to_change": {"fr": "Dites ce qui doit changer.", "en": "Say what should change."},
    "job_read_only": {
        "fr": "Cette tâche vient de « {source} » ; c'est là qu'elle se modifie.",
        "en": "This job comes from “{source}”; it is changed there.",
    },
    "job_details_too_large": {
        "fr": "Les détails d'une tâche tiennent en 4 Kio de JSON.",
        "en": "The details of a job fit into 4 KiB of JSON.",
    },
    "source_refused": {
        "fr": "L'autre système refuse l'accès. Vérifiez le compte, sa clé et ses droits.",
        "en": "The other system refuses access. Check the account, its key and its rights.",
    },
    "source_garbled": {
        "fr": "La réponse de l'autre système n'a pas été comprise.",
        "en": "The other system's answer could not be understood.",
    },
    "source_failed": {
        "fr": "L'autre système a signalé une erreur.",
        "en": "The other system reported an error.",
    },
    "department_unknown": {
        "fr": "Les départements sont apbookkeeper, router et bank.",
        "en": "The departments are apbookkeeper, router and bank.",
    },
    "state_unknown": {
        "fr": "Les états sont to_process, in_process, pending, done et failed.",
        "en": "The states are to_process, in_process, pending, done and failed.",
    },
}
