"""Asking and reading: the answer as it is written, and every way in which it can go wrong."""

import asyncio

from playwright.async_api import expect

from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, KARIM, Server, Start
from tests.model_server import Answer, ModelServer, Refusal


def letting(gate: asyncio.Semaphore, tokens: int) -> None:
    for _ in range(tokens):
        gate.release()


async def test_the_answer_appears_as_it_is_written(claire: LeaPage, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("Voici la réponse entière.", gate=gate))
    await claire.ask("Que dites-vous ?")
    await expect(claire.answer.get_by_text("Connexion établie, Léa réfléchit…")).to_be_visible()
    await expect(claire.answer.locator(".stage")).to_have_text("réflexion")
    await claire.keep_picture("thinking")
    letting(gate, 2)
    await expect(claire.text).to_have_text("Voici la")
    await expect(claire.answer.locator(".waiting")).to_have_count(0)
    letting(gate, 2)
    await expect(claire.text).to_have_text("Voici la réponse entière.")
    await claire.is_done()
    await expect(claire.page.locator(".thread.here")).to_contain_text("Que dites-vous ?")


async def test_stop_keeps_what_was_said(claire: LeaPage, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("Un deux trois quatre", gate=gate))
    await claire.ask("Comptez.")
    letting(gate, 2)
    await expect(claire.text).to_have_text("Un deux")
    await claire.button("Arrêter la réponse").click()
    await expect(claire.answer.get_by_text("Réponse arrêtée.")).to_be_visible()
    await expect(claire.text).to_have_text("Un deux")
    await expect(claire.button("Envoyer")).to_be_visible()
    await claire.page.reload()
    await expect(claire.text).to_have_text("Un deux")


async def test_an_error_stands_beside_the_message_and_retry_answers_it(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("Je commence et puis", fault="error", fault_at=3))
    await claire.ask("Essayez donc.")
    await expect(claire.problem).to_be_visible()
    await expect(claire.text).to_have_text("Je commence et")
    await claire.keep_picture("error")
    model.script(Answer("Cette fois, voilà."))
    await claire.problem.get_by_role("button", name="Réessayer").click()
    await expect(claire.text).to_have_text("Cette fois, voilà.")
    await expect(claire.problem).to_have_count(0)
    await expect(claire.page.locator(".question")).to_have_count(1)
    await claire.is_done()
    await claire.page.reload()
    await expect(claire.text).to_have_text("Cette fois, voilà.")
    await expect(claire.page.locator(".answer")).to_have_count(1)


async def test_silence_is_told_and_retry_takes_the_same_answer_up_again(
    lea: Server, open_page: Open, model: ModelServer
) -> None:
    page = await open_page(lea.url)
    await page.sign_in(CLAIRE)
    asked_before = len(model.exchanges)
    gate = asyncio.Semaphore(0)
    model.script(Answer("Pardon, me voici donc.", gate=gate))
    letting(gate, 1)
    await page.ask("Êtes-vous là ?")
    await expect(page.text).to_have_text("Pardon,")
    # Only this silence is cut short: a slow machine may take its time to begin, and for what is asked again.
    await page.be_impatient(700)
    letting(gate, 1)
    await expect(page.problem).to_contain_text("Délai dépassé. Réessayez.")
    await page.keep_picture("silence")
    await page.be_impatient(120_000)
    letting(gate, 2)
    await page.problem.get_by_role("button", name="Réessayer").click()
    await expect(page.text).to_have_text("Pardon, me voici donc.")
    await page.is_done()
    assert len(page.asked) == 1
    assert len(model.exchanges) == asked_before + 1


async def test_a_reload_in_mid_answer_goes_on_with_it(claire: LeaPage, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("Avant et après le rechargement.", gate=gate))
    await claire.ask("Restez.")
    letting(gate, 2)
    await expect(claire.text).to_have_text("Avant et")
    await claire.page.reload()
    await expect(claire.text).to_have_text("Avant et")
    letting(gate, 3)
    await expect(claire.text).to_have_text("Avant et après le rechargement.")
    await claire.is_done()


async def test_a_lost_network_is_told_quietly_and_mends_itself(
    lea: Server, open_page: Open, model: ModelServer
) -> None:
    claire = await open_page(lea.url)
    await claire.sign_in(CLAIRE)
    gate = asyncio.Semaphore(0)
    model.script(Answer("Rien n’a été perdu.", gate=gate))
    letting(gate, 2)
    await claire.context.set_offline(True)
    await claire.ask("Et le réseau ?")
    await expect(claire.answer.get_by_text("Connexion perdue, reprise en cours…")).to_be_visible()
    await expect(claire.problem).to_have_count(0)
    await claire.context.set_offline(False)
    await expect(claire.text).to_have_text("Rien n’a")
    letting(gate, 3)
    await expect(claire.text).to_have_text("Rien n’a été perdu.")
    assert len({body["request_id"] for body in claire.asked}) == 1


async def test_a_server_that_restarts_in_mid_answer_loses_no_text(
    new_server: Start, open_page: Open, model: ModelServer
) -> None:
    lea = await new_server(model.url)
    page = await open_page(lea.url)
    await page.sign_in(CLAIRE)
    gate = asyncio.Semaphore(0)
    model.script(Answer("Je disais que tout va bien.", gate=gate))
    letting(gate, 3)
    await page.ask("Que disiez-vous ?")
    await expect(page.text).to_have_text("Je disais que")
    await lea.end()
    await expect(page.answer.get_by_text("Réponse interrompue par un redémarrage.")).to_be_visible()
    model.script(Answer("tout va mieux."))
    await page.button("Continuer").click()
    await expect(page.answer.locator(".waiting.lost")).to_be_visible()
    await expect(page.text).to_have_text("Je disais que")
    await lea.start()
    await expect(page.text).to_have_text("Je disais que tout va mieux.")
    await page.is_done()
    model.script(Answer("Tout va bien."))
    await page.ask("Encore ?")
    await expect(page.text).to_have_text("Tout va bien.")


async def test_too_many_requests_are_told_with_the_seconds(
    new_server: Start, open_page: Open, model: ModelServer
) -> None:
    lea = await new_server(model.url, LIMITS__CHAT_PER_MINUTE="1")
    page = await open_page(lea.url)
    await page.sign_in(CLAIRE)
    await page.ask("Une")
    await page.is_done()
    await page.ask("Deux")
    await expect(page.problem).to_contain_text("Trop de requêtes, réessayez dans un instant.")
    seconds = page.problem.locator(".seconds")
    first = await seconds.inner_text()
    await expect(seconds).not_to_have_text(first)
    await expect(page.problem.get_by_role("button")).to_have_attribute("aria-disabled", "true")
    await page.keep_picture("too-many-requests")


async def test_two_people_at_once_each_read_their_own_answer(
    lea: Server, claire: LeaPage, open_page: Open, model: ModelServer
) -> None:
    karim = await open_page(lea.url)
    await karim.sign_in(KARIM)
    slow, quick = asyncio.Semaphore(0), asyncio.Semaphore(0)
    model.script(Answer("Pour Claire seulement.", gate=slow))
    letting(slow, 1)
    await claire.ask("Première question")
    await expect(claire.text).to_have_text("Pour")
    model.script(Answer("Pour Karim seulement.", gate=quick))
    letting(quick, 3)
    await karim.ask("Seconde question")
    await expect(karim.text).to_have_text("Pour Karim seulement.")
    await karim.is_done()
    await expect(claire.text).to_have_text("Pour")
    letting(slow, 2)
    await expect(claire.text).to_have_text("Pour Claire seulement.")
    await expect(karim.page.get_by_text("Première question")).to_have_count(0)


async def test_a_message_on_a_busy_thread_waits_its_turn_visibly(
    lea: Server, claire: LeaPage, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("Rien encore."), Answer("La première.", gate=gate), Answer("La seconde."))
    await claire.ask("Rien")
    await claire.is_done()
    second = LeaPage(claire.context, await claire.context.new_page(), lea.url)
    await second.hear_nothing()
    await second.page.goto(claire.page.url)
    await expect(second.text).to_have_text("Rien encore.")
    letting(gate, 1)
    await claire.ask("Un")
    await expect(claire.text).to_have_text("La")
    await second.ask("Deux")
    await expect(second.answer.locator(".stage")).to_contain_text("en attente, 1 message")
    letting(gate, 1)
    # The other tab's answer comes here too, below this one.
    await expect(claire.page.locator(".answer .prose").nth(1)).to_have_text("La première.")
    await expect(second.text).to_have_text("La seconde.")
    await second.is_done()
    await second.page.close()
    assert second.complaints == []


async def test_an_answer_of_a_stand_in_says_so_quietly_also_after_a_reload(
    new_server: Start, open_page: Open, model: ModelServer
) -> None:
    lea = await new_server(model.url, DEPENDENCIES__LLM__RETRIES="0")
    for locale, told in (
        ("fr-FR", "Réponse de secours : le modèle habituel n’a pas pu répondre."),
        ("en-GB", "A stand-in answered: the usual model could not."),
    ):
        page = await open_page(lea.url, locale=locale)
        await page.sign_in(CLAIRE)
        model.script(Answer("Me voici."), Refusal(500))
        await page.ask("Bonjour")
        await expect(page.text).to_have_text("Me voici.")
        await page.is_done()
        await expect(page.page.get_by_text(told)).to_have_count(0)
        await page.ask("Qui suis-je ?")
        await expect(page.answer.get_by_text(told)).to_be_visible()
        await page.keep_picture(f"stand-in-{locale}")
        await page.page.reload()
        await expect(page.answer.get_by_text(told)).to_be_visible()
        await expect(page.page.get_by_text(told)).to_have_count(1)


async def test_a_message_sent_while_lea_answers_leaves_when_she_has_finished(
    lea: Server, claire: LeaPage, model: ModelServer
) -> None:
    """Only after a whole answer, and not once more has been written to it: then it stays where it is."""
    gate = asyncio.Semaphore(0)
    model.script(Answer("La première.", gate=gate), Answer("La seconde."), Answer("La troisième.", gate=gate))
    answers, told = claire.page.locator(".answer .prose"), claire.page.get_by_text("part dès que Léa a fini")
    letting(gate, 1)
    await claire.ask("Un")
    await expect(answers).to_have_text(["La"])
    await claire.composer.fill("Deux")
    await claire.composer.press("Enter")
    await expect(told).to_be_visible()
    await claire.keep_picture("held-until-answered")
    letting(gate, 1)
    await expect(answers).to_have_text(["La première.", "La seconde."])
    await expect(told).to_have_count(0)
    await claire.is_done()
    assert [body["message"] for body in claire.asked] == ["Un", "Deux"]

    letting(gate, 1)
    await claire.ask("Trois")
    await expect(answers.nth(2)).to_have_text("La")
    await claire.composer.fill("Qua")
    await claire.composer.press("Enter")
    await expect(told).to_be_visible()
    await claire.composer.press("t")
    await expect(told).to_have_count(0)
    await claire.composer.press("Enter")
    await expect(told).to_be_visible()
    await claire.button("Arrêter la réponse").click()
    await claire.is_done()
    await expect(claire.composer).to_have_value("Quat")
    await expect(told).to_have_count(0)
    assert len(claire.asked) == 3
