"""What installed packages bring, by entry point."""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from lea.errors import StartError


def installed(group: str, kind: str, fits: Callable[[Any], bool]) -> list[Any]:
    """Each entry point of the group names a class, or a function without arguments, that makes one of this kind.

    Raises StartError with the entry point's name where it cannot be loaded or makes something that does not fit.
    """
    found: list[Any] = []
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        try:
            made = point.load()()
        except Exception as error:
            raise StartError(f"plugin {point.name} ({point.value}) cannot be loaded: {error!r}") from error
        if not fits(made):
            raise StartError(f"plugin {point.name} ({point.value}) does not make {kind}")
        found.append(made)
    return found
