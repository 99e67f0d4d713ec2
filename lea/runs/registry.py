"""Every pipeline there is: our own, and those of installed packages (entry point `lea.pipelines`)."""

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import entry_points
from typing import Any, Final

from lea.errors import BadRequest, StartError
from lea.runs.pipeline import Pipeline

GROUP: Final = "lea.pipelines"
NEEDED: Final = ("name", "family", "steps", "concurrency", "attempts", "plan", "work")
Factory = Callable[[], Pipeline]


def installed() -> list[Pipeline]:
    """What other packages bring: each entry point names a class, or a function, that makes one pipeline.

    Raises StartError with the entry point's name where it cannot be loaded or makes something else.
    """
    found: list[Pipeline] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            pipeline: Any = point.load()()
        except Exception as error:
            raise StartError(f"plugin {point.name} ({point.value}) cannot be loaded: {error!r}") from error
        if not all(hasattr(pipeline, name) for name in NEEDED):
            raise StartError(f"plugin {point.name} ({point.value}) does not make a pipeline")
        found.append(pipeline)
    return found


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
