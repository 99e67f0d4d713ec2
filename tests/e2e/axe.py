"""What axe finds wrong with a page, by the rules of WCAG 2.2 AA."""

from functools import cache

from tests.e2e.page import LeaPage
from tests.e2e.server import ROOT

STILL = """() => Promise.all(
    document.getAnimations()
        .filter(one => one.effect.getTiming().iterations !== Infinity)
        .map(one => one.finished.catch(() => null)))"""
RUN = """async ([source, within]) => {
    if (!window.axe) (0, eval)(source);
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    // Where rooms are in the address' hash, every first link to one looks like a skip link to that rule.
    const rules = {'skip-link': {enabled: false}};
    const {violations} = await axe.run(within ?? document, {runOnly: tags, rules});
    const said = (id, {target, failureSummary}) => `${id}: ${target} ${failureSummary}`;
    return violations.flatMap(({id, nodes}) => nodes.map(node => said(id, node)));
}"""


@cache
def source() -> str:
    """The tool itself."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def complaints(page: LeaPage, within: str | None = None) -> list[str]:
    """Of the page, or of what a selector finds in it; after its animations."""
    await page.page.evaluate(STILL)
    found: list[str] = await page.page.evaluate(RUN, [source(), within])
    return found
