"""What an action is: typed arguments, and either a look or a write.

A look runs beside the turn. A write is one unit of work of the database, so that it and its receipt are committed
together or not at all; what happens outside this database is an `Outside`, whose receipt is there before it begins.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from lea.auth.permissions import Identity
from lea.events.answer import RecordName
from lea.ids import ThreadId
from lea.sentences import Language
from lea.sources.source import JobsData, JobsMetrics
from lea.store.transactions import Connection

A = TypeVar("A", bound="Arguments")
T = TypeVar("T")
Rule = Literal["allow", "ask", "deny"]
RULES: Final[tuple[Rule, ...]] = ("allow", "ask", "deny")


class Arguments(BaseModel):
    """What an action is called with; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose behalf, where, in which language and when (seconds since the epoch)."""

    identity: Identity
    thread_id: ThreadId
    language: Language
    now: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: told to the person before it does.

    `arguments` are those that will be run, any words for a record replaced by its reference; `version` is that of the
    record the person is shown.
    """

    summary: str
    arguments: Mapping[str, Any]
    facts: tuple[Mapping[str, Any], ...] = ()
    record: RecordName | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What happened; `before` and `after` are the values that changed, and whatever `undo` needs."""

    summary: str
    record: RecordName | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


class NeedsAnswer(Exception):
    """The action cannot be run before the person has answered; `question` is Markdown in their language."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class Facts(Protocol):
    """Where looks look."""

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """See Store."""
        ...

    async def jobs(self, department: str | None, state: str | None) -> JobsData:
        """The company's jobs, newest first, of a department and a state if given; without a state the open ones."""
        ...

    async def jobs_metrics(self) -> JobsMetrics:
        """How many jobs there are."""
        ...


class Look(ABC, Generic[A]):
    """An action that changes nothing."""

    name: ClassVar[str]
    arguments: ClassVar[type[Arguments]]
    description: ClassVar[str]
    title: ClassVar[Mapping[Language, str]]

    @abstractmethod
    async def run(self, scope: Scope, arguments: A, facts: Facts) -> str:
        """What was found, as Markdown in the person's language. Raises LeaError or NeedsAnswer."""


class Write(ABC, Generic[A]):
    """An action that changes records of this database.

    `changes` names the kind of record; `said` and `proposed` are what applies unless the company decided otherwise:
    to what a person asked for in so many words, and to what the model proposes.
    """

    name: ClassVar[str]
    arguments: ClassVar[type[Arguments]]
    description: ClassVar[str]
    title: ClassVar[Mapping[Language, str]]
    changes: ClassVar[str]
    said: ClassVar[Rule] = "allow"
    proposed: ClassVar[Rule] = "ask"

    @abstractmethod
    def preview(self, connection: Connection, scope: Scope, arguments: A) -> Preview:
        """Raises LeaError or NeedsAnswer where it cannot be done."""

    @abstractmethod
    def run(self, connection: Connection, scope: Scope, arguments: A, key: str) -> Effect:
        """Do it; `key` is the same for the same write, and may name what is made. Raises as `preview`."""

    @abstractmethod
    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        """Put everything back. Raises Conflict(`record_changed`) where somebody went on from there."""


class Outside(ABC, Generic[A]):
    """An action whose effect is elsewhere: another system is told, by a key under which it must happen once."""

    name: ClassVar[str]
    arguments: ClassVar[type[Arguments]]
    description: ClassVar[str]
    title: ClassVar[Mapping[Language, str]]
    changes: ClassVar[str]
    said: ClassVar[Rule] = "ask"
    proposed: ClassVar[Rule] = "ask"

    @abstractmethod
    async def preview(self, scope: Scope, arguments: A) -> Preview:
        """As of `Write`."""

    @abstractmethod
    async def perform(self, scope: Scope, arguments: A, key: str) -> Effect:
        """Do it. A LeaError that is not retryable says that nothing happened; after any other nobody knows."""

    @abstractmethod
    async def check(self, scope: Scope, arguments: A, key: str) -> Effect | None:
        """Whether what was asked for under `key` happened; None if it did not and will not. Raises while unknown."""


AnyAction = Look[Any] | Write[Any] | Outside[Any]


def plain(arguments: Arguments) -> dict[str, Any]:
    """The arguments that were given, as JSON values."""
    return arguments.model_dump(mode="json", exclude_unset=True, exclude_none=True)
