"""Dictating: a microphone that chromium plays, words that are read before they are sent, and every way it can fail."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from lea.llm.transcribed_length import webm
from tests.e2e.axe import complaints
from tests.e2e.conftest import CHROMIUM, FLAGS, FRENCH, SLOW_MS
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage
from tests.e2e.server import CLAIRE, Server
from tests.model_ears import Words
from tests.model_server import ModelServer, Refusal

TRANSCRIPTIONS = "**/v1/lea/voice/transcriptions"
PLAYED = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
"""A microphone that beeps once a second, and that nobody is asked about."""
TAPED = """() => {
    window.tracks = [];
    const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async how => {
        if (window.refusing) throw new DOMException('', window.refusing);
        const stream = await asked(how);
        window.tracks.push(...stream.getTracks());
        return stream;
    };
}"""
HEARD = """() => new Promise(resolve => {
    const look = () => {
        const canvas = document.querySelector('.dictation canvas');
        const {data} = canvas.getContext('2d').getImageData(0, 24, canvas.width, 1);
        if (data.some(one => one > 0)) resolve();
        else requestAnimationFrame(look);
    };
    look();
})"""
"""Waits for a bar that reaches eight pixels above the middle of the 64: that is no silence."""
OPEN = "() => window.tracks.filter(one => one.readyState === 'live').length"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser_that_hears() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *PLAYED])
        yield chromium
        await chromium.close()


async def opened(browser: Browser, lea: Server, options: dict[str, Any]) -> LeaPage:
    context = await browser.new_context(**(FRENCH | options))
    context.set_default_timeout(SLOW_MS)
    page = LeaPage(context, await context.new_page(), lea.url)
    await page.page.add_init_script(f"({TAPED})()")
    await page.sign_in(CLAIRE)
    return page


async def begin(page: LeaPage) -> None:
    """Recording, for a second at least, and a beep was heard."""
    await page.button("Dicter un message").click()
    await expect(page.button("Terminer")).to_be_focused()
    await expect(page.page.get_by_role("timer")).to_have_text(re.compile(r"[1-9]"))
    async with asyncio.timeout(20):
        await page.page.evaluate(HEARD)


async def refuse(tab: Page, name: str, words: str) -> None:
    await tab.evaluate("name => { window.refusing = name; }", name)
    await tab.get_by_role("button", name="Dicter un message").click()
    await expect(tab.get_by_role("alert").filter(has_text=words)).to_be_visible()
    await expect(tab.get_by_role("button", name="Fermer", exact=True)).to_be_focused()
    await tab.keyboard.press("Escape")
    await expect(tab.locator("#message")).to_be_focused()


async def test_what_is_said_comes_into_the_message_where_one_was_writing(
    browser_that_hears: Browser, lea: Server, model: ModelServer
) -> None:
    page = await opened(browser_that_hears, lea, {})
    tab, ears = page.page, model.ears
    before = len(ears.recordings)
    await page.composer.fill("Bonjour, merci.")
    await page.composer.evaluate("box => box.setSelectionRange(8, 8)")
    ears.script(Words("où en sont nos dossiers ?"))
    said = asyncio.Event()

    async def when_said(route: Route) -> None:
        await said.wait()
        await route.continue_()

    await tab.route(TRANSCRIPTIONS, when_said)
    await tab.keyboard.press("Shift+Tab")
    await begin(page)
    assert await tab.evaluate(OPEN) == 1
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_text("Transcription…")).to_be_visible()
    said.set()
    await expect(page.composer).to_have_value("Bonjour, où en sont nos dossiers ? merci.")
    await expect(page.composer).to_be_focused()
    await expect(tab.locator("#announcer")).to_have_text(
        "Le texte est dans votre message. Relisez-le avant de l’envoyer."
    )
    await expect(page.composer).to_have_js_property("selectionStart", 34)
    assert await tab.evaluate(OPEN) == 0
    assert page.asked == []
    heard = ears.recordings[before]
    assert (heard.name, heard.fields["language"]) == ("recording.webm", "fr")
    seconds = webm(heard.data)
    assert seconds is not None
    assert 0.3 < seconds < 60
    await tab.unroute(TRANSCRIPTIONS, when_said)

    # Nothing comes of what is cancelled, be it said or written down.
    await begin(page)
    await tab.keyboard.press("Escape")
    await expect(page.composer).to_be_focused()
    gate = asyncio.Event()

    async def held(route: Route) -> None:
        await gate.wait()
        await route.abort()

    await tab.route(TRANSCRIPTIONS, held)
    await begin(page)
    await page.button("Terminer").click()
    await expect(page.button("Annuler la dictée")).to_be_focused()
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("group", name="Dictée")).to_have_count(0)
    gate.set()
    assert await tab.evaluate(OPEN) == 0
    assert len(ears.recordings) == before + 1

    # What was said stays while nobody can be reached, and is sent again.
    await begin(page)
    await page.button("Terminer").click()
    await expect(tab.get_by_role("alert").filter(has_text="Léa ne répond pas")).to_be_visible()
    await tab.unroute(TRANSCRIPTIONS, held)
    ears.script(Refusal(400), Words("Bien."))
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("alert").filter(has_text="a refusé la demande")).to_be_visible()
    await page.button("Fermer").click()
    await page.composer.fill("")
    await begin(page)
    await page.button("Terminer").click()
    await expect(page.composer).to_have_value("Bien.")
    await page.composer.press("Enter")
    await page.is_done()
    assert page.asked[0]["message"] == "Bien."

    for name, words in (
        ("NotAllowedError", "Le micro est refusé."),
        ("NotFoundError", "Aucun micro"),
        ("NotReadableError", "pris par un autre programme"),
        ("TypeError", "n’a pas marché"),
    ):
        await refuse(tab, name, words)
    assert page.complaints == []
    await page.context.close()


async def test_dictation_in_every_look(browser_that_hears: Browser, lea: Server, model: ModelServer) -> None:
    for look, options in LOOKS:
        page = await opened(browser_that_hears, lea, options)
        tab = page.page
        await begin(page)
        assert await complaints(page) == []
        assert await tab.evaluate(TOO_WIDE) == 0
        await page.keep_picture(f"voice-{look}")
        model.ears.script(Refusal(400))
        await page.button("Terminer").click()
        await expect(tab.locator(".dictation.failed")).to_be_visible()
        assert await complaints(page) == []
        assert await tab.evaluate(TOO_WIDE) == 0
        await page.keep_picture(f"voice-failed-{look}")
        await page.context.close()
