"""A backup as one file: a compressed tar of `backup.json`, which has checksums, the database, the secret, imports.

It is complete under its name or not there at all, and readable by its owner only, since it lets sign in as anybody.
"""

import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import orjson
from alembic.script import ScriptDirectory

from lea import __version__
from lea.clock import SystemClock
from lea.errors import StartError
from lea.store import migrate

FORMAT: Final = 1
CONTENTS: Final = "backup.json"
CONTENTS_BYTES: Final = 65_536
DATABASE: Final = "database"
SECRET: Final = "secret"  # noqa: S105  (a file's name)
IMPORTS: Final = "imports"
LEVEL: Final = 5
"""Of the compression: above it takes long and gains little."""

Kind = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Contents:
    """What `backup.json` says; `sha256` by the name of the part."""

    format: int
    kind: Kind
    revision: str
    version: str
    made_at: str
    sha256: dict[str, str]


@contextmanager
def beside(place: Path, purpose: str) -> Iterator[Path]:
    """A folder for unfinished work on the same disk as `place`, gone afterwards. Raises StartError without one."""
    try:
        folder = TemporaryDirectory(prefix=f".{place.name}.{purpose}-", dir=place.parent)
    except OSError as error:
        raise StartError(f"{place.parent}: cannot be written to: {error.strerror}") from None
    with folder as name:
        yield Path(name)


def pack(work: Path, target: Path, kind: Kind, revision: str) -> Contents:
    """Make `target` of the parts in the folder `work`, which is on the same disk. Raises OSError."""
    parts = sorted(path for path in work.iterdir())
    contents = Contents(
        FORMAT, kind, revision, __version__, now().isoformat(), {part.name: _sum(part) for part in parts}
    )
    (work / CONTENTS).write_bytes(orjson.dumps(asdict(contents), option=orjson.OPT_INDENT_2))
    unfinished = work / "unfinished"
    with open(unfinished, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=LEVEL) as tar:
            for part in [work / CONTENTS, *parts]:
                tar.add(part, part.name, filter=_anonymous)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(target)
    sync_folder(target.parent)
    return contents


def unpack(file: Path, work: Path) -> Contents:
    """The parts of a backup in the folder `work`, as they were put in. Raises StartError for anything else."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            contents = _contents(tar)
            for name in contents.sha256:
                _extract(tar, name, work / name)
        if any(_sum(work / name) != wanted for name, wanted in contents.sha256.items()):
            raise ValueError
    except OSError as error:
        if error.errno is None:  # gzip's own complaint
            raise _damaged(file) from None
        raise StartError(f"{error.filename or work.parent}: {error.strerror}") from None
    except (tarfile.TarError, zlib.error, EOFError, KeyError, ValueError, TypeError):
        raise _damaged(file) from None
    if contents.format != FORMAT or contents.revision not in _known_revisions():
        raise StartError(f"{file}: was made by version {contents.version} of Léa, which this one does not know")
    return contents


def now() -> datetime:
    """The time in UTC, to the second."""
    return datetime.fromtimestamp(SystemClock().now(), UTC).replace(microsecond=0)


def sync(path: Path) -> None:
    """Return when a file's contents are on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _contents(tar: tarfile.TarFile) -> Contents:
    first = tar.next()
    file = tar.extractfile(first) if first is not None and first.name == CONTENTS else None
    if file is None:
        raise ValueError
    contents = Contents(**orjson.loads(file.read(CONTENTS_BYTES)))
    if not {DATABASE} <= contents.sha256.keys() <= {DATABASE, SECRET, IMPORTS}:
        raise ValueError
    return contents


def _extract(tar: tarfile.TarFile, name: str, to: Path) -> None:
    """By the names we know, to a name of ours: a path in an archive leads nowhere."""
    file = tar.extractfile(name)
    if file is None:
        raise ValueError
    with open(to, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        while data := file.read(1 << 20):
            out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
    return member


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _damaged(file: Path) -> StartError:
    return StartError(f"{file}: is damaged, or is not a backup of Léa")


def _known_revisions() -> set[Any]:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    return {script.revision for script in scripts.walk_revisions()}
