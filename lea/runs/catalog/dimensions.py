"""Dimensions in one way of writing: «L 180 x P 90 x H 75 cm» is «180 × 90 × 75 cm»."""

import re
from typing import Final

LABELS: Final = {
    "l": 0, "w": 0, "long": 0, "longueur": 0, "larg": 0, "largeur": 0, "width": 0, "length": 0, "ø": 0, "d": 1, "p": 1,
    "prof": 1, "profondeur": 1, "depth": 1, "h": 2, "ht": 2, "haut": 2, "hauteur": 2, "height": 2,
    "diam": 0, "diametre": 0,
}  # fmt: skip
"""Where a measure goes: width or length, depth, height; of equals the first written is first."""
ROUND: Final = frozenset({"ø", "diam", "diametre"})
PART: Final = re.compile(
    r"\s*(?P<before>[a-zø]+)?\s*[.:=]?\s*(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>mm|cm|m)?\s*(?P<after>[a-zø]+)?\s*\.?\s*"
)
PARTS: Final = re.compile(r"[x×*/]|,(?!\d)|\s[-–]\s")
ACCENTS: Final = str.maketrans("èé", "ee")
Measure = tuple[int, str, str]


def normalised(text: str) -> str:
    """Two to four measures, ordered by their letters where all have one; anything else stays as it is."""
    parts = [_measure(part) for part in PARTS.split(text.lower().translate(ACCENTS))]
    measures = [part for part in parts if part is not None]
    units = {unit for _, _, unit in measures if unit}
    if len(measures) != len(parts) or not 2 <= len(parts) <= 4 or len(units) > 1:
        return text
    if all(place >= 0 for place, _, _ in measures):
        measures = sorted(measures, key=lambda measure: measure[0])
    return " ".join([" × ".join(number for _, number, _ in measures), *units])


def _measure(part: str) -> Measure | None:
    """(place, number, unit) of «L 180», «180 cm» or «180L»."""
    match = PART.fullmatch(part)
    if match is None:
        return None
    label = match["before"] or match["after"]
    if (label is not None and label not in LABELS) or (match["before"] and match["after"]):
        return None
    number = match["number"].replace(",", ".")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    place = -1 if label is None else LABELS[label]
    return place, f"Ø {number}" if label in ROUND else number, match["unit"] or ""
