"""Named moments of a turn at which a test ends the process, so that what a crash leaves is known and not guessed.

Nothing happens at them in a server that was not started to die.
"""

from collections.abc import Callable
from typing import Final

POINTS: Final = (
    "turn.started",
    "turn.beginning",
    "turn.begun",
    "model.asked",
    "delta.told",
    "checkpoint.saving",
    "checkpoint.saved",
    "turn.answered",
    "turn.ending",
    "turn.saved",
    "turn.told",
)
"""In the order in which a turn passes them; `…ing` is inside the transaction, before its commit."""

ACTION_POINTS: Final = (
    "action.starting",
    "action.writing",
    "action.recording",
    "action.recorded",
    "action.performed",
    "action.undoing",
    "action.undone",
    "confirmation.asking",
    "confirmation.asked",
    "confirmation.deciding",
    "confirmation.decided",
)
"""Around a write of a business record; `…ing` is inside the transaction, but for `starting`, which is before it."""

RUN_POINTS: Final = (
    "run.started",
    "run.taken",
    "run.planning",
    "run.planned",
    "job.started",
    "job.worked",
    "jobs.saving",
    "jobs.saved",
    "run.ending",
    "run.ended",
)
"""Of a run and its jobs; `…ing` is inside the transaction, before its commit."""

WHATSAPP_POINTS: Final = (
    "whatsapp.kept",
    "whatsapp.taken",
    "whatsapp.ready",
    "whatsapp.sending",
    "whatsapp.sent",
)
"""Of a message: kept, taken into a turn, its answer made ready, begun to be sent, and sent but not noted."""

WEBHOOK_POINTS: Final = ("webhook.sending", "webhook.sent")
"""Of a delivery: about to be sent, and sent but not noted."""

SCHEDULE_POINTS: Final = (
    "schedule.beginning",
    "schedule.begun",
    "schedule.asking",
    "schedule.asked",
)
"""Of a scheduled ask: claimed with its run, its turn about to begin, and over; `…ing` of the first is inside the
transaction, before its commit."""

_at: list[Callable[[str], None]] = []


def reach(point: str) -> None:
    """The work has come to this point; called in the loop or in a thread of the database."""
    for at in _at:
        at(point)


def arm(at: Callable[[str], None]) -> None:
    """Call `at` with every point that is reached."""
    _at.append(at)


def disarm() -> None:
    """Forget whoever was to be called."""
    _at.clear()
