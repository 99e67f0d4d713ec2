"""What the server says, as far as it is used often; a field a newer server adds is no error."""

from typing import Any, TypeVar

import msgspec

from lea.client.errors import LeaError

T = TypeVar("T")


def decoded(body: bytes, kind: type[T]) -> T:
    """JSON of this shape. Raises LeaError(`not_understood`) where another server than Léa's answered."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise LeaError(f"the server's answer is not Léa's: {error}", code="not_understood") from error


class Usage(msgspec.Struct, frozen=True):
    """Tokens of an answer; `estimated` where the model did not say."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    estimated: bool = False


class Cost(msgspec.Struct, frozen=True):
    """US dollars."""

    usd: float
    estimated: bool = False


class Citation(msgspec.Struct, frozen=True):
    """A record an answer names; `kind` is transaction or article."""

    kind: str
    id: str
    reference: str
    label: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer ended: `finish_reason` is stop, length, action, stopped, error or interrupted."""

    session_id: str
    turn_id: str
    finish_reason: str
    message_id: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    cost: Cost | None = None
    timings_ms: dict[str, float] = {}
    citations: tuple[Citation, ...] = ()
    degraded: bool = False


class Record(msgspec.Struct, frozen=True):
    """What an action was about."""

    kind: str
    id: str
    reference: str


class Change(msgspec.Struct, frozen=True):
    """A value before and after, ready to be read; `before` is None for what is new."""

    name: str
    label: str
    after: str
    before: str | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something Léa does; `state` is running, succeeded, failed, unknown or undone."""

    id: str
    name: str
    state: str
    summary: str
    record: Record | None = None
    changes: tuple[Change, ...] = ()
    undoable: bool = False


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What Léa asks before she writes; `state` is asked, approved, rejected or expired."""

    id: str
    name: str
    summary: str
    arguments: dict[str, Any] = {}
    facts: tuple[Change, ...] = ()
    state: str = "asked"
    expires_at: str = ""
    thread_id: str | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that counts; its turn tells it in the conversation."""

    id: str
    state: str
    thread_id: str
    turn_id: str
    action: Action | None = None


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation; `live_turn_id` while an answer is under way."""

    id: str
    title: str
    created_at: str
    updated_at: str
    live_turn_id: str | None = None
    pinned: bool = False
    archived: bool = False


class MessageError(msgspec.Struct, frozen=True):
    """Why an answer failed."""

    code: str
    detail: str
    retryable: bool = False


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message; `role` is user or assistant."""

    id: str
    role: str
    content: str
    created_at: str
    turn_id: str | None = None
    parent_id: str | None = None
    finish_reason: str | None = None
    provider: str | None = None
    error: MessageError | None = None
    actions: tuple[Action, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    citations: tuple[Citation, ...] = ()


class WholeThread(Thread, frozen=True, kw_only=True):
    """A conversation with the messages that are shown."""

    messages: tuple[Message, ...] = ()


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run of the catalogue; `state` is planning, running, completed, failed or cancelled."""

    id: str
    pipeline: str
    state: str
    started_at: str
    error: str | None = None
    jobs_total: int = 0
    jobs_completed: int = 0
    jobs_failed: int = 0
    jobs_cancelled: int = 0
    cost_usd: float = 0.0
    ended_at: str | None = None


class RunJob(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of a run; `state` is waiting, running, completed, failed or cancelled."""

    id: str
    key: str
    title: str
    step: str
    state: str
    attempts: int = 0
    summary: str = ""
    error: str | None = None
    cost_usd: float = 0.0


class Transcription(msgspec.Struct, frozen=True, kw_only=True):
    """What a recording says; `seconds` is None where nobody knows how long it is."""

    text: str
    language: str
    seconds: float | None = None


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's file, as the server understands it."""

    import_id: str
    name: str
    media: str
    bytes: int
    columns: tuple[str, ...] = ()
    mapping: dict[str, str] = {}
    confidence: float = 0.0
    rows_seen: int = 0


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a transaction."""

    id: str
    role: str
    name: str
    email: str | None = None
    phone: str | None = None


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """One of the company's files; a price is a string with two decimals."""

    id: str
    reference: str
    kind: str
    stage: str
    address: str
    version: int
    price: str | None = None
    currency: str | None = None
    parties: tuple[Party, ...] = ()


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a department's work."""

    id: str
    department: str
    state: str
    title: str
    source: str
    amount_cents: int | None = None
    currency: str | None = None
    due_at: str | None = None
    version: int | None = None
