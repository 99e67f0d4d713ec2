"""The departments' jobs on the wire: what may be sent, what is answered."""

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from lea.actions.jobs.jobs import Departments, States
from lea.clock import iso
from lea.handlers.chat import ClientId
from lea.handlers.routes import Model
from lea.records.fields import UNWRITABLE, Currency, Name
from lea.records.jobs import MOST_DETAILS
from lea.sources.odoo_records import MOST_CENTS
from lea.sources.source import DEPARTMENTS, STATES, JobSummary
from lea.store.jobs import JobRow


def _one_of(names: tuple[str, ...], code: str) -> BeforeValidator:
    def known(value: Any) -> Any:
        if value not in names:
            raise ValueError(code)
        return value

    return BeforeValidator(known)


def _moment(value: Any) -> float | None:
    """A day, or a moment with its zone. Raises ValueError."""
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        if parsed.tzinfo is None and len(value) > len("2027-03-05"):
            raise ValueError
        return (parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        raise ValueError("date_not_understood") from None


def _details(value: Any) -> Any:
    if isinstance(value, dict):
        text = orjson.dumps(value)
        if len(text) > MOST_DETAILS or UNWRITABLE.search(text.decode()) or b"\\u0000" in text:
            raise ValueError("job_details_too_large")
    return value


Department = Annotated[Departments, _one_of(DEPARTMENTS, "department_unknown")]
State = Annotated[States, _one_of(STATES, "state_unknown")]
Cents = Annotated[int, Field(ge=-MOST_CENTS, le=MOST_CENTS)]
Moment = Annotated[
    float,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "maxLength": 40, "description": "a day, or RFC 3339"}),
]
Details = Annotated[dict[str, Any], BeforeValidator(_details)]


class JobBody(Model):
    """A new job. An `id` of the client's makes asking twice safe."""

    department: Department
    title: Name
    state: State = "to_process"
    id: ClientId | None = None
    amount_cents: Cents | None = None
    currency: Currency | None = None
    due_at: Moment | None = None
    details: Details | None = None


class JobChange(Model):
    """Only what is sent changes; null empties what may be empty. `version` is the one that was looked at."""

    version: Annotated[int, Field(ge=1)]
    department: Department | None = None
    title: Name | None = None
    state: State | None = None
    amount_cents: Cents | None = None
    currency: Currency | None = None
    due_at: Moment | None = None
    details: Details | None = None

    @field_validator("department", "title", "state", mode="before")
    @classmethod
    def _never_empty(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None:
            raise ValueError("name_invalid" if info.field_name == "title" else f"{info.field_name}_unknown")
        return value


class JobAnswer(BaseModel):
    """`version` and `details` are null for jobs that are read elsewhere."""

    id: str
    department: str
    state: str
    title: str
    source: str
    amount_cents: int | None
    currency: str | None
    due_at: str | None
    details: dict[str, Any] | None
    created_at: str
    updated_at: str
    version: int | None


class SourceAnswer(BaseModel):
    name: str
    status: str
    as_of: str | None
    error: str | None


class JobPage(BaseModel):
    """`sources` are those the jobs are from, and how each is doing."""

    jobs: list[JobAnswer]
    total: int
    next_cursor: str | None
    sources: list[SourceAnswer]


class MetricsAnswer(BaseModel):
    departments: dict[str, dict[str, int]]
    total: int
    sources: list[SourceAnswer]


SAME = ("id", "department", "state", "title", "source", "amount_cents", "currency")


def job_answer(job: JobRow | JobSummary) -> dict[str, object]:
    """A job of Léa's own, or one that was read elsewhere."""
    details, version = (job.details, job.version) if isinstance(job, JobRow) else (None, None)
    return {name: getattr(job, name) for name in SAME} | {
        "due_at": None if job.due_at is None else iso(job.due_at),
        "details": details,
        "created_at": iso(job.created_at),
        "updated_at": iso(job.updated_at),
        "version": version,
    }
