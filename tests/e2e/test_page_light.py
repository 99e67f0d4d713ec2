"""What the page costs: bytes of a first visit, elements of a long conversation, work and calm of a long answer."""

import asyncio
import re
from itertools import pairwise
from urllib.parse import urlsplit

from playwright.async_api import Page, Route, expect

from tests.e2e.long_thread import MESSAGES, add_long_thread
from tests.e2e.page import LeaPage
from tests.e2e.server import CLAIRE, Server
from tests.model_server import Answer, ModelServer

FIRST_LOAD = 250_000
"""Bytes on the wire until one can write, headers included."""
MOST_BUILT = 80
ARTICLES = "document.querySelectorAll('.page article').length"
TO_WHAT_IS_BUILT = """() => {
    const scroller = document.querySelector('.scroller');
    scroller.scrollTop = 0;
    const first = scroller.querySelector('article');
    window.top_before = first.getBoundingClientRect().top;
    return first;
}"""
WATCH = """() => {
    const page = document.querySelector('.page');
    const settled = new WeakSet();
    window.late = [];
    window.steps = [];
    window.shifted = 0;
    new MutationObserver(changes => {
        for (const { target } of changes) {
            const block = (target.nodeType === 1 ? target : target.parentElement)?.closest('.block');
            if (block && settled.has(block)) window.late.push(block.textContent);
        }
        for (const block of document.querySelectorAll('.block')) if (block.nextElementSibling) settled.add(block);
        window.steps.push(document.querySelector('.answer:last-of-type .prose')?.textContent.length ?? 0);
    }).observe(page, {childList: true, characterData: true, subtree: true});
    new PerformanceObserver(list => {
        for (const shift of list.getEntries()) window.shifted += shift.value;
    }).observe({type: 'layout-shift'});
}"""
"""Notes what changes in a block after the next one has begun, how long the answer is after each change, and how much
what was there has moved."""


async def bytes_of(page: Page) -> list[tuple[str, int]]:
    """What comes over the wire from now on, by address; the list fills as it comes."""
    client = await page.context.new_cdp_session(page)
    await client.send("Network.enable")
    await client.send("Network.clearBrowserCache")
    addresses: dict[str, str] = {}
    came: list[tuple[str, int]] = []
    client.on("Network.requestWillBeSent", lambda told: addresses.update({told["requestId"]: told["request"]["url"]}))
    client.on(
        "Network.loadingFinished",
        lambda told: came.append((addresses[told["requestId"]], int(told["encodedDataLength"]))),
    )
    return came


async def test_a_first_visit_is_light_and_a_second_one_asks_for_no_file_that_is_kept(claire: LeaPage) -> None:
    tab = LeaPage(claire.context, await claire.context.new_page(), claire.url)
    came = await bytes_of(tab.page)
    await tab.open()
    await expect(tab.page.locator(".greeting")).to_be_visible()
    versioned = re.compile(r"/static/[0-9a-f]{16}/")
    # What shows answers is asked for once one can write, and is no part of that.
    named = set(re.findall(r'(?:href|src)="([^"]+)"', await (await tab.page.request.get(tab.url)).text()))
    first = [
        (address, size) for address, size in came if not versioned.search(address) or urlsplit(address).path in named
    ]
    files = [address for address, _ in first if versioned.search(address)]
    assert len(files) > 50
    assert [
        name for name in files if re.search(r"/view/(catalog|costs|jobs|kpis|runs|admin|transactions)[.-]", name)
    ] == []
    assert sum(size for _, size in first) < FIRST_LOAD, sorted(first, key=lambda one: -one[1])[:10]
    async with asyncio.timeout(30):
        while not any(address.endswith(("/dompurify.js", "/marked.js")) for address, _ in came):
            await tab.page.wait_for_timeout(50)
    kept = {address for address, _ in came if versioned.search(address)}  # others were still on their way
    came.clear()
    await tab.page.reload()
    await expect(tab.page.locator(".greeting")).to_be_visible()
    assert [address for address, size in came if address in kept and size > 0] == []
    await tab.page.close()
    assert tab.complaints == []


async def test_a_room_that_cannot_be_loaded_says_so_and_is_tried_again(claire: LeaPage) -> None:
    async def lost(route: Route) -> None:
        await route.abort()

    await claire.page.route("**/view/costs.js", lost)
    await claire.page.get_by_role("link", name="Coûts").click()
    await expect(claire.page.get_by_role("heading", level=1, name="Coûts")).to_be_visible()
    await expect(claire.page.get_by_text("Cette page n’a pas pu être chargée.")).to_be_visible()
    await expect(claire.page).to_have_title("Coûts · Léa")
    await claire.page.unroute("**/view/costs.js", lost)
    await claire.button("Réessayer").click()
    await expect(claire.page.get_by_role("heading", level=2).first).to_be_visible()
    await expect(claire.page.get_by_text("Cette page n’a pas pu être chargée.")).to_have_count(0)


async def test_of_a_long_conversation_only_what_is_near_is_built_and_nothing_moves(
    lea: Server, claire: LeaPage
) -> None:
    thread = add_long_thread(lea.folder / "lea.db", CLAIRE.email)
    await claire.open(f"#thread={thread}")
    newest = claire.page.get_by_text(f"Réponse {MESSAGES // 2 - 1}.", exact=True)
    await expect(newest).to_be_visible()
    await expect(newest).to_be_in_viewport()
    assert await claire.page.evaluate(ARTICLES) < MOST_BUILT
    built = claire.page.locator(".page article")
    # Up to what was built: more is, above it, and what one reads stays where it is.
    for _ in range(3):
        known = await built.count()
        read = await claire.page.evaluate_handle(TO_WHAT_IS_BUILT)
        async with asyncio.timeout(30):
            while await built.count() <= known + 4:
                await claire.page.wait_for_timeout(50)
        assert abs(await read.evaluate("one => one.getBoundingClientRect().top - window.top_before")) < 2
    assert await claire.page.evaluate(ARTICLES) < MOST_BUILT
    await expect(claire.button("Aller à la fin")).to_be_visible()
    await expect(claire.button("nouveau")).to_have_count(0)
    known = await built.count()
    await claire.button("Messages précédents").focus()
    await claire.page.keyboard.press("Enter")
    await expect(built.nth(known)).to_be_attached()
    await claire.button("Aller à la fin").click()
    await expect(newest).to_be_in_viewport()


async def test_a_long_answer_comes_evenly_and_what_stands_is_left_alone(claire: LeaPage, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    parts = [
        "Un début en quelques mots.\n\n",
        *(f"- point {number} de la liste\n" for number in range(40)),
        "\n| Pièce | État |\n|---|---|\n",
        *(f"| Pièce {number} | reçue |\n" for number in range(40)),
        "\n```text\n",
        *(f"ligne {number}\n" for number in range(40)),
        "```\n\n",
        "Une fin. ",
        *(f"mot{number} " for number in range(300)),
        "\n\nLe tout dernier mot.",
    ]
    model.script(Answer(pieces=tuple(parts), gate=gate))
    await claire.page.evaluate(f"({WATCH})()")
    await claire.ask("Longuement, et calmement.")

    async def until(number: int, shown: str, already: int) -> int:
        for _ in range(number - already):
            gate.release()
        await expect(claire.text).to_contain_text(shown)
        return number

    told = 0
    for begun, done, one, last in (
        (5, 41, "li", "point 39 de la liste"),
        (46, 82, "tbody tr", "Pièce 39"),
        (88, 123, "pre code", "ligne 39"),
    ):
        told = await until(begun, parts[begun - 1].strip(" |\n-").split(" |")[0], told)
        first = await claire.text.locator(one).first.element_handle()
        told = await until(done, last, told)
        assert first is not None
        assert await first.evaluate(
            "(one, name) => one === document.querySelector(`.answer:last-of-type ${name}`)", one
        )
    before = len(await claire.text.inner_text())
    await claire.page.evaluate("window.steps.length = 0")
    # Three hundred words at once, as a network that held them back brings them.
    told = await until(len(parts) - 1, "mot299", told)
    steps = await claire.page.evaluate("window.steps")
    told_at_once = max(after - earlier for earlier, after in pairwise(steps))
    assert len(steps) > 8
    assert told_at_once < 0.4 * sum(len(part) for part in parts[-302:-1]), (before, steps)
    gate.release()
    await claire.is_done()
    await expect(claire.text).to_contain_text("Le tout dernier mot.")
    assert await claire.page.evaluate("window.late") == []
    assert await claire.page.evaluate("window.shifted") < 0.02
