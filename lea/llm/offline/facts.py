"""What the offline engine asks about, and the little it needs to see of each answer.

The values are views: whatever has these attributes fits, so the engine knows neither the sources nor the store.
Times are seconds since the epoch, UTC; prices are whole cents.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from lea.ids import CompanyId, UserId


class Person(Protocol):
    """Who is asking."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def company_name(self) -> str: ...


class File(Protocol):
    """A transaction of the company."""

    @property
    def reference(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def price_cents(self) -> int | None: ...
    @property
    def currency(self) -> str | None: ...


class Files(Protocol):
    """The newest of the files that fit; `total` counts all of them."""

    @property
    def files(self) -> Sequence[File]: ...
    @property
    def total(self) -> int: ...


class Conversation(Protocol):
    """A thread of the person."""

    @property
    def title(self) -> str: ...
    @property
    def updated_at(self) -> float: ...


class JobCounts(Protocol):
    """By department, then by state; every known pair is there."""

    @property
    def counts(self) -> Mapping[str, Mapping[str, int]]: ...

    @property
    def missing(self) -> Sequence[str]:
        """The systems whose jobs are not counted, since they could not be read."""
        ...


class Facts(Protocol):
    """Where the engine reads; every method may raise a LeaError, which becomes a sentence in the answer."""

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> Person:
        """Who the user is."""
        ...

    async def recent_threads(self, user_id: UserId, limit: int) -> Sequence[Conversation]:
        """The user's conversations, newest first."""
        ...

    async def files(
        self, company_id: CompanyId, *, kinds: Collection[str], stages: Collection[str], reference: str, limit: int
    ) -> Files:
        """The company's files that fit, newest first; an empty field asks for nothing."""
        ...

    async def jobs_metrics(self, company_id: CompanyId) -> JobCounts:
        """How many jobs there are."""
        ...
