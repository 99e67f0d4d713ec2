"""Messages said again in other words, versions of answers, and the way between them."""

from playwright.async_api import expect

from tests.e2e.axe import complaints
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server
from tests.model_server import Answer, ModelServer


async def said(page: LeaPage) -> list[str]:
    """What stands on the page, message by message."""
    await page.is_done()
    return await page.page.locator(".slip, .answer .prose").all_inner_texts()


async def edit(page: LeaPage, number: int, text: str) -> None:
    await page.page.locator(".question").nth(number).get_by_role("button", name="Modifier ce message").click()
    box = page.page.get_by_label("Votre message, à redire autrement")
    await expect(box).to_be_focused()
    await box.fill(text)
    await box.press("Enter")
    await expect(box).to_have_count(0)


async def test_a_message_is_edited_and_both_versions_are_kept(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("Un oui."), Answer("Deux oui."), Answer("Autre un."), Answer("Suite."))
    page = claire
    asked = len(model.exchanges)
    await page.ask("Premier")
    await expect(page.text).to_have_text("Un oui.")
    await page.ask("Second")
    await expect(page.text).to_have_text("Deux oui.")
    await page.is_done()
    await edit(page, 0, "Premier autrement")
    await expect(page.text).to_have_text("Autre un.")
    assert await said(page) == ["Premier autrement", "Autre un."]
    assert page.asked[-1]["parent_message_id"] == "root"
    versions = page.page.locator(".question .versions")
    await expect(versions).to_have_text("2/2")

    await page.page.reload()
    await expect(page.text).to_have_text("Autre un.")
    assert await said(page) == ["Premier autrement", "Autre un."]
    await versions.get_by_role("button", name="Version précédente").click()
    await expect(versions).to_have_text("1/2")
    assert await said(page) == ["Premier", "Un oui.", "Second", "Deux oui."]
    await expect(page.page.locator("#announcer")).to_have_text("Version 1 sur 2")
    await page.page.reload()
    await expect(page.text).to_have_text("Deux oui.")

    await page.ask("Troisième")
    await expect(page.text).to_have_text("Suite.")
    told = (await model.exchange(asked + 3)).body["messages"][1:]
    assert [one["content"] for one in told] == ["Premier", "Un oui.", "Second", "Deux oui.", "Troisième"]


async def test_a_later_message_is_edited_and_one_that_is_left_stays(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("A."), Answer("B."), Answer("C."))
    page = claire
    await page.ask("Un")
    await expect(page.text).to_have_text("A.")
    await page.ask("Deux")
    await expect(page.text).to_have_text("B.")
    await page.is_done()
    second = page.page.locator(".question").nth(1)
    pencil = second.get_by_role("button", name="Modifier ce message")
    await pencil.click()
    await expect(page.page.get_by_label("Votre message, à redire autrement")).to_be_focused()
    await page.page.keyboard.type(" et demi")
    await page.page.keyboard.press("Escape")
    await expect(pencil).to_be_focused()
    assert await said(page) == ["Un", "A.", "Deux", "B."]
    await edit(page, 1, "Deux bis")
    await expect(page.text).to_have_text("C.")
    assert await said(page) == ["Un", "A.", "Deux bis", "C."]
    await expect(page.page.locator(".versions")).to_have_text(["2/2"])


async def test_an_answer_has_versions_and_every_tab_shows_the_chosen_one(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("Blanc."), Answer("Noir."))
    page = claire
    await page.ask("Quelle couleur ?")
    await expect(page.text).to_have_text("Blanc.")
    other = await page.second_tab()
    await expect(other.text).to_have_text("Blanc.")
    await page.answer.get_by_role("button", name="Régénérer").click()
    await expect(page.text).to_have_text("Noir.")
    await expect(page.answer.locator(".versions")).to_have_text("2/2")
    await other.page.bring_to_front()
    await expect(other.text).to_have_text("Noir.")
    await page.button("Version précédente").click()
    await expect(page.text).to_have_text("Blanc.")
    await expect(other.text).to_have_text("Blanc.")
    await expect(other.answer.locator(".versions")).to_have_text("1/2")
    await expect(page.button("Version suivante")).to_be_enabled()
    await page.button("Version précédente").focus()
    assert await page.button("Version précédente").get_attribute("aria-disabled") == "true"
    assert other.complaints == []
    await other.page.close()


async def test_versions_and_the_editor_are_for_everyone(lea: Server, open_page: Open, model: ModelServer) -> None:
    model.script(Answer("Un."), Answer("Deux."))
    for width in (360, 1280):
        page = await open_page(lea.url, viewport={"width": width, "height": 780})
        await page.sign_in(CLAIRE)
        await page.ask("Quelle est la surface de l’appartement de la rue des Lilas, et quel en est le prix ?")
        await expect(page.text).to_be_visible()
        await page.is_done()
        await edit(page, 0, "Quelle est la surface de l’appartement de la rue des Lilas ?")
        await expect(page.page.locator(".question .versions")).to_have_text("2/2")
        await page.is_done()
        assert await complaints(page) == []
        await page.keep_picture(f"versions-{width}")
        await page.button("Modifier ce message").click()
        assert await complaints(page) == []
        await page.keep_picture(f"edit-{width}")
        assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
