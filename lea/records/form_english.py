"""The clauses of the forms in English; see `form_words.py`."""

from typing import Final

ENGLISH: Final = {
    "mandate.sale": (
        "{seller} (the client) instructs {company} (the agency), which accepts, to sell the property at {address}. The "
        "mandate is not exclusive.",
        "The property is offered at {price}. Any offer at another price is put to the client, who decides.",
        "The mandate begins on {mandate_on} and lasts three months. After that either party may end it at any time by "
        "registered letter, with fifteen days' notice.",
        "The agency presents the property, arranges visits, passes on offers without delay and reports on its work.",
        "The client declares the right to dispose of the property, hands over titles and surveys and tells of any "
        "change.",
        "The fee is {blank} including all taxes, payable by {blank}. It is due only once the deed is signed.",
    ),
    "mandate.purchase": (
        "{buyer} (the client) instructs {company} (the agency), which accepts, to find a property, such as the one at "
        "{address}.",
        "The search is made within a budget of {price}.",
        "The mandate begins on {mandate_on} and lasts three months. After that either party may end it at any time by "
        "registered letter, with fifteen days' notice.",
        "The agency proposes suitable properties, arranges visits and passes on the client's offers.",
        "The fee is {blank} including all taxes, payable by {blank}. It is due only once the deed is signed.",
    ),
    "mandate.rental": (
        "{landlord} (the client) instructs {company} (the agency), which accepts, to let the property at {address}. "
        "The mandate is not exclusive.",
        "The property is offered at a monthly rent of {price}.",
        "The mandate begins on {mandate_on} and lasts three months. After that either party may end it at any time by "
        "registered letter, with fifteen days' notice.",
        "The agency presents the property, arranges visits, gathers the applicants' papers and reports on its work. "
        "The client chooses the tenant.",
        "The client declares the right to let the property, hands over the surveys and tells of any change.",
        "The fee is {blank} including all taxes, of which the tenant pays {blank} within the limits of the law.",
    ),
    "offer.sale": (
        "{buyer} (the buyer) offers {seller} (the seller) to purchase the property at {address}, presented by "
        "{company}, at the price of {price}.",
        "The offer is made on {offer_on} and stands for ten days. Without written acceptance by then it lapses.",
        "The purchase is paid for by own funds of {blank} and a loan of {blank}, which the offer is conditional upon.",
        "No payment is asked for when this offer is signed.",
        "Once the offer is accepted, a preliminary agreement is signed. The buyer may then withdraw within the time "
        "the law allows.",
    ),
    "offer.rental": (
        "{tenant} (the applicant) offers {landlord} (the landlord) to rent the property at {address}, presented by "
        "{company}, at a monthly rent of {price}.",
        "The offer is made on {offer_on} and stands for ten days. It binds the landlord only once the lease is signed.",
        "The lease would begin on {blank}, for {blank}.",
        "The applicant hands over the papers the law allows to ask for. No payment is asked for before the lease is "
        "signed.",
    ),
    "visit_sheet.sale": (
        "{buyer} (the visitor) confirms having visited on {blank} at {blank}, with {agent} for {company}, the property "
        "at {address}, offered at {price}.",
        "This sheet is neither an offer nor a reservation, and the visit is free of charge.",
        "For twelve months the visitor will go through {company} for the purchase of this property.",
        "These data serve to follow up the visit. The visitor may see them and have them corrected by {company}.",
        "Remarks: {blank} {blank} {blank}",
    ),
    "visit_sheet.rental": (
        "{tenant} (the visitor) confirms having visited on {blank} at {blank}, with {agent} for {company}, the "
        "property at {address}, offered at a monthly rent of {price}.",
        "This sheet is neither an offer nor a reservation, and the visit is free of charge.",
        "These data serve to follow up the visit. The visitor may see them and have them corrected by {company}.",
        "Remarks: {blank} {blank} {blank}",
    ),
}
