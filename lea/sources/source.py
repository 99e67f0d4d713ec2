"""The port behind which profiles, files and department jobs are found, and the values it speaks in.

Times are seconds since the epoch, UTC; prices are whole cents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from lea.clock import iso
from lea.ids import CompanyId, UserId
from lea.sentences import Language

DEPARTMENTS: Final = ("apbookkeeper", "router", "bank")
STATES: Final = ("to_process", "in_process", "pending", "done", "failed")
OPEN_STATES: Final = ("to_process", "in_process", "pending")
"""States in which somebody still has to do something."""

RECENT_FILES: Final = 20
"""Most files in a user's context."""
OPEN_JOBS: Final = 200
"""Most jobs in `JobsData`; the counts of `JobsMetrics` have no such bound."""


@dataclass(frozen=True, slots=True)
class FileSummary:
    """A transaction of the company, as a person would name it."""

    reference: str
    kind: str
    stage: str
    address: str
    price_cents: int | None
    currency: str | None
    updated_at: float


@dataclass(frozen=True, slots=True)
class FilesFound:
    """The newest of the files that fit; `total` counts all of them."""

    files: tuple[FileSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class UserContext:
    """Who is asking, and what their company worked on last: newest file first, at most `RECENT_FILES`."""

    user_id: UserId
    name: str
    email: str
    role: str
    language: Language
    company_id: CompanyId
    company_name: str
    connection_mode: str
    recent_files: tuple[FileSummary, ...]


@dataclass(frozen=True, slots=True)
class JobSummary:
    """A piece of a department's work; an amount has a currency."""

    id: str
    department: str
    state: str
    title: str
    updated_at: float
    source: str = "lea"
    created_at: float = 0.0
    amount_cents: int | None = None
    currency: str | None = None
    due_at: float | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source of jobs is doing: `stale` is what was read at `as_of` and could not be read anew in time.

    With `down` nothing of it is known; `error` is the reason of the last failure.
    """

    name: str
    status: Literal["ok", "stale", "down"]
    as_of: float | None
    error: str | None = None

    def wire(self) -> dict[str, str | None]:
        """As clients read it."""
        as_of = None if self.as_of is None else iso(self.as_of)
        return {"name": self.name, "status": self.status, "as_of": as_of, "error": self.error}


@dataclass(frozen=True, slots=True)
class JobsData:
    """The jobs still open, newest first, at most `OPEN_JOBS`, of those `sources` that are not down."""

    jobs: tuple[JobSummary, ...]
    sources: tuple[SourceState, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The sources whose jobs are not among them."""
        return missing(self.sources)


@dataclass(frozen=True, slots=True)
class JobsMetrics:
    """How many jobs each department has in each state; every known department and state is there, at least with 0.

    Jobs of `sources` that are down are not counted.
    """

    counts: Mapping[str, Mapping[str, int]]
    total: int
    sources: tuple[SourceState, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The sources whose jobs are not counted."""
        return missing(self.sources)

    @classmethod
    def of(cls, counted: Iterable[tuple[str, str, int]], sources: tuple[SourceState, ...] = ()) -> "JobsMetrics":
        """From (department, state, count); a department or state of a foreign source comes after the known ones."""
        counts = {department: dict.fromkeys(STATES, 0) for department in DEPARTMENTS}
        total = 0
        for department, state, count in counted:
            states = counts.setdefault(department, dict.fromkeys(STATES, 0))
            states[state] = states.get(state, 0) + count
            total += count
        return cls(counts, total, sources)

    def wire(self) -> dict[str, int | dict[str, dict[str, int]]]:
        """As clients read it: `{"departments": {"bank": {"done": 3, …}, …}, "total": 3}`."""
        return {"departments": {name: dict(states) for name, states in self.counts.items()}, "total": self.total}


def missing(sources: Iterable[SourceState]) -> tuple[str, ...]:
    """The names of those that are down."""
    return tuple(source.name for source in sources if source.status == "down")


class Source(Protocol):
    """Where a company's data comes from.

    A user who is not there, or is another company's, raises NotFound, and so does an unknown company's mode.
    """

    async def connection_mode(self, company_id: CompanyId) -> str:
        """How the company is connected, as its administrators named it."""
        ...

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        """The profile and the newest files."""
        ...

    async def jobs(self, company_id: CompanyId) -> JobsData:
        """What is still to be done."""
        ...

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        """Counts over all jobs, done and failed ones too."""
        ...
