"""What Léa does and asks in a conversation: receipts, undoing, deciding, in one tab and in two."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server, Start
from tests.model_replies import Call
from tests.model_server import Answer, ModelServer

BEHIND_S = 40
"""How far a page's clock is behind where a question is to be seen before it expires: less than the 45 s after which a
stream counts as dead."""
CREATE = "Crée une vente au 12 rue des Lilas, 69003 Lyon, prix 350 000 €"


def moving(reference: str, gate: asyncio.Semaphore | None = None) -> Answer:
    """A model that wants to move a transaction."""
    arguments = json.dumps({"transaction": reference, "stage": "offer"})
    return Answer("D’accord.", gate=gate, calls=(Call("move_transaction", arguments),))


async def created(page: LeaPage) -> str:
    """The reference of a transaction that was created by plain words."""
    await page.ask(CREATE)
    await page.is_done()
    reference = await receipt(page).locator(".chip").inner_text()
    assert re.fullmatch(r"T-\d+", reference)
    return reference


async def asked(page: LeaPage, model: ModelServer, reference: str) -> Locator:
    """The card with which Léa asks whether to move it."""
    model.script(moving(reference))
    await page.ask("Fais avancer ce dossier comme il convient, s’il te plaît")
    await expect(card(page)).to_have_attribute("data-state", "asked")
    await page.is_done()
    return card(page)


def receipt(page: LeaPage) -> Locator:
    return page.page.locator(".receipt").last


def card(page: LeaPage) -> Locator:
    return page.page.locator(".confirm").last


async def test_what_was_done_by_plain_words_stays_and_is_undone_by_keyboard(claire: LeaPage) -> None:
    reference = await created(claire)
    for again in (False, True):
        if again:
            await claire.page.reload()
        await expect(receipt(claire)).to_have_attribute("data-state", "succeeded")
        await expect(receipt(claire)).to_contain_text("12 rue des Lilas")
        await expect(receipt(claire)).to_contain_text("Par Léa, pour Claire Martin")
        await expect(claire.page.locator(".bar .chip")).to_have_text(reference)
    assert await complaints(claire) == []
    undo = claire.page.get_by_role("button", name=re.compile("^Annuler : "))
    await claire.composer.focus()
    for _ in range(12):
        await claire.page.keyboard.press("Shift+Tab")
        if await undo.evaluate("e => e === document.activeElement"):
            break
    await claire.page.keyboard.press("Enter")
    await expect(receipt(claire)).to_have_attribute("data-state", "undone")
    await expect(receipt(claire).locator(".receipt-title")).to_be_focused()
    await expect(undo).to_have_count(0)
    await claire.page.reload()
    await expect(receipt(claire)).to_have_attribute("data-state", "undone")


async def test_what_is_undone_in_one_tab_is_undone_in_the_other(claire: LeaPage, lea: Server) -> None:
    await created(claire)
    other = LeaPage(claire.context, await claire.context.new_page(), lea.url)
    await other.page.goto(claire.page.url)
    await expect(receipt(other)).to_have_attribute("data-state", "succeeded")
    await other.page.get_by_role("button", name=re.compile("^Annuler : ")).click()
    await expect(receipt(claire)).to_have_attribute("data-state", "undone")
    await other.page.close()
    assert other.complaints == []


async def test_undoing_what_somebody_went_on_from_says_why_not(claire: LeaPage) -> None:
    reference = await created(claire)
    await claire.ask(f"Passe {reference} au mandat")
    await claire.is_done()
    await expect(claire.page.locator(".receipt")).to_have_count(2)
    await claire.page.get_by_role("button", name=re.compile("^Annuler : ")).first.click()
    first = claire.page.locator(".receipt").first
    await expect(first.locator(".wrong")).not_to_be_empty()
    await expect(first).to_have_attribute("data-state", "succeeded")


async def test_undoing_in_words_changes_the_receipt_that_is_there(claire: LeaPage) -> None:
    await created(claire)
    await claire.ask("Annule")
    await claire.is_done()
    for again in (False, True):
        if again:
            await claire.page.reload()
        await expect(claire.page.locator(".receipt")).to_have_count(1)
        await expect(receipt(claire)).to_have_attribute("data-state", "undone")


async def test_a_value_is_edited_and_approved_by_keyboard(claire: LeaPage, model: ModelServer) -> None:
    reference = await created(claire)
    one = await asked(claire, model, reference)
    await expect(one.get_by_role("heading")).to_be_focused()
    await expect(one).to_contain_text("prospect")
    await expect(one).to_contain_text(re.compile(r"Expire dans (59|60)\sminutes"))
    edit = one.get_by_role("button", name="Modifier les valeurs")
    await expect(edit).to_be_visible()  # once it is known what Léa can do
    assert await complaints(claire) == []
    await claire.page.keyboard.press("Tab")
    await expect(edit).to_be_focused()
    await claire.page.keyboard.press("Enter")
    field = one.get_by_label("Étape")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("offer")
    await expect(one.locator("input, select")).to_have_count(1)
    assert await complaints(claire) == []
    await field.select_option("mandate")
    await claire.keep_picture("actions-editing")
    await claire.page.keyboard.press("Tab")
    await expect(one.get_by_role("button", name="Accepter")).to_be_focused()
    await claire.page.keyboard.press("Enter")
    await expect(one.get_by_role("heading")).to_have_text("Accepté")
    await expect(one.get_by_role("heading")).to_be_focused()
    for again in (False, True):
        if again:
            await claire.page.reload()
        await expect(claire.page.locator(".confirm")).to_have_count(1)
        await expect(card(claire)).to_have_attribute("data-state", "approved")
        await expect(card(claire).locator(".changes")).to_contain_text("Mandat")
        await expect(receipt(claire)).to_have_attribute("data-state", "succeeded")
        await expect(receipt(claire)).to_contain_text(re.compile("mandat", re.IGNORECASE))
        await expect(claire.page.locator(".receipt")).to_have_count(2)
    assert await complaints(claire) == []


async def test_the_shortcuts_approve_and_reject(claire: LeaPage, model: ModelServer) -> None:
    reference = await created(claire)
    await asked(claire, model, reference)
    await claire.composer.focus()
    await claire.page.keyboard.press("Alt+n")
    await expect(card(claire)).to_have_attribute("data-state", "rejected")
    await expect(claire.page.locator(".receipt")).to_have_count(1)
    await expect(claire.page.locator(".answer")).to_have_count(3)  # what is said to the refusal asks the model, too
    await claire.is_done()
    await asked(claire, model, reference)
    await claire.page.keyboard.press("y")
    await expect(card(claire)).to_have_attribute("data-state", "asked")
    await claire.page.keyboard.press("Alt+y")
    await expect(card(claire)).to_have_attribute("data-state", "approved")
    await expect(claire.page.locator(".receipt")).to_have_count(2)


async def test_the_focus_stays_with_what_is_being_written(claire: LeaPage, model: ModelServer) -> None:
    reference = await created(claire)
    gate = asyncio.Semaphore(0)
    model.script(moving(reference, gate))
    await claire.ask("Fais avancer ce dossier comme il convient, s’il te plaît")
    await claire.composer.fill("et puis")
    gate.release()
    await expect(card(claire)).to_be_visible()
    await claire.is_done()
    await expect(claire.composer).to_be_focused()


async def test_a_decision_in_words_is_one(claire: LeaPage, model: ModelServer) -> None:
    reference = await created(claire)
    await asked(claire, model, reference)
    await claire.ask("oui")
    await expect(card(claire)).to_have_attribute("data-state", "approved")
    await claire.is_done()
    await expect(claire.page.get_by_role("button", name="Accepter")).to_have_count(0)
    assert "Dois-je le faire" in claire.asked[-1]["last_assistant_message"]


async def test_a_decision_in_one_tab_is_shown_in_the_other(claire: LeaPage, lea: Server, model: ModelServer) -> None:
    reference = await created(claire)
    await asked(claire, model, reference)
    other = LeaPage(claire.context, await claire.context.new_page(), lea.url)
    await other.page.goto(claire.page.url)
    await expect(card(other)).to_have_attribute("data-state", "asked")
    await other.button("Accepter").click()
    for tab in (other, claire):
        await expect(card(tab)).to_have_attribute("data-state", "approved")
        await expect(tab.page.locator(".receipt")).to_have_count(2)
        await expect(tab.page.get_by_role("button", name="Accepter")).to_have_count(0)
    await other.page.close()
    assert other.complaints == []


async def test_a_tab_that_heard_nothing_is_told_that_it_was_decided(
    claire: LeaPage, lea: Server, model: ModelServer
) -> None:
    reference = await created(claire)
    await asked(claire, model, reference)
    deaf = LeaPage(claire.context, await claire.context.new_page(), lea.url)
    await deaf.hear_nothing()
    await deaf.page.goto(claire.page.url)
    await expect(card(deaf)).to_have_attribute("data-state", "asked")
    await claire.button("Refuser").click()
    await expect(card(claire)).to_have_attribute("data-state", "rejected")
    await deaf.button("Accepter").click()
    await expect(card(deaf)).to_have_attribute("data-state", "rejected")
    await deaf.page.close()


async def test_a_question_elsewhere_is_marked_in_the_list(claire: LeaPage, model: ModelServer) -> None:
    reference = await created(claire)
    await asked(claire, model, reference)
    address = claire.page.url
    here = claire.page.locator(".thread.here")
    await expect(here.get_by_text("attend votre accord")).to_have_count(0)
    await claire.page.get_by_role("button", name="Nouvelle conversation").click()
    mark = claire.page.locator(".thread", has=claire.page.locator(f"a[href$='{address.rpartition('=')[2]}']"))
    await expect(mark.get_by_text("attend votre accord")).to_be_visible()
    assert await complaints(claire) == []
    await claire.page.reload()
    await expect(mark.get_by_text("attend votre accord")).to_be_visible()
    await claire.page.goto(address)
    await claire.button("Refuser").click()
    await claire.page.get_by_role("button", name="Nouvelle conversation").click()
    await expect(mark).to_be_visible()
    await expect(mark.get_by_text("attend votre accord")).to_have_count(0)


async def test_a_question_that_nobody_answers_expires_before_the_eyes(
    new_server: Start, open_page: Open, model: ModelServer
) -> None:
    lea = await new_server(model.url, ACTIONS__CONFIRMATION_LASTS="4")
    page = await open_page(lea.url)
    await page.page.clock.install(time=datetime.now(UTC) - timedelta(seconds=BEHIND_S))
    await page.sign_in(CLAIRE)
    reference = await created(page)
    await asked(page, model, reference)
    await expect(card(page)).to_contain_text(re.compile(r"Expire dans \d+\ssecondes?"))
    await page.page.clock.fast_forward(BEHIND_S * 1000)
    await expect(card(page)).to_have_attribute("data-state", "expired")
    await expect(card(page).get_by_role("heading")).to_have_text("Demande expirée")
    await expect(card(page).get_by_role("button")).to_have_count(0)
    assert await complaints(page) == []
    await page.keep_picture("actions-expired")
    await page.page.reload()
    await expect(card(page)).to_have_attribute("data-state", "expired")


async def test_a_record_that_changed_meanwhile_is_not_written_over(claire: LeaPage, model: ModelServer) -> None:
    reference = await created(claire)
    await asked(claire, model, reference)
    address = claire.page.url
    await claire.page.get_by_role("button", name="Nouvelle conversation").click()
    await claire.ask(f"Passe {reference} au mandat")
    await claire.is_done()
    await claire.page.goto(address)
    await claire.button("Accepter").click()
    await expect(card(claire).get_by_role("alert")).to_contain_text("changé entre-temps")
    await expect(card(claire)).to_have_attribute("data-state", "asked")


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_cards_fit_their_window(
    lea: Server, open_page: Open, model: ModelServer, name: str, look: dict[str, Any]
) -> None:
    page = await open_page(lea.url, **look)
    await page.sign_in(CLAIRE)
    reference = await created(page)
    await asked(page, model, reference)
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"actions-{name}")
    await page.button("Accepter").click()
    await expect(page.page.locator(".receipt")).to_have_count(2)
    await page.is_done()
    assert await complaints(page) == []
    await page.keep_picture(f"actions-done-{name}")
