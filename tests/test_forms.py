"""Forms: filled from a file, frozen, and shown as a page, a PDF or values."""

import asyncio
import base64
import re
from contextlib import closing
from hashlib import sha256
from typing import Any

import pypdfium2
import pytest

from lea.errors import Conflict, NotFound
from lea.ids import CompanyId
from lea.records import forms as rules
from lea.records.file import Author
from lea.records.form_html import page
from lea.records.form_pdf import pdf
from lea.records.form_text import day, money, text_of
from lea.records.forms import Form
from lea.store.engine import Store
from tests.lea_server import Lea, Person
from tests.test_transactions_rules import ADA, NOW, OURS, THEIRS, got, opened, store

__all__ = ["store"]

ROOT = "/v1/transactions"
SALE = {
    "kind": "sale",
    "address": "45 rue Crébillon, 44000 Nantes",
    "price": "350000.50",
    "parties": [
        {"role": "seller", "name": "Étienne Œuvrard", "phone": "06 39 98 00 01"},
        {"role": "buyer", "name": "<b>Łukasz</b> & {seller}"},
    ],
}


def content(kind: str, **changes: Any) -> dict[str, Any]:
    days = dict.fromkeys(("mandate_on", "offer_on", "agreement_on", "deed_on"))
    own = {"kind": kind, "stage": "offer", "address": "1 rue Neuve", "price": None, "currency": None, "parties": []}
    about = {"reference": "T-101", "company": "Agence Lumière", "made_at": "2027-01-05T10:00:00.000Z"}
    return days | own | about | changes


def form(template: str, language: Any, values: dict[str, Any]) -> Form:
    return Form("f", "t", template, language, values, rules.missing(template, values), "ada", NOW)


def made(template: str = "offer", number: int = 1, company_id: CompanyId = OURS, by: Author = ADA) -> Any:
    return lambda c: rules.make(c, company_id, "f1", template, "fr", by, NOW + number, form_id=f"form{number}")


def written_in(document: bytes) -> str:
    with closing(pypdfium2.PdfDocument(document)) as opened_pdf:
        pages = [opened_page.get_textpage().get_text_range() for opened_page in opened_pdf]
    return re.sub(r"\s+", " ", " ".join(pages))


async def posted(person: Person, template: str, **body: Any) -> dict[str, Any]:
    status, answer = await person.call("POST", f"{ROOT}/T-101/forms", {"template": template} | body)
    assert status == 201, answer
    return dict(answer)


async def test_a_form_is_a_page_that_prints_and_runs_nothing(lea: Lea, ada: Person) -> None:
    await ada.call("POST", ROOT, SALE)
    form_id = (await posted(ada, "offer", language="fr"))["id"]
    async with await ada.request("GET", f"/v1/forms/{form_id}") as response:
        text = await response.text()
        policy = response.headers["Content-Security-Policy"]
        assert (response.status, response.content_type) == (200, "text/html")
        assert response.headers["Cache-Control"] == "no-store"
        assert "Content-Disposition" not in response.headers
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "style-src 'sha256-" in policy
    assert '<html lang="fr">' in text
    assert "Offre d&#x27;achat" in text
    assert "350\u00a0000,50\u00a0€" in text
    assert "&lt;b&gt;Łukasz&lt;/b&gt; &amp; {seller} (l&#x27;offrant) offre à Étienne Œuvrard" in text
    assert not re.search(r"<script|<b>|https?:|src=| on\w+=", text)
    assert "Date de l&#x27;offre</li>" in text


async def test_the_page_of_a_form_prints_as_it_is_served(lea: Lea, ada: Person) -> None:
    """The policy names the very style the page has."""
    await ada.call("POST", ROOT, SALE)
    form_id = (await posted(ada, "offer"))["id"]
    async with await ada.request("GET", f"/v1/forms/{form_id}") as response:
        style = re.search(r"<style>(.*)</style>", await response.text())
        policy = response.headers["Content-Security-Policy"]
    assert style is not None
    assert base64.b64encode(sha256(style[1].encode()).digest()).decode() in policy


async def test_a_form_is_a_pdf_with_every_accent_and_the_same_each_time(lea: Lea, ada: Person) -> None:
    await ada.call("POST", ROOT, SALE)
    form_id = (await posted(ada, "mandate", language="fr"))["id"]
    files = []
    for _ in range(2):
        async with await ada.request("GET", f"/v1/forms/{form_id}?format=pdf") as response:
            assert response.content_type == "application/pdf"
            assert response.headers["Content-Disposition"] == 'attachment; filename="T-101-mandate.pdf"'
            files.append(await response.read())
    assert files[0] == files[1]
    text = await asyncio.to_thread(written_in, files[0])
    for part in (
        "Mandat de vente sans exclusivité",
        "45 rue Crébillon, 44000 Nantes",
        "Étienne Œuvrard (06 39 98 00 01) (le mandant) confie à Analytical Engines",
        "350 000,50 €",
        "À compléter : Date du mandat",
        "Fait à ____",
        "« lu et approuvé »",
    ):
        assert part in text, part


async def test_the_values_of_a_form_are_there_too_in_the_caller_s_language(lea: Lea, ada: Person) -> None:
    await ada.call("POST", ROOT, SALE)
    posted_form = await posted(ada, "visit_sheet")
    assert (posted_form["language"], posted_form["missing"]) == ("en", ["agent"])
    status, read = await ada.call("GET", f"/v1/forms/{posted_form['id']}?format=json")
    assert (status, read) == (200, posted_form)
    assert (read["content"]["company"], read["content"]["price"]) == ("Analytical Engines", "350000.50")
    whole = (await ada.call("GET", f"{ROOT}/T-101"))[1]
    assert [one["id"] for one in whole["forms"]] == [read["id"]]
    assert whole["version"] == 1
    assert (await ada.call("GET", f"/v1/forms/{posted_form['id']}?format=doc"))[0] == 400
    assert (await ada.call("GET", "/v1/forms/unknown"))[0] == 404


async def test_a_form_stays_as_it_was_made(lea: Lea, ada: Person) -> None:
    await ada.call("POST", ROOT, SALE)
    form_id = (await posted(ada, "offer"))["id"]
    async with await ada.request("GET", f"/v1/forms/{form_id}") as response:
        before = await response.text()
    await ada.call("PATCH", f"{ROOT}/T-101", {"price": "1", "address": "Ailleurs"})
    async with await ada.request("GET", f"/v1/forms/{form_id}") as response:
        assert await response.text() == before


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ["sale", "purchase", "rental"])
@pytest.mark.parametrize("template", ["mandate", "offer", "visit_sheet"])
def test_every_form_of_every_kind_can_be_drawn_empty_and_full(template: str, kind: str, language: str) -> None:
    empty = form(template, language, content(kind))
    assert len(empty.missing) >= 3
    text = text_of(empty)
    assert len(text.missing) == len(empty.missing)
    assert len(text.signatures) == 2
    assert all(label and value for label, value in text.facts)
    roles = ("buyer", "seller", "agent", "tenant", "landlord")
    people = [{"role": role, "name": f"Mx {role}", "email": None, "phone": None} for role in roles]
    values = {"price": "1150.00", "currency": "CHF", "mandate_on": "2027-03-01", "offer_on": "2027-03-05"}
    full = form(template, language, content(kind, parties=people, **values))
    assert full.missing == []
    for one in (empty, full):
        assert "{" not in page(one).partition("</style>")[2]
        drawn = pdf(one)
        assert drawn == pdf(one)
        assert text_of(one).title.partition("'")[2] in written_in(drawn)


def test_a_form_longer_than_a_page_goes_on_on_the_next() -> None:
    people = [{"role": "seller", "name": f"{'Long name ' * 19}{n}", "email": None, "phone": None} for n in range(20)]
    drawn = pdf(form("mandate", "en", content("sale", parties=people)))
    with closing(pypdfium2.PdfDocument(drawn)) as document:
        assert len(document) > 1
    assert "Signatures" in written_in(drawn)


def test_characters_the_font_lacks_are_question_marks_in_the_pdf_and_whole_on_the_page() -> None:
    people = [{"role": "buyer", "name": "\u4e2d Zoë", "email": None, "phone": None}]
    one = form("offer", "fr", content("sale", parties=people))
    assert "? Zoë" in written_in(pdf(one))
    assert "\u4e2d Zoë" in page(one)


@pytest.mark.parametrize(
    ("price", "currency", "french", "english"),
    [
        ("350000.00", "EUR", "350\u00a0000\u00a0€", "€350,000"),
        ("1150.50", "GBP", "1\u00a0150,50\u00a0£", "£1,150.50"),
        ("1000000.00", "CHF", "1\u00a0000\u00a0000\u00a0CHF", "CHF\u00a01,000,000"),
        ("0.00", "USD", "0\u00a0$", "$0"),
    ],
)
def test_money_as_people_write_it(price: str, currency: str, french: str, english: str) -> None:
    assert (money(price, currency, "fr"), money(price, currency, "en")) == (french, english)


def test_days_as_people_write_them() -> None:
    assert (day("2027-03-01", "fr"), day("2027-12-15", "fr")) == ("1er mars 2027", "15 décembre 2027")
    assert day("2027-03-01", "en") == "March 1, 2027"


async def test_forms_are_made_listed_and_taken_back(store: Store) -> None:
    await store.write(opened(parties=[{"role": "buyer", "name": "Zoé"}]))
    first = await store.write(made())
    assert first.missing == ["seller", "price", "offer_on"]
    assert await store.write(made()) == first
    second = await store.write(made("mandate", 2))
    assert await store.read(lambda c: rules.forms(c, OURS, "f1")) == [second, first]
    assert await store.read(lambda c: rules.form(c, OURS, "form1")) == first
    assert (await store.read(got())).version == 1
    assert await store.write(lambda c: rules.remove_form(c, OURS, "form1", NOW + 9)) == first
    for unit in (
        lambda c: rules.form(c, OURS, "form1"),
        lambda c: rules.form(c, THEIRS, "form2"),
        lambda c: rules.remove_form(c, THEIRS, "form2", NOW),
        made("offer", 3, THEIRS),
    ):
        with pytest.raises(NotFound):
            await store.write(unit)
    assert await store.read(lambda c: rules.forms(c, THEIRS, "f1")) == []


async def test_a_file_has_at_most_a_hundred_forms(store: Store) -> None:
    def full(connection: Any) -> None:
        opened()(connection)
        for number in range(100):
            made("offer", number)(connection)

    await store.write(full)
    with pytest.raises(Conflict, match="too_many_forms"):
        await store.write(made("offer", 100))
