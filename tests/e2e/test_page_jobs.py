"""The board of the departments' jobs: who has what to do, moved by hand, the same for everybody at once."""

import asyncio
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
from tests.e2e.server import CLAIRE, KARIM, Server, server
from tests.odoo_server import DATABASE, KEY, USER, OdooServer

COMPANY = "Atelier Lenoir"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def odoo() -> AsyncIterator[OdooServer]:
    async with OdooServer().running() as running:
        running.bill(1, invoice_date_due="2020-03-01")
        running.bill(2, state="posted")
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(tmp_path_factory: pytest.TempPathFactory, odoo: OdooServer) -> AsyncIterator[Server]:
    """Claire and Karim in the sample company, which is connected to an Odoo."""
    connected = {
        "COMPANY": COMPANY,
        "URL": odoo.url,
        "DATABASE": DATABASE,
        "USER": USER,
        "API_KEY": KEY,
        "FRESH": "0.2",
    }
    settings = {f"ODOO__{name}": value for name, value in connected.items()}
    running = server(tmp_path_factory.mktemp("office"), "", **settings)
    await running.start()
    account = {"email": CLAIRE.email, "name": CLAIRE.name, "password": CLAIRE.password, "company": COMPANY}
    async with ClientSession() as session:
        body = {"token": running.link.partition("=")[2], **account, "sample": True}
        answer = await session.post(f"{running.url}/v1/auth/setup", json=body)
        assert answer.status == 201, await answer.text()
    await running.add(KARIM)
    yield running
    await running.end()


def lane(page: LeaPage, name: str) -> Locator:
    return page.page.get_by_role("region", name=name, exact=True)


def job(page: LeaPage, title: str) -> Locator:
    return page.page.locator(".task", has=page.page.get_by_role("heading", name=title, exact=True))


async def make(page: LeaPage, title: str, **fields: str) -> None:
    await expect(lane(page, "À traiter")).to_be_visible()
    await page.button("Nouvelle tâche").click()
    await page.page.get_by_label("Intitulé", exact=True).fill(title)
    for label, value in fields.items():
        await page.page.get_by_label(label, exact=True).fill(value)
    await page.button("Créer la tâche").press("Enter")
    await expect(page.button("Nouvelle tâche")).to_be_focused()


async def look_until(page: LeaPage, told: str) -> None:
    """Read the board anew until that is said of another system: what one had of it is old after a moment."""
    async with asyncio.timeout(30):
        while await page.page.locator(".sources").filter(has_text=told).count() == 0:
            await page.button("Actualiser").click()
            await expect(page.page.locator(".board")).to_have_attribute("aria-busy", "false")


async def test_a_job_is_made_and_moved_by_keyboard_and_a_colleague_sees_it(office: Server, open_page: Open) -> None:
    page, other = await open_page(office.url), await open_page(office.url)
    await page.sign_in(CLAIRE)
    await other.sign_in(KARIM)
    await other.open("#/jobs/bank")
    await page.page.get_by_role("link", name="Tâches").click()
    await expect(page.page).to_have_title("Tâches · Léa")
    await page.page.get_by_role("link", name=re.compile("^Banque")).click()
    counted = page.page.get_by_role("link", name=re.compile("^Banque")).locator(".count")
    await expect(counted).to_have_text("7")
    await make(page, "Rapprocher la caution", Montant="1 250,5", Échéance="2031-03-05")
    await expect(lane(page, "À traiter").locator(".task").first).to_contain_text(
        re.compile(r"Rapprocher la caution.*1\s250,50\s€.*5 mars 2031", re.S)
    )
    await expect(lane(other, "À traiter").get_by_text("Rapprocher la caution")).to_be_visible()
    await expect(counted).to_have_text("8")
    move = page.button("Déplacer « Rapprocher la caution »")
    await move.press("Enter")
    await page.page.get_by_role("menuitem", name="Terminées").press("Enter")
    for one in (page, other):
        await expect(lane(one, "Terminées").get_by_text("Rapprocher la caution")).to_be_visible()
        await expect(lane(one, "À traiter").get_by_text("Rapprocher la caution")).to_have_count(0)
    await expect(move).to_be_focused()
    await expect(counted).to_have_text("7")


async def test_a_job_is_carried_to_another_column(office: Server, open_page: Open) -> None:
    page = await open_page(office.url)
    await page.sign_in(CLAIRE)
    await page.open("#/jobs/router")
    await make(page, "Classer le bail")
    await job(page, "Classer le bail").drag_to(lane(page, "En attente"))
    await expect(lane(page, "En attente").get_by_text("Classer le bail")).to_be_visible()


async def test_what_somebody_else_moved_meanwhile_is_told_and_shown(office: Server, open_page: Open) -> None:
    page, other = await open_page(office.url), await open_page(office.url)
    await page.sign_in(CLAIRE)
    await other.sign_in(KARIM)
    await page.hear_nothing()
    await page.open("#/jobs/router")
    await page.page.reload()
    await make(page, "Scanner le plan")
    await other.open("#/jobs/router")
    await other.button("Déplacer « Scanner le plan »").click()
    await other.page.get_by_role("menuitem", name="En cours").click()
    await expect(lane(other, "En cours").get_by_text("Scanner le plan")).to_be_visible()
    await page.button("Déplacer « Scanner le plan »").click()
    await page.page.get_by_role("menuitem", name="En échec").click()
    await expect(page.page.get_by_role("dialog")).to_be_visible()
    await page.button("Fermer").last.click()
    await expect(lane(page, "En cours").get_by_text("Scanner le plan")).to_be_visible()


async def test_an_amount_that_is_none_is_told_at_its_field(office: Server, open_page: Open) -> None:
    page = await open_page(office.url)
    await page.sign_in(CLAIRE)
    await page.open("#/jobs")
    await page.button("Nouvelle tâche").click()
    await page.page.get_by_label("Intitulé", exact=True).fill("Payer")
    await page.page.get_by_label("Montant", exact=True).fill("beaucoup")
    await page.button("Créer la tâche").click()
    await expect(page.page.get_by_label("Montant", exact=True)).to_be_focused()
    await expect(page.page.get_by_label("Montant", exact=True)).to_have_attribute("aria-invalid", "true")
    assert await complaints(page) == []


async def test_titles_are_searched(office: Server, open_page: Open) -> None:
    page = await open_page(office.url)
    await page.sign_in(CLAIRE)
    await page.open("#/jobs")
    await make(page, "Vérifier le zinc du toit")
    await page.page.get_by_label("Mots de l’intitulé").fill("ZINC")
    await expect(page.page.locator(".task")).to_have_count(1)
    await expect(page.page.locator(".task")).to_contain_text("Vérifier le zinc du toit")


async def test_jobs_of_another_system_are_named_and_left_alone_and_its_silence_is_told(
    office: Server, odoo: OdooServer, open_page: Open
) -> None:
    page = await open_page(office.url)
    await page.sign_in(CLAIRE)
    await page.open("#/jobs/apbookkeeper")
    foreign = page.page.locator(".task", has_text="Odoo")
    await look_until(page, "Odoo : données de")
    await expect(foreign).to_have_count(2)
    await expect(foreign.get_by_role("button")).to_have_count(0)
    await expect(foreign.filter(has_text="En retard : échéance le 1 mars 2020")).to_have_count(1)
    odoo.fault = "down"
    try:
        await look_until(page, "Odoo ne répond pas")
        await expect(page.page.locator(".sources .note")).to_have_text(
            re.compile(r"^Odoo ne répond pas : dernières données de (\d+/\d+/\d+ )?\d+:\d\d\.$")
        )
        await expect(foreign).to_have_count(2)
        assert await complaints(page) == []
        await page.keep_picture("jobs-stale")
    finally:
        odoo.fault = ""


async def test_the_board_speaks_english(office: Server, open_page: Open) -> None:
    page = await open_page(office.url, locale="en-GB")
    await page.sign_in(CLAIRE)
    await page.page.get_by_role("link", name="Jobs", exact=True).click()
    await expect(page.page.get_by_role("region", name="To process", exact=True).locator(".task").first).to_be_visible()
    await expect(page.page.get_by_role("link", name=re.compile("^Accounts payable"))).to_be_visible()
    await expect(page.page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_the_board_fits_its_window(office: Server, open_page: Open, name: str, look: dict[str, Any]) -> None:
    page = await open_page(office.url, **look)
    await page.sign_in(CLAIRE)
    await page.open("#/jobs")
    await expect(page.page.locator(".task").first).to_be_visible()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"jobs-{name}")
    await page.button("Nouvelle tâche").click()
    assert await complaints(page) == []
    await lane(page, "Terminées").scroll_into_view_if_needed()
    await page.keep_picture(f"jobs-new-{name}")
