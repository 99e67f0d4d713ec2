"""The windows and themes a room is looked at in."""

import os
from typing import Any

TOO_WIDE = "[...document.querySelectorAll('html, .scroller')].filter(e => e.scrollWidth > e.clientWidth).length"
"""How many things scroll sideways that should not."""
_WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
_NARROW: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
_DARK: dict[str, Any] = {"color_scheme": "dark"}
_EACH_ONCE: list[tuple[str, dict[str, Any]]] = [("wide", _WIDE), ("narrow-dark", _NARROW | _DARK)]
_OTHERS: list[tuple[str, dict[str, Any]]] = [("wide-dark", _WIDE | _DARK), ("narrow", _NARROW)]
LOOKS = [*_EACH_ONCE, *_OTHERS] if os.environ.get("LEA_SOAK") else _EACH_ONCE
"""Both widths and both themes; every pair of them in the slow suite."""
