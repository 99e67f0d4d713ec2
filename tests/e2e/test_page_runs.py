"""The room of runs: a run as it happens, for everybody who watches, and what can be done with it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Locator, expect

from tests.catalog_files import FURNITURE
from tests.e2e.axe import complaints
from tests.e2e.looks import LOOKS, TOO_WIDE
from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, KARIM, ROOT, Server, server
from tests.model_server import Answer, Call, ModelServer

PIPELINE = '''"""Jobs that end when the file `gate` says so; every tenth fails until there is `mended`."""

import asyncio
from pathlib import Path

from lea.errors import BadRequest
from lea.runs.pipeline import Finished, JobSpec

HERE = Path(__file__).parent


class Counting:
    name = "counting"
    family = "catalog"
    steps = ("compter", "raconter")
    concurrency = 64
    attempts = 1

    async def plan(self, scope):
        count = int((HERE / "count").read_text())
        return [JobSpec(f"j{n:05}", f"Article n° {n}", {"n": n}, self.steps[n % 2]) for n in range(count)]

    async def work(self, scope, job):
        n = job.payload["n"]
        while int((HERE / "gate").read_text() or 0) <= n:
            await asyncio.sleep(0.05)
        if n % 10 == 3 and not (HERE / "mended").exists():
            raise BadRequest("price_missing")
        return Finished(f"{n} comptés")
'''
WATCH = """most => {
    window.long = 0;
    window.built = 0;
    new PerformanceObserver(list => {
        window.long += list.getEntries().filter(({duration}) => duration > most).length;
    }).observe({entryTypes: ['longtask']});
    new MutationObserver(() => {
        window.built = Math.max(window.built, document.querySelectorAll('.job').length);
    }).observe(document.body, {childList: true, subtree: true});
}"""
BEGINNING = ("Extraire les articles", "Compléter")
MOST_ROWS = 40
"""Of 64 px in a window of 800 px, and some beyond on both sides."""
LONGEST_MS = 400
"""On a quiet machine no task takes 50 ms; one that is shared takes its time, and building all rows takes longer."""
FEW = 3
"""Tasks that may be longer, since the machine stood still in them; with all rows built every change would be one."""


class Works:
    """A server whose runs go as far as a test lets them."""

    def __init__(self, lea: Server, folder: Path) -> None:
        self.lea = lea
        self.folder = folder

    def let(self, jobs: int) -> None:
        """The first so many may end."""
        file = self.folder / "gate.new"
        file.write_text(str(jobs))
        file.replace(self.folder / "gate")

    def mend(self, *, mended: bool = True) -> None:
        """What failed goes well from now on."""
        if mended:
            (self.folder / "mended").touch()
        else:
            (self.folder / "mended").unlink(missing_ok=True)

    async def begin(self, page: LeaPage, model: ModelServer, jobs: int, gate: int = 0) -> str:
        """By a conversation; the address of the run's picture."""
        (self.folder / "count").write_text(str(jobs))
        self.let(gate)
        self.mend(mended=False)
        await page.open()
        model.script(Answer("", calls=(Call("start_run", '{"pipeline": "counting"}'),)))
        await page.ask("Peux-tu t'occuper du comptage des articles de la semaine ?")
        await page.button("Accepter").click()
        await expect(page.page.locator(".receipt")).to_be_visible()
        await page.is_done()
        await page.page.locator(".receipt").get_by_role("link", name="counting").click()
        await expect(page.page.locator(".graph")).to_be_visible()
        await page.open("#/runs")
        await page.page.locator(".run-row").first.click()
        await expect(page.page.locator(".graph")).to_be_visible()
        return f"#{page.page.url.partition('#')[2]}"

    async def over(self, page: LeaPage, jobs: int) -> None:
        """Let the run end and wait for it, so that the next may begin."""
        self.mend()
        self.let(jobs)
        await expect(node(page, "Résultat")).to_contain_text("Terminé", timeout=30_000)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def works(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> AsyncIterator[Works]:
    """With Claire and Karim."""
    folder = tmp_path_factory.mktemp("works")
    site = folder / "site"
    info = site / "counting-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "counting_package.py").write_text(PIPELINE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: counting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[lea.pipelines]\ncounting = counting_package:Counting\n")
    running = server(folder, model.url, RUNS__JOBS="64")
    running.environ["PYTHONPATH"] = f"{site}:{ROOT}"
    await running.start()
    await running.make_first_account(CLAIRE)
    await running.add(KARIM)
    yield Works(running, site)
    await running.end()


def node(page: LeaPage, title: str) -> Locator:
    """A place of the picture."""
    return page.page.locator(".graph-node").filter(has=page.page.get_by_text(title, exact=True))


def count(page: LeaPage, title: str, state: str) -> Locator:
    return node(page, title).locator(f"[data-state={state}] dd")


async def test_everybody_sees_a_run_and_nobody_begins_another(
    works: Works, open_page: Open, model: ModelServer
) -> None:
    claire, karim = await open_page(works.lea.url), await open_page(works.lea.url)
    await karim.sign_in(KARIM)
    await karim.open("#/catalog")
    file: FilePayload = {"name": "tarif.csv", "mimeType": "text/csv", "buffer": FURNITURE.read_bytes()}
    await karim.page.locator("input[type=file]").set_input_files(file)
    for name in BEGINNING:
        await expect(karim.button(name)).to_have_attribute("aria-disabled", "false")
    await claire.sign_in(CLAIRE)
    address = await works.begin(claire, model, 40)
    for name in BEGINNING:
        await expect(karim.button(name)).to_have_attribute("aria-disabled", "true")
        await karim.button(name).click(force=True)
        await expect(karim.page).to_have_url(re.compile("#/catalog$"))
    await expect(karim.page.locator(".busy")).to_contain_text("counting en cours, lancé par Claire Martin.")
    assert await complaints(karim) == []
    await karim.page.get_by_role("link", name="Regarder").click()
    await expect(karim.page).to_have_url(re.compile(re.escape(address)))
    works.let(10)
    for page in (claire, karim):
        await expect(count(page, "compter", "completed")).to_have_text("5")
        await expect(count(page, "raconter", "completed")).to_have_text("4")
        await expect(count(page, "raconter", "failed")).to_have_text("1")
        await expect(page.page.get_by_role("progressbar", name="Avancement")).to_have_attribute("aria-valuenow", "10")
        await expect(page.page.locator(".job").nth(3)).to_contain_text("Il manque le prix.")
    elapsed = karim.page.locator(".facts .elapsed")
    before = await elapsed.inner_text()
    await expect(elapsed).not_to_have_text(before)
    await karim.page.reload()
    await expect(count(karim, "compter", "completed")).to_have_text("5")
    await karim.hide()
    works.let(20)
    await expect(count(claire, "compter", "completed")).to_have_text("10")
    await expect(count(claire, "raconter", "failed")).to_have_text("2")
    await expect(count(karim, "compter", "completed")).to_have_text("5")
    await karim.hide(hidden=False)
    await expect(count(karim, "compter", "completed")).to_have_text("10")
    await works.over(karim, 40)
    await expect(count(claire, "Résultat", "completed")).to_have_text("38")
    await karim.open("#/catalog")
    await expect(karim.page.locator(".busy")).to_have_count(0)
    await expect(karim.button("Compléter")).to_have_attribute("aria-disabled", "false")


async def test_a_run_is_cancelled_and_keeps_what_is_done(works: Works, open_page: Open, model: ModelServer) -> None:
    page = await open_page(works.lea.url)
    await page.sign_in(CLAIRE)
    await works.begin(page, model, 300, gate=100)
    await expect(page.page.get_by_role("progressbar", name="Avancement")).to_have_attribute("aria-valuenow", "100")
    await page.button("Arrêter le traitement").click()
    await page.page.get_by_role("dialog").get_by_role("button", name="Arrêter le traitement").press("Enter")
    await expect(node(page, "Résultat")).to_contain_text("Arrêté")
    await expect(count(page, "Résultat", "completed")).to_have_text("90")
    await expect(count(page, "Résultat", "failed")).to_have_text("10")
    await expect(count(page, "Résultat", "cancelled")).to_have_text("200")
    await expect(page.button("Arrêter le traitement")).to_have_count(0)
    await page.open("#/runs")
    await expect(page.page.locator(".run-row").first).to_contain_text("90 sur 300 tâches · 10 échecs")
    await expect(page.page.locator(".run-row").first).to_contain_text("Arrêté")


async def test_only_what_failed_is_done_again(works: Works, open_page: Open, model: ModelServer) -> None:
    page, other = await open_page(works.lea.url), await open_page(works.lea.url)
    await page.sign_in(CLAIRE)
    await other.sign_in(KARIM)
    address = await works.begin(page, model, 30, gate=30)
    await other.open(address)
    await expect(count(other, "Résultat", "failed")).to_have_text("3")
    await page.page.get_by_label("État").select_option("failed")
    await expect(page.page.locator(".job")).to_have_count(3)
    works.mend()
    await page.button("Reprendre 3 échecs").click()
    for watching in (page, other):
        await expect(count(watching, "Résultat", "completed")).to_have_text("30")
        await expect(count(watching, "Résultat", "failed")).to_have_count(0)
        await expect(watching.button("Reprendre 3 échecs")).to_have_count(0)
    await expect(page.page.get_by_text("Aucune tâche.")).to_be_visible()


async def test_thousands_of_jobs_are_smooth(works: Works, open_page: Open, model: ModelServer) -> None:
    page = await open_page(works.lea.url, viewport={"width": 1280, "height": 800})
    await page.sign_in(CLAIRE)
    address = await works.begin(page, model, 2000)
    await page.page.reload()
    await page.open(address)
    await expect(page.page.locator(".jobs")).to_have_attribute("aria-label", "2000 tâches")
    await page.page.evaluate(WATCH, LONGEST_MS)
    works.mend()
    for gate in range(200, 2001, 200):
        works.let(gate)
        await page.page.locator(".scroller").evaluate("(e, at) => e.scrollTo(0, at * 64)", gate - 200)
        await expect(page.page.locator(".job").filter(has_text=f"Article n° {gate - 190}").first).to_be_visible()
    await expect(node(page, "Résultat")).to_contain_text("Terminé", timeout=60_000)
    await expect(count(page, "Résultat", "completed")).to_have_text(re.compile(r"2\s000"))
    assert 0 < await page.page.evaluate("window.built") <= MOST_ROWS
    assert await page.page.evaluate("window.long") <= FEW
    await page.page.locator(".scroller").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    await expect(page.page.locator(".job").last).to_contain_text("1999 comptés")
    assert await complaints(page) == []


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=[name for name, _ in LOOKS])
async def test_a_run_fits_its_window(
    works: Works, open_page: Open, model: ModelServer, name: str, look: dict[str, Any]
) -> None:
    page = await open_page(works.lea.url, **look)
    await page.sign_in(CLAIRE)
    await works.begin(page, model, 60, gate=27)
    await expect(page.page.get_by_role("progressbar", name="Avancement")).to_have_attribute("aria-valuenow", "27")
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"run-{name}")
    await page.page.get_by_role("region", name="Tâches", exact=True).scroll_into_view_if_needed()
    await page.page.locator(".scroller").evaluate("e => e.scrollBy(0, 400)")
    await page.keep_picture(f"run-jobs-{name}")
    await page.open("#/runs")
    await expect(page.page.locator(".run-row").first).to_contain_text("En cours")
    assert await page.page.evaluate(TOO_WIDE) == 0
    assert await complaints(page) == []
    await page.keep_picture(f"runs-{name}")
    await page.page.locator(".run-row").first.click()
    await works.over(page, 60)
    assert await complaints(page) == []


async def test_a_run_that_is_not_there_says_so(works: Works, open_page: Open) -> None:
    page = await open_page(works.lea.url)
    await page.sign_in(KARIM)
    await page.open("#/runs/run_nothing")
    await expect(page.page.get_by_text("Ce traitement n’existe pas, ou plus.")).to_be_visible()
    assert await complaints(page) == []
