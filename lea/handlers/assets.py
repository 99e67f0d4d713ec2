"""The page's files as they are sent: by which version they are named, and how they are compressed."""

import asyncio
import hashlib
import mimetypes
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SMALLEST = 1024
"""Below that many bytes compressing saves nothing worth an answer that depends on who asks."""
GZIP = 31
"""zlib's number for the gzip format with the largest window."""


@dataclass(slots=True)
class File:
    """A file as it is sent."""

    data: bytes
    content_type: str
    etag: str
    _gzipped: bytes = field(default=b"", init=False)

    @property
    def compressible(self) -> bool:
        """Whether its answer depends on what the browser accepts. Pictures are compressed as they are."""
        if len(self.data) < SMALLEST:
            return False
        return self.content_type.startswith("text/") or self.content_type.endswith(("json", "xml"))

    async def gzipped(self) -> bytes:
        """Made at the first request, in a thread; always the same bytes, so two at once do no harm."""
        if not self._gzipped:
            self._gzipped = await asyncio.to_thread(_gzip, self.data)
        return self._gzipped


def files_of(folder: Path) -> dict[str, File]:
    """Every file by its address. No link leads out of the folder, and in a dictionary no `..` does."""
    inside = folder.resolve()
    files = (Path(place, name) for place, _, names in os.walk(inside) for name in names)
    return {path.relative_to(inside).as_posix(): _file(path) for path in files if _within(path, inside)}


def made(data: bytes, content_type: str) -> File:
    """A file with a tag that follows from what it holds."""
    return File(data, content_type, hashlib.blake2b(data, digest_size=12).hexdigest())


def version_of(files: Mapping[str, File]) -> str:
    """Another one as soon as any file of the page is another one: 16 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(files):
        digest.update(f"{name}\0{files[name].etag}\0".encode())
    return digest.hexdigest()


def accepts_gzip(header: str) -> bool:
    """Whether an `Accept-Encoding` allows gzip: by its name, or by `*` where it is not named."""
    weights: dict[str, bool] = {}
    for part in header.lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = not _is_zero(parameters)
    return weights.get("gzip", weights.get("*", False))


def _is_zero(parameters: str) -> bool:
    name, _, weight = parameters.strip().partition("=")
    if name.strip() != "q":
        return False
    try:
        return float(weight) <= 0
    except ValueError:
        return True


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, GZIP)
    return packer.compress(data) + packer.flush()


def _within(path: Path, folder: Path) -> bool:
    """Whether it is a file of the folder; only of a link that has to be looked up."""
    return not path.is_symlink() or (path.is_file() and path.resolve().is_relative_to(folder))


def _file(path: Path) -> File:
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type == "application/javascript":
        content_type = "text/javascript"
    return made(path.read_bytes(), content_type)
