"""A plug-in's source as one of ours: called through its dependency, and believed about nothing."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from lea.resilience.dependency import Dependency
from lea.sources.foreign import Counted, Foreign, Garbled, Loaded, newest, title_of
from lea.sources.source import DEPARTMENTS, STATES, JobSummary

MOST: Final = 1000
"""Most jobs kept of what it gives: the newest."""


def is_source(made: Any) -> bool:
    """Whether it has what Foreign has, its name aside."""
    return all(callable(getattr(made, name, None)) for name in ("load", "aclose"))


class PluggedSource:
    """A Foreign with the name of its entry point; reading all of it is one call of the dependency of that name."""

    def __init__(self, name: str, source: Foreign, dependency: Dependency) -> None:
        self.name = name
        self._source = source
        self._dependency = dependency

    async def load(self) -> Loaded:
        """See Foreign. Raises Garbled for what is no job."""
        return await self._dependency.run(self._load, again=True)

    async def aclose(self) -> None:
        await self._source.aclose()

    async def _load(self) -> Loaded:
        loaded = await self._source.load()
        if not isinstance(loaded, Loaded):
            raise Garbled
        jobs = newest(self._job(job) for job in loaded.jobs)
        return Loaded(jobs[:MOST], tuple(_counts(loaded.counts)))

    def _job(self, job: Any) -> JobSummary:
        if not isinstance(job, JobSummary) or not _known(job.department, job.state):
            raise Garbled
        return replace(job, source=self.name, title=title_of([job.title]))


def _counts(counts: Iterable[Counted]) -> Iterable[Counted]:
    for department, state, count in counts:
        if not _known(department, state) or not isinstance(count, int) or count < 0:
            raise Garbled
        yield department, state, count


def _known(department: str, state: str) -> bool:
    return department in DEPARTMENTS and state in STATES
