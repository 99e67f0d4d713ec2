"""The room of figures: what the company's work comes to, as numbers and pictures that follow what happens."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Locator, expect

from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, KARIM, Server, Start, server
from tests.e2e.test_page_costs import spend
from tests.model_server import Answer, ModelServer

BRING = """async () => {
    const { request } = await import(new URL('api.js', document.querySelector('script[type=module]').src));
    const bearer = (await (await fetch('/v1/auth/refresh', {
        method: 'POST', body: '{}', headers: {'Content-Type': 'application/json'},
    })).json()).access_token;
    const headers = {Authorization: `Bearer ${bearer}`};
    const body = new FormData();
    body.append('file', new Blob(['reference;name;price\\nA-1;Chair;12,50\\n']), 'list.csv');
    const brought = await (await fetch('/v1/catalog/imports', {method: 'POST', headers, body})).json();
    await request('/v1/catalog/extract', {method: 'POST', body: {import_id: brought.import_id}});
}"""
"""As the catalogue's room does it."""
CREATE = "crée une transaction pour l'achat du 12 rue de la Paix à Paris"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sampled(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> AsyncIterator[Server]:
    """A server with Claire in the sample company, which has files and jobs."""
    running = server(tmp_path_factory.mktemp("sampled"), model.url, LLM__PRICE_IN="1", LLM__PRICE_OUT="5")
    await running.start()
    account = {"email": CLAIRE.email, "name": CLAIRE.name, "password": CLAIRE.password, "company": "Atelier Lenoir"}
    async with ClientSession() as session:
        body = {"token": running.link.partition("=")[2], **account, "sample": True}
        answer = await session.post(f"{running.url}/v1/auth/setup", json=body)
        assert answer.status == 201, await answer.text()
    yield running
    await running.end()


def card(page: LeaPage, name: str) -> Locator:
    """The number of a card."""
    return page.page.locator(".kpi", has=page.page.get_by_role("heading", name=name, exact=True)).locator(".sum")


async def test_the_figures_follow_what_anyone_does(new_server: Start, open_page: Open, model: ModelServer) -> None:
    lea = await new_server(model.url, LLM__PRICE_IN="1", LLM__PRICE_OUT="5")
    await lea.add(KARIM)
    room, page = await open_page(lea.url), await open_page(lea.url)
    await room.sign_in_and_hear(CLAIRE)
    await room.page.get_by_role("link", name="Chiffres").click()
    await expect(room.page).to_have_title("Chiffres · Léa")
    await expect(card(room, "Réponses")).to_have_text("0")
    await page.sign_in(KARIM)
    await spend(page, model)
    await expect(card(room, "Réponses")).to_have_text("1")
    await expect(card(room, "Coût")).to_have_text(re.compile(r"0,90\s\$US"))
    await expect(card(room, "Premier mot")).to_have_text(re.compile(r"\d"))
    await page.ask(CREATE)
    await page.is_done()
    for name, value in (("Réponses", "2"), ("Actions", "1"), ("Dossiers ouverts", "1")):
        await expect(card(room, name)).to_have_text(value)
    model.script(Answer("un deux trois", fault="error", fault_at=2))
    await page.ask("Compte")
    await expect(card(room, "Réponses")).to_have_text("3")
    picture = room.page.get_by_role("img", name=re.compile("^Réponses par jour"))
    await expect(picture).to_have_accessible_name(re.compile("3 en tout.*Les échecs, 1, sont sous la ligne"))
    await expect(picture.locator("rect.down")).to_have_count(1)


async def test_the_pictures_are_tables_too_and_the_period_is_chosen(sampled: Server, open_page: Open) -> None:
    page = await open_page(sampled.url)
    await page.sign_in(CLAIRE)
    await page.open("#/figures")
    jobs = page.page.get_by_role("region", name="Tâches par service")
    await expect(jobs.get_by_role("img")).to_have_count(3)
    await expect(jobs.get_by_role("img").first).to_have_accessible_name(
        re.compile(r"^Comptabilité fournisseurs : À traiter \d")
    )
    await jobs.get_by_text("Voir les tâches en tableau").press("Enter")
    await expect(jobs.get_by_role("rowheader")).to_have_count(3)
    await expect(page.page.get_by_role("table", name="Dossiers par étape").get_by_role("rowheader")).to_have_count(6)
    turns = page.page.get_by_role("region", name="Réponses par jour")
    await page.page.get_by_label("Période").select_option("7")
    await expect(turns.locator("svg rect")).to_have_count(7)
    await turns.get_by_text("Voir les jours en tableau").click()
    await expect(turns.get_by_role("rowheader")).to_have_count(7)


async def test_a_run_is_seen_by_its_end_and_in_english(new_server: Start, open_page: Open) -> None:
    lea = await new_server()
    page = await open_page(lea.url, locale="en-GB")
    await page.sign_in_and_hear(CLAIRE)
    await page.page.get_by_role("link", name="Figures").click()
    await expect(card(page, "Runs")).to_have_text("0")
    await page.page.evaluate(BRING)
    ends = page.page.get_by_role("table", name="Runs of this period")
    await expect(ends.get_by_role("row", name="Completed 1")).to_be_visible()
    await expect(card(page, "Articles")).to_have_text("1")
    assert await complaints(page) == []


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_the_room_fits_its_window(
    sampled: Server, open_page: Open, model: ModelServer, name: str, look: dict[str, Any]
) -> None:
    page = await open_page(sampled.url, **look)
    await page.sign_in(CLAIRE)
    await spend(page, model)
    if name == "wide":  # once: more failures would open the breaker
        model.script(Answer("un deux trois", fault="error", fault_at=2))
        await page.ask("Compte")
        await expect(page.problem).to_be_visible()
    await page.open("#/figures")
    await expect(page.page.get_by_role("table", name="Par modèle")).to_be_visible()
    await expect(page.page.get_by_role("region", name="Tâches par service")).to_be_visible()
    await page.page.get_by_label("Période").select_option("7")
    await expect(page.page.get_by_role("region", name="Réponses par jour").locator("rect:not(.down)")).to_have_count(7)
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"kpis-{name}")
    await page.page.get_by_role("region", name="Tâches par service").scroll_into_view_if_needed()
    await page.keep_picture(f"kpis-jobs-{name}")
    await page.page.get_by_text("Voir les tâches en tableau").click()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.page.get_by_role("table", name="Par modèle").scroll_into_view_if_needed()
    await page.keep_picture(f"kpis-costs-{name}")
