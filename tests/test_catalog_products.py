"""A row is a whole product or is rejected with its reason; what money depends on is never guessed."""

from pathlib import Path

import pytest

from lea.runs.catalog.dimensions import normalised
from lea.runs.catalog.products import Product, Rejected, currency_of, products
from lea.runs.catalog.reading.sheet import Limits
from lea.runs.catalog.sample import SAMPLE_CATALOG
from lea.runs.catalog.worker import slices
from lea.sentences import SENTENCES
from tests import catalog_files as files

ROW = {"reference": "A-1", "name": "Chaise", "price": "12,50 €"}


def made(**cells: str) -> Product | Rejected:
    return products([(7, ROW | cells)], {})[0]


def of_file(folder: Path, data: bytes) -> list[Product | Rejected]:
    (folder / "file").write_bytes(data)
    found = slices(folder / "file", Limits(), None)
    made: list[Product | Rejected] = []
    for part in found:
        made += [Product(**one) for one in part["products"]] + [Rejected(**one) for one in part["rejected"]]
    return sorted(made, key=lambda one: one.line)


@pytest.mark.parametrize(
    ("price", "cents", "currency"),
    [
        ("1 299,00 €", 129_900, "EUR"),
        ("1\u202f299,00\u00a0€", 129_900, "EUR"),
        ("EUR 1,299.00", 129_900, "EUR"),
        ("1.299,00", 129_900, "EUR"),
        ("$1,299", 129_900, "USD"),
        ("1'299.50 CHF", 129_950, "CHF"),
        ("89,00 € HT", 8_900, "EUR"),
        ("89 € TTC", 8_900, "EUR"),
        ("249,-", 24_900, "EUR"),
        ("99.– CHF", 9_900, "CHF"),
        ("108.333333333", 10_833, "EUR"),
        ("1.2990", 130, "EUR"),
        ("0", 0, "EUR"),
    ],
)
def test_prices_are_read_as_they_are_written(price: str, cents: int, currency: str) -> None:
    product = made(price=price)
    assert isinstance(product, Product), product
    assert (product.price_cents, product.currency) == (cents, currency)


@pytest.mark.parametrize(
    ("cells", "code", "detail"),
    [
        ({"price": "sur devis"}, "price_not_understood", "sur devis"),
        ({"price": "à partir de 99 €"}, "price_not_understood", "à partir de 99 €"),
        ({"price": "12,345,6"}, "price_not_understood", "12,345,6"),
        ({"price": "9" * 61}, "price_not_understood", "9" * 60),
        ({"price": "9" * 20}, "amount_too_large", "9" * 20),
        ({"price": "-20,00"}, "amount_negative", "-20,00"),
        ({"price": " "}, "price_missing", ""),
        ({"price": "12 $", "currency": "EUR"}, "currency_contradicts", "12 $ / EUR"),
        ({"currency": "XYZ"}, "currency_unknown", "XYZ"),
        ({"reference": " \n"}, "reference_missing", ""),
        ({"reference": "x" * 101}, "reference_too_long", "x" * 100),
        ({"name": ""}, "name_missing", ""),
        ({"name": "x" * 301}, "name_too_long", "x" * 300),
    ],
)
def test_a_row_that_cannot_be_meant_is_rejected_with_its_line(cells: dict[str, str], code: str, detail: str) -> None:
    rejected = made(**cells)
    assert isinstance(rejected, Rejected), rejected
    assert (rejected.line, rejected.code, rejected.detail) == (7, code, detail)
    assert rejected.code in SENTENCES


def test_a_file_without_prices_is_a_list_of_products_without_prices() -> None:
    product = products([(1, {"reference": "A", "name": "b"})], {})[0]
    assert isinstance(product, Product)
    assert (product.price_cents, product.currency) == (None, None)


def test_a_currency_may_stand_in_a_column_or_in_the_header() -> None:
    assert made(price="5", currency="£") == made(price="£5")
    assert [currency_of(name) for name in ("Prix (USD)", "Price £", "Prix HT", None)] == ["USD", "GBP", "EUR", "EUR"]


def test_what_stands_beside_is_kept_as_one_line_and_as_long_as_its_place() -> None:
    product = made(name=" Table \n basse ", material="x" * 500, colour=" ", supplier_text=" une\ndeux\0 ")
    assert isinstance(product, Product)
    assert (product.name, product.colour, product.supplier_text) == ("Table basse", None, "une\ndeux")
    assert product.material == "x" * 200


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("L 180 x P 90 x H 75 cm", "180 × 90 × 75 cm"),
        ("180x90x75", "180 × 90 × 75"),
        ("H75 x L180 x P90", "180 × 90 × 75"),
        ("L. 180 cm x l. 90 cm", "180 × 90 cm"),
        ("W 74,50 × D 30 MM", "74.5 × 30 mm"),
        ("L180/P90/H75 cm", "180 × 90 × 75 cm"),
        ("Ø 60 x H 75 cm", "Ø 60 × 75 cm"),
        ("Diamètre 60 cm, hauteur 40 cm", "Ø 60 × 40 cm"),
        ("Longueur : 2 m", "Longueur : 2 m"),
        ("180 cm x 2 m", "180 cm x 2 m"),
        ("sur mesure", "sur mesure"),
        ("M / L / XL", "M / L / XL"),
    ],
)
def test_dimensions_are_written_in_one_way_or_left_alone(written: str, kept: str) -> None:
    assert normalised(written) == kept


def test_every_row_of_the_furniture_list_is_accounted_for(tmp_path: Path) -> None:
    found = of_file(tmp_path, files.FURNITURE.read_bytes())
    good = [one for one in found if isinstance(one, Product)]
    assert [(one.reference, one.price_cents) for one in good] == [
        ("CAN-001", 129_900), ("CAN-002", 214_950), ("FAU-010", 48_990), ("TAB-100", 119_000), ("TAB-101", 24_900),
        ("CHA-200", 8_900),
    ]  # fmt: skip
    assert [(one.line, one.code, one.detail) for one in found if isinstance(one, Rejected)] == [
        (10, "price_not_understood", "sur devis"),
        (11, "reference_duplicate", "7"),
        (12, "reference_missing", ""),
        (13, "amount_negative", "-20,00"),
        (14, "price_missing", ""),
    ]


def test_a_reference_that_is_there_twice_is_rejected_also_in_another_slice(tmp_path: Path) -> None:
    rows = [f"R-{n};Chaise;1,00" for n in range(450)] + ["R-3;Chaise;2,00"]
    found = of_file(tmp_path, ("Ref;Nom;Prix\n" + "\n".join(rows)).encode())
    assert found[-1] == Rejected(
        452, "reference_duplicate", "5", {"reference": "R-3", "name": "Chaise", "price": "2,00"}
    )
    assert sum(isinstance(one, Product) for one in found) == 450


def test_a_formula_of_a_workbook_is_what_it_showed_and_is_never_computed(tmp_path: Path) -> None:
    found = {one.line: one for one in of_file(tmp_path, files.workbook())}
    assert isinstance(found[8], Rejected)
    assert found[8].code == "price_missing"
    assert [(one.reference, one.price_cents) for one in found.values() if isinstance(one, Product)] == [
        ("C-10", 12_990), ("C-11", 34_900), ("2027", 10_833), ("T-22", 130)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "row", "dimensions"),
    [
        ("Largeur (cm);Profondeur (cm);Hauteur (cm)", "180;90,5;75", "180 × 90.5 × 75 cm"),
        ("H;P;L", "75;90;180", "180 × 90 × 75"),
        ("Hauteur;Largeur", "75 cm;180 cm", "180 × 75 cm"),
        ("Width mm;Height mm", "1800;", "L 1800 mm"),
        ("Hauteur;Dimensions;Largeur", "75;L 10 x P 20 cm;180", "10 × 20 cm"),
        ("Hauteur;Couleur", "75;bleu", None),
    ],
)
def test_measures_in_columns_of_their_own_are_one_size(
    tmp_path: Path, header: str, row: str, dimensions: str | None
) -> None:
    (found,) = of_file(tmp_path, f"référence;désignation;{header}\nA-1;Table;{row}\n".encode())
    assert isinstance(found, Product), found
    assert found.dimensions == dimensions


def test_the_sample_company_s_catalogue_has_no_mistake(tmp_path: Path) -> None:
    found = of_file(tmp_path, SAMPLE_CATALOG.read_bytes())
    assert len(found) == 12
    assert all(isinstance(one, Product) for one in found)
