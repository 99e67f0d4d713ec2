"""What stands in and under an answer: records it names as links, and the thumbs with their reasons."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import Locator, expect

from lea.auth.permissions import Identity
from lea.ids import CompanyId, UserId
from tests.catalog_people import brought
from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server
from tests.lea_server import Person
from tests.model_server import Answer, ModelServer

ADDRESS = "3 quai de la Fosse, 44000 Nantes"
LIST = "Référence;Désignation;Prix\nCH-450/B;Chaise cannée;129,00\nCH-45;Tabouret;59,00\n"
COMMENT = "Le prix est celui de l’an dernier <b>"
PLACE = """() => {
    const walker = document.createTreeWalker(document.querySelector('.answer .prose'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf('enfin');
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + 5);
        const {left, top} = range.getBoundingClientRect();
        return [left, top];
    }
}"""
"""Where a word behind the links stands."""


@asynccontextmanager
async def program_of_claire(lea: Server) -> AsyncIterator[Person]:
    """Claire, without a browser."""
    async with ClientSession() as session:
        login = {"email": CLAIRE.email, "password": CLAIRE.password}
        async with session.post(f"{lea.url}/v1/auth/login", json=login) as answer:
            token = (await answer.json())["access_token"]
        nobody = Identity(UserId(""), CompanyId(""), "admin", "", "fr", "key")
        yield Person(session, lea.url, nobody, token)


async def records(lea: Server) -> str:
    """A transaction, whose reference is returned, and two articles."""
    async with program_of_claire(lea) as person:
        _, run = await brought(person, LIST.encode())
        assert run["state"] == "completed"
        status, made = await person.call("POST", "/v1/transactions", {"kind": "sale", "address": ADDRESS})
        assert status == 201, made
    return str(made["reference"])


def chips(page: LeaPage) -> Locator:
    return page.answer.locator(".prose a.citation")


def thumb(page: LeaPage, name: str) -> Locator:
    return page.answer.get_by_role("button", name=name, exact=True)


async def test_an_answer_leads_to_its_records_and_is_rated_in_every_tab(
    claire: LeaPage, lea: Server, model: ModelServer
) -> None:
    reference = await records(lea)
    gate = asyncio.Semaphore(0)
    text = (
        f"Le dossier **{reference}** et {reference}0, les chaises CH-450/B et CH-451, `CH-450/B`, "
        f"[{reference}](https://example.org), <i>CH-45</i> et enfin rien."
    )
    model.script(Answer(pieces=(text[:-1], text[-1]), gate=gate))
    await claire.ask("Fais le point sur tout cela, s’il te plaît")
    gate.release()
    await expect(claire.text).to_contain_text("enfin rien")
    await expect(claire.page.locator(".thumb")).to_have_count(0)
    before = await claire.page.evaluate(PLACE)
    gate.release()
    await claire.is_done()
    await expect(chips(claire)).to_have_text([reference, "CH-450/B", "CH-45"])
    assert await claire.page.evaluate(PLACE) == before
    await expect(chips(claire).first).to_have_attribute("title", ADDRESS)
    await expect(claire.text.locator("code, a[target], i")).to_have_count(2)

    await chips(claire).first.focus()
    await claire.page.keyboard.press("Enter")
    await expect(claire.page.locator(".facts")).to_contain_text(ADDRESS)
    await claire.page.go_back()
    await claire.page.reload()
    await expect(chips(claire)).to_have_text([reference, "CH-450/B", "CH-45"])
    await chips(claire).nth(1).click()
    await expect(claire.page.locator(".items tbody .item-reference")).to_have_text(["CH-450/B"])
    await claire.page.go_back()

    other = await claire.second_tab()
    await expect(chips(other)).to_have_count(3)
    await thumb(claire, "Mauvaise réponse").click()
    reason = claire.page.get_by_role("radio", name="C’est faux")
    await expect(reason).to_be_focused()
    await expect(thumb(claire, "Mauvaise réponse")).to_have_attribute("aria-pressed", "true")
    assert await complaints(claire) == []
    await claire.page.keyboard.press("Escape")
    await expect(reason).to_have_count(0)
    await expect(thumb(claire, "Mauvaise réponse")).to_be_focused()
    await claire.page.keyboard.press("Enter")
    await expect(thumb(claire, "Mauvaise réponse")).to_have_attribute("aria-pressed", "false")
    # Until its own answer has come, which another tab's news may be quicker than, the button does nothing.
    await expect(claire.page.locator("#announcer")).to_have_text("Votre avis est retiré.")
    await claire.page.keyboard.press("Enter")
    await expect(reason).to_be_focused()
    await claire.page.keyboard.press("ArrowDown")
    await claire.page.get_by_label("Commentaire (facultatif)").fill(COMMENT)
    await claire.page.keyboard.press("Enter")
    await expect(reason).to_have_count(0)
    await expect(thumb(claire, "Mauvaise réponse")).to_be_focused()
    await expect(thumb(other, "Mauvaise réponse")).to_have_attribute("aria-pressed", "true")

    await claire.open("#/admin/feedback")
    card = claire.page.locator(".cards .told").first
    await expect(card.locator("blockquote")).to_have_text(COMMENT)
    await expect(card).to_contain_text("C’est incomplet")
    await expect(card).to_contain_text(CLAIRE.email)
    assert await complaints(claire) == []
    await card.get_by_role("link", name="Où est passé le temps").click()
    await expect(claire.page.locator(".waterfall li").first).to_be_visible()

    await claire.page.goto(other.page.url)
    async with claire.page.expect_response("**/v1/lea/events"):
        await claire.page.reload()
    await expect(thumb(claire, "Mauvaise réponse")).to_have_attribute("aria-pressed", "true")
    await thumb(other, "Bonne réponse").click()
    for page in (other, claire):
        await expect(thumb(page, "Bonne réponse")).to_have_attribute("aria-pressed", "true")
        await expect(thumb(page, "Mauvaise réponse")).to_have_attribute("aria-pressed", "false")
    await other.page.close()
    assert other.complaints == []


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_they_fit_every_window(
    lea: Server, open_page: Open, model: ModelServer, name: str, look: dict[str, Any]
) -> None:
    async with program_of_claire(lea) as person:
        _, made = await person.call("POST", "/v1/transactions", {"kind": "sale", "address": ADDRESS})
    page = await open_page(lea.url, **look, locale="en-GB")
    await page.sign_in(CLAIRE)
    model.script(Answer(f"The file **{made['reference']}** is ready; see {made['reference']} for what is left to do."))
    await page.ask("Tell me how far this is, please")
    await page.is_done()
    await expect(chips(page)).to_have_count(2)
    await thumb(page, "Bad answer").click()
    await page.page.get_by_role("radio", name="It is not clear").check()
    await page.page.get_by_label("Comment (optional)").fill("Which file do you mean?")
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"answers-{name}")
    await page.button("Send feedback").click()
    await expect(page.page.get_by_role("radio")).to_have_count(0)
    await page.open("#/admin/feedback")
    await expect(page.page.locator(".told blockquote").first).to_have_text("Which file do you mean?")
    assert await page.page.evaluate(TOO_WIDE) == 0
    await page.keep_picture(f"answers-told-{name}")
