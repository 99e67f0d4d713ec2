"""What the forms say, in French and English; `{names}` are filled in, and `{blank}` is always left to the pen."""

from typing import Final

from lea.records.form_english import ENGLISH
from lea.records.form_french import FRENCH
from lea.sentences import Language

Words = dict[Language, dict[str, str]]

TITLES: Final[Words] = {
    "fr": {
        "mandate.sale": "Mandat de vente sans exclusivité",
        "mandate.purchase": "Mandat de recherche",
        "mandate.rental": "Mandat de location sans exclusivité",
        "offer.sale": "Offre d'achat",
        "offer.rental": "Offre de location",
        "visit_sheet": "Bon de visite",
    },
    "en": {
        "mandate.sale": "Non-exclusive mandate to sell",
        "mandate.purchase": "Mandate to find a property",
        "mandate.rental": "Non-exclusive mandate to let",
        "offer.sale": "Offer to purchase",
        "offer.rental": "Offer to rent",
        "visit_sheet": "Visit sheet",
    },
}
LABELS: Final[Words] = {
    "fr": {
        "reference": "Dossier",
        "address": "Bien",
        "price": "Prix",
        "rent": "Loyer mensuel",
        "budget": "Budget",
        "mandate_on": "Date du mandat",
        "offer_on": "Date de l'offre",
        "buyer": "Acquéreur",
        "seller": "Vendeur",
        "agent": "Agent",
        "tenant": "Locataire",
        "landlord": "Bailleur",
        "agency": "Agence",
        "missing": "À compléter\u00a0:",
        "signatures": "Signatures",
        "signed": "Fait à {blank}, le {blank}. Signature précédée de «\u00a0lu et approuvé\u00a0»\u00a0:",
        "made": "Établi le {day} par {company}. Modèle à relire avant signature.",
    },
    "en": {
        "reference": "File",
        "address": "Property",
        "price": "Price",
        "rent": "Monthly rent",
        "budget": "Budget",
        "mandate_on": "Date of the mandate",
        "offer_on": "Date of the offer",
        "buyer": "Buyer",
        "seller": "Seller",
        "agent": "Agent",
        "tenant": "Tenant",
        "landlord": "Landlord",
        "agency": "Agency",
        "missing": "To be completed:",
        "signatures": "Signatures",
        "signed": "Signed at {blank}, on {blank}:",
        "made": "Made on {day} by {company}. A template to be read again before it is signed.",
    },
}
CLAUSES: Final[dict[Language, dict[str, tuple[str, ...]]]] = {"fr": FRENCH, "en": ENGLISH}
MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
