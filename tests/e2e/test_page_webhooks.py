"""The administrators' webhooks: made with a secret shown once, tried, switched off, looked into, and sent again."""

import re

from playwright.async_api import expect

from tests.e2e.axe import complaints
from tests.e2e.looks import TOO_WIDE
from tests.e2e.page import Open
from tests.e2e.server import CLAIRE, Start
from tests.hook_server import HookServer, Reply


async def test_a_webhook_is_made_tried_looked_into_and_deleted(new_server: Start, open_page: Open) -> None:
    lea = await new_server(WEBHOOKS__ALLOW_PRIVATE="true")
    async with HookServer().running() as hooked:
        claire = await open_page(lea.url)
        page = claire.page
        await claire.sign_in(CLAIRE)
        await page.goto(f"{lea.url}/#/admin/webhooks")
        await expect(page.get_by_text("Aucun webhook.")).to_be_visible()
        await claire.button("Nouveau webhook").click()
        await expect(page.get_by_label("Adresse", exact=True)).to_be_focused()
        await page.get_by_label("Adresse", exact=True).fill("ftp://crm.example")
        await page.get_by_label("Usage", exact=True).fill("Suivi dans le CRM")
        await page.get_by_label("Une réponse est terminée").uncheck()
        await claire.button("Créer le webhook").click()
        await expect(page.get_by_label("Adresse", exact=True)).to_be_focused()
        await expect(page.get_by_label("Adresse", exact=True)).to_have_attribute("aria-invalid", "true")
        assert await complaints(claire) == []
        await claire.keep_picture("admin-webhooks-form")
        await page.get_by_label("Adresse", exact=True).fill(hooked.url + "/hook")
        await claire.button("Créer le webhook").press("Enter")
        once = page.locator(".once")
        await expect(once).to_be_focused()
        secret = await once.locator("code").inner_text()
        assert secret.startswith("whsec_")
        row = page.locator(".roll > li")
        await expect(row.locator("h3")).to_have_text(["Suivi dans le CRM"])
        assert await complaints(claire) == []
        await claire.keep_picture("admin-webhooks-secret")
        await claire.button("Fermer").click()

        await claire.button("Essayer Suivi dans le CRM").click()
        await expect(page.get_by_text("a répondu 204 : l’essai est arrivé.")).to_be_visible()
        assert hooked.received[0].signed_by(secret)
        hooked.always["/hook"] = Reply(500, {}, b"<h1>Oh</h1>")
        await claire.button("Essayer Suivi dans le CRM").click()
        await expect(page.get_by_text("n’est pas arrivé : réponse 500.")).to_be_visible()
        hooked.always.clear()

        await claire.button("Nouveau secret de Suivi dans le CRM").click()
        await page.get_by_role("dialog").get_by_role("button", name="Nouveau secret").click()
        await expect(once.locator("code")).not_to_have_text(secret)
        await expect(row).to_contain_text("L’ancien secret signe aussi")
        await claire.button("Modifier Suivi dans le CRM").click()
        await expect(page.get_by_label("Une réponse est terminée")).not_to_be_checked()
        await page.get_by_label("Une réponse est terminée").check()
        await claire.button("Enregistrer").click()
        await expect(page.get_by_label("Une réponse est terminée")).to_have_count(0)
        await expect(row).to_contain_text("Une réponse est terminée")
        await claire.button("Désactiver Suivi dans le CRM").click()
        await expect(row.locator(".tag")).to_have_text(["Désactivé"])
        await claire.button("Activer Suivi dans le CRM").click()
        await expect(row.locator(".tag")).to_have_count(0)

        await page.get_by_role("link", name="Envois de Suivi dans le CRM").click()
        deliveries = page.locator(".drills > li")
        await expect(deliveries).to_have_count(2)
        await expect(deliveries.first.locator(".tag")).to_have_text("Échoué")
        await deliveries.first.locator("summary").click()
        await expect(deliveries.first).to_contain_text("<h1>Oh</h1>")
        await expect(deliveries.first).to_contain_text('"type": "ping"')
        assert await complaints(claire) == []
        await claire.keep_picture("admin-webhooks-log")
        await deliveries.first.get_by_role("button", name=re.compile("^Renvoyer : Essai")).click()
        await expect(deliveries.first.locator(".tag")).to_have_text("Reçu")
        assert len({one.id for one in hooked.received}) == 2
        await page.get_by_label("État").select_option("failed")
        await expect(page.get_by_text("Aucun envoi.")).to_be_visible()
        await page.get_by_label("État").select_option("")

        await page.set_viewport_size({"width": 360, "height": 740})
        await page.emulate_media(color_scheme="dark")
        await page.evaluate("localStorage.setItem('lea.language', 'en')")
        await page.reload()
        await expect(deliveries).to_have_count(2)
        await deliveries.first.locator("summary").click()
        assert await page.evaluate(TOO_WIDE) == 0
        assert await complaints(claire) == []
        await claire.keep_picture("admin-webhooks-log-narrow-dark")
        await page.get_by_role("link", name="All webhooks").click()
        await expect(row.locator("h3")).to_have_text(["Suivi dans le CRM"])
        assert await page.evaluate(TOO_WIDE) == 0
        assert await complaints(claire) == []
        await claire.keep_picture("admin-webhooks-narrow-dark")
        await claire.button("Delete Suivi dans le CRM").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(page.get_by_text("“Suivi dans le CRM” is deleted.")).to_be_visible()
        await expect(page.get_by_text("No webhook.")).to_be_visible()
