"""Files as they were brought in, each under the id of its import; what people call them is never a path."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from lea.errors import DatabaseFull
from lea.ids import CLIENT_ID
from lea.runs.catalog.readers import unreadable

LEFT_S: Final = 86_400.0
"""Age of an unfinished file that belongs to nobody any more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written."""

    bytes: int
    sha256: str


class Files:
    """A folder of files that are whole: one that is not has another name until it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, import_id: str) -> Path:
        """Where it is, if it is there. Raises ValueError for what cannot be an id."""
        if not CLIENT_ID.fullmatch(import_id):
            raise ValueError(import_id)
        return self._folder / import_id

    async def keep(self, import_id: str, chunks: AsyncIterator[bytes], most: int) -> Kept:
        """Write it to the disk whole, or leave nothing. Raises TooLarge(`file_too_large`), DatabaseFull, or what
        `chunks` raises.
        """
        written = _Unfinished(self.path(import_id))
        try:
            await self._write(written, chunks, most)
            return await asyncio.to_thread(written.finish)
        finally:
            await asyncio.shield(asyncio.to_thread(written.leave))

    @asynccontextmanager
    async def passing(self, name: str, chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[tuple[Path, int]]:
        """Where a file is that is only to be read, and how long it is; gone afterwards. Raises as `keep` does."""
        written = _Unfinished(self.path(name))
        try:
            await self._write(written, chunks, most)
            yield written.part, written.bytes
        finally:
            await asyncio.shield(asyncio.to_thread(written.leave))

    async def _write(self, written: "_Unfinished", chunks: AsyncIterator[bytes], most: int) -> None:
        await asyncio.to_thread(written.begin)
        async for chunk in chunks:
            if written.bytes + len(chunk) > most:
                raise unreadable("file_too_large")
            await asyncio.to_thread(written.add, chunk)
        if not written.bytes:
            raise unreadable("file_empty")

    async def remove(self, import_ids: Iterable[str]) -> None:
        """Forget them; what is not there is forgotten already."""
        for import_id in import_ids:
            await asyncio.to_thread(self.path(import_id).unlink, missing_ok=True)

    def tidy(self, now: float) -> None:
        """Make the folder, and take away what a process left that was killed. Blocks."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in self._folder.glob(".*.part"):
            if path.stat().st_mtime < now - LEFT_S:
                path.unlink(missing_ok=True)


class _Unfinished:
    """A file that is being written; every method blocks."""

    def __init__(self, to: Path) -> None:
        self._to = to
        self.part = to.with_name(f".{to.name}.part")
        self._digest = sha256()
        self._file: int | None = None
        self.bytes = 0

    def begin(self) -> None:
        self._to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def add(self, chunk: bytes) -> None:
        assert self._file is not None
        self._digest.update(chunk)
        self.bytes += len(chunk)
        left = memoryview(chunk)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            raise DatabaseFull from error

    def finish(self) -> Kept:
        assert self._file is not None
        try:
            os.fsync(self._file)
            self.part.replace(self._to)
            folder = os.open(self._to.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise DatabaseFull from error
        return Kept(self.bytes, self._digest.hexdigest())

    def leave(self) -> None:
        """Whether it was finished or not."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self.part.unlink(missing_ok=True)
