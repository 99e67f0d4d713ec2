"""What one sets in this browser, the keys, what is told of a hidden tab, and what makes the page installable."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.e2e import test_page_runs
from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server
from tests.e2e.test_page_runs import Works
from tests.model_server import Answer, ModelServer

counting = test_page_runs.works
ROOT = "document.documentElement"
KEEP_NOTIFICATIONS = """() => {
    window.shown = [];
    window.Notification = class extends Notification {
        constructor(title, how) {
            super(title, how);
            window.shown.push({title, body: this.body, tag: this.tag, click: () => this.onclick(new Event('click'))});
        }
    };
}"""
"""The browser's own, and a list of them."""


def sheet(page: LeaPage) -> Locator:
    return page.page.get_by_role("dialog")


async def open_sheet(page: LeaPage, name: str) -> None:
    await page.button("Réglages et aide").click()
    await page.page.get_by_role("menuitem", name=name).click()
    await expect(sheet(page)).to_have_accessible_name(name)


async def choose(page: LeaPage, group: str, name: str) -> None:
    button = sheet(page).get_by_role("group", name=group).get_by_role("button", name=name, exact=True)
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "true")


async def test_what_was_set_is_there_before_the_first_paint(claire: LeaPage) -> None:
    normal = await claire.page.evaluate(f"parseFloat(getComputedStyle({ROOT}).fontSize)")
    await open_sheet(claire, "Réglages")
    await choose(claire, "Thème", "Sombre")
    await choose(claire, "Taille du texte", "Très grande")
    await choose(claire, "Mouvements", "Moins")
    await claire.page.reload(wait_until="commit")
    for name, value in (("data-theme", "dark"), ("data-text", "larger"), ("data-motion", "less")):
        await expect(claire.page.locator("html")).to_have_attribute(name, value)
    await expect(claire.composer).to_be_visible()
    size = await claire.page.evaluate(f"parseFloat(getComputedStyle({ROOT}).fontSize)")
    assert size > 1.3 * normal
    moving = await claire.button("Envoyer").evaluate("button => getComputedStyle(button).transitionDuration")
    assert moving == "0s"

    await open_sheet(claire, "Réglages")
    await choose(claire, "Taille du texte", "Normale")
    await choose(claire, "Mouvements", "Auto")
    assert await claire.page.evaluate(f"parseFloat(getComputedStyle({ROOT}).fontSize)") == normal
    await sheet(claire).get_by_role("button", name="EN, English").click()
    await expect(sheet(claire)).to_have_accessible_name("Settings")
    await claire.page.keyboard.press("Escape")
    await expect(sheet(claire)).to_have_count(0)
    await expect(claire.button("Settings and help")).to_be_focused()


async def test_every_shortcut_of_the_list_does_what_it_says(claire: LeaPage, model: ModelServer) -> None:
    press = claire.page.keyboard.press
    await claire.composer.fill("Et alors ?")
    await press("End")
    await press("?")
    await expect(claire.composer).to_have_value("Et alors ??")
    await claire.open("#/jobs")
    await expect(claire.page.get_by_role("heading", level=1)).to_have_text("Tâches")
    await press("?")
    await expect(sheet(claire).locator("dd").first).to_be_visible()
    listed = await sheet(claire).locator("dd").all_inner_texts()
    assert [keys for keys in listed if keys.startswith("Alt")] == [f"Alt + {key}" for key in "CMKSRYN"]
    await press("Alt+r")
    await expect(sheet(claire)).to_have_accessible_name("Raccourcis clavier")
    await press("Escape")

    await press("Alt+m")
    await expect(claire.composer).to_be_focused()
    await expect(claire.composer).to_have_value("Et alors ??")
    await press("Alt+k")
    await expect(claire.page.get_by_label("Rechercher", exact=True)).to_be_focused()
    await press("Alt+r")
    await expect(sheet(claire)).to_have_accessible_name("Réglages")
    await press("Escape")

    gate = asyncio.Semaphore(1)
    model.script(Answer("un deux trois quatre", gate=gate))
    await claire.ask("Compte")
    await expect(claire.text).to_have_text("un")
    await press("Alt+s")
    await expect(claire.answer).to_contain_text("Réponse arrêtée.")
    await press("Alt+c")
    await expect(claire.page.locator(".greeting")).to_be_visible()
    await expect(claire.composer).to_be_focused()


async def test_the_key_that_works_alone_can_be_switched_off(claire: LeaPage) -> None:
    await open_sheet(claire, "Réglages")
    await choose(claire, "Raccourcis à une touche", "Non")
    await sheet(claire).get_by_role("button", name="Raccourcis clavier").click()
    await expect(sheet(claire)).to_have_accessible_name("Raccourcis clavier")
    await expect(sheet(claire).locator("dd").first).to_have_text("Alt + C")
    assert "?" not in await sheet(claire).locator("dd").all_inner_texts()
    await claire.page.keyboard.press("Escape")
    await expect(claire.button("Réglages et aide")).to_be_focused()
    await claire.page.keyboard.press("?")
    await claire.page.keyboard.press("Alt+k")
    await expect(claire.page.get_by_label("Rechercher", exact=True)).to_be_focused()
    await expect(sheet(claire)).to_have_count(0)


async def test_an_answer_that_ends_in_a_hidden_tab_is_told(lea: Server, open_page: Open, model: ModelServer) -> None:
    page = await notified(lea.url, open_page)
    model.script(Answer("Rien à signaler."), Answer("Toujours rien."))
    await page.ask("Du nouveau ?")
    await expect(page.text).to_have_text("Rien à signaler.")
    await page.is_done()
    assert await page.page.evaluate("shown.length") == 1  # the one that shows that they work
    await page.composer.fill("Et maintenant ?")
    await page.hide()
    await page.composer.press("Enter")
    await page.page.wait_for_function("() => shown.length === 2", polling=100)
    told = await page.page.evaluate("shown[1]")
    assert told["title"] == "Léa a répondu."
    assert told["tag"].startswith("answer ")
    thread = page.page.url.partition("#")[2]
    await page.hide(hidden=False)
    await page.open("#/costs")
    await page.page.evaluate("shown[1].click()")
    await expect(page.page).to_have_url(f"{lea.url}/#{thread}")
    await expect(page.text).to_have_text("Toujours rien.")


async def test_a_run_that_ends_while_the_tab_is_hidden_is_told(
    counting: Works, open_page: Open, model: ModelServer
) -> None:
    page = await notified(counting.lea.url, open_page)
    address = await counting.begin(page, model, 4, gate=2)
    # It is only told of a run it knew of when it was hidden.
    async with (
        page.page.expect_response(re.compile(r"/v1/catalog/run/[^/]+$")),
        page.page.expect_request("**/v1/catalog/running-status"),
    ):
        await page.hide()
    counting.mend()
    counting.let(4)
    run = "() => shown.some(({tag}) => tag.startsWith('run '))"
    await page.page.wait_for_function(run, polling=100, timeout=60_000)
    told = await page.page.evaluate("shown.at(-1)")
    assert told["title"] == "Un traitement est terminé"
    assert told["body"].startswith("counting : ")
    await page.page.evaluate("shown.at(-1).click()")
    await expect(page.page).to_have_url(re.compile(re.escape(address)))


async def notified(url: str, open_page: Open) -> LeaPage:
    """Claire, who let the browser show notifications."""
    page = await open_page(url, permissions=["notifications"])
    await page.page.add_init_script(f"({KEEP_NOTIFICATIONS})()")
    await page.sign_in(CLAIRE)
    await open_sheet(page, "Réglages")
    await choose(page, "Notifications", "Oui")
    await page.page.keyboard.press("Escape")
    return page


async def test_notifications_that_the_browser_blocks_are_not_said_to_be_on(lea: Server, open_page: Open) -> None:
    claire = await open_page(lea.url, permissions=["clipboard-read"])  # and no others
    await claire.sign_in(CLAIRE)
    await open_sheet(claire, "Réglages")
    await sheet(claire).get_by_role("group", name="Notifications").get_by_role("button", name="Oui").click()
    await expect(sheet(claire).get_by_role("status")).to_contain_text("Votre navigateur les bloque.")
    off = sheet(claire).get_by_role("group", name="Notifications").get_by_role("button", name="Non")
    await expect(off).to_have_attribute("aria-pressed", "true")
    assert await complaints(claire) == []


async def test_the_page_can_be_installed(claire: LeaPage) -> None:
    session = await claire.context.new_cdp_session(claire.page)
    found = await session.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith("/static/manifest.webmanifest")
    errors = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
    answers = [
        await claire.context.request.get(f"{claire.url}/static/{name}")
        for name in ("manifest.webmanifest", "icons/lea-192.png", "icons/lea-512.png", "icons/lea-180.png")
    ]
    assert [answer.headers["content-type"] for answer in answers] == ["application/manifest+json", *["image/png"] * 3]


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_the_sheets_fit_their_window_in_the_largest_text(
    lea: Server, open_page: Open, name: str, look: dict[str, Any]
) -> None:
    page = await open_page(lea.url, **look)
    await page.sign_in(CLAIRE)
    for size in ("normal", "larger"):
        await page.page.evaluate("size => document.documentElement.dataset.text = size", size)
        if name.startswith("narrow"):
            await page.button("Ouvrir les conversations").click()
        assert await page.page.locator(".side").evaluate("one => one.scrollWidth - one.clientWidth") == 0
        await page.keep_picture(f"side-{size}-{name}")
        for title in ("Réglages", "Raccourcis clavier"):
            await open_sheet(page, title)
            assert await page.page.evaluate(TOO_WIDE) == 0
            assert await sheet(page).evaluate("one => one.scrollWidth - one.clientWidth") == 0
            assert await complaints(page) == []
            await page.keep_picture(f"{'settings' if title == 'Réglages' else 'keys'}-{size}-{name}")
            await page.page.keyboard.press("Escape")
            await expect(sheet(page)).to_have_count(0)
        if name.startswith("narrow"):
            await page.page.keyboard.press("Escape")
