"""Getting in: the first account, signing in and out, and what happens when a session ends."""

from playwright.async_api import Request, Route, expect

from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Person, Server, Start
from tests.model_server import Answer, ModelServer

CHAT = "**/v1/lea/chat/stream"


async def test_the_link_of_the_terminal_opens_the_first_account_and_its_sample_company(
    new_server: Start, open_page: Open
) -> None:
    lea = await new_server(people=False)
    waiting = await open_page(lea.url)
    await waiting.open()
    await expect(waiting.page.get_by_text("affiché dans le terminal")).to_be_visible()

    page = await open_page(lea.url)
    await page.open(lea.link)
    await expect(page.page.locator("[name=company]")).to_be_visible()
    await expect(page.page).to_have_url(f"{lea.url}/")
    await page.keep_picture("first-account")
    await page.page.locator("[name=name]").fill("Claire Martin")
    await page.page.locator("[name=company]").fill("Atelier Lenoir")
    await expect(page.page.locator("[name=sample]")).to_be_checked()
    await page.fill_login(Person(CLAIRE.email, "Claire", password="court"))
    await expect(page.page.locator("[name=password]:invalid")).to_be_focused()
    await page.fill_login(CLAIRE)
    await expect(page.page.get_by_role("heading", name="Bonjour Claire,")).to_be_visible()
    await expect(page.page.get_by_text("Aucun modèle n’est configuré")).to_be_visible()

    await page.button("Crée un nouveau dossier").click()
    await expect(page.text).to_contain_text("vente")
    await page.is_done()
    await page.ask("Qui suis-je ?")
    await expect(page.text).to_contain_text("Claire")
    await page.is_done()


async def test_the_link_of_the_demo_signs_in_once(new_server: Start, open_page: Open) -> None:
    lea = await new_server("", "--demo", people=False)
    page = await open_page(lea.url)
    await page.open(lea.link)
    await expect(page.composer).to_be_visible()
    await expect(page.page).to_have_url(f"{lea.url}/")
    again = await open_page(lea.url)
    await again.open(lea.link)
    await expect(again.page.locator("[name=email]")).to_be_visible()
    await expect(again.page.locator(".lead.urgent")).not_to_be_empty()


async def test_a_wrong_password_is_told_in_the_language_of_the_page(lea: Server, open_page: Open) -> None:
    page = await open_page(lea.url, locale="en-GB")
    await page.open()
    await page.fill_login(Person(CLAIRE.email, "Claire", password="not her password"))
    await expect(page.page.get_by_role("alert")).not_to_be_empty()
    english = await page.page.get_by_role("alert").inner_text()
    await page.button("FR, Français").click()
    await expect(page.page.locator("html")).to_have_attribute("lang", "fr")
    await page.page.locator("button[type=submit]").click()
    await expect(page.page.get_by_role("alert")).not_to_be_empty()
    await expect(page.page.get_by_role("alert")).not_to_have_text(english)


async def test_a_reload_stays_signed_in_and_signing_out_ends_it(lea: Server, open_page: Open) -> None:
    claire = await signed_in(lea, open_page)
    await claire.page.reload()
    await expect(claire.composer).to_be_visible()
    await claire.button("Se déconnecter").click()
    await expect(claire.page.locator("[name=email]")).to_be_visible()
    await claire.page.reload()
    await expect(claire.page.locator("[name=email]")).to_be_visible()


async def test_after_a_401_it_refreshes_once_and_asks_again(lea: Server, open_page: Open, model: ModelServer) -> None:
    claire = await signed_in(lea, open_page)
    model.script(Answer("Me revoici."))
    refreshes = await count_refreshes(claire)
    await spoil_tokens(claire, times=1)
    await claire.ask("Encore là ?")
    await expect(claire.text).to_have_text("Me revoici.")
    assert len(refreshes) == 1
    assert [body["request_id"] for body in claire.asked] == [claire.asked[0]["request_id"]] * 2


async def test_an_expired_session_keeps_the_draft(lea: Server, open_page: Open, model: ModelServer) -> None:
    claire = await signed_in(lea, open_page)
    await spoil_tokens(claire)
    await claire.context.clear_cookies()
    await claire.ask("Ne perdez pas ceci.")
    await expect(claire.page.get_by_text("Session expirée. Veuillez vous reconnecter.")).to_be_visible()
    await claire.keep_picture("session-expired")

    await expect(claire.page.locator("[name=email]")).to_be_focused()
    await claire.page.unroute(CHAT)
    await claire.fill_login(CLAIRE)
    await expect(claire.composer).to_have_value("Ne perdez pas ceci.")
    model.script(Answer("C’est noté."))
    await claire.composer.press("Enter")
    await expect(claire.text).to_have_text("C’est noté.")
    await expect(claire.composer).to_have_value("")


async def signed_in(lea: Server, open_page: Open) -> LeaPage:
    """Claire in a browser of this test alone, because it ends her session."""
    page = await open_page(lea.url)
    await page.sign_in(CLAIRE)
    return page


async def count_refreshes(page: LeaPage) -> list[str]:
    seen: list[str] = []

    def saw(request: Request) -> None:
        if request.url.endswith("/v1/auth/refresh"):
            seen.append(request.url)

    page.page.on("request", saw)
    return seen


async def spoil_tokens(page: LeaPage, times: int | None = None) -> None:
    """Make the server refuse the token of the next messages, as if it had run out; what else is on its way keeps it."""
    left = [times]

    async def spoil(route: Route) -> None:
        headers = dict(route.request.headers)
        if "authorization" in headers and left[0] != 0:
            left[0] = None if left[0] is None else left[0] - 1
            headers["authorization"] = "Bearer run.out.token"
        await route.continue_(headers=headers)

    await page.page.route(CHAT, spoil)
