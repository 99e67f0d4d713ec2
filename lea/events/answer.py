"""What is told about a turn, from `connecting` to `done`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

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


TurnEvent = Connecting | Queued | Stage | Action | Confirm | Snapshot | Failed | Done
