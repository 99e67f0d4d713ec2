"""Articles: made of a file, found, changed, taken away as a file; and what became none is listed."""

import csv
import io
from typing import Any

import pytest

from lea.runs.catalog.export import BEGINS_FORMULA
from tests import catalog_files as files
from tests.catalog_people import bring, brought, extracted
from tests.lea_server import Lea, Person

ROOT = "/v1/catalog/items"


async def listed(person: Person, query: str = "limit=100") -> list[dict[str, Any]]:
    status, page = await person.call("GET", f"{ROOT}?{query}")
    assert status == 200, page
    return list(page["items"])


async def rejected(person: Person, run_id: str, **headers: str) -> list[dict[str, Any]]:
    status, page = await person.call("GET", f"/v1/catalog/rejects?run_id={run_id}&limit=100", **headers)
    assert status == 200, page
    return list(page["rejects"])


async def test_a_file_becomes_articles_and_rejects(lea: Lea, ada: Person) -> None:
    run_id, run = await brought(ada, files.FURNITURE.read_bytes())
    assert (run["state"], run["jobs_total"], run["jobs_completed"]) == ("completed", 1, 1)
    items = {one["reference"]: one for one in await listed(ada)}
    assert sorted(items) == ["CAN-001", "CAN-002", "CHA-200", "FAU-010", "TAB-100", "TAB-101"]
    sofa = items["CAN-001"]
    assert (sofa["price"], sofa["currency"], sofa["version"], sofa["line"]) == ("1299.00", "EUR", 1, 2)
    assert (sofa["material"], sofa["dimensions"], sofa["run_id"]) == ("Lin", "210 × 95 × 82 cm", run_id)
    refused = await rejected(ada, run_id, **{"Accept-Language": "fr"})
    assert [(one["line"], one["code"]) for one in refused] == [
        (10, "price_not_understood"), (11, "reference_duplicate"), (12, "reference_missing"), (13, "amount_negative"),
        (14, "price_missing"),
    ]  # fmt: skip
    assert refused[0]["raw"]["reference"] == "LAM-300"
    assert refused[0]["message"] == "Ce prix n'est pas compréhensible."


async def test_the_same_file_again_changes_nothing_and_a_newer_one_what_differs(lea: Lea, ada: Person) -> None:
    await brought(ada, b"Ref;Nom;Prix\nA;Chaise;10\nB;Table;20\n")
    before = await listed(ada)
    await brought(ada, b"Ref;Nom;Prix\nA;Chaise;10\nB;Table;20\n")
    assert await listed(ada) == before
    run_id, _ = await brought(ada, b"Ref;Nom;Prix\nA;Chaise;10\nB;Table;25\nC;Banc;5\n")
    after = {one["reference"]: one for one in await listed(ada)}
    assert [(one, after[one]["version"]) for one in "ABC"] == [("A", 1), ("B", 2), ("C", 1)]
    assert (after["B"]["price"], after["B"]["run_id"]) == ("25.00", run_id)
    assert after["B"]["id"] in {one["id"] for one in before}


async def test_a_mapping_can_be_corrected(lea: Lea, ada: Person) -> None:
    _, made = await bring(ada, b"Ref;Nom;Prix achat;Prix\nA;Chaise;10;20\n")
    mapping = {"reference": "Ref", "name": "Nom", "price": "Prix achat"}
    await extracted(ada, made["import_id"], mapping=mapping)
    assert [one["price"] for one in await listed(ada)] == ["10.00"]
    _, run = await extracted(ada, made["import_id"], mapping={"price": "Poids"})
    assert (run["state"], run["error"] is None) == ("failed", False)


async def test_what_cannot_be_extracted_is_refused(lea: Lea, ada: Person) -> None:
    for body, status in (
        ({"import_id": "im_0"}, 404),
        ({"import_id": "../x"}, 400),
        ({"import_id": "im_0", "mapping": {}}, 400),
        ({}, 400),
    ):
        assert (await ada.call("POST", "/v1/catalog/extract", body))[0] == status, body


async def test_ten_thousand_rows_become_articles_in_well_under_ten_seconds(lea: Lea, ada: Person) -> None:
    started = lea.store_now()
    _, run = await brought(ada, files.many_rows())
    assert (run["state"], run["jobs_completed"]) == ("completed", 50)
    assert (await ada.call("GET", f"{ROOT}?q=ART-10000"))[1]["total"] == 1
    assert (await ada.call("GET", ROOT))[1]["total"] == 10_000
    assert lea.store_now() - started < 60  # two processors that others use too, and that stand still at times


async def test_articles_are_found_without_case_or_accents_and_page_by_page(lea: Lea, ada: Person) -> None:
    await brought(ada, files.FURNITURE.read_bytes())
    for words, found in (
        ("EOLE", {"CAN-001", "CAN-002"}),
        ("foret chene", {"TAB-100"}),
        ("fau-010", {"FAU-010"}),
        ("ecru", {"CAN-001"}),
        ("%25", set()),
    ):
        assert {one["reference"] for one in await listed(ada, f"q={words}")} == found, words
    assert {one["reference"] for one in await listed(ada, "category=Tables")} == {"TAB-100", "TAB-101"}
    seen: list[str] = []
    query = "limit=4"
    while True:
        page = (await ada.call("GET", f"{ROOT}?{query}"))[1]
        seen += [one["reference"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query = f"limit=4&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 6
    for wrong in ("limit=0", "cursor=x", "q=%00", "category=%00"):
        assert (await ada.call("GET", f"{ROOT}?{wrong}"))[0] == 400
    for wrong in ("", "run_id=", "run_id=a%20b"):
        assert (await ada.call("GET", f"/v1/catalog/rejects?{wrong}"))[0] == 400


async def test_an_article_is_changed_by_its_version(lea: Lea, ada: Person) -> None:
    await brought(ada, b"Ref;Nom;Prix\nA;Chaise;10\n")
    item = (await listed(ada))[0]
    path = f"{ROOT}/{item['id']}"
    status, changed = await ada.call("PATCH", path, {"price": "1 299,50 $", "colour": " noir ", "version": 1})
    assert (status, changed["price"], changed["currency"], changed["colour"]) == (200, "1299.50", "USD", "noir")
    assert changed["version"] == 2
    assert (await ada.call("PATCH", path, {"name": "x", "version": 1}))[1]["code"] == "record_changed"
    assert (await ada.call("PATCH", path, {"colour": "noir"}))[1]["version"] == 2
    emptied = (await ada.call("PATCH", path, {"price": None, "colour": None}))[1]
    assert (emptied["price"], emptied["currency"], emptied["colour"]) == (None, None, None)
    for body, code in (
        ({"currency": "EUR"}, "currency_without_price"),
        ({"price": "-1"}, "amount_negative"),
        ({"name": None}, "name_missing"),
        ({"material": "a\nb"}, "invalid_request"),
        ({"reference": "B"}, "invalid_request"),
        ({"version": 0}, "invalid_request"),
    ):
        status, problem = await ada.call("PATCH", path, body)
        assert (status, problem["code"]) == (400, code), body


async def test_an_export_is_a_file_of_the_reader_s_country(lea: Lea, ada: Person) -> None:
    await brought(ada, files.FURNITURE.read_bytes())
    async with await ada.request("GET", f"{ROOT}/export", **{"Accept-Language": "fr"}) as response:
        assert response.headers["Content-Disposition"] == 'attachment; filename="catalogue.csv"'
        data = await response.read()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Référence", "Désignation", "Prix", "Devise"]
    assert rows[1][:4] == ["CAN-001", "Canapé 3 places « Éole »", "1299,00", "EUR"]
    assert len(rows) == 7
    async with await ada.request("GET", f"{ROOT}/export?format=csv") as response:
        assert (await response.read()).decode("utf-8-sig").splitlines()[0].startswith("Reference,Name,Price")
    assert (await ada.call("GET", f"{ROOT}/export?format=pdf"))[0] == 400


async def test_an_exported_file_can_be_brought_in_again(lea: Lea, ada: Person) -> None:
    await brought(ada, files.FURNITURE.read_bytes())
    before = await listed(ada)
    for kind in ("csv", "xlsx"):
        async with await ada.request("GET", f"{ROOT}/export?format={kind}", **{"Accept-Language": "fr"}) as response:
            await brought(ada, await response.read())
        same = [{k: v for k, v in one.items() if k in {"reference", "name", "price"}} for one in await listed(ada)]
        assert sorted(same, key=str) == sorted(
            ({k: v for k, v in one.items() if k in {"reference", "name", "price"}} for one in before), key=str
        )


@pytest.mark.parametrize("begins", [*BEGINS_FORMULA[:4]])
async def test_no_cell_of_an_export_is_a_formula(lea: Lea, ada: Person, begins: str) -> None:
    import openpyxl

    await brought(ada, f'Ref;Nom;Prix\nA;"{begins}HYPERLINK(""http://x"")";10\n'.encode())
    assert (await listed(ada))[0]["name"].startswith(begins)
    async with await ada.request("GET", f"{ROOT}/export") as response:
        rows = list(csv.reader(io.StringIO((await response.read()).decode("utf-8-sig"))))
    assert rows[1][1].startswith(f"'{begins}")
    async with await ada.request("GET", f"{ROOT}/export?format=xlsx") as response:
        sheet = openpyxl.load_workbook(io.BytesIO(await response.read())).active
    cell = sheet["B2"]
    assert (cell.data_type, cell.value) == ("s", f'{begins}HYPERLINK("http://x")')


async def test_another_company_s_articles_are_not_there(lea: Lea, ada: Person) -> None:
    eve = await lea.person("eve@example.org", company="Another One")
    run_id, _ = await brought(ada, b"Ref;Nom;Prix\nA;Chaise;10\nA;Chaise;10\n")
    item = (await listed(ada))[0]
    assert await listed(eve) == []
    assert await rejected(eve, run_id) == []
    assert (await eve.call("PATCH", f"{ROOT}/{item['id']}", {"name": "x"}))[0] == 404
    async with await eve.request("GET", f"{ROOT}/export") as response:
        assert len((await response.read()).splitlines()) == 1
    await brought(eve, b"Ref;Nom;Prix\nA;Banc;99\n")
    assert (await listed(ada))[0] == item
