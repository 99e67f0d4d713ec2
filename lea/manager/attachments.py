"""The files of a conversation as a model reads them: fenced under their names, and cut to what there is room for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from lea.ids import AttachmentId
from lea.llm.tokens import BYTES_A_TOKEN, estimate
from lea.messages import File, User

FENCES: Final = re.compile(r"`{3,}")
LEAST: Final = 60
"""Tokens below which a piece of a file says nothing."""
AROUND: Final = 40
"""Tokens of the words and fences around a file."""


@dataclass(frozen=True, slots=True)
class Attached:
    """The files of the message that is answered, and what these and those of earlier messages say."""

    files: tuple[File, ...] = ()
    texts: Mapping[AttachmentId, str] = field(default_factory=dict)


def shown(message: User, texts: Mapping[AttachmentId, str], room: int) -> User:
    """The message with its files below it, of about `room` tokens at most."""
    return replace(message, quoted=quoted(message.files, texts, room)) if message.files else message


def quoted(files: Sequence[File], texts: Mapping[AttachmentId, str], room: int) -> str:
    """Every file under its name; the room is shared evenly, and what a short file leaves is the others'."""
    left, waiting = room, len(files)
    said: dict[AttachmentId, str] = {}
    for file in sorted(files, key=lambda one: one.characters):
        text = _first(texts.get(file.id, ""), left // waiting - AROUND)
        said[file.id] = _fenced(file, text)
        left -= estimate(said[file.id])
        waiting -= 1
    return "\n\n".join(said[file.id] for file in files)


def _first(text: str, tokens: int) -> str:
    """As much of the beginning as fits, in whole lines where they are not too long; nothing where it is too little."""
    data = text.encode()
    most = tokens * BYTES_A_TOKEN
    if len(data) <= most:
        return text
    if tokens < LEAST:
        return ""
    cut = data[:most].decode(errors="ignore")
    line = cut.rfind("\n")
    return cut[:line] if line > len(cut) // 2 else cut


def _fenced(file: File, text: str) -> str:
    lines = "1 line" if file.lines == 1 else f"{file.lines} lines"
    named = f'Attached file "{file.name}" ({file.media}, {file.characters} characters, {lines})'
    if not text:
        return f"{named}: not shown, there is no room left for it. Say so if it is asked about."
    if len(text) < file.characters:
        named += f", only its first {len(text)} characters are shown here; say so where it matters"
    elif file.cut:
        named += ", the beginning of a longer file; say so where it matters"
    fence = "`" * (1 + max((len(one) for one in FENCES.findall(text)), default=2))
    return f"{named}:\n{fence}\n{text}\n{fence}"
