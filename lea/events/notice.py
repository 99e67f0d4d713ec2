"""What is told outside of a conversation: to a person's tabs, a company's people, and those who watch a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lea.events.answer import FinishReason


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


Notice = (
    TurnBegan
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
)
