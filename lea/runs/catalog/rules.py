"""What can be said of an article without a model: its kind by the words it is called by, and what its columns say."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from lea.runs.catalog.rules_words import LABELS, MOST_WORDS, VOCABULARY
from lea.sentences import Language
from lea.store.catalog import Row

WORDS: Final = re.compile(r"[a-z]+")
MEASURES: Final = re.compile(r"(?P<numbers>(?:Ø )?\d[\d.]*(?: × (?:Ø )?\d[\d.]*){1,2}) ?(?P<unit>mm|cm|m)?")
"""As `dimensions.normalised` writes them."""
LONGEST: Final = 1200
LEAST_SURE: Final = 0.3
EACH: Final = 0.1
"""For a known kind, for a material or colour, and for dimensions."""
ROUND: Final = "Ø "

NAMES: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "width": "Largeur", "depth": "Profondeur", "height": "Hauteur", "length": "Longueur", "diameter": "Diamètre",
        "dimensions": "Dimensions", "material": "Matière", "colour": "Couleur",
    },
    "en": {
        "width": "Width", "depth": "Depth", "height": "Height", "length": "Length", "diameter": "Diameter",
        "dimensions": "Dimensions", "material": "Material", "colour": "Colour",
    },
}  # fmt: skip
SENTENCES: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "kind": "{name}, de la catégorie « {category} »", "bare": "{name}, article {reference} de notre catalogue",
        "colon": " : ", "material": "matière {}", "colour": "coloris {}", "dimensions": "dimensions {}",
    },
    "en": {
        "kind": "{name}, from the category “{category}”", "bare": "{name}, item {reference} of our catalogue",
        "colon": ": ", "material": "material {}", "colour": "colour {}", "dimensions": "dimensions {}",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruled:
    """What rules know; `category` is None where they know none."""

    category: str | None
    description: str
    attributes: list[dict[str, str]]
    confidence: float


def ruled(item: Row[Any], language: Language) -> Ruled:
    """The same for the same article."""
    category = item.category or kind(item.name, language) or kind(item.supplier_text or "", language)
    known = (category, item.material or item.colour, item.dimensions)
    confidence = round(LEAST_SURE + EACH * sum(one is not None for one in known), 2)
    return Ruled(category, _description(item, category, language), _attributes(item, language), confidence)


def kind(text: str, language: Language) -> str | None:
    """What the first known words of a text stand for."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    words = [_single(word) for word in WORDS.findall(plain)]
    for place in range(len(words)):
        for length in range(MOST_WORDS, 0, -1):
            found = LABELS.get(" ".join(words[place : place + length]))
            if found is not None:
                return found[language]
    return None


def _single(word: str) -> str:
    """Without the plural of either language, where that is a word we know."""
    others = (word[:-1], word[:-2], f"{word[:-3]}f", f"{word[:-3]}fe") if word.endswith(("s", "x")) else ()
    return next((one for one in (word, *others) if one in VOCABULARY), word)


def _description(item: Row[Any], category: str | None, language: Language) -> str:
    words = SENTENCES[language]
    begin = words["bare" if category is None else "kind"].format(
        name=item.name, category=category, reference=item.reference
    )
    columns = [(name, getattr(item, name)) for name in ("material", "colour", "dimensions")]
    facts = [words[name].format(value) for name, value in columns if value]
    text = begin + (words["colon"] + ", ".join(facts) if facts else "")
    return " ".join(text.split())[: LONGEST - 1].rstrip(" .") + "."


def _attributes(item: Row[Any], language: Language) -> list[dict[str, str]]:
    names = NAMES[language]
    pairs = _measures(item.dimensions) if item.dimensions else []
    pairs += [(name, getattr(item, name)) for name in ("material", "colour") if getattr(item, name)]
    return [{"name": names[name], "value": value} for name, value in pairs]


def _measures(dimensions: str) -> list[tuple[str, str]]:
    match = MEASURES.fullmatch(dimensions)
    if match is None:
        return [("dimensions", dimensions)]
    numbers, unit = match["numbers"].split(" × "), match["unit"] or ""
    rounds = any(number.startswith(ROUND) for number in numbers)
    if rounds and len(numbers) > 2:
        return [("dimensions", dimensions)]
    if rounds:
        names = ["diameter" if number.startswith(ROUND) else "height" for number in numbers]
    else:
        names = ["length", "width"] if len(numbers) == 2 else ["width", "depth", "height"]
    values = [f"{number.removeprefix(ROUND)} {unit}".strip() for number in numbers]
    return list(zip(names, values, strict=True))
