"""What is told about a turn: one value an event, each knowing its JSON object on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

FinishReason = Literal["stop", "length", "action", "stopped", "error", "interrupted"]


@dataclass(frozen=True, slots=True)
class Connecting:
    """The turn exists; nothing has been read for it yet."""

    session_id: str
    turn_id: str

    def wire(self) -> dict[str, Any]:
        return {"status": "connecting", "session_id": self.session_id, "turn_id": self.turn_id}


@dataclass(frozen=True, slots=True)
class Queued:
    """`position` turns go first in this thread."""

    position: int

    def wire(self) -> dict[str, Any]:
        return {"status": "queued", "position": self.position}


@dataclass(frozen=True, slots=True)
class Stage:
    """What Léa is doing now."""

    status: Literal["loading", "acting", "thinking", "restarting"]

    def wire(self) -> dict[str, Any]:
        return {"status": self.status}


@dataclass(frozen=True, slots=True)
class RecordName:
    """A record as people and programs name it."""

    kind: str
    id: str
    reference: str

    def wire(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "reference": self.reference}


@dataclass(frozen=True, slots=True)
class Citation(RecordName):
    """A record an answer names; `label` says in words what it is."""

    label: str

    def wire(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "reference": self.reference, "label": self.label}


@dataclass(frozen=True, slots=True)
class Action:
    """Something Léa does: `running`, then `succeeded`, `failed`, or `unknown` while it is found out; later `undone`.

    `changes` are `{name, before, after}`, for people to read; `undoable` by who is told.
    """

    id: str
    name: str
    state: Literal["running", "succeeded", "failed", "unknown", "undone"]
    summary: str
    record: RecordName | None = None
    changes: tuple[Mapping[str, Any], ...] = ()
    undoable: bool = False

    def wire(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "name": self.name, "state": self.state, "summary": self.summary}
        if self.record is not None:
            body["record"] = self.record.wire()
        if self.changes:
            body["changes"] = [dict(change) for change in self.changes]
        if self.undoable:
            body["undoable"] = True
        return {"action": body}


@dataclass(frozen=True, slots=True)
class Confirm:
    """Léa asks before she writes; `facts` are `{name, before, after}`, `state` says whether she still asks."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    summary: str
    expires_at: str
    facts: tuple[Mapping[str, Any], ...] = ()
    state: Literal["asked", "approved", "rejected", "expired"] = "asked"
    thread_id: str = ""

    def wire(self) -> dict[str, Any]:
        body = {
            "id": self.id,
            "name": self.name,
            "arguments": dict(self.arguments),
            "summary": self.summary,
            "expires_at": self.expires_at,
            "facts": [dict(fact) for fact in self.facts],
            "state": self.state,
        }
        return {"confirm": body | {"thread_id": self.thread_id} if self.thread_id else body}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Replaces all text so far."""

    text: str

    def wire(self) -> dict[str, Any]:
        return {"snapshot": self.text}


@dataclass(frozen=True, slots=True)
class Failed:
    """It went wrong; Done still follows."""

    error: str
    code: str
    retryable: bool
    retry_after_s: float | None = None

    def wire(self) -> dict[str, Any]:
        body = {"error": self.error, "code": self.code, "retryable": self.retryable}
        return body if self.retry_after_s is None else body | {"retry_after_s": self.retry_after_s}


@dataclass(frozen=True, slots=True)
class Done:
    """Always the last, said after the answer is saved.

    `usage` is `{prompt_tokens, completion_tokens, cached_tokens, estimated}` or None when no model was asked;
    `cost` is `{usd, estimated}` or None when no price is known. `degraded`: another than the configured model answered.
    `citations` are the records the answer names.
    """

    session_id: str
    turn_id: str
    message_id: str
    finish_reason: FinishReason
    provider: str | None
    usage: dict[str, Any] | None
    cost: dict[str, Any] | None
    timings_ms: dict[str, float]
    degraded: bool = False
    citations: tuple[Citation, ...] = ()

    def wire(self) -> dict[str, Any]:
        body = {
            "done": True,
            "session_id": self.session_id,
            "turn_id": self.turn_id,
            "message_id": self.message_id,
            "finish_reason": self.finish_reason,
            "provider": self.provider,
            "usage": self.usage,
            "cost": self.cost,
            "timings_ms": self.timings_ms,
            "citations": [citation.wire() for citation in self.citations],
        }
        return body | {"degraded": True} if self.degraded else body


@dataclass(frozen=True, slots=True)
class TurnBegan:
    """To the person's other tabs."""

    turn_id: str
    thread_id: str

    def wire(self) -> dict[str, Any]:
        return {"turn": {"id": self.turn_id, "thread_id": self.thread_id, "state": "began"}}


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """After its `done`."""

    turn_id: str
    thread_id: str
    finish_reason: FinishReason

    def wire(self) -> dict[str, Any]:
        turn = {"id": self.turn_id, "thread_id": self.thread_id, "state": "ended"}
        return {"turn": turn | {"finish_reason": self.finish_reason}}


@dataclass(frozen=True, slots=True)
class ThreadChanged:
    """A conversation was renamed, pinned or archived (`changed`), deleted or brought back, or shows another branch."""

    thread_id: str
    state: Literal["renamed", "changed", "deleted", "restored", "branched"]

    def wire(self) -> dict[str, Any]:
        return {"thread": {"id": self.thread_id, "state": self.state}}


@dataclass(frozen=True, slots=True)
class FeedbackChanged:
    """To the person's tabs: what they say of an answer; `feedback` is None where it was taken back."""

    thread_id: str
    message_id: str
    feedback: Mapping[str, Any] | None

    def wire(self) -> dict[str, Any]:
        feedback = None if self.feedback is None else dict(self.feedback)
        return {"rated": {"thread_id": self.thread_id, "message_id": self.message_id, "feedback": feedback}}


@dataclass(frozen=True, slots=True)
class TransactionChanged:
    """To everybody in the company: a transaction, or what belongs to it, is not what it was."""

    transaction_id: str
    reference: str
    state: Literal["created", "changed", "removed"]

    def wire(self) -> dict[str, Any]:
        return {"transaction": {"id": self.transaction_id, "reference": self.reference, "state": self.state}}


@dataclass(frozen=True, slots=True)
class JobChanged:
    """To everybody in the company: a department's job is new, or is not what it was."""

    job_id: str
    department: str
    state: str

    def wire(self) -> dict[str, Any]:
        return {"job": {"id": self.job_id, "department": self.department, "state": self.state}}


@dataclass(frozen=True, slots=True)
class RunChanged:
    """To everybody in the company: how far a run is."""

    run_id: str
    pipeline: str
    state: str
    jobs_total: int
    jobs_completed: int
    jobs_failed: int

    def wire(self) -> dict[str, Any]:
        return {
            "run": {
                "id": self.run_id,
                "pipeline": self.pipeline,
                "state": self.state,
                "jobs_total": self.jobs_total,
                "jobs_completed": self.jobs_completed,
                "jobs_failed": self.jobs_failed,
            }
        }


@dataclass(frozen=True, slots=True)
class ScheduleChanged:
    """To the person: something they want asked at set times is not what it was; `result` of its newest moment."""

    schedule_id: str
    state: str
    result: str | None

    def wire(self) -> dict[str, Any]:
        return {"schedule": {"id": self.schedule_id, "state": self.state, "result": self.result}}


@dataclass(frozen=True, slots=True)
class RunDone:
    """Nothing more will happen in the run that is watched."""

    state: str

    def wire(self) -> dict[str, Any]:
        return {"done": True, "status": self.state}


@dataclass(frozen=True, slots=True)
class RunStatus:
    """The run there is, if any."""

    run_id: str | None

    def wire(self) -> dict[str, Any]:
        return {"is_running": self.run_id is not None, "current_run_id": self.run_id}


@dataclass(frozen=True, slots=True)
class Quota:
    """A month's budget came to another state: near its end (`soft`), used up (`hard`), or neither.

    `remaining_usd` is None where nothing ends at a limit.
    """

    state: Literal["ok", "soft", "hard"]
    remaining_usd: float | None
    of: Literal["user", "company"]

    def wire(self) -> dict[str, Any]:
        return {"quota": {"state": self.state, "remaining_usd": self.remaining_usd, "of": self.of}}


@dataclass(frozen=True, slots=True)
class CostsChanged:
    """To the person: an answer has cost something."""

    def wire(self) -> dict[str, Any]:
        return {"costs": {"changed": True}}


@dataclass(frozen=True, slots=True)
class KpisChanged:
    """To everybody in the company: its figures are not what they were."""

    def wire(self) -> dict[str, Any]:
        return {"kpis": {"changed": True}}


@dataclass(frozen=True, slots=True)
class WhatsAppChanged:
    """To everybody in the company, of whom admins may look: something was written, sent or told on WhatsApp."""

    def wire(self) -> dict[str, Any]:
        return {"whatsapp": {"changed": True}}


@dataclass(frozen=True, slots=True)
class BreakerChanged:
    """To admins: a circuit breaker of this process opened, tries again or closed; `since` is RFC 3339."""

    name: str
    state: str
    since: str

    def wire(self) -> dict[str, Any]:
        return {"breaker": {"name": self.name, "state": self.state, "since": self.since}}


@dataclass(frozen=True, slots=True)
class WebhookSwitchedOff:
    """To admins: nothing more is sent to a webhook, since it is `gone` or has been `failing` for days."""

    webhook_id: str
    reason: str

    def wire(self) -> dict[str, Any]:
        return {"webhook": {"id": self.webhook_id, "state": "disabled", "reason": self.reason}}


@dataclass(frozen=True, slots=True)
class Resync:
    """Something may have been missed: read again what is shown."""

    def wire(self) -> dict[str, Any]:
        return {"resync": True}


@dataclass(frozen=True, slots=True)
class Relayed:
    """What another process told."""

    body: dict[str, Any]

    def wire(self) -> dict[str, Any]:
        return self.body


Event = (
    Connecting
    | Queued
    | Stage
    | Action
    | Confirm
    | Snapshot
    | Failed
    | Done
    | TurnBegan
    | TurnEnded
    | ThreadChanged
    | FeedbackChanged
    | TransactionChanged
    | JobChanged
    | RunChanged
    | ScheduleChanged
    | RunDone
    | RunStatus
    | Quota
    | CostsChanged
    | KpisChanged
    | WhatsAppChanged
    | BreakerChanged
    | WebhookSwitchedOff
    | Resync
    | Relayed
)


def frame(topic: str, number: int, event: Event) -> bytes:
    """The event as bytes of `text/event-stream`, made once for all readers."""
    return b"id: %b:%d\ndata: %b\n\n" % (topic.encode(), number, orjson.dumps(event.wire()))


def list_frame(topic: str, number: int, bodies: Sequence[bytes]) -> bytes:
    """As `frame`, of an array whose elements are JSON already."""
    return b"id: %b:%d\ndata: [%b]\n\n" % (topic.encode(), number, b",".join(bodies))


def delta_frame(topic: bytes, number: int, text: str) -> bytes:
    """As `frame`, for the event there are thousands of: text to append."""
    return b'id: %b:%d\ndata: {"delta":%b}\n\n' % (topic, number, orjson.dumps(text))
