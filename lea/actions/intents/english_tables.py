"""What the values of a record are called in English; see `grammar.py` for the notation."""

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[str, str]] = {
    "sale": "sale|sales|selling",
    "purchase": "purchase|purchases|acquisition|acquisitions",
    "rental": "rental|rentals|letting|lettings|lease|leases|let|tenancy|tenancies|rent",
}
STAGES: Final[Mapping[str, str]] = {
    "prospect": "prospect|prospects|prospecting",
    "mandate": "mandate|mandates",
    "offer": "offer|offers|under offer",
    "preliminary_agreement": (
        "preliminary agreement|preliminary agreements|the preliminary agreement|prelim|preliminary|"
        "preliminary contract|preliminary sale agreement|under preliminary agreement"
    ),
    "deed": "deed|deeds|final deed|deed of sale",
    "closed": "closed|close|done and closed|closed files",
}
ROLES: Final[Mapping[str, str]] = {
    "buyer": "buyer|buyers|purchaser|purchasers",
    "seller": "seller|sellers|vendor|vendors",
    "agent": "agent|agents|estate agent",
    "tenant": "tenant|tenants|renter|lessee",
    "landlord": "landlord|landlords|landlady|lessor",
}
FORMS: Final[Mapping[str, str]] = {
    "mandate": "mandate|mandate form|sales mandate|mandate document|mandate letter|sale mandate",
    "offer": "offer|offer form|purchase offer|offer letter|offer document|offer to purchase",
    "visit_sheet": (
        "visit sheet|viewing sheet|visit form|viewing form|viewing slip|visit slip|visiting sheet|visit sheet form|"
        "visit record"
    ),
}
FIELDS: Final[Mapping[str, str]] = {
    "price": "price|asking price|sale price|selling price|rent|amount|monthly rent|list price|purchase price",
    "address": "address|property address",
    "kind": "kind|type|transaction type|deal type",
    "mandate_on": "mandate date|date of the mandate|mandate signing date|date of mandate|date for the mandate",
    "offer_on": "offer date|date of the offer|date of offer|date for the offer",
    "agreement_on": (
        "preliminary agreement date|date of the preliminary agreement|agreement date|date of the agreement|"
        "preliminary agreement signing date|date of preliminary agreement|prelim date|preliminary contract date|"
        "date for the preliminary agreement"
    ),
    "deed_on": "deed date|date of the deed|deed signing date|date of deed|date of the final deed|date for the deed",
}
