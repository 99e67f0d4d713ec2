"""Files over HTTP: kept whole or not at all, believed about nothing, and another company's are not there."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData

from lea.handlers.keys import CONFIG, SHELF
from lea.handlers.uploads import shown
from lea.runs.catalog.shelf import KEPT
from tests import catalog_files as files
from tests.catalog_people import bring, extracted
from tests.conftest import Logged
from tests.lea_server import Lea, Person

ROOT = "/v1/catalog/imports"
LIST = b"Ref;Nom;Prix\nA-1;Chaise;12,50\n"


def kept(lea: Lea) -> list[str]:
    """What lies in the folder."""
    folder = lea.app[CONFIG].catalog.beside(lea.app[CONFIG].database.file)
    return sorted(path.name for path in folder.iterdir())


async def test_a_file_is_kept_and_shown_before_anything_is_saved(lea: Lea, ada: Person) -> None:
    status, made = await bring(ada, files.FURNITURE.read_bytes(), "C:\\Tarifs\\..\\mobilier.csv")
    assert status == 201, made
    assert (made["name"], made["media"], made["rows_seen"]) == ("mobilier.csv", "text/csv", 11)
    assert made["bytes"] == len(files.FURNITURE.read_bytes())
    assert made["mapping"]["price"] == "Prix HT (€)"
    assert (made["sample"][0]["reference"], made["sample"][0]["price"]) == ("CAN-001", "1299.00")
    assert made["sample"][0]["dimensions"] == "210 × 95 × 82 cm"
    assert kept(lea) == [made["import_id"]]
    page = (await ada.call("GET", ROOT))[1]
    assert page["imports"] == [{k: made[k] for k in ("import_id", "name", "media", "bytes", "created_at")}]
    assert (await ada.call("GET", "/v1/catalog/items"))[1]["total"] == 0


@pytest.mark.parametrize("maker", ["workbook", "products_json", "price_list"])
async def test_what_a_file_is_follows_from_what_it_holds(lea: Lea, ada: Person, maker: str) -> None:
    data = getattr(files, maker)()
    status, made = await bring(ada, data, "tarif.csv")
    assert status == 201, made
    assert made["media"].split("/")[1].rpartition(".")[2] in {"sheet", "json", "pdf"}
    assert made["rows_seen"] == {"workbook": 6, "products_json": 3, "price_list": 800}[maker]


async def test_a_sample_says_why_a_row_is_rejected_in_the_reader_s_language(lea: Lea, ada: Person) -> None:
    data = b"Ref;Nom;Prix\nA-1;Chaise;-5\n"
    assert (await bring(ada, data))[1]["sample"][0]["message"] == "An amount is not negative."
    french = (await bring(ada, data, **{"Accept-Language": "fr"}))[1]["sample"][0]
    assert (french["code"], french["message"]) == ("amount_negative", "Un montant n'est pas négatif.")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "file_empty"),
        (b"hello", 400, "file_no_header"),
        (files.packed({"xl/workbook.xml": b" " * (2 * 2**20)}), 400, "file_expands_too_much"),
        (files.price_list(1, password="x"), 400, "file_encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), 400, "file_is_xls"),
        (LIST + b"x" * 20 * 2**20, 413, "file_too_large"),
    ],
)
async def test_a_file_nobody_can_use_is_refused_and_not_kept(
    lea: Lea, ada: Person, data: bytes, status: int, code: str
) -> None:
    answered, problem = await bring(ada, data)
    assert (answered, problem["code"]) == (status, code)
    assert kept(lea) == []
    assert (await ada.call("GET", ROOT))[1]["imports"] == []


async def test_a_file_that_does_not_say_its_length_is_cut_at_the_bound(lea: Lea, ada: Person) -> None:
    async def endless() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + LIST
        for _ in range(21):
            yield b"A-2;Chaise;1,00\n" * 65_536

    headers = {**ada.headers, "Content-Type": "multipart/form-data; boundary=b"}
    async with lea.session.post(lea.url + ROOT, data=endless(), headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (413, "file_too_large")
    assert kept(lea) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="\x1f"\r\n\r\ny\r\n--b--\r\n',
        ),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name=";;=x\r\n\r\ny\r\n--b--\r\n'),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\ny\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n--b--\r\n'),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nRef;Nom\nA;b'),
    ],
)
async def test_a_body_that_is_not_one_file_is_refused(lea: Lea, ada: Person, kind: str, body: bytes) -> None:
    async with lea.session.post(lea.url + ROOT, data=body, headers={**ada.headers, "Content-Type": kind}) as response:
        assert (response.status, (await response.json())["code"]) in {
            (400, "file_part_missing"), (400, "invalid_request")
        }  # fmt: skip
    assert kept(lea) == []


async def test_one_file_at_a_time(lea: Lea, ada: Person) -> None:
    form = FormData()
    form.add_field("file", io.BytesIO(LIST), filename="a.csv")
    form.add_field("file", io.BytesIO(LIST), filename="b.csv")
    async with lea.session.post(lea.url + ROOT, data=form, headers=ada.headers) as response:
        assert (await response.json())["code"] == "file_part_missing"
    assert kept(lea) == []


async def test_an_upload_that_breaks_off_leaves_nothing(lea: Lea, ada: Person, logged: Logged) -> None:
    head = (
        f"POST {ROOT} HTTP/1.1\r\nHost: x\r\nAuthorization: {ada.headers['Authorization']}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nRef;Nom\n'
    )
    host, _, port = lea.url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode() + b"A;b\n" * 5000)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    while not [line for line in logged.named("request.ended") if line["route"] == ROOT]:
        await asyncio.sleep(0.005)
    assert kept(lea) == []
    assert logged.named("request.crashed") == []


async def test_the_newest_files_are_kept(lea: Lea, ada: Person) -> None:
    rows = [("old", 1.0), *((f"im_{number}", 2.0 + number) for number in range(KEPT - 1))]
    for import_id, at in rows:
        await asyncio.to_thread((Path(lea.app[SHELF].files.path(import_id))).write_bytes, b"x")
        values = f"('{import_id}', '{ada.identity.company_id}', 'u', 'n', 'text/csv', 1, '', 'kept', {at})"
        await lea.store.write(
            lambda c, values=values: c.exec_driver_sql(f"INSERT INTO catalog_imports VALUES {values}").close()
        )
    made = (await bring(ada, LIST))[1]
    assert made["import_id"] in kept(lea)
    assert "old" not in kept(lea)
    assert len(kept(lea)) == KEPT
    first = (await ada.call("GET", f"{ROOT}?limit=30"))[1]
    rest = (await ada.call("GET", f"{ROOT}?limit=30&cursor={first['next_cursor']}"))[1]
    assert len({one["import_id"] for one in first["imports"] + rest["imports"]}) == KEPT
    assert rest["next_cursor"] is None


async def test_a_forgotten_file_is_gone_and_its_articles_stay(lea: Lea, ada: Person) -> None:
    import_id = (await bring(ada, LIST))[1]["import_id"]
    await extracted(ada, import_id)
    articles = (await ada.call("GET", "/v1/catalog/items"))[1]["total"]
    eve = await lea.person("eve@example.org", company="Another One")
    assert (await eve.call("DELETE", f"{ROOT}/{import_id}"))[0] == 404
    assert import_id in kept(lea)
    assert (await ada.call("DELETE", f"{ROOT}/{import_id}"))[0] == 204
    assert import_id not in kept(lea)
    assert (await ada.call("DELETE", f"{ROOT}/{import_id}"))[0] == 404
    assert (await ada.call("GET", "/v1/catalog/items"))[1]["total"] == articles > 0
    assert (await ada.call("POST", "/v1/catalog/extract", {"import_id": import_id}))[0] == 404


async def test_another_company_s_files_are_not_there(lea: Lea, ada: Person) -> None:
    eve = await lea.person("eve@example.org", company="Another One")
    made = (await bring(ada, LIST))[1]
    assert (await eve.call("GET", ROOT))[1]["imports"] == []
    body = {"import_id": made["import_id"]}
    assert (await eve.call("POST", "/v1/catalog/extract", body))[0] == 404
    async with lea.session.post(lea.url + ROOT, data=b"") as response:
        assert response.status == 401


async def test_what_a_killed_process_left_is_taken_away_after_a_day(lea: Lea) -> None:
    shelf, now = lea.app[SHELF], lea.store_now()
    part = shelf.files.path("x").with_name(".im_1.part")
    await asyncio.to_thread(part.write_bytes, b"x")
    await asyncio.to_thread(shelf.files.tidy, now)
    assert kept(lea) == [".im_1.part"]
    await asyncio.to_thread(shelf.files.tidy, now + 90_000)
    assert kept(lea) == []


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("a.csv", "a.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\é\u202e\n.csv", "é .csv"),
        ("", "?"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_something_to_read_and_never_a_path(sent: str, name: str) -> None:
    assert shown(sent) == name
