"""Chromium, the real server and the scripted model, one of each for all tests of this folder."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, KARIM, ROOT, Server, Start, server
from tests.model_server import ModelServer

FRENCH: dict[str, Any] = {"locale": "fr-FR", "viewport": {"width": 1440, "height": 900}}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SLOW_MS = 20_000
"""How long a busy machine may take until what is expected is there."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


expect.set_options(timeout=SLOW_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM:
        pytest.fail("chromium is missing: apt-get install chromium (make test does)")
    if not (ROOT / "static" / "vendor" / "preact.js").exists():
        pytest.fail("static/vendor is missing: npm ci --ignore-scripts && node tools/vendor.mjs (make install does)")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def model() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lea(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> AsyncIterator[Server]:
    """A server with Claire and Karim, colleagues, and the scripted model behind it."""
    running = server(tmp_path_factory.mktemp("lea"), model.url)
    await running.start()
    await running.make_first_account(CLAIRE)
    await running.add(KARIM)
    yield running
    await running.end()


@pytest_asyncio.fixture(loop_scope="session")
async def new_server(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts servers of a test's own, with Claire in them where `people` is true."""
    running: list[Server] = []

    async def start(model_url: str = "", *arguments: str, people: bool = True, **settings: str) -> Server:
        folder = tmp_path / str(len(running))
        folder.mkdir()
        one = server(folder, model_url, **settings)
        one.arguments = arguments
        running.append(one)
        await one.start()
        if people:
            await one.make_first_account(CLAIRE)
        return one

    yield start
    for one in running:
        await one.end()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[Open]:
    """Opens tabs in browsers of their own; at the end none of them may have complained."""
    pages: list[LeaPage] = []

    async def opened(url: str, **options: Any) -> LeaPage:
        context = await browser.new_context(**(FRENCH | options))
        context.set_default_timeout(SLOW_MS)
        pages.append(LeaPage(context, await context.new_page(), url))
        return pages[-1]

    yield opened
    for page in pages:
        await page.context.close()
    assert [complaint for page in pages for complaint in page.complaints] == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser_of_claire(browser: Browser, lea: Server) -> AsyncIterator[BrowserContext]:
    """Signing in costs a password hash and a cold cache, so most tests share one sign-in."""
    context = await browser.new_context(**FRENCH)
    first = LeaPage(context, await context.new_page(), lea.url)
    await first.sign_in(CLAIRE)
    await first.page.close()
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def claire(lea: Server, browser_of_claire: BrowserContext) -> AsyncIterator[LeaPage]:
    """A tab of Claire's, signed in, with an empty conversation; a test that ends her session opens its own."""
    page = LeaPage(browser_of_claire, await browser_of_claire.new_page(), lea.url)
    await page.open()
    await expect(page.composer).to_be_visible()
    yield page
    await page.page.evaluate("localStorage.clear()")
    await page.page.close()
    assert page.complaints == []
