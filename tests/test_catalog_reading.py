"""Files as suppliers send them are read as what they say; what nobody can read is refused with its reason."""

from dataclasses import replace
from pathlib import Path

import pytest

from lea.runs.catalog.mapping import chosen, guess
from lea.runs.catalog.reading.read import read
from lea.runs.catalog.reading.sheet import Limits, Sheet, Unreadable
from lea.sentences import SENTENCES
from tests import catalog_files as files


def sheet_of(folder: Path, data: bytes, limits: Limits | None = None) -> tuple[str, Sheet]:
    path = folder / "file"
    path.write_bytes(data)
    return read(path, limits)


def refused(folder: Path, data: bytes, limits: Limits | None = None) -> tuple[str, int | None]:
    with pytest.raises(Unreadable) as caught:
        sheet_of(folder, data, limits)
    assert caught.value.code in SENTENCES
    return caught.value.code, caught.value.line


def test_a_french_csv_of_an_old_windows_is_read_with_its_long_cells(tmp_path: Path) -> None:
    media, sheet = sheet_of(tmp_path, files.FURNITURE.read_bytes())
    assert media == "csv"
    assert sheet.columns[:3] == ("Réf.", "Désignation", "Prix HT (€)")
    assert sheet.rows[0].cells[1] == "Canapé 3 places « Éole »"
    assert sheet.rows[0].cells[7].splitlines() == ["Assise moelleuse,", "déhoussable ; pieds en chêne.", "Livré monté."]
    assert [row.line for row in sheet.rows[:3]] == [2, 5, 6]
    assert sheet.rows[3].cells[7] == 'Huilée, "façon atelier"'
    assert sheet.rows[6].cells[1] == "Lampadaire « Nœud »"


TEXT = "Référence;Désignation;Prix\r\nÉ-1;Étagère à côtés, hêtre;12,50 €\r\nÉ-2;Bûche « forêt »;3,00 €\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
def test_a_csv_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    _, sheet = sheet_of(tmp_path, TEXT.encode(encoding))
    assert sheet.columns == ("Référence", "Désignation", "Prix")
    assert sheet.rows[0].cells == ("É-1", "Étagère à côtés, hêtre", "12,50 €")


def test_latin_1_is_read_as_what_windows_calls_it(tmp_path: Path) -> None:
    _, sheet = sheet_of(tmp_path, TEXT.replace("€", "EUR").encode("latin-1"))
    assert sheet.rows[1].cells == ("É-2", "Bûche « forêt »", "3,00 EUR")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_csv_is_read_with_any_usual_separator(tmp_path: Path, separator: str) -> None:
    lines = [
        ["Ref", "Name", "Price"],
        ["A-1", '"Sofa, large; grey"', '"1,299.00"'],
        ["A-2", '"Chair | oak"', '"89,50"'],
    ]
    _, sheet = sheet_of(tmp_path, "\n".join(separator.join(line) for line in lines).encode())
    assert sheet.columns == ("Ref", "Name", "Price")
    assert [row.cells[1] for row in sheet.rows] == ["Sofa, large; grey", "Chair | oak"]


def test_a_workbook_is_read_below_its_titles_with_merged_cells_filled(tmp_path: Path) -> None:
    media, sheet = sheet_of(tmp_path, files.workbook())
    assert media == "xlsx"
    assert sheet.columns == ("Famille", "Réf.", "Désignation", "Prix public HT (€)", "Dimensions", "Matière")
    assert [row.cells[0] for row in sheet.rows] == ["Assises"] * 3 + ["Tables"] * 3
    assert [row.line for row in sheet.rows] == [5, 6, 7, 8, 9, 10]
    assert sheet.rows[0].cells[3] == "129.9"
    assert sheet.rows[3].cells[3] == ""  # a formula nobody has computed yet
    assert sheet.rows[4].cells[1] == "2027"
    assert sheet.rows[5].cells[3] == "1.2990"  # three decimals would be thousands


def test_json_is_read_one_level_deep(tmp_path: Path) -> None:
    media, sheet = sheet_of(tmp_path, files.products_json())
    assert media == "json"
    assert sheet.columns == ("sku", "name", "price.amount", "price.currency", "color", "material")
    assert sheet.rows[0].cells == ("N-1", "Lamp", "89.5", "GBP", "black, brass", "")
    assert guess(sheet).columns == {
        "reference": "sku", "name": "name", "price": "price.amount", "currency": "price.currency",
        "material": "material", "colour": "color",
    }  # fmt: skip
    assert sheet_of(tmp_path, b' [{"ref": "A", "name": "b"}]')[1].rows[0].cells == ("A", "b")


def test_a_pdf_of_forty_pages_is_read_whole(tmp_path: Path) -> None:
    media, sheet = sheet_of(tmp_path, files.price_list())
    assert media == "pdf"
    assert sheet.columns == ("Reference", "Designation", "Prix HT", "Dimensions")
    assert len(sheet.rows) == 800
    assert sheet.rows[-1].cells == ("P-39-19", "Meuble 39 19", "119,50 EUR", "80 x 40 x 75 cm")


def test_a_pdf_without_lines_is_read_by_what_stands_below_what(tmp_path: Path) -> None:
    _, sheet = sheet_of(tmp_path, files.price_list(2, ruled=False))
    assert sheet.columns == ("Reference", "Designation", "Prix HT", "Dimensions")
    assert len(sheet.rows) == 40
    assert sheet.rows[0].cells == ("P-00-00", "Meuble 0 0", "100,50 EUR", "")
    assert sheet.rows[1].cells == ("P-00-01", "Meuble 0 1", "101,50 EUR", "80 x 40 x 75 cm")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "file_empty"),
        (b"[]", "file_empty"),
        (b"\0\1\2" * 100, "file_not_understood"),
        (b"\xff\xfea", "file_not_understood"),
        (b"PK\x03\x04 and no more", "file_not_understood"),
        (files.packed({"word/document.xml": b"<x/>"}), "file_not_understood"),
        (files.packed({"xl/workbook.xml": b"<x"}), "file_not_understood"),
        (b"%PDF-1.7 and no more", "file_not_understood"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_is_xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        (b"un;deux;trois\n1;2;3\n", "file_no_header"),
        (b"Bonjour,\nvoici nos tarifs.\n", "file_no_header"),
        (b'{"name": "x"}', "file_no_header"),
        (b'[{"a": 1, "b": 2}]', "file_no_header"),
    ],
)
def test_what_nobody_can_read_is_refused_with_its_reason(tmp_path: Path, data: bytes, code: str) -> None:
    assert refused(tmp_path, data)[0] == code


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, files.price_list(1, password="secret")) == ("file_encrypted", None)


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    assert refused(tmp_path, files.zip_bomb())[0] == "file_expands_too_much"
    assert refused(tmp_path, files.tight_bomb())[0] == "file_expands_too_much"


def test_broken_json_and_csv_say_where(tmp_path: Path) -> None:
    assert refused(tmp_path, b'[{"ref": "A"},\n{"ref": ]') == ("file_not_understood", 2)
    assert refused(tmp_path, b'[{"ref": "A"}, 7]') == ("file_not_understood", 2)


SMALL = Limits(bytes=5000, rows=3, pages=1, columns=4, cell=20)
HEAD = "Ref;Nom;Prix\n"


@pytest.mark.parametrize(
    ("data", "limits", "code", "line"),
    [
        (b"x" * 5001, SMALL, "file_too_large", None),
        ((HEAD + "A;b;1\n" * 4).encode(), SMALL, "file_too_many_rows", 5),
        (b'[{"ref":"A","name":"b"},{},{},{}]', SMALL, "file_too_many_rows", 4),
        ((HEAD + "A;b;1\n" + "A;b;1;;9\n").encode(), SMALL, "file_too_many_columns", 3),
        ((HEAD + "A;b;1\n" + f"A;{'b' * 21};1\n").encode(), SMALL, "file_cell_too_long", 3),
        (files.price_list(2), replace(SMALL, bytes=10**6), "file_too_many_pages", None),
        (files.workbook(), Limits(expansion=1000), "file_expands_too_much", None),
        (files.workbook(), Limits(rows=5), "file_too_many_rows", 10),
        (("\n".join("x;y" for _ in range(50))).encode(), SMALL, "file_too_many_rows", 44),
    ],
)
def test_each_bound_is_reached(tmp_path: Path, data: bytes, limits: Limits, code: str, line: int | None) -> None:
    assert refused(tmp_path, data, limits) == (code, line)


def test_as_many_rows_as_allowed_are_read(tmp_path: Path) -> None:
    _, sheet = sheet_of(tmp_path, ("Tarif 2027\n" + HEAD + "A;b;1\n" * 3).encode(), SMALL)
    assert len(sheet.rows) == 3


def test_columns_without_a_telling_name_are_known_by_what_stands_in_them(tmp_path: Path) -> None:
    rows = "".join(f"K-{n}0{n};Lampe de bureau {n};{n}9,90 €;{n}0 x 20 x 30 cm;x\n" for n in range(1, 6))
    _, sheet = sheet_of(tmp_path, ("Colonne A;Désignation;Montant;Colonne D;Divers\n" + rows).encode())
    found = guess(sheet)
    assert found.columns == {
        "reference": "Colonne A", "name": "Désignation", "price": "Montant", "dimensions": "Colonne D"
    }  # fmt: skip
    assert (found.confidence, found.left) == (0.5, ("Divers",))


def test_a_mapping_can_be_corrected_but_not_invented(tmp_path: Path) -> None:
    _, sheet = sheet_of(tmp_path, b"Ref;Nom;Prix;Prix\nA;b;1;2\n")
    assert sheet.columns == ("Ref", "Nom", "Prix", "Prix #4")
    found = chosen(sheet, {"reference": "Ref", "name": "Nom", "price": "Prix #4"})
    assert (found.columns["price"], found.left, found.confidence) == ("Prix #4", ("Prix",), 1.0)
    for wrong in ({"reference": "Réf"}, {"weight": "Ref"}, {"reference": "Ref", "name": "Ref"}):
        with pytest.raises(Unreadable, match="mapping_unknown"):
            chosen(sheet, wrong)
