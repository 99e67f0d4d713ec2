"""What an answer looks like and does: Markdown shown safely, scrolling, both languages, both widths and themes."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.page import LeaPage, Open
from tests.e2e.server import CLAIRE, Server
from tests.model_server import Answer, ModelServer

LETTER = """Voici ce que je vois dans vos dossiers **aujourd’hui** :

1. *Facture 2026-114* de Papeterie Lenoir, à échéance le 28 novembre
2. *Facture 2026-117* de Transports Maury, en attente de rapprochement

| Dossier | Montant | État |
|---|---:|---|
| Papeterie Lenoir | 1 248,50 € | à payer |
| Transports Maury | 3 020,00 € | à rapprocher |

> Le rapprochement du mois d’octobre est terminé.

```python
for file in company.files(state="open"):
    print(file.name, f"{file.amount:.2f} EUR")
```

Souhaitez-vous que je prépare le paiement de la première ? Voyez aussi [la documentation](https://example.org/).
"""

ATTACK = """<img src=x onerror="window.pwned=1"> <script>window.pwned=2</script>

<iframe srcdoc="<script>parent.pwned=3</script>"></iframe> <svg onload="window.pwned=4"></svg>

[un lien](javascript:window.pwned=5) [un autre](data:text/html,<script>parent.pwned=6</script>)
[le bon](https://example.org/) ![la photo](https://evil.example/pixel.png)

<form action="https://evil.example"><input name=password><button>Envoyer</button></form>

<style>body{display:none}</style><p style="position:fixed;inset:0" onclick="window.pwned=7">texte</p>

`<b onmouseover=window.pwned=8>` | fin
"""

TOP_AT_REST = """() => new Promise(resolve => {
    const scroller = document.querySelector('.scroller');
    let before = -1;
    let still = 0;
    const look = () => {
        still = scroller.scrollTop === before ? still + 1 : 0;
        before = scroller.scrollTop;
        if (still === 20) resolve(before);
        else requestAnimationFrame(look);
    };
    look();
})"""
"""How far it is scrolled: a turn of the wheel is shown as a movement."""
REMEMBERING = """button => {
    button.dataset.said = '';
    new MutationObserver(() => { button.dataset.said += button.textContent; })
        .observe(button, {childList: true, characterData: true, subtree: true});
}"""
"""What the button says is kept: of what was copied it tells for two seconds only."""


async def test_markdown_is_shown_and_code_is_coloured_and_copied(claire: LeaPage, model: ModelServer) -> None:
    await claire.context.grant_permissions(["clipboard-read", "clipboard-write"])
    model.script(Answer(LETTER))
    await claire.ask("Mes dossiers ?")
    await claire.is_done()
    for part in ("ol > li", "table", "blockquote", "pre code .hljs-keyword"):
        await expect(claire.text.locator(part).first).to_be_visible()
    link = claire.text.get_by_role("link", name="la documentation")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    await copy(claire.text.locator(".code-head button"))
    assert (await clipboard(claire)).startswith('for file in company.files(state="open"):')
    await copy(claire.answer.locator(".answer-tools button", has_text="Copi"))
    assert (await clipboard(claire)).strip() == LETTER.strip()


async def test_what_was_streamed_is_what_a_reload_shows(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer(LETTER, every=0.001))
    await claire.ask("Encore")
    await claire.is_done()
    streamed = await claire.text.inner_text()
    await claire.page.reload()
    await expect(claire.text).to_be_visible()
    assert await claire.text.inner_text() == streamed


async def test_what_a_model_writes_cannot_act(claire: LeaPage, model: ModelServer) -> None:
    elsewhere: list[str] = []
    claire.page.on("request", lambda request: elsewhere.append(request.url))
    model.script(Answer(ATTACK, every=0.001))
    await claire.ask("Attaquez.")
    await claire.is_done()
    await expect(claire.text).to_contain_text("fin")
    for forbidden in ("script", "iframe", "svg", "form", "input", "style", "img", "[onclick]", "[onerror]", "[style]"):
        await expect(claire.text.locator(forbidden)).to_have_count(0)
    links: list[str | None] = await claire.text.locator("a[href]").evaluate_all("all => all.map(a => a.href)")
    assert links == ["https://example.org/"]
    assert await claire.page.evaluate("window.pwned") is None
    assert [url for url in elsewhere if not url.startswith(claire.url)] == []
    # Nothing of it is lost either: what would act is shown as the text it is.
    await expect(claire.text).to_contain_text("window.pwned=2")


async def test_a_question_is_shown_as_it_was_typed(claire: LeaPage, model: ModelServer) -> None:
    model.script(Answer("Bien."))
    await claire.ask("<b>gras</b> & *étoiles*")
    await expect(claire.page.locator(".slip")).to_have_text("<b>gras</b> & *étoiles*")
    await expect(claire.text).to_have_text("Bien.")  # else the next test might be told it
    await claire.is_done()


async def test_scrolling_up_is_never_fought_and_a_button_returns(claire: LeaPage, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    lines = tuple(f"Ligne {n}.\n\n" for n in range(80))
    model.script(Answer(pieces=lines, gate=gate))
    for _ in range(40):
        gate.release()
    await claire.ask("Longuement.")
    await expect(claire.text).to_contain_text("Ligne 39.")
    await expect(claire.text.locator("p").last).to_be_in_viewport()
    await claire.page.locator(".scroller").hover()
    await claire.page.mouse.wheel(0, -400)
    await expect(claire.button("Aller à la fin")).to_be_visible()
    await expect(claire.text.locator("p").last).not_to_be_in_viewport()
    top = await claire.page.evaluate(TOP_AT_REST)
    for _ in range(40):
        gate.release()
    await expect(claire.text).to_contain_text("Ligne 79.")
    await claire.is_done()
    assert await claire.page.evaluate("document.querySelector('.scroller').scrollTop") == top
    await claire.button("nouveau").click()
    await expect(claire.text.locator("p").last).to_be_in_viewport()
    await expect(claire.button("nouveau")).to_have_count(0)


async def test_both_languages_are_whole_and_the_choice_is_kept(claire: LeaPage, model: ModelServer) -> None:
    await expect(claire.page.locator("html")).to_have_attribute("lang", "fr")
    await claire.button("EN, English").click()
    await expect(claire.page.locator("html")).to_have_attribute("lang", "en")
    await expect(claire.page.get_by_role("heading", name="Hello Claire,")).to_be_visible()
    gate = asyncio.Semaphore(0)
    model.script(Answer("Fine.", gate=gate))
    await claire.ask("How are you?")
    await expect(claire.answer.get_by_text("Connected, Léa is thinking…")).to_be_visible()
    gate.release()
    await claire.is_done()
    await claire.page.reload()
    await expect(claire.composer).to_have_attribute("placeholder", "Write to Léa…")


async def test_an_english_browser_gets_an_english_page(lea: Server, open_page: Open) -> None:
    page = await open_page(lea.url, locale="en-GB")
    await page.open()
    await expect(page.page.get_by_role("heading", name="Hello")).to_be_visible()
    await expect(page.page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
async def test_it_fits_and_is_kept_as_a_picture(
    lea: Server, open_page: Open, model: ModelServer, width: int, theme: Any
) -> None:
    page = await open_page(
        lea.url, viewport={"width": width, "height": 740 if width == 360 else 900}, color_scheme=theme
    )
    name = f"{width}-{theme}"
    await page.open()
    await expect(page.page.locator("[name=email]")).to_be_visible()
    await page.keep_picture(f"login-{name}")
    await page.sign_in(CLAIRE)
    await expect(page.page.get_by_role("heading", name="Bonjour Claire,")).to_be_visible()
    await page.keep_picture(f"empty-{name}")
    model.script(Answer(LETTER))
    await page.ask("Quelles factures dois-je payer cette semaine ?")
    await page.is_done()
    await page.keep_picture(f"answer-{name}")
    await fits(page)
    if width == 360:
        await page.button("Ouvrir les conversations").click()
    await page.page.locator(".thread.here .icon-button").click()
    await expect(page.page.get_by_role("menuitem", name="Renommer")).to_be_visible()
    await page.keep_picture(f"threads-{name}")
    await fits(page)


async def fits(page: LeaPage) -> None:
    """Nothing sticks out sideways, and what is touched is large enough."""
    assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = await page.page.locator("button:visible").evaluate_all(
        """all => all.map(b => [b.textContent, b.getBoundingClientRect()])
                     .filter(([, box]) => box.height < 32 || box.width < 32)"""
    )
    assert small == []


async def copy(button: Locator) -> None:
    """By a button that says then that it was done."""
    await button.evaluate(REMEMBERING)
    await button.click()
    await expect(button).to_have_attribute("data-said", re.compile("Copié"))


async def clipboard(page: LeaPage) -> str:
    text: str = await page.page.evaluate("navigator.clipboard.readText()")
    return text
