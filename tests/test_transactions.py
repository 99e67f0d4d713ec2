"""Transactions over HTTP: list, search, open, read, change, and what belongs to them."""

import asyncio
from typing import Any

import pytest

from tests.lea_server import Lea, Person

ROOT = "/v1/transactions"
SALE = {"kind": "sale", "address": "12 rue de l'Église, 44000 Nantes"}
MARTIN = {"role": "buyer", "name": "Zoé Martin", "email": "zoe@example.org", "phone": "06 39 98 00 01"}


async def opened(person: Person, **body: Any) -> dict[str, Any]:
    status, file = await person.call("POST", ROOT, SALE | body)
    assert status == 201, file
    return dict(file)


async def listed(person: Person, query: str = "") -> list[str]:
    status, page = await person.call("GET", f"{ROOT}?{query}")
    assert status == 200, page
    return [file["reference"] for file in page["transactions"]]


@pytest.fixture
async def eve(lea: Lea) -> Person:
    return await lea.person("eve@example.org", company="Another One")


async def test_a_file_is_opened_read_and_changed(lea: Lea, ada: Person) -> None:
    made = await opened(ada, price="350 000 €", mandate_on="5 mars 2027", parties=[MARTIN])
    assert made["reference"] == "T-101"
    assert (made["price"], made["currency"], made["mandate_on"]) == ("350000.00", "EUR", "2027-03-05")
    assert (made["stage"], made["version"], made["coordinates"], made["geocoding"]) == ("prospect", 1, None, "off")
    assert [{k: v for k, v in party.items() if k != "id"} for party in made["parties"]] == [MARTIN]
    for name in (made["id"], "T-101", "t-101"):
        status, read = await ada.call("GET", f"{ROOT}/{name}")
        assert [receipt["name"] for receipt in read.pop("receipts")] == ["create_transaction"]
        assert (status, read) == (200, made | {"notes": [], "forms": []})
    status, changed = await ada.call("PATCH", f"{ROOT}/T-101", {"stage": "offer", "price": None, "version": 1})
    assert status == 200
    assert (changed["stage"], changed["price"], changed["currency"], changed["version"]) == ("offer", None, None, 2)
    assert changed["mandate_on"] == "2027-03-05"
    again = (await ada.call("PATCH", f"{ROOT}/T-101", {"stage": "offer"}))[1]
    assert (again["version"], again["updated_at"]) == (2, changed["updated_at"])
    assert (await ada.call("PATCH", f"{ROOT}/T-101"))[0] == 200


async def test_parties_and_notes_come_and_go(lea: Lea, ada: Person) -> None:
    await opened(ada)
    status, party = await ada.call("POST", f"{ROOT}/T-101/parties", MARTIN)
    assert (status, party["name"], party["phone"]) == (201, "Zoé Martin", "06 39 98 00 01")
    assert (await ada.call("POST", f"{ROOT}/T-101/parties", MARTIN | {"name": "zoe MARTIN"}))[1][
        "code"
    ] == "party_known"
    status, note = await ada.call("POST", f"{ROOT}/T-101/notes", {"text": " Visite samedi.\nDeux personnes. "})
    assert (status, note["text"], note["author"]) == (201, "Visite samedi.\nDeux personnes.", "Ada")
    whole = (await ada.call("GET", f"{ROOT}/T-101"))[1]
    assert (whole["parties"], whole["notes"], whole["version"]) == ([party], [note], 1)
    for path in (f"parties/{party['id']}", f"notes/{note['id']}"):
        assert await ada.call("DELETE", f"{ROOT}/T-101/{path}") == (204, None)
        assert (await ada.call("DELETE", f"{ROOT}/T-101/{path}"))[0] == 404
    whole = (await ada.call("GET", f"{ROOT}/T-101"))[1]
    assert (whole["parties"], whole["notes"]) == ([], [])


async def test_a_file_is_read_with_its_newest_notes(lea: Lea, ada: Person) -> None:
    await opened(ada)
    for number in range(55):
        await ada.call("POST", f"{ROOT}/T-101/notes", {"text": f"note {number}"})
    notes = (await ada.call("GET", f"{ROOT}/T-101"))[1]["notes"]
    assert [note["text"] for note in notes] == [f"note {number}" for number in range(54, 4, -1)]


async def test_asking_twice_opens_one_file(lea: Lea, ada: Person) -> None:
    files = await asyncio.gather(*(opened(ada, request_id="r1", address=f"Rue {n}") for n in range(4)))
    assert len({file["id"] for file in files}) == 1
    bob = await lea.person("bob@example.org")
    assert (await opened(bob, request_id="r1"))["reference"] == "T-102"
    assert sorted(await listed(ada)) == ["T-101", "T-102"]


async def test_the_list_is_filtered_and_searched_without_case_or_accents(lea: Lea, ada: Person) -> None:
    await opened(ada, parties=[MARTIN])
    await opened(ada, kind="rental", address="3 Rue du Port")
    await opened(ada, kind="rental", address="4 rue du Port", stage="offer")
    assert await listed(ada) == ["T-103", "T-102", "T-101"]
    assert await listed(ada, "kind=rental&stage=offer") == ["T-103"]
    for words in ("EGLISE", "église", "zoe", "Martin Nantes", "t-101"):
        assert await listed(ada, f"q={words}") == ["T-101"], words
    assert await listed(ada, "q=port rue") == ["T-103", "T-102"]
    assert await listed(ada, "q=%25") == await listed(ada, "q=_") == []
    assert await listed(ada, "q=%20") == ["T-103", "T-102", "T-101"]
    assert (await ada.call("GET", f"{ROOT}?kind=rental&limit=1"))[1]["total"] == 2


async def test_pages_miss_and_repeat_nothing_though_all_changed_at_once(lea: Lea, ada: Person) -> None:
    for _ in range(5):
        await opened(ada)
    await lea.store.write(lambda c: c.exec_driver_sql("UPDATE transactions SET updated_at = 7").close())
    seen: list[str] = []
    query = "limit=2"
    while True:
        page = (await ada.call("GET", f"{ROOT}?{query}"))[1]
        seen += [file["reference"] for file in page["transactions"]]
        if page["next_cursor"] is None:
            break
        query = f"limit=2&cursor={page['next_cursor']}"
    assert sorted(seen) == [f"T-10{number}" for number in range(1, 6)]
    assert page["total"] == 5


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=nonsense",
        "cursor=W10=",
        "cursor=WzEsICJcdTAwMDAiXQ==",
        "q=%00",
        "q=" + "x" * 201,
        "kind=boat",
        "stage=won",
    ],
)
async def test_a_list_nobody_can_mean_is_refused(lea: Lea, ada: Person, query: str) -> None:
    status, problem = await ada.call("GET", f"{ROOT}?{query}")
    assert status == 400
    assert problem["errors"][0]["path"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "boat"}, "kind_unknown"),
        ({"address": ""}, "address_invalid"),
        ({"address": "a\nb"}, "address_invalid"),
        ({"address": "x" * 301}, "address_invalid"),
        ({"address": 7}, "address_invalid"),
        ({"stage": "won"}, "stage_unknown"),
        ({"price": -1}, "amount_negative"),
        ({"price": "beaucoup"}, "amount_not_understood"),
        ({"price": 1e300}, "amount_too_large"),
        ({"price": True}, "amount_not_understood"),
        ({"price": 1.234}, "amount_not_understood"),
        ({"price": "5 $", "currency": "EUR"}, "currency_contradicts"),
        ({"currency": "XXX"}, "currency_unknown"),
        ({"offer_on": "05/03/2027"}, "date_ambiguous"),
        ({"deed_on": "demain"}, "date_not_understood"),
        ({"parties": [{"role": "king", "name": "x"}]}, "role_unknown"),
        ({"parties": [{"role": "buyer", "name": "\u202e"}]}, "name_invalid"),
        ({"parties": [MARTIN | {"email": "zoe"}]}, "email_invalid"),
        ({"parties": [MARTIN | {"phone": "12345"}]}, "phone_invalid"),
        ({"parties": [MARTIN] * 21}, "invalid_request"),
        ({"request_id": "a b"}, "invalid_id"),
        ({"reference": "T-1"}, "invalid_request"),
    ],
)
async def test_a_field_nobody_can_mean_is_refused_with_its_code(
    lea: Lea, ada: Person, body: dict[str, Any], code: str
) -> None:
    french = {"Accept-Language": "fr"}
    status, problem = await ada.call("POST", ROOT, SALE | body)
    assert (status, problem["code"]) == (400, code)
    detail = (await ada.call("POST", ROOT, SALE | body, **french))[1]["detail"]
    assert detail != problem["detail"]
    assert await listed(ada) == []


async def test_a_change_that_cannot_be_meant_is_refused(lea: Lea, ada: Person) -> None:
    await opened(ada)
    for body, code in (
        ({"kind": None}, "kind_unknown"),
        ({"stage": None}, "stage_unknown"),
        ({"address": None}, "address_invalid"),
        ({"currency": "USD"}, "currency_without_price"),
        ({"version": 0}, "invalid_request"),
        ({"version": "1"}, "invalid_request"),
        ({"parties": []}, "invalid_request"),
    ):
        status, problem = await ada.call("PATCH", f"{ROOT}/T-101", body)
        assert (status, problem["code"]) == (400, code)
    assert (await ada.call("POST", f"{ROOT}/T-101/notes", {"text": "a\0"}))[1]["code"] == "note_invalid"
    assert (await ada.call("POST", f"{ROOT}/T-101/notes", {"text": "x" * 4001}))[1]["code"] == "note_invalid"
    assert (await ada.call("POST", f"{ROOT}/T-101/forms", {"template": "will"}))[1]["code"] == "template_unknown"
    assert (await ada.call("GET", f"{ROOT}/a%20b"))[1]["code"] == "invalid_id"


async def test_of_two_who_change_the_same_version_one_is_told(lea: Lea, ada: Person) -> None:
    await opened(ada)
    outcomes = await asyncio.gather(
        ada.call("PATCH", f"{ROOT}/T-101", {"stage": "offer", "version": 1}),
        ada.call("PATCH", f"{ROOT}/T-101", {"price": "5", "version": 1}),
    )
    assert sorted(status for status, _ in outcomes) == [200, 409]
    problem = next(body for status, body in outcomes if status == 409)
    assert (problem["code"], problem["detail"][:16]) == ("record_changed", "This record has ")
    french = (await ada.call("PATCH", f"{ROOT}/T-101", {"version": 1}, **{"Accept-Language": "fr"}))[1]
    assert french["detail"].startswith("Ce dossier a changé")


async def test_bounds_are_told_as_conflicts(lea: Lea, ada: Person) -> None:
    people = [{"role": "buyer", "name": f"Person {number}"} for number in range(20)]
    await opened(ada, parties=people)
    status, problem = await ada.call("POST", f"{ROOT}/T-101/parties", MARTIN)
    assert (status, problem["code"], "20" in problem["detail"]) == (409, "too_many_parties", True)
    assert (await ada.call("POST", ROOT, SALE | {"parties": [MARTIN, MARTIN]}))[1]["code"] == "party_known"


async def test_another_company_s_files_are_not_there_on_any_route(lea: Lea, ada: Person, eve: Person) -> None:
    file = await opened(ada, parties=[MARTIN])
    note = (await ada.call("POST", f"{ROOT}/T-101/notes", {"text": "secret"}))[1]
    form = (await ada.call("POST", f"{ROOT}/T-101/forms", {"template": "offer"}))[1]
    before = (await ada.call("GET", f"{ROOT}/T-101"))[1]
    for name in (file["id"], "T-101"):
        own = f"{ROOT}/{name}"
        for method, path, body in (
            ("GET", own, None),
            ("PATCH", own, {"stage": "closed"}),
            ("POST", f"{own}/parties", MARTIN),
            ("DELETE", f"{own}/parties/{file['parties'][0]['id']}", None),
            ("POST", f"{own}/notes", {"text": "x"}),
            ("DELETE", f"{own}/notes/{note['id']}", None),
            ("POST", f"{own}/forms", {"template": "offer"}),
            ("GET", f"/v1/forms/{form['id']}", None),
            ("GET", f"/v1/forms/{form['id']}?format=pdf", None),
            ("GET", f"/v1/forms/{form['id']}?format=json", None),
        ):
            status, problem = await eve.call(method, path, body)
            assert (status, problem["code"]) == (404, "not_found"), (method, path)
    assert await listed(eve) == await listed(eve, "q=Martin") == []
    assert (await ada.call("GET", f"{ROOT}/T-101"))[1] == before
    assert (await opened(eve))["reference"] == "T-101"
    assert (await eve.call("GET", f"{ROOT}/T-101"))[1]["parties"] == []


async def test_nobody_reads_or_writes_without_signing_in(lea: Lea, ada: Person) -> None:
    await opened(ada)
    for method, path in (("GET", ROOT), ("POST", ROOT), ("GET", f"{ROOT}/T-101"), ("GET", "/v1/forms/x")):
        async with lea.session.request(method, lea.url + path) as response:
            assert response.status == 401
