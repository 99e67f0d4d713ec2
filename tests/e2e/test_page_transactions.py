"""The room of transactions: finding, creating, changing together, people, notes and papers."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, KARIM, Server


def somewhere() -> str:
    """An address nobody else has."""
    return f"{uuid4().hex[:8]} rue des Lilas, 69003 Lyon"


def section(page: LeaPage, name: str) -> Locator:
    return page.page.get_by_role("region", name=name, exact=True)


async def create(page: LeaPage, address: str, price: str = "345 000 €") -> str:
    """By the form; the reference."""
    await page.page.goto(f"{page.url}/#/transactions/new")
    await page.page.get_by_label("Adresse", exact=True).fill(address)
    await page.page.get_by_label("Prix", exact=True).fill(price)
    await page.button("Créer la transaction").click()
    await expect(page.page.locator(".facts")).to_contain_text(address)
    return page.page.url.rpartition("/")[2]


async def edit(page: LeaPage, field: str, value: str) -> None:
    """Write one field, without saving."""
    await page.button("Modifier").click()
    await page.page.get_by_label(field, exact=True).fill(value)


async def test_a_transaction_is_created_found_filtered_and_opened(claire: LeaPage) -> None:
    await claire.page.get_by_role("link", name="Transactions").click()
    await claire.page.get_by_role("link", name="Nouvelle transaction").click()
    await expect(claire.page.get_by_label("Type", exact=True)).to_be_focused()
    await claire.page.get_by_label("Prix", exact=True).fill("beaucoup")
    await claire.button("Créer la transaction").click()
    await expect(claire.page.get_by_label("Adresse", exact=True)).to_have_attribute("aria-invalid", "true")
    await expect(claire.page.get_by_label("Adresse", exact=True)).to_be_focused()
    assert await complaints(claire) == []
    address = somewhere()
    await claire.page.get_by_label("Adresse", exact=True).fill(address)
    await claire.page.get_by_label("Prix", exact=True).fill("345 000 €")
    await claire.page.keyboard.press("Enter")
    await expect(claire.page.locator(".facts")).to_contain_text(re.compile(r"345\s000\s€"))
    await expect(claire.page).to_have_title(re.compile(r"^T-\d+ · Léa$"))
    await claire.page.get_by_role("link", name="Toutes les transactions").click()
    await claire.page.get_by_label("Référence, adresse ou nom").fill(address.partition(" ")[0])
    await expect(claire.page.locator(".files li")).to_have_count(1)
    await expect(claire.page.get_by_text("1 transaction", exact=True)).to_be_visible()
    assert await complaints(claire) == []
    await claire.page.get_by_label("Étape", exact=True).select_option("closed")
    await expect(claire.page.get_by_text("Aucune transaction ne correspond.")).to_be_visible()
    await claire.page.get_by_label("Étape", exact=True).select_option("prospect")
    await claire.page.locator(".file").click()
    await expect(claire.page.locator(".facts")).to_contain_text(address)


async def test_fields_are_changed_in_place_and_wrong_ones_say_so(claire: LeaPage) -> None:
    await create(claire, somewhere())
    await edit(claire, "Prix", "350 000,50 €")
    await claire.page.get_by_label("Date du mandat", exact=True).fill("un de ces jours")
    await claire.page.get_by_label("Date de l’acte", exact=True).fill("5 mars 2027")
    await claire.button("Enregistrer").click()
    wrong = claire.page.get_by_label("Date du mandat", exact=True)
    await expect(wrong).to_have_attribute("aria-invalid", "true")
    await expect(wrong).to_be_focused()
    await expect(claire.page.locator(".field .wrong")).to_have_count(1)
    assert await complaints(claire) == []
    await wrong.fill("")
    await claire.page.keyboard.press("Enter")
    await expect(claire.button("Modifier")).to_be_focused()
    await expect(claire.page.locator(".facts")).to_contain_text(re.compile(r"350\s000,50\s€"))
    await expect(claire.page.locator(".facts")).to_contain_text("5 mars 2027")
    await edit(claire, "Adresse", "ailleurs")
    await claire.page.keyboard.press("Escape")
    await expect(claire.button("Modifier")).to_be_focused()
    await expect(claire.page.locator(".facts")).not_to_contain_text("ailleurs")


async def test_two_who_change_the_same_file_do_not_write_over_each_other(
    lea: Server, claire: LeaPage, open_page: Open
) -> None:
    reference = await create(claire, somewhere())
    karim = await open_page(lea.url)
    await karim.sign_in(KARIM)
    await karim.hear_nothing()
    await karim.page.reload()
    await karim.open(f"#/transactions/{reference}")
    await edit(karim, "Prix", "300000")
    await edit(claire, "Prix", "310000")
    await claire.button("Enregistrer").click()
    await expect(claire.page.locator(".facts")).to_contain_text(re.compile(r"310\s000\s€"))
    await karim.page.get_by_label("Étape", exact=True).select_option("mandate")
    await karim.button("Enregistrer").click()
    await expect(karim.page.locator(".conflict")).to_contain_text("Ce dossier a changé entre-temps.")
    assert await complaints(karim) == []
    await karim.keep_picture("transactions-conflict")
    await karim.button("Recharger").click()
    await expect(karim.page.locator(".conflict")).to_have_count(0)
    await expect(karim.page.get_by_label("Prix", exact=True)).to_have_value("300000")
    await karim.button("Enregistrer").click()
    await expect(karim.page.locator(".facts")).to_contain_text(re.compile(r"300\s000\s€"))
    await expect(claire.page.locator(".facts")).to_contain_text(re.compile(r"300\s000\s€"))
    await expect(section(claire, reference).locator(".tag")).to_have_text("Mandat")


async def test_a_change_elsewhere_is_told_while_one_writes(lea: Server, claire: LeaPage, open_page: Open) -> None:
    reference = await create(claire, somewhere())
    karim = await open_page(lea.url)
    await karim.sign_in(KARIM)
    await karim.open(f"#/transactions/{reference}")
    await edit(karim, "Prix", "300000")
    await edit(claire, "Prix", "310000")
    await karim.button("Enregistrer").click()
    await expect(claire.page.locator(".conflict")).to_be_visible()
    await expect(claire.page.get_by_label("Prix", exact=True)).to_have_value("310000")


async def test_a_new_one_comes_into_the_list_of_others_at_once(lea: Server, claire: LeaPage, open_page: Open) -> None:
    karim = await open_page(lea.url)
    await karim.sign_in(KARIM)
    await karim.open("#/transactions")
    await expect(karim.page.locator("[role=status]").first).not_to_be_empty()
    address = somewhere()
    await create(claire, address)
    await expect(karim.page.locator(".file").first).to_contain_text(address)


async def test_people_come_and_go(claire: LeaPage) -> None:
    await create(claire, somewhere())
    people = section(claire, "Intervenants")
    await people.get_by_role("button", name="Ajouter un intervenant").press("Enter")
    await expect(people.get_by_label("Rôle")).to_be_focused()
    await people.get_by_label("Rôle").select_option("seller")
    await people.get_by_label("Nom").fill("Mme Roy")
    await people.get_by_label("Adresse e-mail").fill("roy")
    await people.get_by_label("Téléphone").fill("1")
    await claire.page.keyboard.press("Enter")
    await expect(people.locator(".field .wrong")).to_have_count(2)
    assert await complaints(claire) == []
    await people.get_by_label("Adresse e-mail").fill("roy@example.fr")
    await people.get_by_label("Téléphone").fill("06 12 34 56 78")
    await claire.page.keyboard.press("Enter")
    await expect(people.locator("li")).to_contain_text("Vendeur Mme Roy")
    await expect(people.get_by_role("link", name="06 12 34 56 78")).to_have_attribute("href", "tel:0612345678")
    await people.get_by_role("button", name="Retirer Mme Roy").click()
    await claire.button("Retirer").click()
    await expect(people.get_by_text("Personne pour l’instant.")).to_be_visible()


async def test_notes_are_written_and_deleted(claire: LeaPage) -> None:
    await create(claire, somewhere())
    notes = section(claire, "Notes")
    await notes.get_by_role("button", name="Ajouter une note").click()
    await notes.get_by_role("button", name="Ajouter une note").click()
    await expect(notes.get_by_label("Texte de la note")).to_have_attribute("aria-invalid", "true")
    await notes.get_by_label("Texte de la note").fill("<b>Clés</b> chez le gardien\nau 2e étage")
    await notes.get_by_role("button", name="Ajouter une note").click()
    await expect(notes.locator("li")).to_contain_text("<b>Clés</b> chez le gardien")
    await expect(notes.locator("li")).to_contain_text("Claire Martin")
    await notes.get_by_role("button", name=re.compile("^Supprimer la note de")).click()
    await claire.button("Supprimer la note").click()
    await expect(notes.get_by_text("Aucune note.")).to_be_visible()


async def test_a_form_is_made_opened_and_downloaded(claire: LeaPage) -> None:
    reference = await create(claire, somewhere())
    forms = section(claire, "Formulaires")
    await forms.get_by_role("button", name="Préparer un formulaire").click()
    await expect(forms.get_by_label("Langue")).to_have_value("fr")
    await forms.get_by_role("button", name="Préparer un formulaire").click()
    await expect(forms.locator(".missing")).to_have_text("Il manque : Vendeur, Date du mandat")
    async with claire.context.expect_page() as opened:
        await forms.get_by_role("link", name=re.compile("^Ouvrir Mandat")).click()
    paper = await opened.value
    await expect(paper.get_by_text(reference).first).to_be_visible()
    await paper.close()
    async with claire.page.expect_download() as download:
        await forms.get_by_role("link", name=re.compile("^PDF : Mandat")).click()
    file = await download.value
    assert file.suggested_filename == f"{reference}-mandate.pdf"
    assert (await file.path()).read_bytes().startswith(b"%PDF")
    assert await complaints(claire) == []


async def test_what_lea_did_is_in_the_history_of_the_file(claire: LeaPage) -> None:
    await claire.ask("Crée une vente au 12 rue des Lilas, 69003 Lyon, prix 350 000 €")
    await claire.is_done()
    await claire.page.locator(".receipt .chip").click()
    history = section(claire, "Historique")
    await expect(history.locator(".receipt")).to_have_count(1)
    await expect(history.locator(".receipt")).to_contain_text("Claire Martin")
    assert await complaints(claire) == []


async def test_one_that_is_not_there_says_so(claire: LeaPage) -> None:
    await claire.page.goto(f"{claire.url}/#/transactions/T-999999")
    await expect(claire.page.get_by_text("Cette transaction n’existe pas, ou plus.")).to_be_visible()


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_the_room_fits_its_window(lea: Server, open_page: Open, name: str, look: dict[str, Any]) -> None:
    page = await open_page(lea.url, **look)
    await page.sign_in(CLAIRE)
    for address, price in (("3 place Bellecour, 69002 Lyon", "1 250 000 €"), (somewhere(), "345 000 €")):
        await create(page, address, price)
    people = section(page, "Intervenants")
    await people.get_by_role("button", name="Ajouter un intervenant").click()
    await people.get_by_label("Nom").fill("Mme Anne-Charlotte de La Tour-Maubourg")
    await people.get_by_label("Téléphone").fill("06 12 34 56 78")
    await people.get_by_label("Adresse e-mail").fill("anne-charlotte@de-la-tour-maubourg.example.fr")
    await page.page.keyboard.press("Enter")
    await expect(people.locator("li")).to_have_count(1)
    notes = section(page, "Notes")
    await notes.get_by_role("button", name="Ajouter une note").click()
    await notes.get_by_label("Texte de la note").fill("Visite prévue mardi à 14 h, les clés sont chez le gardien.")
    await notes.get_by_role("button", name="Ajouter une note").click()
    forms = section(page, "Formulaires")
    await forms.get_by_role("button", name="Préparer un formulaire").click()
    await forms.get_by_role("button", name="Préparer un formulaire").click()
    await expect(forms.locator("li")).to_have_count(1)
    for part in ("file", "edit", "list", "new"):
        if part == "edit":
            await page.button("Modifier").click()
            await page.button("Modifier").wait_for(state="detached")
        if part in {"list", "new"}:
            await page.open("#/transactions/new" if part == "new" else "#/transactions")
        await expect(
            page.page.locator({"list": ".file", "new": ".fields", "edit": ".fields", "file": ".rows"}[part]).first
        ).to_be_visible()
        assert await page.page.evaluate(TOO_WIDE) == 0, part
        assert await complaints(page) == [], part
        await page.keep_picture(f"transactions-{part}-{name}")
    if look["viewport"]["width"] < 900:
        await page.page.get_by_role("button", name="Ouvrir les conversations").click()
        await expect(page.page.get_by_role("link", name="Coûts")).to_be_visible()
        assert await complaints(page) == []
        await page.keep_picture(f"transactions-side-{name}")
