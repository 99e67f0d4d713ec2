"""What the values of a record are called in French; see `grammar.py` for the notation."""

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[str, str]] = {
    "sale": "vente|ventes|mise en vente",
    "purchase": "achat|achats|acquisition|acquisitions",
    "rental": "location|locations|bail|baux|mise en location",
}
STAGES: Final[Mapping[str, str]] = {
    "prospect": "prospect|prospects|prospection",
    "mandate": "mandat|mandats|mandat signe|mandat de vente",
    "offer": "offre|offres|offre d'achat",
    "preliminary_agreement": ("compromis|promesse|compromis de vente|promesse de vente|avant contrat|compromis signe"),
    "deed": "acte|actes|acte authentique|acte de vente|acte definitif|acte notarie|signature de l'acte",
    "closed": (
        "cloture|clotures|cloturee|cloturees|clos|close|closes|ferme|fermes|fermee|fermees|termine|terminee|termines|"
        "terminees|dossier clos|archive"
    ),
}
ROLES: Final[Mapping[str, str]] = {
    "buyer": "acheteur|acheteuse|acquereur|acquereuse|acheteurs|acquereurs|acquereure",
    "seller": "vendeur|vendeuse|vendeurs|vendeuses|venderesse",
    "agent": "agent|agente|agent immobilier|agent commercial|negociateur|negociatrice",
    "tenant": "locataire|locataires|preneur|preneuse",
    "landlord": "bailleur|bailleresse|bailleurs",
}
FORMS: Final[Mapping[str, str]] = {
    "mandate": "mandat|mandat de vente|formulaire de mandat|contrat de mandat|mandat de location|mandat de gestion",
    "offer": "offre|offre d'achat|formulaire d'offre|lettre d'offre|proposition d'achat|document d'offre",
    "visit_sheet": "fiche de visite|fiche visite|bon de visite|feuille de visite",
}
FIELDS: Final[Mapping[str, str]] = {
    "price": "prix|prix de vente|loyer|montant|prix demande|prix affiche|tarif|loyer mensuel",
    "address": "adresse|adresse du bien",
    "kind": "type|nature|genre|type de transaction",
    "mandate_on": "date du mandat|date de mandat|date mandat|date de signature du mandat|mandat signe le",
    "offer_on": "date de l'offre|date d'offre|date offre|offre recue le|date de l'offre d'achat",
    "agreement_on": (
        "date du compromis|date de compromis|date compromis|date de signature du compromis|signature du compromis|"
        "date de la promesse|date de promesse|date de l'avant contrat|date promesse"
    ),
    "deed_on": (
        "date de l'acte|date d'acte|date acte|date de signature de l'acte|signature de l'acte|"
        "date de l'acte authentique|date de signature chez le notaire|date acte authentique|date de l'acte de vente"
    ),
}
