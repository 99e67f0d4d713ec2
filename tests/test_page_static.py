"""What can be known of the page without a browser: its words, its modules, its colours, its lock."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
SCRIPTS = sorted(path for path in (STATIC / "js").rglob("*.js"))
INDEX = (STATIC / "index.html").read_text(encoding="utf-8")
KEY = re.compile(r'^  "([a-z.]+)":', re.M)
IMPORT = re.compile(r'^(?:import|export) (?:[^;"]*? from )?"([^"]+)";', re.M)


def words(language: str) -> list[str]:
    files = sorted((STATIC / "js" / "i18n").glob(f"{language}*.js"))
    return [word for file in files for word in KEY.findall(file.read_text(encoding="utf-8"))]


def used_words() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS if path.parent.name != "i18n")
    return set(re.findall(r'\bt\(\s*"([^"]+)"', text))


def import_map() -> dict[str, str]:
    found = re.search(r'<script type="importmap">(.*?)</script>', INDEX, re.S)
    assert found
    imports: dict[str, str] = json.loads(found[1])["imports"]
    return imports


LAZY = re.compile(r'\bimport\("(\.[^"]+)"\)')
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def static_graph(*, lazy: bool = False) -> set[str]:
    """Every module that main.js needs before it can run, as an address; `lazy`: and those it asks for later."""
    seen: set[str] = set()
    waiting = ["/static/js/main.js"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        if address.startswith("/static/vendor/"):
            continue
        path = ROOT / address[1:]
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        for name in [*IMPORT.findall(text), *(LAZY.findall(text) if lazy else [])]:
            if name.startswith("."):
                waiting.append("/" + str((path.parent / name).resolve().relative_to(ROOT)))
            else:
                waiting.append(import_map()[name])
    return seen


def test_both_languages_have_the_same_words_once() -> None:
    french, english = words("fr"), words("en")
    assert french == english
    assert len(set(french)) == len(french)


def test_every_word_is_used_and_every_used_word_is_defined() -> None:
    assert used_words() == set(words("fr"))


def test_words_are_asked_for_by_name_so_that_dead_ones_can_be_found() -> None:
    computed = [
        path.name
        for path in SCRIPTS
        if path.name != "i18n.js" and re.search(r'(?<![\w.])t\((?!\s*")', path.read_text(encoding="utf-8"))
    ]
    assert computed == []


def test_the_import_map_and_the_vendored_files_agree() -> None:
    script = (ROOT / "tools" / "vendor.mjs").read_text(encoding="utf-8")
    vendored = {f"/static/vendor/{name}" for name in re.findall(r'^  "([^"]+)": "', script, re.M)}
    mapped = set(import_map().values())
    folders = {address for address in mapped if address.endswith("/")}
    covered = {address for address in vendored if any(address.startswith(folder) for folder in folders)}
    assert vendored == (mapped - folders) | covered
    assert all(any(address.startswith(folder) for address in vendored) for folder in folders)


def test_every_library_of_the_page_is_pinned() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_the_lock_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "registry" not in lock


def test_everything_needed_at_the_start_is_asked_for_at_once() -> None:
    preloaded = re.findall(r'<link rel="modulepreload" href="([^"]+)">', INDEX)
    needed = static_graph() - {"/static/js/main.js"}
    vendor = {address for address in import_map().values() if address.startswith("/static/vendor/")}
    assert len(set(preloaded)) == len(preloaded)
    assert needed <= set(preloaded) <= needed | vendor


def test_every_module_is_part_of_the_page() -> None:
    unused = {f"/{path.relative_to(ROOT)}" for path in SCRIPTS} - static_graph(lazy=True)
    assert unused == {"/static/js/first-paint.js", "/static/js/first-asked.js"}


def test_what_is_there_at_the_start_finds_its_words_there() -> None:
    """The others come with what shows them, in one language."""
    script = (STATIC / "js" / "first-paint.js").read_text(encoding="utf-8")
    assert "i18n/${root.lang}.js" in script
    graph = static_graph()
    assert not [address for address in graph if "/i18n/" in address]
    first = words_in("fr.js")
    for address in graph:
        if address.startswith("/static/js/"):
            text = (ROOT / address[1:]).read_text(encoding="utf-8")
            said = set(re.findall(r'"([a-z]+(?:\.[a-z]+)+)"', text))
            assert not (said & words_in("fr-*.js")) - first, address


def words_in(pattern: str) -> set[str]:
    """The keys of these files."""
    files = (STATIC / "js" / "i18n").glob(pattern)
    return {key for path in files for key in re.findall(r'^  "([\w.]+)":', path.read_text(encoding="utf-8"), re.M)}


def test_rooms_and_their_parts_are_not_asked_for_before_they_are_opened() -> None:
    rooms = LAZY.findall((STATIC / "js" / "view" / "room.js").read_text(encoding="utf-8"))
    assert len(rooms) >= 7
    assert {f"/static/js/view/{name.removeprefix('./')}" for name in rooms}.isdisjoint(static_graph())


def test_index_has_no_inline_script_handler_or_style() -> None:
    scripts = re.findall(r"<script\b([^>]*)>", INDEX)
    assert [s for s in scripts if "src=" not in s] == [' type="importmap"']
    assert not re.search(r"<[^>]+\son\w+\s*=", INDEX)
    assert not re.search(r"<style|\sstyle\s*=", INDEX)


def test_everything_index_names_is_below_static_and_exists() -> None:
    for address in re.findall(r'(?:href|src)="([^"]+)"', INDEX):
        assert address.startswith("/static/")
        if not address.startswith("/static/vendor/"):
            assert (ROOT / address[1:]).is_file(), address


def test_no_script_writes_html_or_style_as_text() -> None:
    allowed = {"highlight.js": 1}
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|\beval\(|\sstyle=\"", text)
        assert len(found) == allowed.get(path.name, 0), path.name


def test_a_module_fits_in_the_head() -> None:
    long = {path.name: n for path in SCRIPTS if (n := path.read_text(encoding="utf-8").count("\n")) > 200}
    assert long == {}


def colours() -> dict[str, tuple[str, str]]:
    text = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    return {
        name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", text)
    }


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *[(text, ground) for text in ("ink", "ink-soft", "accent") for ground in ("paper", "leaf", "slip")],
        ("ink", "chosen"),
        ("ink", "accent-wash"),
        ("accent", "accent-wash"),
        ("on-accent", "accent"),
        ("on-accent", "accent-hover"),
        ("alarm", "alarm-wash"),
        ("alarm", "leaf"),
        ("on-alarm", "alarm"),
        ("amber", "leaf"),
        *[(f"code-{kind}", "paper") for kind in ("keyword", "string", "number", "name")],
    ],
)
def test_text_can_be_read_in_both_themes(text: str, ground: str) -> None:
    for theme in (0, 1):
        pair = sorted((luminance(colours()[text][theme]), luminance(colours()[ground][theme])))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


@pytest.mark.parametrize("ground", ["paper", "leaf"])
def test_edges_of_controls_can_be_seen_in_both_themes(ground: str) -> None:
    for theme in (0, 1):
        pair = sorted((luminance(colours()["edge-strong"][theme]), luminance(colours()[ground][theme])))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 3
