"""The room of what Léa is asked at set times: planned, asked, paused, changed, deleted and brought back by keyboard."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import KARIM, Server

POINT = "Fais-moi le point des factures"


def card(page: LeaPage, text: str = POINT) -> Locator:
    return page.page.locator(".schedule", has=page.page.get_by_role("heading", name=text, exact=True))


async def plan(page: LeaPage, text: str) -> None:
    await page.button("Programmer une demande").click()
    await page.page.get_by_label("Ce qu’il faut demander", exact=True).fill(text)
    await page.button("Programmer").press("Enter")
    await expect(page.button("Programmer une demande")).to_be_focused()


async def test_an_ask_is_planned_asked_paused_changed_and_brought_back(claire: LeaPage) -> None:
    page = claire.page
    await page.get_by_role("link", name="Programmées").click()
    await expect(page).to_have_title("Programmées · Léa")
    await expect(page.locator("#schedules .empty")).to_contain_text("Rien n’est programmé")
    await claire.button("Programmer une demande").click()
    await expect(page.get_by_label("Ce qu’il faut demander", exact=True)).to_be_focused()
    await page.get_by_label("lundi", exact=True).uncheck()
    await claire.button("Programmer").click()
    await expect(page.get_by_label("Ce qu’il faut demander", exact=True)).to_have_attribute("aria-invalid", "true")
    assert await complaints(claire) == []
    await page.get_by_label("Ce qu’il faut demander", exact=True).fill(POINT)
    await page.get_by_label("lundi", exact=True).check()
    await page.get_by_label("Heure", exact=True).fill("07:45")
    await claire.button("Programmer").press("Enter")
    await expect(claire.button("Programmer une demande")).to_be_focused()
    one = card(claire)
    await expect(one).to_contain_text(re.compile(r"chaque lundi à 7\sh\s45"))
    await expect(one).to_contain_text(re.compile(r"Prochaine fois : lundi \d+"))
    await claire.button(f"Demander maintenant « {POINT} »").press("Enter")
    await expect(one).to_contain_text("répondu.")
    await claire.button(f"Mettre en pause « {POINT} »").press("Enter")
    await expect(one.locator(".tag")).to_have_text("en pause")
    await expect(one).not_to_contain_text("Prochaine fois")
    await claire.button(f"Reprendre « {POINT} »").press("Enter")
    await expect(one).to_contain_text("Prochaine fois")
    await claire.button(f"Modifier « {POINT} »").press("Enter")
    await one.get_by_label("Quand", exact=True).select_option("month")
    await one.get_by_label("Jour du mois", exact=True).select_option("31")
    await one.get_by_role("button", name="Enregistrer").press("Enter")
    await expect(one).to_contain_text(re.compile(r"le dernier jour de chaque mois à 7\sh\s45"))
    await expect(claire.button(f"Modifier « {POINT} »")).to_be_focused()
    await claire.button(f"Supprimer « {POINT} »").press("Enter")
    await expect(one).to_have_count(0)
    await expect(claire.button("Rétablir")).to_be_focused()
    await claire.button("Rétablir").press("Enter")
    await expect(one).to_be_visible()
    await one.get_by_role("link", name="Lire la réponse").press("Enter")
    await expect(page.locator(".question").last).to_contain_text(POINT)
    await claire.is_done()


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_the_room_fits_its_window(lea: Server, open_page: Open, name: str, look: dict[str, Any]) -> None:
    page = await open_page(lea.url, **look)
    await page.sign_in(KARIM)
    await page.open("#/schedules")
    await plan(page, f"Quelles tâches sont en attente, vu en {name} ?")
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"schedules-{name}")
    await page.button(f"Modifier « Quelles tâches sont en attente, vu en {name} ? »").click()
    await expect(page.button("Enregistrer")).to_be_visible()
    assert await complaints(page) == []
    await page.keep_picture(f"schedules-edit-{name}")
