"""What the Graph API says instead of an answer, and whether trying again may help."""

from typing import Final

import orjson

from lea.errors import ExternalRejected, ExternalUnavailable, LeaError, NetworkError

BUSY: Final = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004})
"""Meta's codes of what may work later: too many calls, too many to one number, or a failure of its own."""
DENIED: Final = frozenset({0, 3, 10, 190, 368, 131005, 131031, 131042, *range(200, 300)})
"""The token, a right or the account is not in order: an administrator can help, and then it works."""
CLOSED: Final = 131047
"""More than 24 hours have passed since the person wrote."""


class Busy(ExternalUnavailable):
    """Not now; it was not sent."""

    default_retryable = False

    def __init__(self, told: str) -> None:
        super().__init__()
        self.told = told


class Denied(Busy):
    """Not with this token or account; it was not sent."""


class Refused(ExternalRejected):
    """Never."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.told = told


class Lost(NetworkError):
    """The connection broke after something was sent over it: nobody knows whether it arrived."""

    default_retryable = False


def failure(status: int, data: bytes) -> LeaError:
    """What an answer that is none says, by Meta's code in it."""
    code = _code(data)
    told = str(status if code is None else code)
    if status == 429 or code in BUSY:
        return Busy(told)
    if status in {401, 403} or code in DENIED:
        return Denied(told)
    if status >= 500:  # without a word of Meta's own a gateway said it, and what stands behind it may have worked
        return ExternalUnavailable(retryable=False) if code is None else Busy(told)
    return Refused(told)


def _code(data: bytes) -> int | None:
    try:
        code = orjson.loads(data)["error"]["code"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return None
    return code if isinstance(code, int) and not isinstance(code, bool) else None
