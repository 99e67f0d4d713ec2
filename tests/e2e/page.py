"""The page as a person uses it: one object for the steps that every test takes."""

import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, Request, expect

from tests.e2e.server import ROOT, Person

ARTEFACTS = Path(os.environ.get("LEA_ARTEFACTS", ROOT / "build" / "artefacts"))
EXPECTED_IN_CONSOLE = re.compile(r"Failed to load resource")


class LeaPage:
    """A tab with Léa in it. Whatever a script complains about fails the test at its end."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        self.context = context
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.asked: list[dict[str, Any]] = []
        """Bodies of the chat requests, in order."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("request", self._asked)

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not EXPECTED_IN_CONSOLE.match(text):
            self.complaints.append(text)

    def _asked(self, request: Request) -> None:
        if request.url.endswith("/v1/lea/chat/stream"):
            self.asked.append(request.post_data_json)

    @property
    def composer(self) -> Locator:
        return self.page.locator("#message")

    @property
    def answer(self) -> Locator:
        """The last answer."""
        return self.page.locator(".answer").last

    @property
    def text(self) -> Locator:
        """The words of the last answer."""
        return self.answer.locator(".prose")

    @property
    def problem(self) -> Locator:
        return self.answer.locator(".problem")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def open(self, fragment: str = "") -> None:
        await self.page.goto(f"{self.url}/{fragment}")

    async def sign_in(self, person: Person) -> None:
        await self.open()
        await self.fill_login(person)
        await expect(self.composer).to_be_visible()

    async def sign_in_and_hear(self, person: Person) -> None:
        """Of whatever happens from here on, the page hears."""
        async with self.page.expect_response("**/v1/lea/events"):
            await self.sign_in(person)

    async def fill_login(self, person: Person) -> None:
        await self.page.locator("[name=email]").fill(person.email)
        await self.page.locator("[name=password]").fill(person.password)
        await self.page.locator("button[type=submit]").click()

    async def ask(self, text: str) -> None:
        """Once the answer before has ended, a moment after its last word: until then Enter only holds the message."""
        await expect(self.page.locator(".composer .stop")).to_have_count(0)
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def is_done(self) -> None:
        """The composer can send again: it knows of the turn before what shows answers has been loaded."""
        await expect(self.page.locator(".composer .stop")).to_have_count(0)
        await expect(self.page.locator(".writing")).to_have_count(0)

    async def be_impatient(self, milliseconds: int) -> None:
        """Let the silence that is allowed from the next event on be so long, instead of 120 s."""
        await self.page.evaluate(
            """milliseconds => {
                window.whole ??= window.setTimeout;
                window.setTimeout = (act, wait) => window.whole(act, wait === 120000 ? milliseconds : wait);
            }""",
            milliseconds,
        )

    async def hear_nothing(self) -> None:
        """Keep the tab from hearing of what happens in other tabs."""
        await self.page.route("**/v1/lea/events", lambda route: route.abort())

    async def second_tab(self) -> "LeaPage":
        """Another tab of the same person where this one is; of whatever happens from here on, it hears."""
        tab = LeaPage(self.context, await self.context.new_page(), self.url)
        async with tab.page.expect_response("**/v1/lea/events"):
            await tab.page.goto(self.page.url)
        await expect(tab.composer).to_be_visible()
        return tab

    async def hide(self, *, hidden: bool = True) -> None:
        """As the browser does when another tab is chosen."""
        await self.page.evaluate(
            """hidden => {
                Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
                document.dispatchEvent(new Event('visibilitychange'));
            }""",
            hidden,
        )

    async def keep_picture(self, name: str) -> None:
        await self.page.screenshot(path=ARTEFACTS / f"{name}.png", animations="disabled")


Open = Callable[..., Awaitable[LeaPage]]
