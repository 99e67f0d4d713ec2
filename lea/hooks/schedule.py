"""When something that was not taken is sent again: the schedule Standard Webhooks recommends, three days long."""

import random
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

DELAYS_S: Final = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""After the first attempt, the second, and so on; after one more there is no next."""
LONGEST_S: Final = 86_400.0
"""The most somebody may ask to be left alone for."""
JITTER: Final = 0.1
"""By how much of itself a delay may grow, so that what failed together does not come back together."""
FAILING_FOR_S: Final = 5 * 86_400.0
"""A webhook that took nothing for so long is switched off."""


def next_at(
    tries: int, now: float, asked_s: float | None, draw: Callable[[float, float], float] = random.uniform
) -> float | None:
    """When it is sent again after so many tries, not before who answered asks for; None where it is not."""
    if tries > len(DELAYS_S):
        return None
    delay = DELAYS_S[tries - 1]
    return now + max(delay + draw(0.0, delay * JITTER), min(asked_s or 0.0, LONGEST_S))


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds of a `Retry-After`, in either of its forms; None where there is none one can understand."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now)
