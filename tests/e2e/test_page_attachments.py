"""Files one asks about: chosen, dropped and pasted, kept with the draft, sent, opened, and said again with."""

import asyncio

import pytest
from playwright.async_api import Locator, Route, expect

from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server
from tests.model_server import Answer, ModelServer

TABLE = "Réf;Prix\nA-1;12,50\nA-2;7,00\n"
NOTE = {"name": "notes.md", "mimeType": "text/markdown", "buffer": b"# Titre"}
LONG = "un-nom-de-fichier-que-personne-ne-peut-lire-en-entier-" * 3 + ".csv"
GIVE = """([how, text, name]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, {type: 'text/csv'}));
    const more = {bubbles: true, cancelable: true};
    if (how === 'paste') {
        document.querySelector('#message').dispatchEvent(new ClipboardEvent('paste', {...more, clipboardData: data}));
    } else {
        const zone = document.querySelector('.page');
        for (const type of how.split(' ')) zone.dispatchEvent(new DragEvent(type, {...more, dataTransfer: data}));
    }
}"""


def waiting(page: LeaPage) -> Locator:
    return page.page.locator(".composer .attached-file")


async def test_a_file_goes_from_the_hand_to_the_answer_and_stays_with_its_question(
    claire: LeaPage, model: ModelServer
) -> None:
    page, tab = claire, claire.page
    asked = len(model.exchanges)
    model.script(Answer("19,50."), Answer("Toujours 19,50."))
    reading = asyncio.Event()

    async def when_told(route: Route) -> None:
        await reading.wait()
        await route.continue_()

    await tab.route("**/v1/lea/attachments", when_told)
    await expect(page.composer).to_be_focused()  # from then on the page also takes what is dropped
    await tab.evaluate(GIVE, ["dragover", TABLE, "tarif.csv"])
    await expect(tab.get_by_text("Déposez ici les fichiers à joindre")).to_be_visible()
    await tab.evaluate(GIVE, ["dragover drop", TABLE, "tarif.csv"])
    await expect(tab.get_by_text("Déposez ici les fichiers à joindre")).to_be_hidden()
    await expect(waiting(page)).to_have_text(["tarif.csv Envoi, 0 %"])
    await page.ask("Quel total ?")  # before the file is read
    await expect(tab.get_by_text("Votre message part dès que le fichier est lu.")).to_be_visible()
    await expect(page.composer).to_have_value("Quel total ?")
    assert page.asked == []
    reading.set()
    await expect(page.text).to_have_text("19,50.")
    await expect(waiting(page)).to_have_count(0)
    told = (await model.exchange(asked)).body["messages"][-1]["content"]
    assert told.startswith("Quel total ?\n\n")
    assert "A-1\t12,50" in told

    question = tab.locator(".question")
    await question.get_by_role("button", name="tarif.csv").click()
    dialog = tab.get_by_role("dialog", name="tarif.csv")
    await expect(dialog.locator("pre")).to_have_text("Réf\tPrix\nA-1\t12,50\nA-2\t7,00")
    await expect(dialog.get_by_role("button", name="Fermer")).to_be_focused()
    await tab.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)

    await tab.reload()
    await question.get_by_role("button", name="Modifier ce message").click()
    await expect(question.get_by_role("button", name="tarif.csv")).to_be_visible()
    await tab.get_by_label("Votre message, à redire autrement").fill("Quelle somme ?")
    await tab.keyboard.press("Enter")
    await expect(page.text).to_have_text("Toujours 19,50.")
    assert page.asked[-1]["attachments"] == page.asked[0]["attachments"]
    await expect(question.get_by_role("button", name="tarif.csv")).to_be_visible()


async def test_files_wait_with_the_draft_and_a_wrong_one_says_why(claire: LeaPage) -> None:
    page, tab = claire, claire.page
    await tab.evaluate(GIVE, ["paste", TABLE, "colle.csv"])
    async with tab.expect_file_chooser() as choosing:
        await tab.get_by_role("button", name="Joindre un fichier").press("Enter")
    await (await choosing.value).set_files([NOTE, {**NOTE, "name": "image.png", "buffer": b"\x89PNG\r\n\x1a\n\0\0"}])
    await expect(page.composer).to_be_focused()
    await expect(tab.locator(".composer .attached-file.ready")).to_have_count(2)
    wrong = tab.locator(".composer .attached-file.failed")
    await expect(wrong).to_contain_text("image.png Ce fichier")
    await page.composer.fill("Que disent-ils ?")
    await tab.reload()
    await expect(page.composer).to_have_value("Que disent-ils ?")
    await expect(waiting(page)).to_have_count(2)  # the wrong one was told of

    await tab.get_by_role("button", name="Retirer notes.md").click()
    await expect(page.composer).to_be_focused()
    await expect(waiting(page).locator("b")).to_have_text(["colle.csv"])
    for number in range(5):
        await tab.evaluate(GIVE, ["drop", TABLE, f"{number}.csv"])
    await expect(tab.locator(".attached-note", has_text="Un message a au plus 5 fichiers.")).to_be_visible()
    await expect(tab.locator(".composer .attached-file.ready")).to_have_count(5)


@pytest.mark.parametrize(("look", "options"), LOOKS)
async def test_files_in_every_look(
    open_page: Open, lea: Server, model: ModelServer, look: str, options: dict[str, object]
) -> None:
    model.script(Answer("Deux articles."))
    page = await open_page(lea.url, **options)
    await page.sign_in(CLAIRE)
    tab = page.page
    for name in ("tarif.csv", LONG):
        await tab.evaluate(GIVE, ["paste", TABLE, name])
    await expect(tab.locator(".composer .attached-file.ready")).to_have_count(2)
    await page.ask("Combien d’articles ?")
    await expect(page.text).to_have_text("Deux articles.")
    await page.is_done()
    await tab.evaluate(GIVE, ["paste", TABLE, LONG])
    await tab.evaluate(GIVE, ["paste", "\0", "vide.csv"])
    await expect(tab.locator(".composer .attached-file.ready, .composer .attached-file.failed")).to_have_count(2)
    assert await tab.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"files-{look}")
    await tab.locator(".question").get_by_role("button", name="tarif.csv").click()
    await expect(tab.get_by_role("dialog").locator("pre")).to_be_visible()
    assert await complaints(page) == []
    await page.keep_picture(f"file-open-{look}")
