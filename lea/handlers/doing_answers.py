"""What was done and asked, as it is on the wire: in messages, lists and event streams alike."""

from typing import Any, Literal

from pydantic import BaseModel


class FactTold(BaseModel):
    """A value before and after, ready to be read; `before` is null for what is new."""

    name: str
    label: str
    before: str | None = None
    after: str | None = None


class RecordTold(BaseModel):
    kind: str
    id: str
    reference: str


class ActionTold(BaseModel):
    """Something Léa does or did; `unknown` while it is found out what came of it."""

    id: str
    name: str
    state: Literal["running", "succeeded", "failed", "unknown", "undone"]
    summary: str
    record: RecordTold | None = None
    changes: list[FactTold] = []
    undoable: bool = False


class ReceiptTold(ActionTold):
    """When it was done, and who did it."""

    at: str
    by: str | None


class ConfirmTold(BaseModel):
    """What Léa asks before she writes; `thread_id` outside of its conversation's own stream."""

    id: str
    name: str
    arguments: dict[str, Any]
    summary: str
    expires_at: str
    facts: list[FactTold]
    state: Literal["asked", "approved", "rejected", "expired"]
    thread_id: str | None = None
