"""Nothing of an answer is lost: reloaded at any moment, or read in more tabs than the browser has connections."""

import asyncio
import sys
from random import Random

from playwright.async_api import expect

from tests.e2e.page import LeaPage
from tests.e2e.test_page_chat import letting
from tests.model_server import Answer, ModelServer

MOMENTS = 20
AT_A_TIME = 30
BETWEEN = (" ", " ", ", ", ".\n\n", "\n- ")
SHOWN_AFTER = """ms => new Promise(resolve => {
    setTimeout(() => resolve(document.querySelector('.answer .prose')?.innerText ?? ''), ms);
})"""
TABS = 8
"""A browser opens six connections to a host over HTTP/1.1."""


async def test_twenty_reloads_at_random_moments_lose_nothing_and_say_nothing_twice(
    claire: LeaPage, model: ModelServer
) -> None:
    seed = Random().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    chance = Random(seed)
    words = [f"mot{number}{chance.choice(BETWEEN)}" for number in range(MOMENTS * AT_A_TIME)]
    gate = asyncio.Semaphore(0)
    model.script(Answer(pieces=tuple(words), gate=gate))
    asked = len(model.exchanges)
    await claire.ask("Racontez longuement.")
    await model.exchange(asked)  # a message that never left would be a draft again
    before = ""
    for _ in range(MOMENTS):
        letting(gate, AT_A_TIME)
        shown = await claire.page.evaluate(SHOWN_AFTER, chance.randrange(300))
        assert len(shown) >= len(before)
        await claire.page.reload()
        await expect(claire.page.locator(".answer")).to_contain_text(last_word(shown))
        before = shown
    await claire.is_done()
    whole = "".join(words)
    told = await claire.text.inner_text()
    assert [word.strip(",.") for word in told.split()] == [word.strip(",.") for word in whole.split() if word != "-"]
    await expect(claire.page.locator(".answer")).to_have_count(1)
    await expect(claire.page.locator(".question")).to_have_count(1)


def last_word(text: str) -> str:
    """Whole, also where the text ends in the middle of one."""
    return (text.split() or [""])[-1].strip(",.")


async def test_eight_tabs_of_one_browser_ask_and_see_the_answers(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("Pour commencer."))
    await claire.ask("Huit onglets.")
    await claire.is_done()
    tabs = [claire]
    for _ in range(1, TABS):
        await tabs[-1].hide()
        tab = LeaPage(claire.context, await claire.context.new_page(), claire.url)
        await tab.page.goto(claire.page.url)
        await expect(tab.text).to_have_text("Pour commencer.")
        tabs.append(tab)
    looked_at = tabs[-1]
    # Three of them in turn are looked at: they have missed nothing, ask, and read the answer as it is written.
    for number, tab in enumerate((tabs[0], tabs[4], tabs[-1])):
        await looked_at.hide()
        looked_at = tab
        await tab.hide(hidden=False)
        await expect(tab.page.locator(".answer")).to_have_count(number + 1)
        gate = asyncio.Semaphore(0)
        model.script(Answer(f"Réponse au numéro {number}.", gate=gate))
        await tab.ask(f"Onglet {number} ?")
        letting(gate, 2)
        await expect(tab.text).to_have_text("Réponse au")
        letting(gate, 2)
        await expect(tab.text).to_have_text(f"Réponse au numéro {number}.")
        await tab.is_done()
    for tab in tabs[1:]:
        await tab.page.close()
        assert tab.complaints == []
