"""The bundled page and its files, read once at start and served from memory."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from lea.errors import NotFound, StartError
from lea.handlers.assets import File, accepts_gzip, files_of, made, version_of
from lea.handlers.headers import CSP

IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)
NAMED = re.compile(r'"/static/(?=(?:js|css|vendor)/)')
"""Where index.html names a file by an address that changes with it. The icons and the manifest keep theirs: they are
how a browser knows an installed page again."""
STYLES = re.compile(r'(?:<link rel="stylesheet" href="/static/[^"]+">\n)+')
STYLE = re.compile(r'href="/static/([^"]+)"')
SHEET = "css/page.css"
"""All style sheets of index.html in their order, in one answer instead of one each."""
VERSION = re.compile(r"[0-9a-f]{16}")
ASK = "no-cache"
"""Kept by the browser, and asked for each time by its ETag."""
KEEP = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Page:
    """All files under one version, and the index.html that names them by it."""

    files: Mapping[str, File]
    version: str
    index: File
    headers: Mapping[str, str]

    def find(self, path: str) -> tuple[File, str]:
        """The file of an address below /static/, and how long it may be kept. Raises NotFound.

        A tab from before a deploy asks by the version it knows; it gets what there is now, and must not keep that.
        """
        version, _, rest = path.partition("/")
        named = VERSION.fullmatch(version) is not None
        found = self.files.get(rest if named else path)
        if found is None:
            raise NotFound
        return found, KEEP if version == self.version else ASK


def add_page(app: web.Application, folder: Path) -> None:
    """Serve `folder` under /static/ and its index.html at /. Raises StartError where there is no page."""
    page = page_of(folder)

    async def index(request: web.Request) -> web.StreamResponse:
        return await _answer(request, page.index, ASK, page.headers)

    async def asset(request: web.Request) -> web.StreamResponse:
        file, keeping = page.find(request.match_info["path"])
        return await _answer(request, file, keeping, page.headers if file.content_type == "text/html" else {})

    app.router.add_get("/", index)
    app.router.add_get("/static/{path:.+}", asset)


def page_of(folder: Path) -> Page:
    """Raises StartError where there is no page in it."""
    files = files_of(folder)
    if "index.html" not in files:
        raise StartError(f"{folder}: the page is not there; start from the project's folder")
    html = files["index.html"].data.decode()
    if found := STYLES.search(html):
        files[SHEET] = made(b"\n".join(files[name].data for name in STYLE.findall(found[0])), "text/css")
        html = html.replace(found[0], f'<link rel="stylesheet" href="/static/{SHEET}">\n')
    version = version_of(files)
    html = NAMED.sub(f'"/static/{version}/', html)
    return Page(files, version, made(html.encode(), "text/html"), {CSP: _policy(html)})


async def _answer(request: web.Request, file: File, keeping: str, headers: Mapping[str, str]) -> web.Response:
    """The file, compressed for who takes that, or 304 to who has it so."""
    packed = file.compressible and accepts_gzip(request.headers.get("Accept-Encoding", ""))
    response = web.Response(headers={**headers, "Cache-Control": keeping})
    tag = f"{file.etag}-gzip" if packed else file.etag
    response.etag = tag
    if file.compressible:
        response.headers["Vary"] = "Accept-Encoding"
    known = request.if_none_match
    if known is not None and any(one.value in {tag, "*"} for one in known):
        response.set_status(304)
        return response
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.body = await file.gzipped() if packed else file.data
    response.content_type = file.content_type
    if file.content_type.startswith("text/"):
        response.charset = "utf-8"
    return response


def _policy(html: str) -> str:
    """Only our own files run; the import map is allowed by its hash."""
    found = IMPORT_MAP.search(html)
    digest = b64encode(hashlib.sha256(found[1].encode()).digest()).decode() if found else ""
    scripts = f"'self' 'sha256-{digest}'" if digest else "'self'"
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
