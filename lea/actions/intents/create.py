"""What follows «crée une transaction»: kind, address, price and parties in any order, and nothing else."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from lea.actions.intents import create_words as patterns
from lea.actions.intents import values
from lea.actions.intents.names import is_address
from lea.actions.intents.tables import TABLES
from lea.actions.intents.text import Span
from lea.sentences import Language


@dataclass(slots=True)
class Parts:
    """What was found so far; `refused` once a part cannot be placed or is said twice."""

    language: Language
    found: dict[str, Any] = field(default_factory=dict)
    parties: list[dict[str, Any]] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    refused: bool = False

    def add(self, said: Mapping[str, Any] | None) -> None:
        """Refuses nothing, and what was said before."""
        if said is None or not self.found.keys().isdisjoint(said):
            self.refused = True
        else:
            self.found |= said


def parts(said: Span, language: Language, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments, with those `given` before; None if a word is left over."""
    read = Parts(language, dict(given))
    labelled = Span(said.typed, patterns.LABEL[language].sub(_unlabelled, said.plain))
    for start, end in _segments(labelled, language):
        _read(labelled, start, end, read)
    if read.places:
        read.add(_address(said, read.places))
    if read.refused:
        return None
    return read.found | ({"parties": read.parties} if read.parties else {})


def _unlabelled(label: re.Match[str]) -> str:
    """«prix : 350 000 €» without the colon, at the same length."""
    return label["label"] + " " * len(label["sign"])


def _segments(said: Span, language: Language) -> Iterator[tuple[int, int]]:
    """Between commas and the like, and before each role."""
    breaks = [match.span() for match in patterns.BREAKS[language].finditer(said.plain)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(said.plain)]
    for start, end in zip(starts, ends, strict=True):
        inner = said.plain[start:end]
        if inner.strip(" ."):
            yield start + len(inner) - len(inner.lstrip(" ")), start + len(inner.rstrip(" ."))


def _read(said: Span, start: int, end: int, read: Parts) -> None:
    part = said.cut(start, end)
    if read.parties and _contact(part, read.parties[-1]):
        return
    price = _price(part)
    if price is not None:
        amount, place = price
        read.add(amount)
        end = start + place
        part = said.cut(start, end)
    if part.plain and not _party(part, read):
        _place(said, start, end, read)


def _contact(part: Span, party: dict[str, Any]) -> bool:
    """Whether it is a telephone number or a mail address, and then of the party before."""
    known = values.party(Span(f"Mme X, {part.typed}", f"mme x, {part.plain}"), party["role"])
    if known is None or known["name"] != "Mme X":
        return False
    contact = {key: value for key, value in known.items() if key in {"email", "phone"}}
    if not contact or not party.keys().isdisjoint(contact):
        return False
    party |= contact
    return True


def _price(part: Span) -> tuple[dict[str, Any] | None, int] | None:
    """A price at the end of a part, and where it begins; (None, …) for one that may be something else."""
    match = patterns.PRICE.search(part.plain)
    if match is None:
        return None
    amount = part.cut(*match.span("price"))
    plainly = match["said"] or (match["at"] and len(re.sub(r"\D", "", amount.plain)) > 5)
    found = values.price(amount) if plainly else values.clear_price(amount)
    if found is None:
        return None
    return (None if patterns.UNIT_BEFORE.search(part.plain[: match.start()]) else found), match.start()


def _party(part: Span, read: Parts) -> bool:
    by_language = (patterns.PARTY[read.language], patterns.PARTY_LAST[read.language])
    match = next(filter(None, (pattern.fullmatch(part.plain) for pattern in by_language)), None)
    role = TABLES[read.language].meaning("role", match["role"]) if match else None
    party = values.party(part.cut(*match.span("name")), role) if match and role else None
    if party is None:
        return False
    read.refused = read.refused or party in read.parties
    read.parties.append(party)
    return True


def _place(said: Span, start: int, end: int, read: Parts) -> None:
    """A kind, before or after, and the rest is a part of the address."""
    first = patterns.KIND_FIRST[read.language].match(said.plain[start:end])
    last = None if first else patterns.KIND_LAST[read.language].search(said.plain[start:end])
    kind = first or last
    if kind is not None:
        read.add({"kind": TABLES[read.language].meaning("kind", kind["kind"])})
        start, end = (start + kind.end(), end) if first else (start, start + kind.start())
    if not read.places:
        lead = patterns.BEFORE_PLACE.match(said.plain[start:end])
        start += lead.end() if lead else 0
    if said.plain[start:end].strip(" ."):
        read.places.append((start, end))


def _address(said: Span, places: list[tuple[int, int]]) -> dict[str, Any] | None:
    """The parts that are left, if they stand together and read like an address."""
    between = "".join(said.plain[end:start] for (_, end), (start, _) in pairwise(places))
    whole = said.cut(places[0][0], places[-1][1])
    if re.search(r"\w", between) or not is_address(whole):
        return None
    return {"address": whole.verbatim.rstrip(".,")}
