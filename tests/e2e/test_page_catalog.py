"""The room of the catalogue: files brought in, products looked for, changed together and taken away."""

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Locator, expect

from tests import catalog_files as files
from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, KARIM, Server, Start, server

LIST = "Réf.;Désignation;Prix HT;Divers\nA-1;Chaise Alba;89,00 €;Hêtre\nA-2;Table Alba;190 €;Noyer\n"
DROP = """([text, name]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, {type: 'text/csv'}));
    const zone = document.querySelector('.drop');
    zone.dispatchEvent(new DragEvent('dragover', {dataTransfer: data, bubbles: true, cancelable: true}));
    zone.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server with Claire, Karim and a catalogue, and without a model."""
    running = server(tmp_path_factory.mktemp("shop"), "")
    await running.start()
    await running.make_first_account(CLAIRE)
    await running.add(KARIM)
    yield running
    await running.end()


def region(page: LeaPage, name: str) -> Locator:
    return page.page.get_by_role("region", name=name, exact=True)


def product(page: LeaPage, reference: str) -> Locator:
    """Its row."""
    return page.page.get_by_role("row").filter(has=page.page.get_by_role("rowheader", name=reference, exact=True))


async def visit(page: LeaPage) -> None:
    await page.open("#/catalog")
    await expect(page.page.get_by_role("heading", name="Catalogue", level=1)).to_be_visible()


async def bring(page: LeaPage, data: bytes, name: str = "tarif.csv") -> None:
    """Choose a file."""
    payload: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": data}
    await page.page.locator("input[type=file]").set_input_files(payload)


async def extract(page: LeaPage, data: bytes, name: str = "tarif.csv") -> str:
    """From the file to the end of its run; the run's address."""
    await visit(page)
    await bring(page, data, name)
    await page.button("Extraire les articles").click()
    await expect(page.page).to_have_url(re.compile(r"#/runs/"))
    await expect(page.page.locator(".graph-node").last).to_contain_text("Terminé")
    return page.page.url.partition("#")[2]


async def test_a_file_becomes_products_that_are_changed_and_exported(shop: Server, open_page: Open) -> None:
    page = await open_page(shop.url)
    await page.sign_in(CLAIRE)
    await page.page.get_by_role("link", name="Catalogue").click()
    await expect(page.page).to_have_title("Catalogue · Léa")
    await bring(page, files.FURNITURE.read_bytes(), "mobilier.csv")
    await expect(page.page.get_by_label("Prix", exact=True)).to_have_value("Prix HT (€)")
    await expect(page.page.locator(".sample")).to_contain_text(re.compile(r"CAN-001.*1\s299,00\s€", re.S))
    assert await complaints(page) == []
    await page.button("Extraire les articles").click()
    await expect(page.page.locator(".graph-node").last).to_contain_text("Terminé")
    await expect(page.page.locator(".graph-node").first).to_contain_text("mobilier.csv")
    await page.page.get_by_role("link", name="Voir les articles").click()
    await expect(product(page, "CAN-001")).to_contain_text("Canapé 3 places")
    await page.page.get_by_text(re.compile(r"lignes? refusées?")).first.click()
    await expect(region(page, "Lignes refusées").locator("li").first).to_contain_text("Ligne")
    await page.page.get_by_label(re.compile("^Référence, désignation")).fill("noyer")
    await expect(page.page.get_by_text("1 article", exact=True)).to_be_visible()
    await page.button("Modifier TAB-101").click()
    await page.page.get_by_label("Prix", exact=True).fill("beaucoup")
    await page.button("Enregistrer").click()
    await expect(page.page.get_by_label("Prix", exact=True)).to_be_focused()
    await expect(page.page.get_by_label("Prix", exact=True)).to_have_attribute("aria-invalid", "true")
    assert await complaints(page) == []
    await page.page.get_by_label("Prix", exact=True).fill("259,90 €")
    await page.page.get_by_label("Description", exact=True).fill("Ronde, en noyer.")
    await page.page.keyboard.press("Tab")
    await page.button("Enregistrer").click()
    await expect(product(page, "TAB-101")).to_contain_text(re.compile(r"259,90\s€"))
    await expect(page.button("Modifier TAB-101")).to_be_focused()
    rows = await exported_csv(page)
    assert rows["TAB-101"]["Prix"] == "259,90"
    assert rows["TAB-101"]["Description"] == "Ronde, en noyer."
    assert rows["CAN-001"]["Désignation"] == "Canapé 3 places « Éole »"
    sheet = openpyxl.load_workbook(await download(page, "Exporter en XLSX")).active
    assert ("TAB-101", 259.9) in [(row[0], row[2]) for row in sheet.iter_rows(values_only=True)]


async def exported_csv(page: LeaPage) -> dict[str, dict[str, str]]:
    """By reference."""
    text = (await download(page, "Exporter en CSV")).read_text(encoding="utf-8-sig")
    return {row["Référence"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


async def download(page: LeaPage, name: str) -> Path:
    """Without a header: the page's cookie says who asks."""
    async with page.page.expect_download() as waiting:
        await page.page.get_by_role("link", name=name).click()
    taken = await waiting.value
    to = Path(await taken.path()).with_suffix(Path(taken.suggested_filename).suffix)
    await taken.save_as(to)
    return to


async def test_a_dropped_file_whose_columns_are_corrected(new_server: Start, open_page: Open) -> None:
    lea = await new_server()
    page = await open_page(lea.url)
    await page.sign_in(CLAIRE)
    await visit(page)
    await expect(page.page.locator(".drop")).to_be_visible()
    await page.page.evaluate(DROP, [LIST, "divers.csv"])
    await expect(page.page.locator(".preview-title")).to_contain_text("divers.csv")
    await expect(page.page.locator(".preview-title")).to_be_focused()
    await expect(page.page.get_by_text("Colonnes laissées de côté : Divers")).to_be_visible()
    await page.page.get_by_label("Matière", exact=True).select_option("Divers")
    await expect(page.page.get_by_text("Colonnes laissées de côté")).to_have_count(0)
    await page.button("Extraire les articles").click()
    await expect(page.page.locator(".graph-node").last).to_contain_text("Terminé")
    await page.page.get_by_role("link", name="Voir les articles").click()
    await expect(product(page, "A-1")).to_contain_text("Hêtre")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Ce fichier est vide."),
        (b"bonjour", "Aucune ligne de ce fichier ne nomme ses colonnes"),
        (b"Ref;Nom;Prix\nA-1;Chaise;12\nA-2;Table;" + b"9;" * 300, "Ligne 3 : Une ligne de ce fichier"),
        (b"Ref;Nom;Prix\n" + b"x" * 21 * 2**20, "Ce fichier dépasse 20 Mio."),
    ],
    ids=["empty", "no-header", "too-wide", "too-large"],
)
async def test_a_file_nobody_can_use_says_why(
    shop: Server, open_page: Open, tmp_path: Path, data: bytes, told: str
) -> None:
    page = await open_page(shop.url)
    await page.sign_in(CLAIRE)
    await visit(page)
    file = tmp_path / "tarif.csv"
    file.write_bytes(data)
    await page.page.locator("input[type=file]").set_input_files(file)
    await expect(region(page, "Apporter un catalogue").get_by_role("alert")).to_contain_text(told)
    assert await complaints(page) == []
    await bring(page, LIST.encode())
    await expect(page.page.locator(".sample li")).to_have_count(2)


async def test_an_upload_is_followed_and_can_be_cancelled(shop: Server, open_page: Open) -> None:
    page = await open_page(shop.url)
    await page.sign_in(CLAIRE)
    await visit(page)
    network = await page.context.new_cdp_session(page.page)
    await network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 64_000}
    await network.send("Network.emulateNetworkConditions", slow)
    await bring(page, files.many_rows(40_000), "long.csv")  # most of a minute: time to look at it and to leave it
    bar = page.page.get_by_role("progressbar", name="Envoi de long.csv")
    await expect(bar).to_be_visible()
    await expect(page.page.get_by_text(re.compile(r"[1-9][\d,]*\sk[oB] sur"))).to_be_visible()
    assert await complaints(page) == []
    await page.button("Annuler").click()
    await expect(bar).to_have_count(0)
    await expect(page.button("Choisir un fichier")).to_be_visible()
    await network.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    await bring(page, LIST.encode())
    await expect(page.page.locator(".sample li")).to_have_count(2)


async def test_two_who_change_a_product_do_not_overwrite_each_other(new_server: Start, open_page: Open) -> None:
    lea = await new_server()
    await lea.add(KARIM)
    claire, karim = await open_page(lea.url), await open_page(lea.url)
    await claire.sign_in(CLAIRE)
    await karim.sign_in(KARIM)
    await extract(claire, LIST.encode())
    await visit(karim)
    await visit(claire)
    for page, colour in ((claire, "Rouge"), (karim, "Vert")):
        await page.button("Modifier A-1").click()
        await page.page.get_by_label("Couleur", exact=True).fill(colour)
    await claire.button("Enregistrer").click()
    await expect(product(claire, "A-1")).to_contain_text("Rouge")
    await karim.button("Enregistrer").click()
    await expect(karim.page.get_by_text("Cet article a changé entre-temps.")).to_be_visible()
    assert await complaints(karim) == []
    await karim.button("Recharger").click()
    await expect(karim.page.get_by_text("Maintenant : Rouge")).to_be_visible()
    await expect(karim.page.get_by_label("Couleur", exact=True)).to_have_value("Vert")
    await karim.button("Enregistrer").click()
    await expect(product(karim, "A-1")).to_contain_text("Vert")


async def test_products_are_completed_and_say_by_whom(shop: Server, open_page: Open) -> None:
    page = await open_page(shop.url)
    await page.sign_in(CLAIRE)
    await extract(page, LIST.encode())
    await visit(page)
    await page.button("Compléter").click()
    await expect(page.page.get_by_role("heading", name="Enrichissement")).to_be_visible()
    await expect(page.page.locator(".graph-node").last).to_contain_text("Terminé")
    assert await complaints(page) == []
    await page.page.get_by_role("link", name="Voir les articles").click()
    await expect(product(page, "A-1")).to_contain_text("Complété par des règles")
    await page.button("Compléter").click()
    await expect(region(page, "Compléter les articles").get_by_role("alert")).not_to_be_empty()
    await page.page.get_by_label("Reprendre aussi les articles déjà complétés").check()
    await page.button("Compléter").click()
    await expect(page.page.locator(".graph-node").last).to_contain_text("Terminé")


async def test_more_products_than_a_page_are_asked_for(new_server: Start, open_page: Open) -> None:
    lea = await new_server()
    page = await open_page(lea.url)
    await page.sign_in(CLAIRE)
    await extract(page, files.many_rows(120))
    await visit(page)
    await expect(page.page.get_by_text("120 articles", exact=True)).to_be_visible()
    for shown in (50, 100):
        await expect(page.page.locator(".items tbody tr")).to_have_count(shown)
        await page.button("Suivantes").click()
    await expect(page.page.locator(".items tbody tr")).to_have_count(120)


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_the_room_fits_its_window(shop: Server, open_page: Open, name: str, look: dict[str, Any]) -> None:
    page = await open_page(shop.url, **look)
    await page.sign_in(CLAIRE)
    await extract(page, files.FURNITURE.read_bytes(), "mobilier.csv")
    await page.page.get_by_text(re.compile(r"lignes? refusées?")).first.click()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"run-done-{name}")
    await visit(page)
    await expect(page.page.locator(".items tbody tr").first).to_be_visible()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"catalog-{name}")
    await page.page.locator(".items").evaluate("e => e.scrollIntoView()")
    await page.keep_picture(f"catalog-items-{name}")
    await bring(page, files.FURNITURE.read_bytes(), "mobilier.csv")
    await expect(page.page.locator(".sample li").first).to_be_visible()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"catalog-preview-{name}")
    await page.button("Modifier CAN-001").click()
    await page.page.locator(".item-fields").scroll_into_view_if_needed()
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"catalog-edit-{name}")
