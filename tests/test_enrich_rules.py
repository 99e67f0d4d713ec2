"""What rules make of an article where there is no model."""

from pathlib import Path
from typing import Any

import pytest

from lea.runs.catalog.enrich_shape import Enriched
from lea.runs.catalog.rules import kind, ruled
from lea.runs.catalog.rules_words import KINDS
from lea.store.catalog import Row
from tests.catalog_people import brought
from tests.enrich_parts import ENRICH, ITEMS, enriched, listed
from tests.lea_server import running, settings


class Article:
    """A row as rules read it."""

    def __init__(self, **columns: Any) -> None:
        self.reference = "A-1"
        self.name = "Machin"
        self.category = self.supplier_text = self.material = self.colour = self.dimensions = None
        self.__dict__.update(columns)


def of(**columns: Any) -> Row[Any]:
    return Article(**columns)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "fr"),
    [
        ("Canapé 3 places « Éole »", "Canapés"),
        ("CHAISES de cuisine (lot de 4)", "Chaises"),
        ("Table basse ronde", "Tables basses"),
        ("Tables basses gigognes", "Tables basses"),
        ("Table à manger", "Tables"),
        ("Lampe de table", "Luminaires"),
        ("Table lamp, brass", "Luminaires"),
        ("Oak bookshelves", "Étagères"),
        ("Étagère murale", "Étagères"),
        ("Tapis berbère", "Tapis"),
        ("Tapis de bain", "Salle de bains"),
        ("Rideaux occultants", "Rideaux"),
        ("Bureaux d'angle", "Bureaux"),
        ("Boxes, set of 3", "Rangements"),
        ("Wine glasses", "Vaisselle"),
        ("Benches", "Bancs"),
        ("Iron bench, light oak", "Bancs"),
        ("Glass vase", "Vases"),
        ("Knives", "Ustensiles de cuisine"),
        ("Housse de couette", "Linge de lit"),
        ("Œuvre murale", None),
        ("Stabile", None),
        ("", None),
    ],
)
def test_the_first_known_words_tell_the_kind(name: str, fr: str | None) -> None:
    assert kind(name, "fr") == fr


def test_every_word_is_of_one_kind_and_written_as_words_are_looked_up() -> None:
    words = [word for _, _, all_of in KINDS for word in all_of.split("|")]
    assert sorted(words) == sorted(set(words))
    assert all(word.isascii() and word == word.lower() == " ".join(word.split()) for word in words)
    assert all(kind(word, "fr") == fr and kind(word, "en") == en for fr, en, each in KINDS for word in each.split("|"))


@pytest.mark.parametrize(
    ("columns", "confidence"),
    [
        ({}, 0.3),
        ({"name": "Chaise"}, 0.4),
        ({"category": "MOB", "material": "Lin"}, 0.5),
        ({"name": "Chaise", "colour": "Gris", "dimensions": "45 × 50 × 82 cm"}, 0.6),
    ],
)
def test_rules_are_as_sure_as_they_know_things(columns: dict[str, str], confidence: float) -> None:
    assert ruled(of(**columns), "fr").confidence == confidence


@pytest.mark.parametrize(
    ("dimensions", "pairs"),
    [
        ("210 × 95.5 × 82 cm", [("Largeur", "210 cm"), ("Profondeur", "95.5 cm"), ("Hauteur", "82 cm")]),
        ("160 × 230 cm", [("Longueur", "160 cm"), ("Largeur", "230 cm")]),
        ("Ø 40 × 55 cm", [("Diamètre", "40 cm"), ("Hauteur", "55 cm")]),
        ("40 × 55", [("Longueur", "40"), ("Largeur", "55")]),
        ("1 × 2 × 3 × 4 cm", [("Dimensions", "1 × 2 × 3 × 4 cm")]),
        ("taille M", [("Dimensions", "taille M")]),
    ],
)
def test_dimensions_are_told_one_by_one_where_they_are_understood(
    dimensions: str, pairs: list[tuple[str, str]]
) -> None:
    said = ruled(of(dimensions=dimensions), "fr").attributes
    assert [(one["name"], one["value"]) for one in said] == pairs


def test_what_rules_say_is_of_the_same_shape_as_what_a_model_says() -> None:
    longest = of(name="x" * 300, category="y" * 60, material="m" * 200, colour="c" * 200, dimensions="d" * 200)
    for article in (longest, of(name="Chaise bistrot")):
        for language in ("fr", "en"):
            made = ruled(article, language)
            Enriched.model_validate(
                {
                    "category": made.category,
                    "description": made.description,
                    "attributes": made.attributes,
                    "confidence": made.confidence,
                }
            )


def test_rules_keep_the_suppliers_category_and_look_into_its_text_last() -> None:
    assert ruled(of(name="Chaise", category="MOB-12"), "fr").category == "MOB-12"
    assert ruled(of(name="Éole", supplier_text="Un fauteuil de repos."), "fr").category == "Fauteuils"
    assert ruled(of(), "fr").description == "Machin, article A-1 de notre catalogue."


async def test_articles_without_a_model_are_exported_with_what_rules_know(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as lea:
        ada = await lea.person()
        await brought(ada, "Ref;Nom;Prix;Matière\nA;=Machin;10;Lin\nB;Tapis;20;Laine\n".encode())
        status, made = await ada.call("POST", ENRICH, {"again": False}, **{"Accept-Language": "fr"})
        assert status == 202
        async with await ada.request("GET", f"/v1/catalog/job-stream/{made['run_id']}") as told:
            await told.read()
        assert [(one["category"], one["confidence"]) for one in await listed(ada)] == [(None, 0.4), ("Tapis", 0.5)]
        async with await ada.request("GET", f"{ITEMS}/export", **{"Accept-Language": "fr"}) as response:
            text = (await response.read()).decode("utf-8-sig")
        assert text.splitlines()[0].endswith(";Description;Attributs;Confiance;Complété par")
        assert "Matière: Laine;0,50;rules" in text
        async with await ada.request("GET", f"{ITEMS}/export?format=xlsx") as response:
            assert response.status == 200
        assert (await enriched(ada, again=True))["jobs_completed"] == 2
