"""The page's files on the wire: kept for ever under their version, compressed, and 304 to who has them."""

import gzip
import json
import re
from pathlib import Path

import pytest
from aiohttp import ClientSession
from multidict import CIMultiDictProxy

from lea.handlers.assets import accepts_gzip, files_of, version_of
from lea.handlers.page import page_of
from tests.lea_server import Lea

STATIC = Path(__file__).resolve().parent.parent / "static"
KEPT = "public, max-age=31536000, immutable"
CSS = "css/chat.css"


async def got(lea: Lea, path: str, method: str = "GET", **headers: str) -> tuple[int, CIMultiDictProxy[str], bytes]:
    """Status, headers and the bytes as they were sent."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        ClientSession(auto_decompress=False, skip_auto_headers=["Accept-Encoding"]) as session,
        session.request(method, lea.url + path, headers=given) as response,
    ):
        return response.status, response.headers, await response.read()


async def version(lea: Lea) -> str:
    _, _, index = await got(lea, "/")
    found = re.search(rb"/static/([0-9a-f]{16})/js/main\.js", index)
    assert found
    return found[1].decode()


async def test_what_index_names_by_version_is_kept_and_everything_else_is_asked_for(lea: Lea) -> None:
    now = await version(lea)
    _, index, html = await got(lea, "/")
    assert index["Cache-Control"] == "no-cache"
    assert "ETag" in index
    named = re.findall(r'"(/static/[^"]+)"', html.decode())
    changing = [address for address in named if address.endswith((".js", ".css")) or "/vendor/" in address]
    assert changing
    assert all(address.startswith(f"/static/{now}/") for address in changing)

    sheets = re.findall(r'rel="stylesheet" href="/static/(css/[^"]+)"', (STATIC / "index.html").read_text())
    [sheet] = re.findall(r'rel="stylesheet" href="([^"]+)"', html.decode())
    _, _, sent = await got(lea, sheet)
    assert sent == b"\n".join((STATIC / name).read_bytes() for name in sheets)

    file = (STATIC / CSS).read_bytes()
    old = "0" * 16
    for path, keeping in (
        (f"/static/{now}/{CSS}", KEPT),
        (f"/static/{CSS}", "no-cache"),
        (f"/static/{old}/{CSS}", "no-cache"),
    ):
        status, headers, body = await got(lea, path)
        assert (status, headers["Cache-Control"], body) == (200, keeping, file)
        assert headers["Content-Type"] == "text/css; charset=utf-8"
    for path in (
        f"/static/{now}/none.css",
        f"/static/{now}",
        f"/static/{now}/",
        f"/static/{now}/{now}/{CSS}",
        f"/static/x/{CSS}",
    ):
        status, headers, _ = await got(lea, path)
        assert status == 404
        assert headers.get("Cache-Control") != KEPT


async def test_the_app_that_was_installed_keeps_its_addresses(lea: Lea) -> None:
    _, _, html = await got(lea, "/")
    assert b'href="/static/manifest.webmanifest"' in html
    _, _, manifest = await got(lea, "/static/manifest.webmanifest")
    for icon in json.loads(manifest)["icons"]:
        status, headers, _ = await got(lea, icon["src"])
        assert (status, headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["/", "/static/{version}/css/chat.css", "/static/vendor/marked.js"])
async def test_text_is_compressed_for_who_takes_it_and_each_form_has_its_tag(lea: Lea, path: str) -> None:
    path = path.format(version=await version(lea))
    _, plain, whole = await got(lea, path)
    _, packed, sent = await got(lea, path, Accept_Encoding="br;q=1.0, gzip;q=0.8")
    assert gzip.decompress(sent) == whole
    assert len(sent) < 0.5 * len(whole)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert plain["ETag"] != packed["ETag"]
    assert plain["Content-Security-Policy"] == packed["Content-Security-Policy"]
    for tag, accepted in ((plain["ETag"], "gzip;q=0"), (packed["ETag"], "gzip")):
        status, headers, body = await got(lea, path, Accept_Encoding=accepted, If_None_Match=tag)
        assert (status, body, headers["ETag"]) == (304, b"", tag)
        assert (headers["Vary"], headers["Cache-Control"]) == ("Accept-Encoding", plain["Cache-Control"])
    status, headers, body = await got(lea, path, If_None_Match=packed["ETag"])
    assert (status, headers["ETag"], body) == (200, plain["ETag"], whole)
    for accepted in ("identity", "gzip"):
        _, seen, _ = await got(lea, path, Accept_Encoding=accepted)
        status, headers, body = await got(lea, path, "HEAD", Accept_Encoding=accepted)
        assert (status, body) == (200, b"")
        for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control"):
            assert headers[name] == seen[name]


@pytest.mark.parametrize("path", ["/static/icons/lea-512.png", "/static/js/html.js"])
async def test_pictures_and_small_files_are_sent_as_they_are(lea: Lea, path: str) -> None:
    _, headers, body = await got(lea, path, Accept_Encoding="gzip")
    assert body == (STATIC / path.removeprefix("/static/")).read_bytes()
    assert "Content-Encoding" not in headers
    assert "Vary" not in headers


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("*", True),
        ("br, *;q=0.1", True),
        ("", False),
        ("br, zstd", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("gzip;q=many", False),
    ],
)
def test_what_is_accepted_is_read_as_it_is_meant(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_any_changed_file_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "index.html").write_text('<script src="/static/js/a.js"></script>')
    (tmp_path / "js" / "a.js").write_text("1")
    first = version_of(files_of(tmp_path))
    assert version_of(files_of(tmp_path)) == first
    (tmp_path / "js" / "a.js").write_text("2")
    second = page_of(tmp_path)
    assert second.version not in {first, ""}
    assert f'src="/static/{second.version}/js/a.js"' in second.index.data.decode()
    (tmp_path / "js" / "a.js").rename(tmp_path / "js" / "b.js")
    assert version_of(files_of(tmp_path)) != second.version
