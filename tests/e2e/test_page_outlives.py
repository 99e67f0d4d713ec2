"""Answers outlive stops, crashes, reloads and lost connections, and every tab shows the same."""

import asyncio
import signal
from contextlib import suppress
from typing import Self

import pytest
from playwright.async_api import Request, Route, expect

from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server, Start
from tests.e2e.test_page_chat import letting
from tests.e2e.test_page_threads import choose
from tests.model_server import Answer, ModelServer


def events_stream(request: Request) -> bool:
    return request.url.endswith("/v1/lea/events")


def following(page: LeaPage) -> list[Request]:
    """Collects the requests with which the page follows a turn."""
    seen: list[Request] = []

    def note(request: Request) -> None:
        if request.url.endswith("/stream"):
            seen.append(request)

    page.page.on("request", note)
    return seen


class Network:
    """What lies between the browser and the server, and can be cut."""

    def __init__(self, url: str) -> None:
        self.url = ""
        self._port = int(url.rpartition(":")[2])
        self._down = False
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1")
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        self._server.close()

    def cut(self) -> None:
        self._down = True
        for writer in tuple(self._open):
            writer.transport.abort()

    def mend(self) -> None:
        self._down = False

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            writer.transport.abort()
            return
        there = await asyncio.open_connection("127.0.0.1", self._port)
        if self._down:  # cut meanwhile
            there[1].transport.abort()
            writer.transport.abort()
            return
        await asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
        self._open.discard(writer)
        writer.close()


async def close(tab: LeaPage) -> None:
    await tab.page.close()
    assert tab.complaints == []


async def test_a_stopped_answer_is_gone_on_with_in_its_place(claire: LeaPage, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("Un deux trois", gate=gate))
    await claire.ask("Comptez jusqu’à quatre.")
    letting(gate, 2)
    await expect(claire.text).to_have_text("Un deux")
    await claire.button("Arrêter la réponse").click()
    await expect(claire.answer.get_by_text("Réponse arrêtée.")).to_be_visible()
    await expect(claire.button("Régénérer")).to_be_visible()
    await claire.keep_picture("stopped")
    element = await claire.answer.element_handle()
    more = asyncio.Semaphore(0)
    model.script(Answer("trois quatre", gate=more))
    await claire.button("Continuer").focus()
    await claire.page.keyboard.press("Enter")
    await expect(claire.answer.locator(".waiting .stage")).to_have_text("réflexion")
    await expect(claire.text).to_have_text("Un deux")
    await claire.keep_picture("going-on")
    letting(more, 2)
    await expect(claire.text).to_have_text("Un deux trois quatre")
    await claire.is_done()
    await expect(claire.button("Continuer")).to_have_count(0)
    await expect(claire.page.locator(".answer")).to_have_count(1)
    assert await claire.answer.evaluate("(now, before) => now === before", element)
    await claire.page.reload()
    await expect(claire.text).to_have_text("Un deux trois quatre")
    await expect(claire.page.locator(".answer")).to_have_count(1)


async def test_a_kill_in_mid_answer_is_told_and_gone_on_with_and_a_restart_lets_it_end(
    new_server: Start, open_page: Open, model: ModelServer
) -> None:
    lea = await new_server(model.url, SERVER__SHUTDOWN_GRACE="60")
    page = await open_page(lea.url)
    await page.sign_in(CLAIRE)
    gate = asyncio.Semaphore(0)
    model.script(Answer("Je disais que tout va bien.", gate=gate))
    await page.ask("Que disiez-vous ?")
    letting(gate, 3)
    await expect(page.text).to_have_text("Je disais que")
    while "Je disais que" not in await saved(page):
        await asyncio.sleep(0)
    await lea.end(signal.SIGKILL)
    await expect(page.answer.locator(".waiting.lost")).to_be_visible()
    await expect(page.text).to_have_text("Je disais que")
    await lea.start()
    await expect(page.answer.get_by_text("Réponse interrompue par un redémarrage.")).to_be_visible()
    await expect(page.text).to_have_text("Je disais que")
    await expect(page.problem).to_have_count(0)
    for theme, name in (("Clair", "light"), ("Sombre", "dark")):
        await page.button(theme).click()
        await page.keep_picture(f"interrupted-{name}")
    await page.page.set_viewport_size({"width": 360, "height": 740})
    await page.keep_picture("interrupted-dark-narrow")
    await page.page.evaluate("document.documentElement.dataset.theme = 'light'")
    await page.keep_picture("interrupted-light-narrow")
    model.script(Answer("tout va mieux."))
    await page.button("Continuer").click()
    await expect(page.text).to_have_text("Je disais que tout va mieux.")
    await page.is_done()

    model.script(Answer("Encore deux mots.", gate=gate))
    await page.ask("Et si l’on redémarre poliment ?")
    letting(gate, 1)
    await expect(page.text).to_have_text("Encore")
    leaving = asyncio.ensure_future(lea.end())
    await expect(page.answer.get_by_text("Léa redémarre, la réponse reprend toute seule…")).to_be_visible()
    await page.keep_picture("restarting")
    letting(gate, 2)
    await expect(page.text).to_have_text("Encore deux mots.")
    await page.is_done()
    await leaving


async def saved(page: LeaPage) -> str:
    """What was said as the server has it, through a checkpoint; nothing before it has the first message."""
    text: str = await page.page.evaluate(
        """async () => {
            const token = (await (await fetch('/v1/auth/refresh', {method: 'POST', body: '{}',
                headers: {'Content-Type': 'application/json'}})).json()).access_token;
            const id = new URLSearchParams(location.hash.slice(1)).get('thread');
            const read = await fetch(`/v1/lea/threads/${id}`, {headers: {Authorization: `Bearer ${token}`}});
            return read.ok ? (await read.json()).messages.map(({content}) => content).join(' ') : '';
        }"""
    )
    return text


@pytest.mark.parametrize("said", [0, 1, 4])
async def test_a_reload_at_any_moment_shows_the_same_text_and_goes_on(
    claire: LeaPage, model: ModelServer, said: int
) -> None:
    words = "Le même texte, quoi qu’il arrive."
    gate = asyncio.Semaphore(0)
    model.script(Answer(words, gate=gate))
    await claire.ask("Rechargez.")
    await expect(claire.answer.locator(".waiting .stage")).to_have_text("réflexion")
    while "Rechargez." not in await saved(claire):
        await asyncio.sleep(0)
    letting(gate, said)
    before = " ".join(words.split(" ")[:said])
    if said:
        await expect(claire.text).to_have_text(before)
    await claire.page.reload()
    if said:
        await expect(claire.text).to_have_text(before)
    else:
        await expect(claire.answer.locator(".waiting")).to_be_visible()
    letting(gate, 6 - said)
    await expect(claire.text).to_have_text(words)
    await claire.is_done()
    await expect(claire.page.locator(".answer")).to_have_count(1)
    await expect(claire.page.locator(".question")).to_have_count(1)


async def test_a_network_lost_in_mid_answer_goes_on_after_the_last_event(
    lea: Server, open_page: Open, model: ModelServer
) -> None:
    async with Network(lea.url) as network:
        page = await open_page(network.url)
        await page.sign_in(CLAIRE)
        seen = following(page)
        gate = asyncio.Semaphore(0)
        model.script(Answer("non non non et encore non", gate=gate))
        await page.ask("Est-ce perdu ?")
        letting(gate, 2)
        await expect(page.text).to_have_text("non non")
        network.cut()
        await expect(page.answer.get_by_text("Connexion perdue, reprise en cours…")).to_be_visible()
        await page.keep_picture("connection-lost")
        letting(gate, 2)
        network.mend()
        await expect(page.text).to_have_text("non non non et")
        letting(gate, 2)
        await expect(page.text).to_have_text("non non non et encore non")
        await page.is_done()
        assert len(page.asked) == 1
        assert len(seen) > 1
        for request in seen[1:]:
            assert "last-event-id" in await request.all_headers()


async def test_two_tabs_show_the_same_live_answer(claire: LeaPage, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("D’abord."), Answer("Dans les deux onglets.", gate=gate))
    await claire.ask("Commençons.")
    await claire.is_done()
    tab = await claire.second_tab()
    await expect(tab.text).to_have_text("D’abord.")
    await claire.ask("Et maintenant ?")
    letting(gate, 2)
    for page in (claire, tab):
        await expect(page.page.locator(".question")).to_have_count(2)
        await expect(page.text).to_have_text("Dans les")
    await expect(tab.page.locator(".thread.here .thread-live")).to_be_visible()
    letting(gate, 2)
    for page in (claire, tab):
        await expect(page.text).to_have_text("Dans les deux onglets.")
        await page.is_done()
        await expect(page.page.locator(".answer")).to_have_count(2)
    await expect(tab.page.locator(".thread.here .thread-live")).to_have_count(0)
    more = asyncio.Semaphore(0)
    model.script(Answer("Arrêtez ceci", gate=more))
    await tab.ask("Encore ?")
    letting(more, 1)
    await expect(claire.text).to_have_text("Arrêtez")
    await claire.button("Arrêter la réponse").click()
    for page in (claire, tab):
        await expect(page.answer.get_by_text("Réponse arrêtée.")).to_be_visible()
    model.script(Answer("là."))
    await tab.button("Continuer").click()
    for page in (claire, tab):
        await expect(page.text).to_have_text("Arrêtez là.")
        await page.is_done()
        await expect(page.page.locator(".answer")).to_have_count(3)
    await close(tab)


async def test_a_conversation_made_renamed_and_deleted_is_seen_in_the_other_tab(claire: LeaPage) -> None:
    tab = await claire.second_tab()
    await claire.ask("Parlons des horaires")
    await claire.is_done()
    thread = tab.page.locator(".thread", has_text="Parlons des horaires")
    await expect(thread).to_have_count(1)
    await thread.locator("a").click()
    await expect(tab.page.locator(".answer")).to_have_count(1)
    await choose(claire, "Parlons des horaires", "Renommer")
    await claire.page.get_by_role("dialog").get_by_label("Titre").fill("Horaires d’été")
    await claire.button("Enregistrer").click()
    await expect(tab.page.locator(".thread.here .thread-title")).to_have_text("Horaires d’été")
    await choose(claire, "Horaires d’été", "Supprimer")
    await expect(tab.page.get_by_text("Cette conversation n’existe pas, ou plus.")).to_be_visible()
    await expect(tab.page.locator(".thread", has_text="Horaires d’été")).to_have_count(0)
    await close(tab)


async def test_a_hidden_tab_hears_nothing_and_catches_up_when_it_is_shown(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("Un."), Answer("Deux."))
    await claire.ask("Avant l’absence")
    await claire.is_done()
    tab = await claire.second_tab()
    await expect(tab.text).to_have_text("Un.")
    async with tab.page.expect_event("requestfailed", events_stream):
        await tab.hide()
    await claire.ask("Pendant l’absence")
    await expect(claire.text).to_have_text("Deux.")
    await claire.is_done()
    await expect(tab.page.locator(".answer")).to_have_count(1)
    async with tab.page.expect_request(events_stream):
        await tab.hide(hidden=False)
    await expect(tab.text).to_have_text("Deux.")
    await expect(tab.page.locator(".answer")).to_have_count(2)
    await close(tab)


async def test_what_happens_while_a_tab_opens_is_in_it(claire: LeaPage, model: ModelServer) -> None:
    """Between the reading of the conversation and the opening of the stream, nobody tells of it."""
    opened = asyncio.Event()

    async def late(route: Route) -> None:
        await opened.wait()
        await route.continue_()

    model.script(Answer("Un."), Answer("Deux."))
    await claire.ask("Avant")
    await claire.is_done()
    tab = LeaPage(claire.context, await claire.context.new_page(), claire.url)
    await tab.page.route("**/v1/lea/events", late)
    await tab.page.goto(claire.page.url)
    await expect(tab.text).to_have_text("Un.")
    await claire.ask("Pendant")
    await expect(claire.text).to_have_text("Deux.")
    await claire.is_done()
    await expect(tab.page.locator(".answer")).to_have_count(1)
    opened.set()
    await expect(tab.text).to_have_text("Deux.")
    await close(tab)


async def test_what_is_said_while_the_conversation_is_read_again_stays(claire: LeaPage, model: ModelServer) -> None:
    read, told = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        response = await route.fetch()
        read.set()
        await told.wait()
        await route.fulfill(response=response)

    model.script(Answer("Un."), Answer("Deux."))
    await claire.hear_nothing()
    await claire.page.reload()
    await claire.ask("Avant")
    await claire.is_done()
    await claire.page.route("**/v1/lea/threads/*", slow)
    await claire.page.evaluate(
        """async () => {
            const { current } = await import(new URL('store.js', document.querySelector('script[type=module]').src));
            window.reading = current.value.load();
        }"""
    )
    await read.wait()
    await claire.ask("Pendant")
    await expect(claire.text).to_have_text("Deux.")
    await claire.is_done()
    told.set()
    await claire.page.evaluate("() => window.reading")
    await expect(claire.page.locator(".slip")).to_have_text(["Avant", "Pendant"])
    await expect(claire.page.locator(".answer .prose")).to_have_text(["Un.", "Deux."])
