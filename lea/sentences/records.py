"""Transactions and what stands in their fields."""

from typing import Final

from lea.sentences.language import Sentences

RECORDS: Final[Sentences] = {
    "record_changed": {
        "fr": "Ce dossier a changé entre-temps. Relisez-le avant de continuer.",
        "en": "This record has changed in the meantime. Look at it again before you go on.",
    },
    "party_known": {
        "fr": "Cette personne figure déjà dans le dossier avec ce rôle.",
        "en": "This person is in the file already, in the same role.",
    },
    "too_many_parties": {
        "fr": "Un dossier a au plus 20 intervenants.",
        "en": "A file has at most 20 parties.",
    },
    "too_many_notes": {"fr": "Un dossier a au plus 1 000 notes.", "en": "A file has at most 1,000 notes."},
    "too_many_forms": {
        "fr": "Un dossier a au plus 100 formulaires.",
        "en": "A file has at most 100 forms.",
    },
    "amount_not_understood": {
        "fr": "Ce montant n'est pas compréhensible. Écrivez par exemple 350 000 ou 1 150,50 €.",
        "en": "This amount cannot be understood. Write 350,000 or 1,150.50, for example.",
    },
    "amount_negative": {"fr": "Un montant n'est pas négatif.", "en": "An amount is not negative."},
    "amount_too_large": {"fr": "Ce montant est trop grand.", "en": "This amount is too large."},
    "currency_unknown": {
        "fr": "Les devises sont EUR, USD, GBP et CHF.",
        "en": "The currencies are EUR, USD, GBP and CHF.",
    },
    "currency_contradicts": {
        "fr": "Le prix est écrit dans une autre devise que celle indiquée.",
        "en": "The price is written in another currency than the one given.",
    },
    "currency_without_price": {
        "fr": "Une devise va avec un prix, et ce dossier n'en a pas.",
        "en": "A currency goes with a price, and this file has none.",
    },
    "date_not_understood": {
        "fr": "Cette date n'est pas compréhensible. Écrivez par exemple 5 mars 2027 ou 2027-03-05.",
        "en": "This date cannot be understood. Write March 5, 2027 or 2027-03-05, for example.",
    },
    "date_ambiguous": {
        "fr": "Cette date peut désigner deux jours. Écrivez le mois en lettres, par exemple 5 mars 2027.",
        "en": "This date could be two different days. Write the month as a word, for example March 5, 2027.",
    },
    "kind_unknown": {
        "fr": "Un dossier est une vente (sale), un achat (purchase) ou une location (rental).",
        "en": "A file is a sale, a purchase or a rental.",
    },
    "stage_unknown": {
        "fr": "Les étapes sont prospect, mandate, offer, preliminary_agreement, deed et closed.",
        "en": "The stages are prospect, mandate, offer, preliminary_agreement, deed and closed.",
    },
    "role_unknown": {
        "fr": "Les rôles sont buyer, seller, agent, tenant et landlord.",
        "en": "The roles are buyer, seller, agent, tenant and landlord.",
    },
    "template_unknown": {
        "fr": "Les formulaires sont mandate, offer et visit_sheet.",
        "en": "The forms are mandate, offer and visit_sheet.",
    },
    "address_invalid": {
        "fr": "Une adresse a de 1 à 300 caractères, sur une ligne.",
        "en": "An address has 1 to 300 characters, on one line.",
    },
    "name_invalid": {
        "fr": "Un nom a de 1 à 200 caractères, sur une ligne.",
        "en": "A name has 1 to 200 characters, on one line.",
    },
    "phone_invalid": {
        "fr": "Un numéro de téléphone a au moins 6 chiffres, au plus 40 caractères : 0-9 + ( ) . - / et l'espace.",
        "en": "A phone number has at least 6 digits and at most 40 characters out of 0-9 + ( ) . - / and space.",
    },
    "email_invalid": {
        "fr": "Cette adresse e-mail n'est pas de la forme nom@domaine.fr.",
        "en": "This e-mail address is not of the form name@domain.com.",
    },
    "note_invalid": {
        "fr": "Une note a de 1 à 4 000 caractères.",
        "en": "A note has 1 to 4,000 characters.",
    },
}
