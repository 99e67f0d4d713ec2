"""What comes on event streams, as `/openapi.json` describes it: the wire of `lea.events`, and of run jobs."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, RootModel

from lea.handlers.answers import TurnEnd
from lea.handlers.doing_answers import ActionTold, ConfirmTold
from lea.handlers.feedback_answers import FeedbackAnswer
from lea.handlers.runs_answers import RunJobAnswer


class HeardTold(BaseModel):
    """What was said: in words, and for how long as far as that is known."""

    text: str
    seconds: float | None


class ConnectingEvent(BaseModel):
    """The first one: what the answer belongs to. `heard`: what a recording said that was asked with."""

    status: Literal["connecting"]
    session_id: str
    turn_id: str
    heard: HeardTold | None = None


class QueuedEvent(BaseModel):
    """How many messages of the conversation go first."""

    status: Literal["queued"]
    position: int


class StageEvent(BaseModel):
    """What Léa is doing; `restarting`: ask again with the same request_id."""

    status: Literal["loading", "acting", "thinking", "restarting"]


class ActionEvent(BaseModel):
    action: ActionTold


class ConfirmEvent(BaseModel):
    """Léa asks before she writes, or it was decided."""

    confirm: ConfirmTold


class DeltaEvent(BaseModel):
    """Text to append."""

    delta: str


class SnapshotEvent(BaseModel):
    """Text that replaces all so far."""

    snapshot: str


class ErrorEvent(BaseModel):
    """It went wrong; `done` still follows."""

    error: str
    code: str
    retryable: bool
    retry_after_s: float | None = None


class DoneEvent(TurnEnd):
    """The last one, after the answer is saved."""

    done: Literal[True]


class TurnState(BaseModel):
    id: str
    thread_id: str
    state: Literal["began", "ended"]
    finish_reason: str | None = None


class TurnChangedEvent(BaseModel):
    turn: TurnState


class ThreadState(BaseModel):
    id: str
    state: Literal["renamed", "changed", "deleted", "restored", "branched"]


class ThreadChangedEvent(BaseModel):
    thread: ThreadState


class RatedAnswer(BaseModel):
    thread_id: str
    message_id: str
    feedback: FeedbackAnswer | None


class RatedEvent(BaseModel):
    """What the person says of an answer; null: nothing any more."""

    rated: RatedAnswer


class TransactionState(BaseModel):
    id: str
    reference: str
    state: Literal["created", "changed", "removed"]


class TransactionChangedEvent(BaseModel):
    transaction: TransactionState


class JobState(BaseModel):
    id: str
    department: str
    state: str


class JobChangedEvent(BaseModel):
    """A department's job."""

    job: JobState


class RunState(BaseModel):
    id: str
    pipeline: str
    state: str
    jobs_total: int
    jobs_completed: int
    jobs_failed: int


class RunChangedEvent(BaseModel):
    run: RunState


class ScheduleState(BaseModel):
    id: str
    state: str
    result: str | None


class ScheduleChangedEvent(BaseModel):
    """Something that is asked at set times; `result` of its newest moment."""

    schedule: ScheduleState


class QuotaState(BaseModel):
    state: Literal["ok", "soft", "hard"]
    remaining_usd: float | None
    of: Literal["user", "company"]


class QuotaEvent(BaseModel):
    """A budget came to another state."""

    quota: QuotaState


class Changed(BaseModel):
    changed: Literal[True]


class CostsEvent(BaseModel):
    costs: Changed


class KpisEvent(BaseModel):
    kpis: Changed


class WhatsAppEvent(BaseModel):
    """Something was written, sent or told on WhatsApp."""

    whatsapp: Changed


class BreakerState(BaseModel):
    name: str
    state: str
    since: str


class BreakerEvent(BaseModel):
    """To admins."""

    breaker: BreakerState


class WebhookState(BaseModel):
    id: str
    state: Literal["disabled"]
    reason: str


class WebhookEvent(BaseModel):
    """To admins: nothing more is sent there."""

    webhook: WebhookState


class ResyncEvent(BaseModel):
    """Something may have been missed: read again what is shown."""

    resync: Literal[True]


class RunDoneEvent(BaseModel):
    """The last one of a run's stream; `status` is the state it ended in."""

    done: Literal[True]
    status: str


def _one(schema: dict[str, Any]) -> None:
    """Pydantic says `anyOf`; no two of them fit one event."""
    schema["oneOf"] = schema.pop("anyOf")


ONE_OF: Final = ConfigDict(json_schema_extra=_one)


class TurnEvent(
    RootModel[
        ConnectingEvent
        | QueuedEvent
        | StageEvent
        | ActionEvent
        | ConfirmEvent
        | DeltaEvent
        | SnapshotEvent
        | ErrorEvent
        | DoneEvent
    ]
):
    """One event of an answer."""

    model_config = ONE_OF


class NoticeEvent(
    RootModel[
        TurnChangedEvent
        | ThreadChangedEvent
        | RatedEvent
        | TransactionChangedEvent
        | JobChangedEvent
        | RunChangedEvent
        | ScheduleChangedEvent
        | ConfirmEvent
        | ActionEvent
        | QuotaEvent
        | CostsEvent
        | KpisEvent
        | WhatsAppEvent
        | BreakerEvent
        | WebhookEvent
        | ResyncEvent
    ]
):
    """One event of everything outside of a conversation."""

    model_config = ONE_OF


class RunEvent(RootModel[list[RunJobAnswer] | RunDoneEvent]):
    """The jobs of a run that have changed, all of them at first; or its end."""

    model_config = ONE_OF
