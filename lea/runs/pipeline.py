"""What a kind of run must know; a package brings its own by the entry point group `lea.pipelines`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from lea.ids import CompanyId, RunId, UserId
from lea.sentences import Language
from lea.store.runs import Connection


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One piece of work; `key` is its own within the run, `step` one of the pipeline's."""

    key: str
    title: str
    payload: Mapping[str, Any]
    step: str


@dataclass(frozen=True, slots=True)
class RunScope:
    """On whose behalf, in which language and with what."""

    run_id: RunId
    company_id: CompanyId
    user_id: UserId
    language: Language
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a job; `save` runs in the transaction that marks it completed, and may be run again after what it
    did was undone. A LeaError it raises fails the job, a text it returns is the summary instead. `over` is called once
    that is committed, or given up. `items` is how many rows it writes, which bounds what is saved together."""

    summary: str
    save: Callable[[Connection], str | None] | None = None
    cost_nano_usd: int = 0
    over: Callable[[], None] | None = None
    items: int = 1


class Pipeline(Protocol):
    """A kind of run.

    `family`: a company has one active run of a family. `steps` are in order, for the picture. `concurrency` is how many
    jobs of one run are worked at once, `attempts` how often a job is tried.
    """

    name: ClassVar[str]
    family: ClassVar[str]
    steps: ClassVar[tuple[str, ...]]

    @property
    def concurrency(self) -> int: ...

    @property
    def attempts(self) -> int: ...

    async def plan(self, scope: RunScope) -> Sequence[JobSpec]:
        """The run's jobs, in order, the same for the same arguments: it is asked again after a crash.

        A LeaError fails the run.
        """
        ...

    async def work(self, scope: RunScope, job: JobSpec) -> Finished:
        """Do a job. What is not saved with it must be the same when done again under its key.

        A retryable LeaError is tried again, `attempts` times in all; any other fails this job only.
        """
        ...


@runtime_checkable
class Paced(Protocol):
    """A pipeline may also say when its next job may begin; a job that waits for that holds no place."""

    async def turn(self) -> None:
        """Returns when it is a job's turn."""
        ...
