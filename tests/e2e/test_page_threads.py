"""The list of conversations, and everything done by keyboard alone."""

import json
from pathlib import Path

from playwright.async_api import expect

from tests.e2e.axe import complaints
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server, Start


async def test_conversations_are_renamed_found_exported_and_deleted(new_server: Start, open_page: Open) -> None:
    page = await open_page((await new_server()).url)
    await page.sign_in(CLAIRE)
    await expect(page.page.get_by_text("Vos conversations apparaîtront ici.")).to_be_visible()
    await page.ask("Bonjour")
    await page.is_done()
    await page.button("Nouvelle conversation").click()
    await page.ask("Qui suis-je ?")
    await page.is_done()
    await expect(page.page.locator(".thread")).to_have_count(2)

    await choose(page, "Qui suis-je ?", "Renommer")
    await page.page.get_by_role("dialog").get_by_label("Titre").fill("Mon identité")
    await page.button("Enregistrer").click()
    await expect(page.page.locator(".thread.here .thread-title")).to_have_text("Mon identité")
    await page.page.reload()
    await expect(page.page.locator(".thread.here .thread-title")).to_have_text("Mon identité")

    await page.page.get_by_role("searchbox").fill("identité")
    await expect(page.page.locator(".thread")).to_have_count(1)
    await page.page.get_by_role("searchbox").fill("introuvable")
    await expect(page.page.get_by_text("Rien trouvé.")).to_be_visible()
    await page.page.get_by_role("searchbox").fill("")
    await expect(page.page.locator(".thread")).to_have_count(2)

    for kind, check in (("Exporter en Markdown", "# Mon identité"), ("Exporter en JSON", "Mon identité")):
        async with page.page.expect_download() as download:
            await choose(page, "Mon identité", kind)
        text = content(await (await download.value).path())
        assert check in (text if "Markdown" in kind else json.loads(text)["title"])

    await choose(page, "Mon identité", "Supprimer")
    await expect(page.page.locator(".thread")).to_have_count(1)
    await expect(page.page.get_by_role("heading", name="Bonjour Claire,")).to_be_visible()


async def test_a_deleted_conversation_is_brought_back_in_every_tab(claire: LeaPage) -> None:
    page = claire
    await page.ask("À garder finalement")
    await page.is_done()
    shown = page.page.url
    other = await page.second_tab()
    await expect(other.text).to_be_visible()
    await choose(page, "À garder finalement", "Supprimer")
    await page.page.locator(".undo").hover()  # it stays while a hand is on it, however long the rest takes
    item = page.page.locator(".thread", has_text="À garder finalement")
    await expect(item).to_have_count(0)
    await expect(page.page.get_by_text("Conversation supprimée.").first).to_be_visible()
    await expect(page.page.get_by_role("heading", name="Bonjour Claire,")).to_be_visible()
    await expect(other.page.get_by_text("Cette conversation n’existe pas, ou plus.")).to_be_visible()
    assert await complaints(page) == []
    await page.keep_picture("deleted-1440")
    await page.button("Annuler la suppression").click()
    await expect(item).to_have_count(1)
    await expect(page.text).to_be_visible()
    await expect(page.page).to_have_url(shown)
    await expect(page.button("Annuler la suppression")).to_have_count(0)
    await expect(other.text).to_be_visible()
    await expect(other.page.locator(".thread", has_text="À garder finalement")).to_have_count(1)
    assert other.complaints == []
    await other.page.close()


async def test_conversations_are_pinned_on_top_and_put_away(claire: LeaPage) -> None:
    page = claire
    for title in ("Bail de la rue Haute", "Mandat de M. Roy", "Visite de mardi"):
        await page.ask(title)
        await page.is_done()
        await page.button("Nouvelle conversation").first.click()
    first = page.page.locator(".threads .thread-title").first
    await choose(page, "Bail de la rue Haute", "Épingler")
    await expect(page.page.get_by_role("heading", name="Épinglées")).to_be_visible()
    await expect(first).to_have_text("Bail de la rue Haute")
    await expect(page.page.locator(".thread", has_text="Bail de la rue Haute")).to_have_count(1)
    other = LeaPage(page.context, await page.context.new_page(), page.url)
    await other.open()
    await expect(other.page.locator(".threads .thread-title").first).to_have_text("Bail de la rue Haute")

    await choose(page, "Mandat de M. Roy", "Archiver")
    await expect(page.page.locator(".thread", has_text="Mandat de M. Roy")).to_have_count(0)
    await expect(other.page.locator(".thread", has_text="Mandat de M. Roy")).to_have_count(0)
    await page.page.get_by_role("searchbox").fill("Mandat de M.")
    await expect(page.page.locator(".thread", has_text="Mandat de M. Roy").get_by_text("Archivée")).to_be_visible()
    await page.page.get_by_role("searchbox").fill("")
    await page.keep_picture("pinned-1440")
    assert await complaints(page) == []
    await page.button("Conversations archivées").click()
    await expect(page.button("Retour aux conversations")).to_be_focused()
    await expect(page.page.locator(".thread", has_text="Mandat de M. Roy")).to_have_count(1)
    assert await complaints(page) == []
    await page.keep_picture("archived-1440")
    await choose(page, "Mandat de M. Roy", "Désarchiver")
    await expect(page.page.locator(".thread", has_text="Mandat de M. Roy")).to_have_count(0)
    await page.button("Retour aux conversations").click()
    await expect(page.page.locator(".thread", has_text="Mandat de M. Roy")).to_have_count(1)

    await choose(page, "Bail de la rue Haute", "Détacher")
    await expect(page.page.get_by_role("heading", name="Épinglées")).to_have_count(0)
    await page.page.reload()
    await expect(first).to_have_text("Visite de mardi")
    assert other.complaints == []
    await other.page.close()


async def test_the_way_back_goes_by_itself_and_the_conversation_with_it(lea: Server, open_page: Open) -> None:
    page = await open_page(lea.url)
    await page.page.clock.install()  # for every tab of this browser, and for good
    await page.sign_in(CLAIRE)
    await page.ask("À oublier")
    await page.is_done()
    await choose(page, "À oublier", "Supprimer")
    await expect(page.button("Annuler la suppression")).to_be_visible()
    await page.page.mouse.move(700, 400)
    await page.page.clock.run_for(10_500)
    await expect(page.button("Annuler la suppression")).to_have_count(0)
    await page.page.reload()
    await expect(page.composer).to_be_visible()
    await expect(page.page.locator(".thread", has_text="À oublier")).to_have_count(0)


async def test_a_draft_belongs_to_its_conversation_and_survives_a_reload(claire: LeaPage) -> None:
    page = claire
    await page.ask("Un brouillon")
    await page.is_done()
    await page.composer.fill("à finir plus tard")
    await page.button("Nouvelle conversation").click()
    await expect(page.composer).to_have_value("")
    await page.page.locator(".thread a", has_text="Un brouillon").click()
    await expect(page.composer).to_have_value("à finir plus tard")
    await page.page.reload()
    await expect(page.composer).to_have_value("à finir plus tard")


async def test_a_conversation_that_is_not_there_says_so(claire: LeaPage) -> None:
    await claire.page.goto(f"{claire.url}/#thread=jamais-vue")
    await expect(claire.page.get_by_text("Cette conversation n’existe pas, ou plus.")).to_be_visible()


async def test_a_message_that_is_too_long_cannot_be_sent(claire: LeaPage) -> None:
    await claire.composer.fill("é" * 32_001)
    await expect(claire.page.get_by_text("1 caractère de trop")).to_be_visible()
    await claire.composer.press("Enter")
    assert claire.asked == []


async def test_everything_is_done_by_keyboard(lea: Server, open_page: Open) -> None:
    page = await open_page(lea.url)
    keys = page.page.keyboard
    await page.open()
    await expect(page.page.locator("[name=email]")).to_be_focused()
    await keys.type(CLAIRE.email)
    await keys.press("Tab")
    await keys.type(CLAIRE.password)
    await keys.press("Enter")
    await expect(page.composer).to_be_focused()

    await keys.type("Bonjour")
    await keys.press("Shift+Enter")
    await keys.type("Léa")
    await expect(page.composer).to_have_value("Bonjour\nLéa")
    await keys.press("Enter")
    await expect(page.text).to_be_visible()
    await page.is_done()
    await expect(page.composer).to_be_focused()

    await page.page.locator(".thread.here a").focus()
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(page.page.get_by_role("menuitem", name="Épingler")).to_be_focused()
    await keys.press("Escape")
    await expect(page.page.get_by_role("menu")).to_have_count(0)
    await keys.press("Enter")
    await expect(page.page.get_by_role("menuitem", name="Épingler")).to_be_focused()
    await keys.press("ArrowUp")
    await expect(page.page.get_by_role("menuitem", name="Supprimer")).to_be_focused()
    await keys.press("Enter")
    await expect(page.page.locator(".thread.here")).to_have_count(0)
    await page.button("Annuler la suppression").focus()
    await keys.press("Enter")
    await expect(page.page.locator(".thread.here")).to_have_count(1)


async def test_the_skip_link_is_first_and_every_focus_can_be_seen(claire: LeaPage) -> None:
    await claire.page.reload()
    await expect(claire.composer).to_be_focused()
    await expect(claire.button("Conversations archivées")).to_be_visible()  # the side panel is whole
    first = claire.page.locator("a, button, input, textarea").first
    await expect(first).to_have_text("Aller au message")
    skip = claire.page.get_by_role("link", name="Aller au message")
    await skip.focus()
    await expect(skip).to_be_in_viewport()
    for _ in range(8):
        assert await claire.page.evaluate(
            "(e => getComputedStyle(e).outlineStyle !== 'none' || e.id === 'message')(document.activeElement)"
        )
        await claire.page.keyboard.press("Tab")
    await skip.focus()
    await claire.page.keyboard.press("Enter")
    await expect(claire.composer).to_be_focused()


async def test_the_side_panel_of_a_narrow_window_closes_with_escape(lea: Server, open_page: Open) -> None:
    page = await open_page(lea.url, viewport={"width": 360, "height": 740})
    await page.sign_in(CLAIRE)
    await page.button("Ouvrir les conversations").click()
    await expect(page.button("Fermer")).to_be_focused()
    await page.page.keyboard.press("Escape")
    await expect(page.page.locator(".side")).not_to_be_in_viewport()
    assert await page.page.locator(".side").evaluate("side => side.inert")


async def test_the_theme_that_was_chosen_is_there_before_the_first_paint(claire: LeaPage) -> None:
    await claire.button("Sombre").click()
    root = claire.page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    dark = await claire.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    # Without the modules there is only what stands before the first paint.
    await claire.page.route("**/main.js", lambda route: route.abort())
    async with claire.page.expect_response("**/v1/auth/refresh"):
        await claire.page.reload()
    await expect(root).to_have_attribute("data-theme", "dark")
    await expect(root).to_have_css("background-color", dark)


def content(file: Path) -> str:
    return file.read_text(encoding="utf-8")


async def choose(page: LeaPage, title: str, action: str) -> None:
    await page.button(f"Actions sur « {title} »").click()
    await page.page.get_by_role("menuitem", name=action).click()
