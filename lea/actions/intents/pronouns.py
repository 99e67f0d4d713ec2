"""«Passe-la au mandat», "move it to offer": the file the conversation is about, said again by its reference."""

import re
from typing import Final

FRENCH: Final = re.compile(r"^(?P<before>\s*[^\W\d_]{2,12})-(?:la|le|les?)(?=[\s.!]|$)", re.IGNORECASE)
ENGLISH: Final = re.compile(
    r"^(?P<before>\s*(?:please\s+)?(?:move|put|set|mark|close|show|open|take|bring)(?:\s+me)?)\s+it(?=[\s.!]|$)",
    re.IGNORECASE,
)


def spelled_out(text: str, reference: str) -> str | None:
    """The message with the reference in the pronoun's place; None where it begins with none."""
    for pattern in (FRENCH, ENGLISH):
        said, times = pattern.subn(rf"\g<before> {reference}", text, count=1)
        if times:
            return said
    return None
