"""The bundled page and its files, read once at start and served from memory."""

import hashlib
import mimetypes
import re
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from lea.errors import NotFound, StartError
from lea.handlers.headers import CSP

IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent."""

    data: bytes
    content_type: str
    etag: str


def add_page(app: web.Application, folder: Path) -> None:
    """Serve `folder` under /static/ and its index.html at /. Raises StartError where there is no page."""
    files = files_of(folder)
    index = files.get("index.html")
    if index is None:
        raise StartError(f"{folder}: the page is not there; start from the project's folder")
    headers = {CSP: _policy(index.data.decode())}

    async def page(request: web.Request) -> web.StreamResponse:
        return _answer(request, index, headers)

    async def asset(request: web.Request) -> web.StreamResponse:
        found = files.get(request.match_info["path"])
        if found is None:
            raise NotFound
        return _answer(request, found, headers)

    app.router.add_get("/", page)
    app.router.add_get("/static/{path:.+}", asset)


def files_of(folder: Path) -> dict[str, File]:
    """Every file by its address. No link leads out of the folder, and in a dictionary no `..` does."""
    inside = folder.resolve()
    return {
        path.relative_to(folder).as_posix(): _file(path)
        for path in folder.rglob("*")
        if path.is_file() and path.resolve().is_relative_to(inside)
    }


def _file(path: Path) -> File:
    data = path.read_bytes()
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type == "application/javascript":
        content_type = "text/javascript"
    return File(data, content_type, hashlib.blake2b(data, digest_size=12).hexdigest())


def _answer(request: web.Request, file: File, headers: dict[str, str]) -> web.Response:
    """The file, or 304 to who has it; `no-cache` means: ask each time, by ETag."""
    response = web.Response(headers={**headers, "Cache-Control": "no-cache"})
    response.etag = file.etag
    known = request.if_none_match
    if known is not None and any(tag.value in {file.etag, "*"} for tag in known):
        response.set_status(304)
        return response
    response.body = file.data
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
