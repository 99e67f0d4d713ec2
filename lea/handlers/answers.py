"""Answer bodies, as `/openapi.json` describes them, and how they are made."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from lea.clock import iso
from lea.errors import of_reason
from lea.events.answer import Citation
from lea.handlers.attachment_answers import AttachmentAnswer, attachment_answer
from lea.handlers.doing_answers import ActionTold, ConfirmTold
from lea.handlers.feedback_answers import FeedbackAnswer, feedback_answer
from lea.manager.outcome import Outcome
from lea.messages import File
from lea.sentences import Language
from lea.store.feedback import Opinion
from lea.store.messages import MessageRow
from lea.store.threads import ThreadRow


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    estimated: bool


class Cost(BaseModel):
    usd: float
    estimated: bool


class CitationAnswer(BaseModel):
    """A record an answer names: a `transaction` or an `article`."""

    kind: str
    id: str
    reference: str
    label: str


class TurnEnd(BaseModel):
    """How a turn ended. `degraded`: another than the configured model answered."""

    session_id: str
    turn_id: str
    message_id: str
    finish_reason: str
    provider: str | None
    usage: Usage | None
    cost: Cost | None
    timings_ms: dict[str, float]
    citations: list[CitationAnswer]
    degraded: bool = False


class ChatAnswer(TurnEnd):
    message: str


class Stopped(BaseModel):
    stopped: bool


class MessageError(BaseModel):
    code: str
    detail: str
    retryable: bool


class MessageAnswer(BaseModel):
    id: str
    parent_id: str | None
    siblings: list[str]
    turn_id: str
    role: str
    content: str
    created_at: str
    finish_reason: str | None
    provider: str | None
    error: MessageError | None
    actions: list[ActionTold]
    confirmations: list[ConfirmTold]
    citations: list[CitationAnswer]
    feedback: FeedbackAnswer | None
    attachments: list[AttachmentAnswer]


class RecordAnswer(BaseModel):
    id: str
    reference: str


class ThreadAnswer(BaseModel):
    id: str
    title: str
    created_at: str
    updated_at: str
    live_turn_id: str | None
    pinned: bool
    archived: bool
    transaction: RecordAnswer | None


class FoundThread(ThreadAnswer):
    excerpt: str


class ThreadPage(BaseModel):
    pinned: list[ThreadAnswer]
    threads: list[ThreadAnswer]
    next_cursor: str | None


class FoundThreads(BaseModel):
    threads: list[FoundThread]


class FoundMessages(BaseModel):
    messages: list[MessageAnswer]


class WholeThread(ThreadAnswer):
    messages: list[MessageAnswer]


def chat_answer(outcome: Outcome) -> dict[str, object]:
    """A turn that ended well, as one object."""
    done = outcome.done().wire()
    del done["done"]
    return {"message": outcome.text, **done}


def thread_answer(row: ThreadRow) -> dict[str, object]:
    body: dict[str, object] = {
        "id": row.id,
        "title": row.title,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "live_turn_id": row.live_turn_id,
        "pinned": row.pinned,
        "archived": row.archived,
        "transaction": None
        if row.transaction_id is None
        else {"id": row.transaction_id, "reference": row.transaction_reference},
    }
    return body if row.excerpt is None else body | {"excerpt": row.excerpt}


def message_answer(
    row: MessageRow,
    language: Language,
    actions: Sequence[Mapping[str, Any]] = (),
    confirmations: Sequence[Mapping[str, Any]] = (),
    citations: Sequence[Citation] = (),
    feedback: Opinion | None = None,
    files: Sequence[File] = (),
) -> dict[str, object]:
    """`actions` and `confirmations` are what was done and asked in the turn of an answer, `citations` what it names;
    `files` are those a question goes with."""
    error = None if row.error_code is None else of_reason(row.error_code)
    return {
        "id": row.id,
        "parent_id": row.parent_id,
        "siblings": list(row.siblings),
        "turn_id": row.turn_id,
        "role": row.role,
        "content": row.content,
        "created_at": iso(row.created_at),
        "finish_reason": row.finish_reason,
        "provider": row.provider,
        "error": None
        if error is None
        else {"code": error.code, "detail": error.detail(language), "retryable": error.retryable},
        "actions": list(actions),
        "confirmations": list(confirmations),
        "citations": [citation.wire() for citation in citations],
        "feedback": None if feedback is None else feedback_answer(feedback),
        "attachments": [attachment_answer(file) for file in files],
    }
