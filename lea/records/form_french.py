"""The clauses of the forms in French; see `form_words.py`."""

from typing import Final

FRENCH: Final = {
    "mandate.sale": (
        "{seller} (le mandant) confie à {company} (le mandataire), qui l'accepte, le mandat de vendre le bien situé "
        "{address}. Le mandat n'est pas exclusif.",
        "Le bien est présenté au prix de {price}. Toute offre à un autre prix est soumise au mandant, qui en décide.",
        "Le mandat prend effet le {mandate_on} pour trois mois. Ensuite, chaque partie peut y mettre fin à tout moment "
        "par lettre recommandée, avec un préavis de quinze jours.",
        "Le mandataire présente le bien, organise les visites, transmet sans délai les offres et rend compte de ses "
        "démarches.",
        "Le mandant déclare pouvoir disposer du bien, remet les titres et les diagnostics et signale tout changement.",
        "Les honoraires sont de {blank} toutes taxes comprises, à la charge de {blank}. Ils ne sont dus qu'une fois "
        "l'acte signé.",
    ),
    "mandate.purchase": (
        "{buyer} (le mandant) confie à {company} (le mandataire), qui l'accepte, la recherche d'un bien, pour lequel "
        "est cité celui situé {address}.",
        "La recherche se fait dans la limite d'un budget de {price}.",
        "Le mandat prend effet le {mandate_on} pour trois mois. Ensuite, chaque partie peut y mettre fin à tout moment "
        "par lettre recommandée, avec un préavis de quinze jours.",
        "Le mandataire propose les biens qui conviennent, organise les visites et transmet les offres du mandant.",
        "Les honoraires sont de {blank} toutes taxes comprises, à la charge de {blank}. Ils ne sont dus qu'une fois "
        "l'acte signé.",
    ),
    "mandate.rental": (
        "{landlord} (le mandant) confie à {company} (le mandataire), qui l'accepte, le mandat de louer le bien situé "
        "{address}. Le mandat n'est pas exclusif.",
        "Le bien est proposé pour un loyer mensuel de {price}.",
        "Le mandat prend effet le {mandate_on} pour trois mois. Ensuite, chaque partie peut y mettre fin à tout moment "
        "par lettre recommandée, avec un préavis de quinze jours.",
        "Le mandataire présente le bien, organise les visites, réunit les dossiers des candidats et rend compte de ses "
        "démarches. Le mandant choisit le locataire.",
        "Le mandant déclare pouvoir louer le bien, remet les diagnostics et signale tout changement.",
        "Les honoraires sont de {blank} toutes taxes comprises, dont {blank} à la charge du locataire dans les limites "
        "de la loi.",
    ),
    "offer.sale": (
        "{buyer} (l'offrant) offre à {seller} (le vendeur) d'acquérir le bien situé {address}, présenté par {company}, "
        "au prix de {price}.",
        "L'offre est faite le {offer_on} et vaut dix jours. Sans acceptation écrite dans ce délai, elle est caduque.",
        "L'achat est financé par un apport de {blank} et par un prêt de {blank}, dont l'obtention est une condition "
        "suspensive.",
        "Aucun versement n'est demandé à la signature de cette offre.",
        "Une fois l'offre acceptée, un avant-contrat est signé. L'acquéreur dispose alors du délai de rétractation "
        "prévu par la loi.",
    ),
    "offer.rental": (
        "{tenant} (le candidat) offre à {landlord} (le bailleur) de louer le bien situé {address}, présenté par "
        "{company}, pour un loyer mensuel de {price}.",
        "L'offre est faite le {offer_on} et vaut dix jours. Elle n'engage le bailleur qu'une fois le bail signé.",
        "La location commencerait le {blank}, pour une durée de {blank}.",
        "Le candidat remet les pièces que la loi permet de demander. Aucun versement n'est demandé avant la signature "
        "du bail.",
    ),
    "visit_sheet.sale": (
        "{buyer} (le visiteur) reconnaît avoir visité le {blank} à {blank}, avec {agent} pour {company}, le bien situé "
        "{address}, proposé au prix de {price}.",
        "Ce bon n'est ni une offre ni une réservation, et la visite est gratuite.",
        "Pendant douze mois, le visiteur s'engage à passer par {company} pour l'achat de ce bien.",
        "Ces données servent au suivi de la visite. Le visiteur peut les consulter et les faire corriger auprès de "
        "{company}.",
        "Observations\u00a0: {blank} {blank} {blank}",
    ),
    "visit_sheet.rental": (
        "{tenant} (le visiteur) reconnaît avoir visité le {blank} à {blank}, avec {agent} pour {company}, le bien "
        "situé {address}, proposé pour un loyer mensuel de {price}.",
        "Ce bon n'est ni une offre ni une réservation, et la visite est gratuite.",
        "Ces données servent au suivi de la visite. Le visiteur peut les consulter et les faire corriger auprès de "
        "{company}.",
        "Observations\u00a0: {blank} {blank} {blank}",
    ),
}
