"""The room of costs: what was spent, what is left, and who may spend how much."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, KARIM, Server, Start, server
from tests.model_server import Answer, ModelServer

DEAR = {"prompt_tokens": 400_000, "completion_tokens": 100_000, "prompt_tokens_details": {"cached_tokens": 0}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def priced(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> AsyncIterator[Server]:
    """A server with Claire that knows what its model costs."""
    running = server(tmp_path_factory.mktemp("priced"), model.url, LLM__PRICE_IN="1", LLM__PRICE_OUT="5")
    await running.start()
    await running.make_first_account(CLAIRE)
    yield running
    await running.end()


def budget(page: LeaPage, name: str) -> Locator:
    """The form of somebody's budget."""
    return page.page.get_by_role("form", name=name, exact=True)


async def spend(page: LeaPage, model: ModelServer) -> None:
    """Something that costs enough to be seen."""
    model.script(Answer("Voilà.", usage=DEAR))
    await page.ask("Racontez-moi une histoire")
    await page.is_done()


async def test_a_member_sees_their_own_and_no_budgets(lea: Server, open_page: Open, model: ModelServer) -> None:
    page = await open_page(lea.url)
    await page.sign_in(KARIM)
    await spend(page, model)
    await page.page.get_by_role("link", name="Coûts").click()
    await expect(page.page).to_have_title("Coûts · Léa")
    await expect(page.page.locator(".budget")).to_have_count(1)
    await expect(page.page.get_by_role("region", name="Budgets du mois")).to_have_count(0)
    assert await complaints(page) == []


async def test_the_figures_follow_what_is_spent(new_server: Start, open_page: Open, model: ModelServer) -> None:
    lea = await new_server(model.url, LLM__PRICE_IN="1", LLM__PRICE_OUT="5")
    room, page = await open_page(lea.url), await open_page(lea.url)
    await page.sign_in(CLAIRE)
    await room.sign_in_and_hear(CLAIRE)
    await room.open("#/costs")
    await expect(room.page.get_by_text("Sans limite").first).to_be_visible()
    await spend(page, model)
    await expect(room.page.locator(".budget .sum").first).to_have_text(re.compile(r"0,90\s\$US"))
    for name in ("Par personne", "Par modèle", "Par usage"):
        await expect(room.page.get_by_role("table", name=name).get_by_text(re.compile(r"0,90\s\$US"))).to_be_visible()
    await room.page.get_by_label("Période").select_option("7")
    await room.page.get_by_text("Voir les jours en tableau").click()
    await expect(room.page.locator(".as-table tbody tr")).to_have_count(7)


async def test_an_administrator_sets_budgets_and_the_chat_tells_when_they_are_spent(
    new_server: Start, open_page: Open, model: ModelServer
) -> None:
    lea = await new_server(model.url, LLM__PRICE_IN="1", LLM__PRICE_OUT="5")
    await lea.add(KARIM)
    room, page = await open_page(lea.url), await open_page(lea.url)
    await room.sign_in(CLAIRE)
    await room.open("#/costs")
    mine = budget(room, CLAIRE.name)
    await mine.get_by_label("Plafond ($)").fill("cher")
    await mine.get_by_role("button", name=re.compile("^Enregistrer")).press("Enter")
    await expect(mine.get_by_label("Plafond ($)")).to_have_attribute("aria-invalid", "true")
    await expect(mine.get_by_label("Plafond ($)")).to_be_focused()
    assert await complaints(room) == []
    await mine.get_by_label("Seuil d’alerte ($)").fill("0,50")
    await mine.get_by_label("Plafond ($)").fill("20")
    await mine.get_by_role("button", name=re.compile("^Enregistrer")).press("Enter")
    await expect(mine.get_by_text("Enregistré.")).to_be_visible()
    await expect(room.page.get_by_text(re.compile(r"Il reste 20,00\s\$US"))).to_be_visible()
    await page.sign_in_and_hear(CLAIRE)
    await spend(page, model)
    await expect(page.page.locator(".quota")).to_contain_text("Le seuil d’alerte de votre budget du mois est dépassé.")
    assert await complaints(page) == []
    await page.keep_picture("costs-quota")
    await room.page.reload()
    await expect(mine.get_by_label("Seuil d’alerte ($)")).to_have_value("0,5")
    await mine.get_by_label("Plafond ($)").fill("")
    await mine.get_by_role("button", name=re.compile("^Enregistrer")).press("Enter")
    await expect(room.page.locator(".budget").first).to_contain_text("Le seuil d’alerte est dépassé.")


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_the_room_fits_its_window(
    priced: Server, open_page: Open, model: ModelServer, name: str, look: dict[str, Any]
) -> None:
    page = await open_page(priced.url, **look)
    await page.sign_in(CLAIRE)
    await spend(page, model)
    await page.open("#/costs")
    await expect(page.page.locator(".wide-table").first).to_be_visible()
    await expect(page.page.locator(".cards li").first).to_be_visible()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"costs-{name}")
    await page.page.get_by_text("Voir les jours en tableau").click()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.page.get_by_role("region", name="Budgets du mois").scroll_into_view_if_needed()
    await page.keep_picture(f"costs-budgets-{name}")
