"""The port behind which other systems' jobs are found, and how all of one system's are put together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from lea.errors import ExternalUnavailable
from lea.sources.source import JobSummary

PAGE: Final = 200
"""Most jobs asked for at once."""
TITLE: Final = 300
Counted = tuple[str, str, int]
"""(department, state, how many)."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The newest jobs of a system, newest first, and how many it has in all."""

    jobs: tuple[JobSummary, ...]
    counts: tuple[Counted, ...]


class Foreign(Protocol):
    """A system whose jobs are read and never written."""

    @property
    def name(self) -> str:
        """`odoo`: what people are told, and the dependency's name."""
        ...

    async def load(self) -> Loaded:
        """Everything anew. Raises LeaError."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


class Refused(ExternalUnavailable):
    """It knows us not, or lets us not read: asking again changes nothing, so it counts as a failure."""

    default_code = "source_refused"
    default_retryable = False
    one_code = False


class Garbled(ExternalUnavailable):
    """It answered something that is no answer."""

    default_code = "source_garbled"
    default_retryable = False
    one_code = False


class Failed(ExternalUnavailable):
    """It said that it could not."""

    default_code = "source_failed"
    one_code = False


def of_status(status: int) -> ExternalUnavailable:
    """What an HTTP status other than 200 says."""
    if status in {401, 403}:
        return Refused()
    return Failed(retryable=status == 429 or status >= 500)


def title_of(parts: Iterable[object]) -> str:
    """What there is of them, as one printable line."""
    text = " – ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
    return "".join(one if one.isprintable() else " " for one in text)[:TITLE].strip() or "?"


def newest(jobs: Iterable[JobSummary]) -> tuple[JobSummary, ...]:
    """The one changed last first."""
    return tuple(sorted(jobs, key=place, reverse=True))


def place(job: JobSummary) -> tuple[float, str]:
    """Where it stands in a list."""
    return job.updated_at, job.id


def first_error(results: Sequence[object]) -> None:
    """Raise the first of them that is one."""
    for result in results:
        if isinstance(result, BaseException):
            raise result
