"""What a recording is: known by what it holds, never by its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from lea.errors import TooLarge, Unprocessable, UnsupportedMedia
from lea.llm.transcribed_length import LENGTHS, Data, mp3_frame

SHORTEST_S: Final = 0.1
"""Below that nobody has said anything, and providers refuse it."""
MEDIA: Final[Mapping[str, str]] = {
    "webm": "audio/webm",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "audio/mp4",
}


@dataclass(frozen=True, slots=True)
class Recording:
    """A file with somebody's words; `kind` is one of MEDIA, `seconds` None where it does not tell."""

    path: Path
    kind: str
    bytes: int
    seconds: float | None
    digest: str

    @property
    def media(self) -> str:
        return MEDIA[self.kind]


def look(path: Path, most_s: float) -> Recording:
    """Know it; blocks.

    Raises UnsupportedMedia(`voice_not_audio`), TooLarge(`voice_too_long`), Unprocessable(`voice_empty`).
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        if not size:
            raise Unprocessable("voice_empty")
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            kind = kind_of(data)
            if kind is None:
                raise UnsupportedMedia("voice_not_audio")
            seconds, digest = LENGTHS[kind](data), sha256(data).hexdigest()
    if seconds is not None and seconds < SHORTEST_S:
        raise Unprocessable("voice_empty")
    if seconds is not None and seconds > most_s:
        raise TooLarge("voice_too_long", seconds=int(most_s))
    return Recording(path, kind, size, seconds, digest)


def kind_of(data: Data) -> str | None:
    """One of MEDIA, by the bytes each begins with."""
    head = data[:16]
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "webm"
    if head[:4] == b"OggS":
        return "ogg"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "mp4"
    if head[:3] == b"ID3":
        return "mp3"
    frame = mp3_frame(head[:4])
    return "mp3" if frame is not None and mp3_frame(data[frame[0] : frame[0] + 4]) is not None else None
