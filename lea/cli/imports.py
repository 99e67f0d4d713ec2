"""The catalogue's imported files in a backup: a tar of those that are whole, put back beside those that are there."""

import os
import shutil
import tarfile
from contextlib import suppress
from pathlib import Path

from lea.cli.embedded import give_to_owner
from lea.ids import CLIENT_ID


def collect(folder: Path, to: Path) -> int:
    """Write the tar; how many files are in it. One that is forgotten meanwhile is left out. Raises OSError."""
    count = 0
    with tarfile.open(to, "w") as tar:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if not CLIENT_ID.fullmatch(path.name) or path.name.startswith("."):
                continue
            with suppress(FileNotFoundError), path.open("rb") as file:
                member = tarfile.TarInfo(path.name)
                member.size, member.mode = os.fstat(file.fileno()).st_size, 0o600
                tar.addfile(member, file)
                count += 1
    return count


def put_back(part: Path, folder: Path) -> int:
    """How many came back; a file never changes under its name, so one that is there stays. Raises OSError."""
    count = 0
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    give_to_owner(folder, folder.parent)
    with tarfile.open(part) as tar:
        for member in tar:
            to = folder / member.name
            file = tar.extractfile(member) if CLIENT_ID.fullmatch(member.name) else None
            if file is None or to.exists():
                continue
            unfinished = folder / f".{member.name}.part"
            with open(unfinished, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
                shutil.copyfileobj(file, out)
                out.flush()
                os.fsync(out.fileno())
            give_to_owner(unfinished, folder)
            unfinished.replace(to)
            count += 1
    return count
