"""What columns are called in French and English price lists, and which row names them."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal, get_args

Field = Literal[
    "reference", "name", "price", "currency", "dimensions", "material", "colour", "category", "supplier_text"
]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
LONGEST: Final = 60
"""Characters of a column's name; more is a sentence."""
EXACT: Final = 1.0
WITHIN: Final = 0.8
NOISE: Final = re.compile(r"[^a-z0-9€$£]+")

NAMES: Final[dict[Field, str]] = {
    "reference": "reference|ref|references|ref article|ref produit|reference article|reference produit|code"
    "|code article|code produit|sku|article code|item code|product code|item number|item no|part number|article no"
    "|model number|reference fournisseur|supplier reference|id produit|product id"
    "|numero d article|n article|art|ean|gtin",
    "name": "nom|name|designation|libelle|produit|article|product|product name|item|item name|title|titre|intitule"
    "|nom du produit|nom produit|nom article|modele|model|label",
    "price": "prix|price|tarif|prix ht|prix ttc|prix public|prix public ht|prix public ttc|prix unitaire|pu|pu ht|puht"
    "|prix de vente|prix achat|prix d achat|pvp|pvc|unit price|list price|retail price|net price|montant|cost|rrp"
    "|prix vente|prix net|price amount|tarif ht|tarif public",
    "currency": "devise|currency|monnaie|price currency",
    "dimensions": "dimensions|dimension|dim|taille|size|mesures|measurements|encombrement|format|l x p x h|lxpxh"
    "|dimensions cm|w x d x h|wxdxh|h x l x p|l x l x h",
    "material": "matiere|matieres|materiau|materiaux|material|materials|composition|revetement|finition|finish",
    "colour": "couleur|couleurs|coloris|teinte|colour|color|colours|colors|shade",
    "category": "categorie|category|famille|family|gamme|collection|rayon|type|univers|range|sous famille|department",
    "supplier_text": "description|descriptif|texte|details|detail|commentaire|commentaires|caracteristiques|notes|text"
    "|supplier text|texte fournisseur|argumentaire|description produit|product description|long description|remarque",
}
KNOWN: Final = {name: field for field, names in NAMES.items() for name in names.split("|")}
WORDS: Final[tuple[tuple[str, Field], ...]] = (
    ("devise", "currency"), ("currency", "currency"), ("prix", "price"), ("price", "price"), ("tarif", "price"),
    ("reference", "reference"), ("ref", "reference"), ("sku", "reference"), ("dimension", "dimensions"),
    ("dimensions", "dimensions"), ("matiere", "material"), ("material", "material"), ("couleur", "colour"),
    ("coloris", "colour"), ("colour", "colour"), ("color", "colour"), ("categorie", "category"),
    ("category", "category"), ("famille", "category"), ("designation", "name"), ("libelle", "name"),
    ("description", "supplier_text"), ("descriptif", "supplier_text"), ("nom", "name"), ("name", "name"),
)  # fmt: skip
"""Words that tell within a longer name, the surest first."""


def plain(name: str) -> str:
    """«Réf. Article (n°)» → «ref article n»."""
    apart = unicodedata.normalize("NFKD", name)
    return NOISE.sub(" ", "".join(one for one in apart if not unicodedata.combining(one)).casefold()).strip()


def of_name(name: str) -> tuple[Field, float] | None:
    """What a column of this name holds, and how sure that is."""
    if len(name) > LONGEST:
        return None
    said = plain(name)
    without_currency = NOISE.sub(" ", re.sub(r"[€$£]|\b(?:eur|usd|gbp|chf|euros?|en)\b", "", said)).strip()
    for one in (said, without_currency):
        if one in KNOWN:
            return KNOWN[one], EXACT
    words = set(without_currency.split())
    if len(words) <= 6:
        for word, field in WORDS:
            if word in words:
                return field, WITHIN
    return None


def is_header(cells: Sequence[str]) -> bool:
    """Whether these are names of columns: two different ones at least, of which one is what every list has."""
    return _score(cells) > 0


def find(rows: Sequence[Sequence[str]]) -> int | None:
    """The row that names most columns, the first of equals; a block of titles may stand above."""
    scores = [_score(cells) for cells in rows]
    best = max(scores, default=0)
    return scores.index(best) if best else None


def _score(cells: Sequence[str]) -> float:
    found: dict[Field, float] = {}
    for cell in cells:
        guess = of_name(cell)
        if guess is not None:
            found[guess[0]] = max(found.get(guess[0], 0), guess[1])
    if len(found) < 2 or not found.keys() & {"reference", "name", "price"}:
        return 0
    return sum(found.values())
