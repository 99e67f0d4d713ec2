"""The languages Léa speaks, and which one is meant."""

from typing import Literal

Language = Literal["fr", "en"]
Sentences = dict[str, dict[Language, str]]
"""By error code."""


def choose_language(accept_language: str | None, default: Language = "fr") -> Language:
    """The better of fr and en for an Accept-Language header (RFC 9110, 12.5.4)."""
    best: tuple[float, Language] = (0.0, default)
    for part in (accept_language or "")[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if primary == "fr" and quality > best[0]:
            best = (quality, "fr")
        elif primary == "en" and quality > best[0]:
            best = (quality, "en")
    return best[1]
