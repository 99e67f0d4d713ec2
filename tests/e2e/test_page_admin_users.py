"""The administrators' room: people are invited and shut out, keys made and revoked, drills looked at."""

import re

from aiohttp import ClientSession
from playwright.async_api import expect

from tests.e2e.axe import complaints
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import Server

TOO_WIDE = "[...document.querySelectorAll('html, .tabs, .scroller')].filter(e => e.scrollWidth > e.clientWidth).length"
PARTS = ("users", "keys", "drills")
PASSWORD = "un long mot de passe"
REPORT = {
    "drill_id": "drill_1",
    "seconds": 75,
    "scenarios": [
        {"name": "baseline", "result": "passed", "first_byte_s": 0.02, "total_s": 1.5, "told": ["connecting", "done"]},
        {"name": "model-hangs", "result": "failed", "ended": ["nothing"], "failures": ["first byte within 1 s: never"]},
    ],
}


async def show(page: LeaPage, part: str) -> None:
    await page.page.locator(f".tabs a[href='#/admin/{part}']").click()
    await expect(page.page.locator(".tabs a[aria-current=page]")).to_have_attribute("href", f"#/admin/{part}")


async def status_of(lea: Server, key: str, method: str, path: str, body: object = None) -> int:
    async with (
        ClientSession(headers={"Authorization": f"Bearer {key}"}) as session,
        session.request(method, lea.url + path, json=body) as response,
    ):
        return response.status


async def test_people_and_keys_come_and_go(lea: Server, claire: LeaPage, open_page: Open) -> None:
    page = claire.page
    once = page.locator(".once")
    await page.goto(f"{claire.url}/#/admin/users")
    await claire.button("Inviter une personne").click()
    await expect(page.get_by_label("Nom", exact=True)).to_be_focused()
    await page.get_by_label("Adresse e-mail", exact=True).fill("zoe")
    await claire.button("Créer le compte").click()
    await expect(page.get_by_label("Adresse e-mail", exact=True)).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Nom", exact=True).fill("Zoé Étienne")
    await page.get_by_label("Adresse e-mail", exact=True).fill("zoe@atelier-lenoir.fr")
    await claire.button("Créer le compte").press("Enter")
    await expect(once).to_be_focused()
    await expect(once).to_contain_text("Il ne sera plus affiché")
    link = await once.locator("code").inner_text()
    await claire.keep_picture("admin-users-link")
    assert await complaints(claire) == []

    zoe = await open_page(lea.url)
    await zoe.page.goto(link)
    await expect(zoe.page.get_by_role("heading", name="Votre mot de passe")).to_be_visible()
    await zoe.keep_picture("password")
    assert await complaints(zoe) == []
    await zoe.page.locator("[name=password]").fill(PASSWORD)
    await zoe.page.locator("button[type=submit]").click()
    await expect(zoe.composer).to_be_visible()
    assert "password" not in zoe.page.url

    await claire.button("Fermer").click()
    await expect(once).to_have_count(0)
    await page.get_by_label("Nom ou adresse e-mail").fill("etienne")
    row = page.locator(".roll > li")
    await expect(row.locator("h3")).to_have_text(["Zoé Étienne"])
    await claire.button("Modifier Zoé Étienne").click()
    await page.get_by_label("Rôle").select_option("admin")
    await claire.button("Enregistrer").click()
    await expect(row.locator(".tag", has_text="Administrateur")).to_be_visible()
    await expect(claire.button("Modifier Zoé Étienne")).to_be_focused()
    await zoe.page.reload()
    await expect(zoe.page.get_by_role("link", name="Administration")).to_be_visible()

    await claire.button("Désactiver Zoé Étienne").click()
    await page.get_by_role("dialog").get_by_role("button", name="Désactiver").click()
    await expect(page.get_by_text("Zoé Étienne ne peut plus entrer.")).to_be_visible()
    await expect(row.locator(".tag", has_text="Désactivé")).to_be_visible()
    await expect(zoe.page.get_by_text("Session expirée")).to_be_visible()
    await page.get_by_label("Nom ou adresse e-mail").fill("")
    await expect(row.filter(has_text="Vous")).to_have_count(1)
    await expect(row.filter(has_text="Vous").get_by_role("button", name=re.compile("Désactiver"))).to_have_count(0)

    await show(claire, "keys")
    await claire.button("Nouvelle clé").click()
    await page.get_by_label("Usage").fill("Export de nuit")
    await page.get_by_label("Titulaire").select_option(label="Claire Martin (claire@atelier-lenoir.fr)")
    await claire.button("Créer la clé").click()
    key = await once.locator("code").inner_text()
    await expect(row.first.locator("h3")).to_have_text("Export de nuit")
    assert await status_of(lea, key, "POST", "/v1/admin/drills", REPORT) == 201
    await show(claire, "drills")
    await expect(page.locator(".drills .lamp")).to_have_text("Des scénarios ont échoué")
    await expect(page.get_by_text("Le modèle se tait")).to_be_visible()
    await show(claire, "keys")
    await expect(once).to_have_count(0)
    await page.get_by_role("button", name=re.compile("^Révoquer Export de nuit")).click()
    await page.get_by_role("dialog").get_by_role("button", name="Révoquer").click()
    await expect(page.get_by_text("« Export de nuit » est révoquée.")).to_be_visible()
    assert await status_of(lea, key, "GET", "/v1/auth/me") == 401

    await every_part_fits(claire, "wide")
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.emulate_media(color_scheme="dark")
    await page.evaluate("localStorage.setItem('lea.language', 'en')")
    await page.reload()
    await expect(page.get_by_role("heading", name="Drills", level=2)).to_be_visible()
    await every_part_fits(claire, "narrow-dark")


async def every_part_fits(page: LeaPage, name: str) -> None:
    for part in PARTS:
        await show(page, part)
        await expect(page.page.locator("section[aria-busy=false] li").first).to_be_visible()
        assert await page.page.evaluate(TOO_WIDE) == 0, part
        await page.keep_picture(f"admin-{part}-{name}")
        assert await complaints(page) == [], part
