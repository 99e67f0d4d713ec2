"""Who has a part in the sample company's files, and what was noted there."""

from typing import Final

SAMPLE_PARTIES: Final = {
    "T-101": (
        ("seller", "Hélène Garnier", "helene.garnier@courrier.example", "06 39 98 10 01"),
        ("buyer", "Thomas Œuvrard", "thomas.oeuvrard@courrier.example", "06 39 98 10 02"),
        ("agent", "Claire Morel", "claire.morel@agence-lumiere.example", None),
    ),
    "T-102": (
        ("seller", "Succession Vidal", None, "04 65 71 10 03"),
        ("buyer", "Amélie Rousset", "amelie.rousset@courrier.example", "06 39 98 10 04"),
    ),
    "T-103": (
        ("buyer", "Karim Benali", "karim.benali@courrier.example", "06 39 98 10 05"),
        ("buyer", "Élodie Benali", "elodie.benali@courrier.example", None),
        ("seller", "SCI des Chartrons", "gerance@sci-chartrons.example", None),
    ),
    "T-104": (
        ("seller", "Bernard Lefèvre", "b.lefevre@courrier.example", "06 39 98 10 06"),
        ("agent", "Paul Stern", "paul.stern@agence-lumiere.example", None),
    ),
    "T-105": (
        ("landlord", "Monique Castel", None, "05 36 49 10 07"),
        ("tenant", "Inès Moreau", "ines.moreau@courrier.example", "06 39 98 10 08"),
    ),
    "T-106": (
        ("seller", "Yann Le Goff", "yann.legoff@courrier.example", "06 39 98 10 09"),
        ("buyer", "Sofia Martins", "sofia.martins@courrier.example", "06 39 98 10 10"),
    ),
    "T-107": (("landlord", "Indivision Rossi", "rossi@courrier.example", None),),
    "T-108": (("buyer", "Julien Fabre", "julien.fabre@courrier.example", "06 39 98 10 11"),),
    "T-109": (
        ("seller", "Marc Delattre", "marc.delattre@courrier.example", "06 39 98 10 12"),
        ("buyer", "Nora Lambert", "nora.lambert@courrier.example", "06 39 98 10 13"),
    ),
    "T-110": (
        ("landlord", "Jeanne Duval", "jeanne.duval@courrier.example", "06 39 98 10 14"),
        ("tenant", "Hugo Peña", "hugo.pena@courrier.example", "06 39 98 10 15"),
    ),
    "T-112": (
        ("buyer", "Anna Schmitt", "anna.schmitt@courrier.example", "06 39 98 10 16"),
        ("seller", "Étienne Kieffer", None, "03 53 01 10 17"),
    ),
    "T-113": (("seller", "Louise Tessier", "louise.tessier@courrier.example", "06 39 98 10 18"),),
}
"""By reference, (role, name, e-mail, telephone): addresses and numbers that belong to nobody."""

SAMPLE_NOTES: Final = (
    ("T-104", "Paul Stern", "Troisième visite samedi à 10 h. Le couple demande le montant des charges."),
    ("T-106", "Claire Morel", "Offre reçue à 350 000 €. Le vendeur répond avant vendredi."),
    ("T-109", "Claire Morel", "Compromis signé chez Maître Vasseur. Prêt à confirmer."),
    ("T-110", "Paul Stern", "Garant\u00a0: le père du candidat. Dernier bulletin de salaire attendu."),
    ("T-113", "Claire Morel", "La copropriétaire signe le mandat la semaine prochaine."),
)
"""(reference, author, text)."""
