"""What actions must know of pipelines; the room of runs is below this one."""

from typing import Protocol


class PipelineNames(Protocol):
    """The kinds of runs there are."""

    def family(self, pipeline: str) -> str:
        """Of which a company has one active run. Raises BadRequest(`pipeline_unknown`)."""
        ...
