"""How often a process that runs for long looks for garbage."""

import gc
from typing import Final

OBJECTS: Final = 20_000
"""New objects between two looks: most of a turn's live as long as it, and are looked through in vain."""


def look_less() -> None:
    """Once all is set up: what is there now stays, and going through it again and again would hold up every stream."""
    gc.set_threshold(OBJECTS, 10, 10)
    gc.freeze()
