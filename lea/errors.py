"""Every error a person can cause or meet, in one tree.

LeaError
├── StartError                 the process cannot start: one line, exit 1
├── BadRequest            400  the request is malformed
├── Unauthorized          401  nobody, or no longer, signed in
├── BudgetExceeded        402  the month's money is spent
├── Forbidden             403  signed in, but not allowed
├── NotFound              404  absent, or another's: the same answer
├── Conflict              409  contradicts what is there
├── RequestTimeout        408  the request was sent too slowly
├── TooLarge              413
├── UnsupportedMedia      415
├── Unprocessable         422  well made, and nothing in it
├── TooMany               429  a limit per user, address or thread
├── HeadersTooLarge       431
├── ExternalRejected      400  upstream said 4xx
├── ExternalUnavailable   502  upstream said 5xx, or broke off
├── NetworkError          503  upstream could not be reached
├── ExternalTimeout       504  upstream said nothing in time
├── CircuitOpen           503  upstream failed too often lately and is not asked for a while
├── Overloaded            503  this server is full or going away
├── Interrupted           503  this server went away in mid-answer
├── DatabaseTimeout       504
├── DatabaseUnavailable   503  gone, starting, read-only, or failing
├── DatabaseFull          507  no room left: nothing was written
└── InternalError         500

`code` is for programs. `reason` names the sentence shown to people (`sentences.py`): the code itself, but for upstream
failures, whose codes are few and whose reasons are many (`external_api_error` because of `model_key_refused`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from lea.sentences import Language, sentence


class LeaError(Exception):
    """Base of the tree.

    `params` fill the sentence's placeholders; `errors` lists fields as `{path, message}`;
    `retry_after_s` is told to the client where waiting helps.
    """

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal_error"
    default_retryable: ClassVar[bool] = False
    one_code: ClassVar[bool] = False

    def __init__(
        self,
        reason: str | None = None,
        *,
        retryable: bool | None = None,
        retry_after_s: float | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **params: str | int,
    ) -> None:
        self.reason = reason or self.default_code
        self.code = self.default_code if self.one_code else self.reason
        self.retryable = self.default_retryable if retryable is None else retryable
        self.retry_after_s = retry_after_s
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.params = params
        super().__init__(f"{self.reason}: {sentence(self.reason, 'en', **params)}")

    def detail(self, language: Language) -> str:
        """The sentence for people."""
        return sentence(self.reason, language, **self.params)

    def problem(self, language: Language, request_id: str) -> dict[str, Any]:
        """The RFC 9457 body of this error."""
        body: dict[str, Any] = {
            "type": f"urn:lea:problem:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail(language),
            "code": self.code,
            "request_id": request_id,
        }
        if self.reason != self.code:
            body["reason"] = self.reason
        if "run_id" in self.params:
            body["run_id"] = self.params["run_id"]
        if self.errors:
            body["errors"] = [dict(error) for error in self.errors]
        return body


class StartError(Exception):
    """The process cannot start; the message is the one line an operator reads."""


class BadRequest(LeaError):
    status = 400
    default_code = "invalid_request"


class Unauthorized(LeaError):
    status = 401
    default_code = "unauthorized"


class BudgetExceeded(LeaError):
    """`fr` and `en` say when there is money again; one that was kept no longer knows the day."""

    status = 402
    default_code = "budget_exceeded"
    one_code = True

    def __init__(
        self,
        reason: str | None = None,
        *,
        retryable: bool | None = None,
        fr: str = "au début du mois suivant",
        en: str = "at the beginning of the following month",
    ) -> None:
        super().__init__(reason, retryable=retryable, fr=fr, en=en)


class Forbidden(LeaError):
    status = 403
    default_code = "forbidden"


class NotFound(LeaError):
    status = 404
    default_code = "not_found"


class MethodNotAllowed(LeaError):
    status = 405
    default_code = "method_not_allowed"


class Conflict(LeaError):
    status = 409
    default_code = "conflict"


class RequestTimeout(LeaError):
    status = 408
    default_code = "request_timeout"
    default_retryable = True


class TooLarge(LeaError):
    status = 413
    default_code = "body_too_large"


class UnsupportedMedia(LeaError):
    status = 415
    default_code = "unsupported_media_type"


class Unprocessable(LeaError):
    status = 422
    default_code = "voice_empty"


class TooMany(LeaError):
    status = 429
    default_code = "rate_limited"
    default_retryable = True


class HeadersTooLarge(LeaError):
    status = 431
    default_code = "headers_too_large"


class ExternalRejected(LeaError):
    status = 400
    default_code = "external_api_error"
    one_code = True


class ExternalUnavailable(LeaError):
    status = 502
    default_code = "external_api_unavailable"
    default_retryable = True
    one_code = True


class NetworkError(LeaError):
    status = 503
    default_code = "network_error"
    default_retryable = True


class ExternalTimeout(LeaError):
    status = 504
    default_code = "external_api_timeout"
    default_retryable = True


class CircuitOpen(LeaError):
    """Refused by us, before anybody was asked; `retry_after_s` is when asking is tried again."""

    status = 503
    default_code = "circuit_open"
    default_retryable = True


class Interrupted(LeaError):
    """The process went away in mid-answer."""

    status = 503
    default_code = "interrupted"
    default_retryable = True


class Overloaded(LeaError):
    status = 503
    default_code = "overloaded"
    default_retryable = True


class DatabaseTimeout(LeaError):
    status = 504
    default_code = "database_timeout"
    default_retryable = True


class DatabaseUnavailable(LeaError):
    status = 503
    default_code = "database_unavailable"
    default_retryable = True


class DatabaseFull(LeaError):
    status = 507
    default_code = "database_full"


class InternalError(LeaError):
    default_retryable = True


REASONS: dict[str, type[LeaError]] = {
    "user_budget_exceeded": BudgetExceeded,
    "company_budget_exceeded": BudgetExceeded,
    "model_key_refused": ExternalRejected,
    "model_unknown": ExternalRejected,
    "model_too_long": ExternalRejected,
    "model_busy": ExternalRejected,
    "model_cut": ExternalUnavailable,
    "attachment_not_found": NotFound,
    "attachment_used": Conflict,
    "too_many_attachments": Conflict,
    "nothing_to_answer": Conflict,
    "nothing_to_continue": Conflict,
    "turn_active": Conflict,
    "too_many_pinned": Conflict,
    "thread_name_taken": Conflict,
    "request_id_reused": Conflict,
    "record_changed": Conflict,
    "run_active": Conflict,
    "nothing_to_retry": Conflict,
    "nothing_to_enrich": Conflict,
    "answer_invalid": ExternalUnavailable,
    "pipeline_unknown": BadRequest,
    "job_read_only": Conflict,
    "job_details_too_large": BadRequest,
    "party_known": Conflict,
    "too_many_parties": Conflict,
    "too_many_notes": Conflict,
    "too_many_forms": Conflict,
    "currency_without_price": BadRequest,
    "queue_full": TooMany,
    "shutting_down": Overloaded,
    **dict.fromkeys(
        (
            "file_empty",
            "file_no_text",
            "file_not_understood",
            "file_is_xls",
            "file_encrypted",
            "file_too_many_rows",
            "file_too_many_pages",
            "file_too_many_columns",
            "file_cell_too_long",
            "file_expands_too_much",
            "file_no_header",
            "file_too_slow",
            "file_reader_failed",
            "mapping_unknown",
        ),
        BadRequest,
    ),
    "file_too_large": TooLarge,
    "file_reader_missing": UnsupportedMedia,
    "file_missing": NotFound,
    "file_part_missing": BadRequest,
}
"""The classes of reasons that are not a class's own code."""


def of_reason(reason: str) -> LeaError:
    """An error as it was kept, by its reason; one nobody knows any more is an internal error."""
    kind = REASONS.get(reason) or next((one for one in LeaError.__subclasses__() if one.default_code == reason), None)
    if kind is None:
        return InternalError()
    retryable = True if reason == "model_busy" else None
    return kind(reason, retryable=retryable)
