"""What an empty conversation offers to begin with."""

from aiohttp import ClientSession
from playwright.async_api import Locator, expect

from tests.e2e.axe import complaints
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server, Start

PATIENT = "const once = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = ms => once(20 * ms);"
"""The page waits for a second, which a busy machine may take."""
ALWAYS = ["Crée un nouveau dossier", "Mes dossiers", "Combien de tâches en attente ?", "Qui suis-je ?"]


def offered(page: LeaPage) -> Locator:
    return page.page.get_by_role("list", name="Suggestions").get_by_role("button")


async def test_it_is_of_the_companys_own_and_answered(new_server: Start, open_page: Open) -> None:
    lea = await new_server(people=False)
    account = {"email": CLAIRE.email, "name": CLAIRE.name, "password": CLAIRE.password, "company": "Atelier Lenoir"}
    async with ClientSession() as session:
        body = {"token": lea.link.partition("=")[2], **account, "sample": True}
        answer = await session.post(f"{lea.url}/v1/auth/setup", json=body)
        assert answer.status == 201, await answer.text()
    page = await open_page(lea.url)
    await page.page.add_init_script(PATIENT)
    await page.sign_in(CLAIRE)
    await expect(offered(page)).to_have_count(4)
    first, second, third, last = await offered(page).all_inner_texts()
    assert first.startswith("Où en est le dossier T-")
    assert second.startswith("Quelles tâches ")
    assert third.startswith("Quels dossiers sont au stade ")
    assert last == ALWAYS[0]
    assert await complaints(page) == []
    await page.keep_picture("suggestions")
    await offered(page).first.click()
    await expect(page.text).to_contain_text(first.split()[5])
    await page.is_done()
    await page.button("EN, English").click()
    await page.page.keyboard.press("Alt+c")
    await expect(offered(page).first).to_have_text(f"Show me file {first.split()[5]}")
    await offered(page).last.click()
    await expect(page.text).to_contain_text("sale")
    await page.is_done()
    for answer, told in (("A sale", "address"), ("12 rue Mercière, Lyon", "T-")):
        await page.ask(answer)
        await expect(page.text).to_contain_text(told)
        await page.is_done()
    await expect(page.page.locator(".receipt").first).to_contain_text("12 rue Mercière")


async def test_what_it_always_offers_is_there_without_data_and_without_an_answer(lea: Server, open_page: Open) -> None:
    page = await open_page(lea.url)
    await page.page.route("**/v1/lea/suggestions", lambda _: None)
    async with page.page.expect_request("**/v1/lea/suggestions"):
        await page.sign_in(CLAIRE)
    await expect(offered(page)).to_have_text(ALWAYS)
