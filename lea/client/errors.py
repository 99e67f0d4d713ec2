"""What a request of the client can end in.

LeaError              the server refused or failed; `code` says what happened
├── Unauthorized      401  the key, the password or the sign-in is not, or no longer, good
├── NotFound          404  absent, or another's: the same answer
├── Conflict          409  contradicts what is there
├── TooManyRequests   429  a limit; `retry_after` says for how long
├── Unavailable       502, 503, 504, and an answer that failed but may be asked for again
└── ConnectionLost         the server could not be reached, or not again within the client's patience
"""

from collections.abc import Mapping
from typing import Any

import msgspec

FULL = frozenset({"rate_limited", "login_limited", "queue_full"})
"""Codes that are a 429 where they have a status; in a stream they have none."""


class LeaError(Exception):
    """Base of the tree; `str()` is the server's sentence for people.

    `status` is None where the error was told in a stream or no answer came; `problem` is everything the server said.
    """

    def __init__(
        self,
        detail: str,
        *,
        status: int | None = None,
        code: str = "",
        request_id: str | None = None,
        retry_after: float | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.problem = dict(problem or {})


class Unauthorized(LeaError):
    """Nobody, or no longer, signed in."""


class NotFound(LeaError):
    """Absent, or another's."""


class Conflict(LeaError):
    """Contradicts what is there; the `problem` of `run_active` has the other run's `run_id`."""


class TooManyRequests(LeaError):
    """A limit was reached; `retry_after` is in seconds."""


class Unavailable(LeaError):
    """The server, or what it depends on, cannot answer now."""


class ConnectionLost(LeaError):
    """No connection."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, code="connection_lost")


KINDS: Mapping[int, type[LeaError]] = {
    401: Unauthorized,
    404: NotFound,
    409: Conflict,
    429: TooManyRequests,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def of_answer(status: int, body: bytes, retry_after: str | None) -> LeaError:
    """The error of an answer with that status; the body may be a proxy's, which is no problem+json."""
    try:
        problem = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        problem = {}
    seconds = float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
    return KINDS.get(status, LeaError)(
        str(problem.get("detail") or problem.get("title") or f"HTTP {status}"),
        status=status,
        code=str(problem.get("code") or ""),
        request_id=problem.get("request_id"),
        retry_after=seconds,
        problem=problem,
    )


def of_event(data: Mapping[str, Any]) -> LeaError:
    """The error an `error` event tells."""
    code = str(data.get("code") or "")
    kind = LeaError
    if code in FULL:
        kind = TooManyRequests
    elif code.endswith("not_found"):
        kind = NotFound
    elif data.get("retryable"):
        kind = Unavailable
    return kind(str(data["error"]), code=code, retry_after=data.get("retry_after_s"), problem=data)
