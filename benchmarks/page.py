"""The page in chromium whose processor is four times slower: how soon one can write, how long conversations and long
answers feel, and how soon a reload shows what was there."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

from benchmarks.report import Part, Row, Target
from tests.e2e.long_thread import MESSAGES, add_long_thread
from tests.e2e.server import CLAIRE, server
from tests.model_server import Answer, ModelServer, plain_words

SLOWER = 4
TOKENS = 20_000
EVERY_S = 0.001
INTERACTIVE = Target(must=1000, unit="ms")
SMOOTH = Target(must=50, unit="ms")
AGAIN = Target(must=300, unit="ms")
WAIT_MS = 120_000
PARAGRAPH = (
    "Voici la suite du dossier, avec ce qu’il faut en retenir et **ce qui reste à faire** avant la signature. ",
    "- un point à relire\n- un autre, plus long, qui demande *un peu* d’attention\n- le dernier\n\n",
    "| Pièce | État | Montant |\n|---|---|---:|\n| Mandat | reçu | 1 200 |\n| Diagnostic | attendu | 350 |\n\n",
    "```python\nfor piece in dossier.pieces:\n    print(piece.name, piece.state)\n```\n\n",
)

WATCH = """
window.longest = 0;
new PerformanceObserver(list => {
    for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({type: 'longtask', buffered: true});
window.once = (met, name) => {
    const look = () => {
        if (met()) window[name] = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
};
window.once(() => {
    const field = document.querySelector('#message');
    if (!field) return false;
    if (field.value === 'a') return true;
    field.focus();
    if (field.value === '') document.execCommand('insertText', false, 'a');
    return false;
}, 'interactive');
const shown = () => document.querySelector('.answer:last-of-type .prose')?.textContent.length ?? 0;
window.once(() => shown() > 20, 'answered');
const before = Number(sessionStorage.getItem('before'));
window.once(() => before && shown() >= before, 'again');
"""
"""Notes the longest task, and when what one waits for was first on the screen, in milliseconds since the navigation."""

UPWARDS = """() => new Promise(resolve => {
    const scroller = document.querySelector('.scroller');
    window.longest = 0;
    const step = () => {
        scroller.scrollTop -= 600;
        if (document.querySelectorAll('.page article').length < 300) requestAnimationFrame(step);
        else setTimeout(() => resolve(window.longest), 500);
    };
    requestAnimationFrame(step);
})"""


async def run(*, quick: bool) -> Part:
    """One browser, one server, one person."""
    times = 1 if quick else 5
    async with ModelServer() as model, tab(model) as (page, database):
        slow = await page.context.new_cdp_session(page)
        await slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        interactive = [await _interactive(page) for _ in range(times)]
        thread = add_long_thread(database, CLAIRE.email)
        shown, opening = await _long_thread(page, thread)
        tokens = TOKENS // 10 if quick else TOKENS
        slow_upwards, slow_streaming = await _smooth(page, model, tokens)
        await slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        await _long_thread(page, thread)
        upwards, streaming = await _smooth(page, model, tokens)
        again = [await _reloaded(page, model) for _ in range(times)]
    rows = [
        Row("first visit, until a letter typed is shown", "ms", interactive, judged="lea", target=INTERACTIVE),
        Row(f"{MESSAGES} messages, until the newest is shown", "ms", [shown], judged="lea"),
        Row(f"{MESSAGES} messages, longest task while opening", "ms", [opening], judged="lea"),
        Row(f"{MESSAGES} messages, longest task scrolling up past 300", "ms", [slow_upwards], judged="lea"),
        Row("the same at full speed", "ms", [upwards], judged="lea", target=SMOOTH),
        Row(f"{TOKENS} tokens, longest task while they come", "ms", [slow_streaming], judged="lea"),
        Row("the same at full speed", "ms", [streaming], judged="lea", target=SMOOTH),
        Row("reload in mid-answer, until the same text is shown", "ms", again, judged="lea", target=AGAIN),
    ]
    notes = [
        f"Chromium's main thread is {SLOWER} times slower where nothing else is said, but for the reload.",
        "The first visit has an empty cache.",
        "A task of less than 50 ms is not told of by the browser and counts as 0.",
        "Browser, server and model share the machine's cores.",
    ]
    return Part("page", "The page", rows, notes)


async def _smooth(page: Page, model: ModelServer, tokens: int) -> tuple[float, float]:
    """The longest task on the way up through the conversation that is open, and while a long answer comes."""
    upwards = float(await page.evaluate(UPWARDS))
    return upwards, await _long_answer(page, model, tokens)


@asynccontextmanager
async def tab(model: ModelServer) -> AsyncIterator[tuple[Page, Path]]:
    """A tab in which Claire is signed in, and the server's database."""
    folder = Path(tempfile.mkdtemp(prefix="lea-bench-"))
    lea = server(folder, model.url)
    await lea.start()
    try:
        await lea.make_first_account(CLAIRE)
        async with async_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-gpu"]
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
            page = await browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(WAIT_MS)
            await page.goto(lea.url)
            await page.locator("[name=email]").fill(CLAIRE.email)
            await page.locator("[name=password]").fill(CLAIRE.password)
            await page.locator("button[type=submit]").click()
            await page.locator("#message").wait_for()
            await page.add_init_script(WATCH)
            yield page, folder / "lea.db"
            await browser.close()
    finally:
        await lea.end()
        shutil.rmtree(folder, ignore_errors=True)


async def _interactive(page: Page) -> float:
    client = await page.context.new_cdp_session(page)
    await page.evaluate("localStorage.clear()")
    address = page.url.partition("#")[0]
    await page.goto("about:blank")
    await client.send("Network.clearBrowserCache")
    await client.detach()
    await page.goto(address)
    return await _noted(page, "interactive")


async def _long_thread(page: Page, thread: str) -> tuple[float, float]:
    await page.evaluate("localStorage.clear()")
    address = page.url.partition("#")[0]
    await page.goto("about:blank")
    await page.goto(f"{address}#thread={thread}")
    shown = await _noted(page, "answered")
    await page.wait_for_timeout(1000)
    return shown, float(await page.evaluate("window.longest"))


async def _long_answer(page: Page, model: ModelServer, tokens: int) -> float:
    words = [word + " " for word in " ".join(PARAGRAPH * 400).split(" ")]
    assert len(words) >= tokens // 4
    pieces = tuple((words * (1 + tokens // len(words)))[:tokens])
    model.script(Answer(pieces=pieces, every=EVERY_S))
    await _ask(page)
    await page.locator(".writing .prose").wait_for()
    await page.evaluate("window.longest = 0")
    await page.locator(".writing").wait_for(state="detached")
    await page.wait_for_timeout(500)
    return float(await page.evaluate("window.longest"))


async def _reloaded(page: Page, model: ModelServer) -> float:
    words = plain_words(3000)
    model.script(Answer(pieces=words, every=0.005))
    await _ask(page)
    await page.wait_for_function(
        "() => document.querySelector('.writing .prose')?.textContent.length > 2000", polling=50
    )
    length = "document.querySelector('.answer:last-of-type .prose').textContent.length"
    await page.evaluate(f"sessionStorage.setItem('before', {length})")
    await page.reload()
    took = await _noted(page, "again")
    await page.evaluate("sessionStorage.removeItem('before')")
    await page.locator("[aria-label='Arrêter la réponse'], [aria-label='Stop the answer']").click()
    await page.locator(".writing").wait_for(state="detached")
    return took


async def _ask(page: Page) -> None:
    """In a new conversation."""
    address = page.url.partition("#")[0]
    await page.evaluate("localStorage.clear()")
    await page.goto("about:blank")
    await page.goto(address)
    await page.locator(".greeting").wait_for()
    await page.locator("#message").fill("Racontez.")
    await page.locator("#message").press("Enter")


async def _noted(page: Page, name: str) -> float:
    await page.wait_for_function(f"() => window.{name} !== undefined", polling=50)
    return float(await page.evaluate(f"window.{name}"))


if __name__ == "__main__":
    print(asyncio.run(run(quick=True)).table())
