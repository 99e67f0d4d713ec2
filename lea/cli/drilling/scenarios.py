"""What is played, and what has to be seen for it to count as passed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lea.cli.drilling.person import Seen

FIRST_BYTE_S: Final = 1.0
CROWD_FIRST_BYTE_S: Final = 3.0
GRACE_S: Final = 5.0
RETRIES_S: Final = 15.0
"""A model that refuses is asked up to three times."""
CROWD: Final = (10, 3)
"""People at once, and questions of each."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    what: str
    passed: bool
    found: str


@dataclass(frozen=True, slots=True)
class Given:
    """What the installation promises, and how long an answer takes when nothing is wrong."""

    model_timeout_s: float
    load_timeout_s: float
    normal_s: float


Judge = Callable[[Seen, Given], list[Check]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`passes` says in words what `judge` looks at; beside it all of them share the checks of `playing`."""

    name: str
    title: str
    passes: str
    faults: Sequence[str]
    judge: Judge
    people: int = 1
    questions: int = 1
    first_byte_s: float = FIRST_BYTE_S
    needs_redis: bool = False


def _answered(within: Callable[[Given], float]) -> Judge:
    def judge(seen: Seen, given: Given) -> list[Check]:
        whole = seen.error is None and seen.done is not None and seen.done["finish_reason"] == "stop" and seen.text
        return [
            Check("answered whole", bool(whole), seen.ended),
            _in_time("answered", seen.total_s, within(given)),
        ]

    return judge


def _told_why(code: str, within: Callable[[Given], float], *, keeps_text: bool = False) -> Judge:
    """A clear error with a `done` after it; where another model stands in, a whole answer is as good."""

    def judge(seen: Seen, given: Given) -> list[Check]:
        if seen.error is None and not keeps_text:
            return _answered(lambda given: within(given) + given.normal_s)(seen, given)
        error = seen.error or {}
        clear = error.get("code") == code and error.get("retryable") is True and bool(error.get("error"))
        checks = [
            Check("told what happened, and that trying again helps", clear, str(error.get("error", "nothing"))),
            Check("told that it ended", seen.done is not None and seen.done["finish_reason"] == "error", seen.ended),
            _in_time("told", seen.total_s, within(given)),
        ]
        if keeps_text:
            checks.append(Check("kept on the screen what was said", bool(seen.text), f"{len(seen.text)} characters"))
        return checks

    return judge


def _in_time(what: str, found_s: float, most_s: float) -> Check:
    return Check(f"{what} within {most_s:.1f} s", found_s <= most_s, f"{found_s:.2f} s")


TIMEOUT, UNAVAILABLE = "external_api_timeout", "external_api_unavailable"

SCENARIOS: Final = (
    Scenario(
        "baseline",
        "Nothing is wrong",
        "health is ok; a whole answer",
        (),
        _answered(lambda given: given.model_timeout_s + 2 * GRACE_S),
    ),
    Scenario(
        "model-hangs",
        "The model says nothing",
        "first byte at once though the model hangs; a clear error within llm.timeout + 5 s, or another model's answer",
        ("model_hangs",),
        _told_why(TIMEOUT, lambda given: given.model_timeout_s + GRACE_S),
    ),
    Scenario(
        "model-errors",
        "The model answers 503",
        "asked again behind the scenes, then a clear error within 15 s, or another model's answer",
        ("model_errors",),
        _told_why(UNAVAILABLE, lambda _: RETRIES_S),
    ),
    Scenario(
        "model-cut",
        "The model breaks off in mid-answer",
        "what was said stays; a clear error within 5 s",
        ("model_cut",),
        _told_why(UNAVAILABLE, lambda _: GRACE_S, keeps_text=True),
    ),
    Scenario(
        "source-slow",
        "Profile and jobs come slowly",
        "a whole answer, later by sessions.load_timeout at most",
        ("source_slow",),
        _answered(lambda given: given.normal_s + given.load_timeout_s + GRACE_S),
    ),
    Scenario(
        "source-failing",
        "Profile and jobs cannot be had",
        "a whole answer without them",
        ("source_failing",),
        _answered(lambda given: given.normal_s + GRACE_S),
    ),
    Scenario(
        "database-slow",
        "The database takes a second more for each turn's begin and save",
        "first byte at once; a whole answer within 2 × 1 s more",
        ("database_slow",),
        _answered(lambda given: given.normal_s + 2 + GRACE_S),
    ),
    Scenario(
        "redis-gone",
        "What is shared through Redis cannot be had",
        "a whole answer as if nothing had happened",
        ("redis_gone",),
        _answered(lambda given: given.normal_s + GRACE_S),
        needs_redis=True,
    ),
    Scenario(
        "load",
        f"{CROWD[0]} people ask {CROWD[1]} questions each, all at once",
        "every one of them has a whole answer",
        (),
        _answered(lambda given: 10 * given.normal_s + 2 * GRACE_S),
        people=CROWD[0],
        questions=CROWD[1],
        first_byte_s=CROWD_FIRST_BYTE_S,
    ),
)
