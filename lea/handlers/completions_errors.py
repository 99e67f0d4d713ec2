"""Errors as OpenAI's clients read them."""

from typing import Any, Final

from pydantic import BaseModel

from lea.errors import LeaError, of_reason
from lea.sentences import SENTENCES, Language, sentence

TYPES: Final = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
}


class CompletionProblem(BaseModel):
    """`param` is the field that is wrong; `code` is one of Léa's."""

    message: str
    type: str
    param: str | None
    code: str


class CompletionError(BaseModel):
    error: CompletionProblem


def error_body(error: LeaError, language: Language) -> dict[str, Any]:
    """The body of a refusal; where a field is wrong, the first one and what is wrong with it."""
    message, param = error.detail(language), None
    if error.errors:
        field = error.errors[0]
        param, what = _named(field["path"]), field["message"]
        if what != error.reason:
            what = sentence(what, language) if what in SENTENCES else what
            message = f"{message} {param}: {what}"
    return {"error": {"message": message, "type": _type(error), "param": param, "code": error.code}}


def told_error(told: dict[str, Any]) -> dict[str, Any]:
    """The same of an `error` event of a stream."""
    kind = _type(of_reason(told["code"]))
    return {"error": {"message": told["error"], "type": kind, "param": None, "code": told["code"]}}


def _type(error: LeaError) -> str:
    return TYPES.get(error.status) or ("server_error" if error.status >= 500 else "invalid_request_error")


def _named(path: str) -> str:
    """`messages.0.content` as OpenAI writes it: `messages[0].content`."""
    first, *rest = path.split(".")
    return first + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in rest)
