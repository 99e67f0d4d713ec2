"""What can go wrong with a model's server, told once in Léa's own errors.

What the server said goes to the log, shortened and without secrets; people read Léa's sentences.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
import msgspec
import structlog

from lea.errors import ExternalRejected, ExternalTimeout, ExternalUnavailable, LeaError, NetworkError

log = structlog.get_logger()

REJECTIONS: Final = {401: "model_key_refused", 403: "model_key_refused", 404: "model_unknown", 413: "model_too_long"}
DAY_S = 86_400.0
SHORT = 200
SECRETS: Final = re.compile(r"(?i)\b\w*-?sk-[\w*.-]{4,}|\bbearer\s+\S+|\b(?=[\w-]*\d)[\w*-]{20,}")
"""Keys as providers make them, and anything long enough to be one."""
QUOTED: Final = re.compile(r"(['\"])(?:(?!\1).){40,}(?:\1|$)", re.DOTALL)
"""Long quotations in an error are as a rule what the person wrote."""
TOO_LONG: Final = re.compile(r"(?i)context[ _](?:length|size|window)")
"""OpenAI and most others say `context_length_exceeded`, vLLM and llama.cpp only say it in words, with 400 or 500."""
QUOTA_USED_UP = "insufficient_quota"


class Complaint(msgspec.Struct):
    """The `error` object of an OpenAI-compatible server; all of it is optional in practice."""

    message: str | None = None
    type: str | None = None
    code: str | int | None = None

    def brief(self) -> str:
        """For the log."""
        text = f"{self.type or ''} {self.code or ''} {self.message or ''}".strip()[: 10 * SHORT]
        return QUOTED.sub("'…'", SECRETS.sub("[secret]", text))[:SHORT]


class _Body(msgspec.Struct):
    error: Complaint | str | None = None
    message: str | None = None
    type: str | None = None
    code: str | int | None = None


def complaint(body: bytes) -> Complaint:
    """What a refusal's body says; an empty complaint where it says nothing legible."""
    try:
        said = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Complaint()
    return as_complaint(said.error) if said.error else Complaint(said.message, said.type, said.code)


def as_complaint(error: Complaint | str) -> Complaint:
    """Some servers send the error as a bare sentence."""
    return Complaint(error) if isinstance(error, str) else error


def refused(status: int, headers: Mapping[str, str], said: Complaint) -> LeaError:
    """The error for an answer other than 200, logged as `model.refused`."""
    log.warning("model.refused", status=status, upstream=said.brief())
    wait = retry_after(headers)
    if TOO_LONG.search(f"{said.type} {said.code} {said.message}") and status != 429:
        return ExternalRejected("model_too_long")
    if status == 429:
        return ExternalRejected("model_busy", retryable=said.code != QUOTA_USED_UP, retry_after_s=wait)
    if status >= 500:
        return ExternalUnavailable(retry_after_s=wait)
    return ExternalRejected(REJECTIONS.get(status))


def failed_in_stream(said: Complaint) -> LeaError:
    """The error for an `error` event after a 200, logged as `model.failed`."""
    log.warning("model.failed", upstream=said.brief())
    return ExternalUnavailable()


def broken(error: Exception) -> LeaError:
    """The error for what the HTTP client raises: not reached at all, or reached and then silent or cut."""
    if isinstance(error, aiohttp.SocketTimeoutError):
        log.warning("model.silent")
        return ExternalTimeout()
    reached = not isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL)
    log.warning("model.cut" if reached else "model.unreachable", error=type(error).__name__)
    return ExternalUnavailable("model_cut") if reached else NetworkError()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the server asks, a day at most (RFC 9110, 10.2.3, and `retry-after-ms`); None if it does not.

    A date is read against the answer's own Date, so that a wrong clock on either side does no harm.
    """
    try:
        if "retry-after-ms" in headers:
            return _bounded(float(headers["retry-after-ms"]) / 1000)
        asked = headers["Retry-After"]
        if asked.strip().replace(".", "", 1).isdigit():
            return _bounded(float(asked))
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(headers["Date"])
        return _bounded(wait.total_seconds())
    except (KeyError, ValueError, TypeError):
        return None


def _bounded(seconds: float) -> float:
    return max(0.0, min(seconds, DAY_S))
