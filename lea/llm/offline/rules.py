"""From a message to what is asked, or to nothing: each word must be accounted for, so nothing is guessed."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final, Literal, get_args

from lea.llm.offline.lexicon import LEXICON, LONGEST, Expression
from lea.llm.offline.words import pointed_language, reference_in, words
from lea.sentences import Language

Intent = Literal["greeting", "help", "whoami", "threads", "files", "file", "jobs", "thanks", "bye", "unknown"]

MOST_WORDS: Final = 60
"""A longer message is not one of the questions the rules know."""

OPEN_STAGES: Final = ("prospect", "mandate", "offer", "preliminary_agreement", "deed")
OPEN_STATES: Final = ("to_process", "in_process", "pending")

ASKING: Final = {"det", "company", "show", "which", "howmany"}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, in which language; an empty filter asks for nothing."""

    intent: Intent
    language: Language
    kinds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the words of a message mean, order forgotten; slots (`stage:offer`) are taken apart."""

    plain: Set[str]
    slots: Mapping[str, Set[str]]
    references: Set[str]

    def only(self, allowed: Set[str]) -> bool:
        """Whether everything said is among `allowed`."""
        return self.plain <= allowed and set(self.slots) <= allowed and (not self.references or "reference" in allowed)

    def named(self, *slots: str) -> tuple[str, ...]:
        """The values of some slots, sorted."""
        return tuple(sorted(value for slot in slots for value in self.slots.get(slot, ())))


def understand(text: str, default: Language) -> Request:
    """What `text` asks for; `unknown` unless every word of it has a place in one meaning."""
    spoken = words(text)
    language = pointed_language(spoken, default)
    if len(spoken) > MOST_WORDS:
        return Request("unknown", language)
    for candidate in (language, *(other for other in get_args(Language) if other != language)):
        meaning = read(spoken, LEXICON[candidate])
        request = None if meaning is None else decide(meaning, candidate)
        if request is not None:
            return request
    return Request("unknown", language)


def read(spoken: Sequence[str], lexicon: Mapping[Expression, str]) -> Meaning | None:
    """Replace expressions by meanings, longest first; None if a word is left that means nothing here."""
    plain: set[str] = set()
    slots: dict[str, set[str]] = {}
    references: set[str] = set()
    place = 0
    while place < len(spoken):
        reference = reference_in(spoken[place])
        if reference is not None:
            references.add(reference)
            place += 1
            continue
        length, meaning = _longest(spoken, place, lexicon)
        if not length:
            return None
        place += length
        slot, _, value = meaning.partition(":")
        if value:
            slots.setdefault(slot, set()).add(value)
        elif meaning != "filler":
            plain.add(meaning)
    return Meaning(plain, slots, references)


def decide(meaning: Meaning, language: Language) -> Request | None:
    """The one request that has a place for all that was said."""
    without_manners = Meaning(meaning.plain - {"greeting", "thanks"}, meaning.slots, meaning.references)
    for rule in RULES:
        request = rule(without_manners, language)
        if request is not None:
            return request
    for manners in ("thanks", "greeting"):
        if manners in meaning.plain and without_manners.only(set()):
            return Request("thanks" if manners == "thanks" else "greeting", language)
    return None


def _small_talk(meaning: Meaning, language: Language) -> Request | None:
    if meaning.plain == {"bye"} and meaning.only({"bye"}):
        return Request("bye", language)
    if meaning.plain == {"help"} and meaning.only({"help"}):
        return Request("help", language)
    if "whoami" in meaning.plain and meaning.only({"whoami", "show", "what", "which"}):
        return Request("whoami", language)
    return None


def _threads(meaning: Meaning, language: Language) -> Request | None:
    """The person's own: nobody is told the conversations of the company."""
    if "threads" not in meaning.plain or not meaning.only({"threads", "what", "latest"} | ASKING - {"company"}):
        return None
    return Request("threads", language) if _not_a_definition(meaning) else None


def _file(meaning: Meaning, language: Language) -> Request | None:
    allowed = {"reference", "file", "files", "show", "det", "what", "which", "field", "status", "open"}
    if len(meaning.references) != 1 or not meaning.only(allowed):
        return None
    return Request("file", language, reference=next(iter(meaning.references)))


def _files(meaning: Meaning, language: Language) -> Request | None:
    progress = {"closed", "finished", "ongoing", "open"}
    allowed = {"files", "what", "latest", "status", "kind", "kinds", "stage", "stages"} | ASKING | progress
    noun = "files" in meaning.plain or ({"kinds", "stages"} & set(meaning.slots) and ASKING & meaning.plain)
    stages = meaning.named("stage", "stages")
    said = meaning.plain & progress
    if not noun or not meaning.only(allowed) or not _not_a_definition(meaning) or len(said) + bool(stages) > 1:
        return None
    if said:
        stages = ("closed",) if said <= {"closed", "finished"} else OPEN_STAGES
    return Request("files", language, kinds=meaning.named("kind", "kinds"), stages=stages)


def _jobs(meaning: Meaning, language: Language) -> Request | None:
    progress = {"finished": ("done",), "ongoing": ("in_process",), "open": OPEN_STATES}
    allowed = {"jobs", "what", "by", "team", "status", "state", "department"} | ASKING | set(progress)
    states = _union(meaning.named("state"), *(progress[word] for word in sorted(meaning.plain & set(progress))))
    departments = meaning.named("department")
    named = "state" in meaning.slots and "department" in meaning.slots
    noun = "jobs" in meaning.plain or (named and {"howmany", "what"} & meaning.plain)
    if not noun or not meaning.only(allowed):
        return None
    if not _not_a_definition(meaning) and not ("status" in meaning.plain or states):
        return None
    return Request("jobs", language, states=states, departments=departments)


Rule = Callable[[Meaning, Language], Request | None]
RULES: Final[tuple[Rule, ...]] = (_small_talk, _threads, _file, _files, _jobs)


def _not_a_definition(meaning: Meaning) -> bool:
    """Whether it asks for what there is: "What are my files?" does, "What are files?" does not."""
    return "what" not in meaning.plain or bool((ASKING | {"latest"}) & meaning.plain)


def _union(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for group in groups for value in group}))


def _longest(spoken: Sequence[str], place: int, lexicon: Mapping[Expression, str]) -> tuple[int, str]:
    for length in range(min(LONGEST, len(spoken) - place), 0, -1):
        meaning = lexicon.get(tuple(spoken[place : place + length]))
        if meaning is not None:
            return length, meaning
    return 0, ""
