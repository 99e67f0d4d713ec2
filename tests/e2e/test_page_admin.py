"""The administrators' room: health, breakers, sessions, and where the time of a turn went."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.looks import LOOKS
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, KARIM, Server, Start
from tests.model_server import Answer, ModelServer, Refusal

TOO_WIDE = "[...document.querySelectorAll('html, .tabs, .scroller')].filter(e => e.scrollWidth > e.clientWidth).length"
PARTS = ("health", "breakers", "sessions", "locks", "turns")


async def show(page: LeaPage, part: str) -> None:
    await page.page.locator(f".tabs a[href='#/admin/{part}']").click()
    await expect(page.page.locator(".tabs a[aria-current=page]")).to_have_attribute("href", f"#/admin/{part}")


async def test_an_administrator_finds_health_breakers_and_sessions(claire: LeaPage) -> None:
    await claire.ask("Bonjour")
    await claire.is_done()
    await claire.page.get_by_role("link", name="Administration").click()
    await expect(claire.page).to_have_title("Administration · Léa")
    await expect(claire.page.locator(".cards h3")).to_have_text(["database", "llm"])
    await expect(claire.page.locator(".facts dd", has_text=re.compile("^memory$"))).to_be_visible()
    await show(claire, "breakers")
    await expect(claire.page.locator(".cards h3")).to_have_text(["llm", "sources", "voice"])
    await expect(claire.page.locator(".cards .lamp")).to_have_text(["Fermé", "Fermé", "Fermé"])
    await show(claire, "sessions")
    card = claire.page.locator(".cards li", has_text=CLAIRE.name)
    await expect(card.get_by_text(CLAIRE.email)).to_be_visible()
    await expect(card.locator("dd", has_text=re.compile(r"\d\sko$"))).to_be_visible()


async def test_locks_tell_what_they_took_and_which_conversation_is_held(
    lea: Server, open_page: Open, claire: LeaPage, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    room = await open_page(lea.url)
    await room.sign_in(CLAIRE)
    await claire.ask("Compte")
    gate.release()
    await expect(claire.text).to_have_text("un")
    await room.open("#/admin/locks")
    names = room.page.locator(".cards h3")
    await expect(names.filter(has_text="Une conversation")).to_have_count(1)
    await expect(room.page.get_by_text("une fois sur deux").first).to_be_visible()
    thread = claire.page.url.partition("#thread=")[2]
    held = room.page.locator(".cards li", has=room.page.locator("a[href^='#/admin/turns/']", has_text=thread))
    await expect(held).to_have_count(1)
    await room.keep_picture("admin-locks-held")
    gate.release()
    await claire.is_done()
    await room.button("Actualiser").click()
    await expect(held).to_have_count(0)


async def test_a_message_leads_to_the_waterfall_of_its_turn_and_back(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("un deux trois"))
    await claire.ask("Compte")
    await claire.is_done()
    address = claire.page.url
    for again in (False, True):
        if again:
            await claire.page.go_back()
            await expect(claire.page).to_have_url(address)
            await claire.page.reload()
        await claire.answer.get_by_role("link", name="Où est passé le temps").click()
        steps = claire.page.get_by_role("list", name="Étapes du tour").get_by_role("listitem")
        for name in ("Identification", "File d’attente", "Lecture de la session", "Écriture de la réponse"):
            await expect(steps.filter(has_text=name)).to_have_count(1)
        await expect(claire.page.get_by_text("Terminé")).to_be_visible()
    await claire.page.go_back()
    await expect(claire.text).to_have_text("un deux trois")


async def test_a_turn_is_found_by_its_id_and_one_that_is_not_there_says_so(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("un deux trois"))
    await claire.ask("Compte")
    await claire.is_done()
    link = await claire.answer.get_by_role("link", name="Où est passé le temps").get_attribute("href") or ""
    await claire.page.goto(f"{claire.url}/#/admin/turns")
    field = claire.page.get_by_label("Identifiant du tour")
    await field.fill("t_nothing")
    await field.press("Enter")
    await expect(claire.page.get_by_text("Ce tour n’existe pas, ou plus.")).to_be_visible()
    await field.fill(link.rpartition("/")[2])
    await field.press("Enter")
    await expect(claire.page.locator(".waterfall li").first).to_be_visible()
    await expect(claire.page.get_by_text("Ce tour n’existe pas, ou plus.")).to_have_count(0)


async def test_a_breaker_that_opens_is_shown_at_once_and_closed_by_hand(
    new_server: Start, open_page: Open, model: ModelServer
) -> None:
    often = {"RETRIES": "0", "BREAKER_MINIMUM": "2", "BREAKER_WINDOW": "600", "BREAKER_OPEN_FOR": "600"}
    settings = {f"DEPENDENCIES__LLM__{name}": value for name, value in often.items()}
    lea = await new_server(model.url, LLM__API_KEY="test", **settings)
    page, room = await open_page(lea.url), await open_page(lea.url)
    await page.sign_in(CLAIRE)
    await room.sign_in_and_hear(CLAIRE)
    await room.open("#/admin/breakers")
    lamp = room.page.locator(".cards li", has_text="llm").locator(".lamp")
    await expect(lamp).to_have_text("Fermé")
    model.script(Refusal(500), Refusal(500))
    for text in ("Un", "Deux"):
        await page.ask(text)
        await page.is_done()
    await expect(lamp).to_have_text("Ouvert")
    await room.keep_picture("admin-open-breaker")
    await room.button("Refermer llm").press("Enter")
    await expect(lamp).to_have_text("Fermé")
    await expect(room.page.get_by_text("llm est refermé.")).to_be_visible()


async def test_members_have_no_such_room(lea: Server, open_page: Open) -> None:
    page = await open_page(lea.url)
    await page.sign_in(KARIM)
    await page.ask("Bonjour")
    await page.is_done()
    await expect(page.page.get_by_role("link", name="Administration")).to_have_count(0)
    await expect(page.page.get_by_role("link", name="Où est passé le temps")).to_have_count(0)
    await page.open("#/admin/sessions")
    await expect(page.composer).to_be_visible()
    await expect(page.page.locator(".tabs")).to_have_count(0)


async def test_the_room_is_walked_by_keyboard_alone(claire: LeaPage) -> None:
    keys = claire.page.keyboard
    await claire.page.goto(f"{claire.url}/#/admin/health")
    await expect(claire.page.locator(".cards").first).to_be_visible()
    await claire.page.reload()
    await expect(claire.page.locator(".cards").first).to_be_visible()
    await keys.press("Tab")
    await expect(claire.page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    await keys.press("Enter")
    await expect(claire.page.locator("#admin")).to_be_focused()
    for _ in PARTS:
        await keys.press("Tab")
    await expect(claire.page.get_by_role("link", name="Tour", exact=True)).to_be_focused()
    await keys.press("Enter")
    await expect(claire.page.get_by_label("Identifiant du tour")).to_be_visible()


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_every_part_fits_its_window(
    lea: Server, open_page: Open, model: ModelServer, name: str, look: dict[str, Any]
) -> None:
    page = await open_page(lea.url, **look, locale="en-GB")
    await page.sign_in(CLAIRE)
    model.script(Answer("one two three"))
    await page.ask("Count")
    await page.is_done()
    await page.answer.get_by_role("link", name="Where the time went").click()
    await expect(page.page.locator(".waterfall li").first).to_be_visible()
    for part in reversed(PARTS):
        if part != "turns":
            await show(page, part)
            await expect(page.page.locator(".cards li").first).to_be_visible()
        assert await page.page.evaluate(TOO_WIDE) == 0, part
        await page.keep_picture(f"admin-{part}-{name}")
