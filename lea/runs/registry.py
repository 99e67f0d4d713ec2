"""Every pipeline there is: our own, and those of installed packages (entry point `lea.pipelines`)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from lea.errors import BadRequest, StartError
from lea.plugins import PIPELINES, Plugins
from lea.runs.pipeline import Pipeline

NEEDED: Final = ("name", "family", "steps", "concurrency", "attempts", "plan", "work")
Factory = Callable[[], Pipeline]


def installed(found: Plugins) -> list[Pipeline]:
    """What other packages bring. Raises StartError; see Plugins.make."""
    return found.all(PIPELINES, "a pipeline", lambda made: all(hasattr(made, name) for name in NEEDED))


class Pipelines:
    """Pipelines by name, in the order they were given."""

    def __init__(self, pipelines: Iterable[Pipeline]) -> None:
        """Raises StartError where two have one name."""
        self._pipelines: dict[str, Pipeline] = {}
        for pipeline in pipelines:
            if pipeline.name in self._pipelines:
                raise StartError(f"two pipelines are called {pipeline.name}")
            self._pipelines[pipeline.name] = pipeline

    def __iter__(self) -> Iterator[Pipeline]:
        return iter(self._pipelines.values())

    def family(self, name: str) -> str:
        """Raises BadRequest(`pipeline_unknown`)."""
        return self.get(name).family

    def steps(self, name: str) -> tuple[str, ...]:
        """For the picture; none of a pipeline that is not installed any more."""
        found = self._pipelines.get(name)
        return () if found is None else found.steps

    def get(self, name: str) -> Pipeline:
        """Raises BadRequest(`pipeline_unknown`)."""
        found = self._pipelines.get(name)
        if found is None:
            raise BadRequest("pipeline_unknown")
        return found
