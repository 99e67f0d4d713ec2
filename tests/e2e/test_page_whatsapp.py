"""The room of WhatsApp: reading along, taking over and answering, by somebody who looks at it as it happens."""

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
from tests.graph_server import GraphServer, status, text, webhook
from tests.whatsapp_line import post

COMPANY = "Atelier Lenoir"
KARIMS, STRANGERS = "33612345678", "4915112345678"
DAY = 86_400


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def graph() -> AsyncIterator[GraphServer]:
    async with GraphServer().running() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(tmp_path_factory: pytest.TempPathFactory, graph: GraphServer) -> AsyncIterator[Server]:
    """Claire and Karim in a company with a number on WhatsApp."""
    told = {f"WHATSAPP__{name.upper()}": str(value) for name, value in (graph.settings | {"company": COMPANY}).items()}
    running = server(tmp_path_factory.mktemp("office"), "", **told)
    await running.start()
    await running.make_first_account(CLAIRE)
    await running.add(KARIM)
    yield running
    await running.end()


async def hears(office: Server, *, messages: object = (), statuses: object = ()) -> None:
    """What Meta brings."""
    async with ClientSession() as session:
        assert await post(session, office.url, webhook(messages=messages, statuses=statuses)) == 200


def row(page: LeaPage, name: str) -> Locator:
    return page.page.locator(".talk-row", has_text=name)


def said(page: LeaPage, words: str) -> Locator:
    return page.page.locator(".talk-message", has_text=words)


async def answer(page: LeaPage, words: str) -> None:
    await page.page.get_by_label("Votre réponse").fill(words)
    await page.page.get_by_label("Votre réponse").press("Enter")


async def test_a_conversation_is_read_along_taken_over_answered_and_given_back(
    office: Server, graph: GraphServer, open_page: Open
) -> None:
    page = await open_page(office.url)
    await page.sign_in(CLAIRE)
    await page.page.get_by_role("link", name="WhatsApp").click()
    await expect(page.page).to_have_title("WhatsApp · Léa")
    await expect(page.page.get_by_text("Personne n’a encore écrit.")).to_be_visible()

    await page.button("Numéros").press("Enter")
    await page.button("Relier un numéro").press("Enter")
    await page.page.get_by_label("Numéro", exact=True).fill("06 12 34")
    await page.page.get_by_label("Compte").select_option(label=f"{KARIM.name} ({KARIM.email})")
    await page.button("Relier").press("Enter")
    await expect(page.page.get_by_label("Numéro", exact=True)).to_be_focused()
    await page.page.get_by_label("Numéro", exact=True).fill("+33 6 12 34 56 78")
    await page.button("Relier").press("Enter")
    await expect(page.page.locator(".number-row")).to_contain_text(f"{KARIM.name} +{KARIMS}")
    assert await complaints(page) == []
    await page.page.keyboard.press("Escape")
    await expect(page.button("Numéros")).to_be_focused()

    await hears(office, messages=[text("1", KARIMS, "Bonjour"), text("2", STRANGERS, "Hallo", age=DAY + 60)])
    await expect(row(page, STRANGERS)).to_contain_text("Numéro inconnu")
    await row(page, KARIM.name).press("Enter")
    talk = page.page.get_by_role("region", name=f"Conversation avec {KARIM.name}")
    await expect(talk.locator(".window")).to_have_text("encore 23 h 59 pour répondre")
    told = page.page.locator(".talk-message.own").first
    await expect(told.locator(".talk-state")).to_contain_text("envoyé")
    first = next(one for one in graph.sent if one.body["to"] == KARIMS)
    for state, word in (("delivered", "remis"), ("read", "lu")):
        await hears(office, statuses=[status(first, state)])
        await expect(told.locator(".talk-state")).to_contain_text(re.compile(rf"· {word}$"))

    await page.button("Prendre la main").press("Enter")
    await expect(page.page.locator(".talk-log")).to_contain_text("Claire Martin a pris la main")
    await expect(row(page, KARIM.name)).to_contain_text("Vous répondez")
    await hears(office, messages=[text("3", KARIMS, "Je voudrais parler à quelqu’un")])
    await expect(row(page, KARIM.name)).to_contain_text("1 message attend")
    await expect(said(page, "parler à quelqu’un").locator(".talk-state")).to_contain_text("sans réponse de Léa")
    await answer(page, "Je vous appelle.")
    await expect(said(page, "Je vous appelle.").locator(".talk-state")).to_contain_text("envoyé")
    await expect(said(page, "Je vous appelle.").locator(".talk-who")).to_have_text("Claire Martin")
    assert graph.sent[-1].text == "Je vous appelle."
    await expect(row(page, KARIM.name)).not_to_contain_text("attend")
    await expect(page.page.get_by_label("Votre réponse")).to_have_value("")
    graph.refusals.append((400, 131026))
    await answer(page, "Encore un mot.")
    await expect(said(page, "Encore un mot.").locator(".talk-state")).to_have_text(
        re.compile("non remis : ce numéro ne peut pas recevoir de messages WhatsApp$")
    )
    await expect(row(page, KARIM.name)).to_contain_text("Non remis")
    assert await complaints(page) == []
    await page.keep_picture("whatsapp-story")

    await hears(office, messages=[text(f"n{number}", KARIMS, f"Ligne {number}.") for number in range(60)])
    await expect(said(page, "Ligne 59.")).to_be_in_viewport()
    await page.page.reload()
    await expect(said(page, "Ligne 59.")).to_be_in_viewport()
    await expect(said(page, "Je vous appelle.")).to_have_count(0)
    earlier = page.button("Messages précédents")
    await earlier.press("Enter")
    await expect(said(page, "Je vous appelle.")).to_have_count(1)
    await expect(said(page, "Ligne 10.")).to_be_in_viewport()
    await expect(earlier).to_have_count(0)
    await page.button("Rendre à Léa").click()
    await expect(page.page.locator(".talk-holder")).to_have_text("Léa répond")
    await expect(page.page.locator(".talk-log").last).to_contain_text("Claire Martin a rendu la main à Léa")

    await row(page, STRANGERS).click()
    await expect(page.page.locator(".window")).to_have_text("délai de 24 h écoulé")
    await expect(page.page.locator(".talk-dock")).to_contain_text("Dès qu’elle écrira, vous pourrez répondre.")
    await expect(page.page.get_by_label("Votre réponse")).to_have_count(0)
    await expect(page.button("Prendre la main")).to_have_count(0)
    await expect(page.page.locator(".talk-message.own .talk-state")).to_contain_text("24 heures")

    await hears(office, messages=[text("4", STRANGERS, "Hallo?")])
    await expect(page.page.locator(".talk-row").first).to_contain_text("Hallo?")
    await expect(said(page, "Hallo?").locator(".talk-state")).to_contain_text("numéro relié à personne")
    lists = re.compile("/whatsapp/conversations[?]")
    await page.page.route(lists, lambda route: route.abort())
    await page.page.reload()
    await expect(page.page.locator(".talks-list .problem")).to_be_visible()
    await page.page.unroute(lists)
    await page.page.locator(".talks-list").get_by_role("button", name="Réessayer").click()
    await expect(page.page.locator(".talks-list .problem")).to_have_count(0)
    await expect(page.page.locator(".talk-row").first).to_contain_text("Hallo?")
    await expect(page.page.get_by_label("Votre réponse")).to_be_visible()

    await page.button("Profil").click()
    await page.button("Modifier le profil").click()
    await page.page.get_by_label("Actu").fill("Léa vous répond")
    await page.page.get_by_label("Description").fill("L’assistante de l’atelier.")
    await page.button("Enregistrer").click()
    await expect(page.page.locator(".laid .facts")).to_contain_text("L’assistante de l’atelier.")
    assert graph.profile["about"] == "Léa vous répond"
    assert await complaints(page) == []
    await page.keep_picture("whatsapp-profile")


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_the_room_fits_its_window(office: Server, open_page: Open, name: str, look: dict[str, Any]) -> None:
    await hears(office, messages=[text(f"look-{name}", KARIMS, "Une adresse très longue : " + "x" * 200)])
    page = await open_page(office.url, **look)
    await page.sign_in(CLAIRE)
    await page.open("#/whatsapp")
    await expect(page.page.locator(".talk-row").first).to_be_visible()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"whatsapp-list-{name}")
    await page.page.locator(".talk-row").first.click()
    await expect(said(page, "Une adresse très longue").first).to_be_visible()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"whatsapp-talk-{name}")
    await page.button("Numéros").click()
    await expect(page.page.locator(".laid")).to_be_visible()
    assert await complaints(page) == []
    await page.keep_picture(f"whatsapp-numbers-{name}")
    await page.page.keyboard.press("Escape")
    if name.startswith("narrow"):
        await page.page.get_by_role("link", name="Conversations", exact=True).click()
        await expect(page.page.locator(".talk-row").first).to_be_visible()
        await expect(page.page.locator(".talk")).to_have_count(0)
        await expect(page.page.locator(".talk-row").first).to_be_focused()
