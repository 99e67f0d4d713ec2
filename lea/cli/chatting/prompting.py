"""Where people type: a line with its history, kept in a file of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

LINES: Final = 1000


def history_file(environ: dict[str, str] | os._Environ[str]) -> Path:
    """Where the XDG rules put what a program remembers."""
    state = environ.get("XDG_STATE_HOME") or ""
    return (Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state") / "lea" / "chat_history"


@contextmanager
def remembered(file: Path) -> Iterator[None]:
    """Earlier questions by the arrow keys; without readline, or where the file cannot be had, there are none."""
    try:
        import readline
    except ImportError:
        yield
        return
    readline.set_auto_history(False)
    with suppress(OSError):
        readline.read_history_file(file)
    try:
        yield
    finally:
        readline.set_history_length(LINES)
        with suppress(OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.chmod(0o600)
            readline.write_history_file(file)
            file.chmod(0o600)


def question(prompt: str) -> str:
    """A line that is remembered. Raises EOFError, KeyboardInterrupt."""
    line = typed(prompt)
    with suppress(ImportError):
        import readline

        if line.strip():
            readline.add_history(line)
    return line


def typed(prompt: str) -> str:
    """A line that is not; what was typed in another encoding becomes readable as far as it can."""
    return input(prompt).encode(errors="surrogateescape").decode(errors="replace")
