"""What processes share and may lose: values with a life, who is there, and how often something was asked.

Nothing of it is the truth of anything. Writes go out together in the background; reads are short and answer None where
the other side cannot be asked, and the caller goes on with what it has.
"""

from typing import Protocol

from lea.resilience.limits import Hit


class State(Protocol):
    """Shared by the processes of one installation."""

    @property
    def backend(self) -> str:
        """`memory`, `redis` or `memory (redis unavailable)`, as operators are told."""
        ...

    @property
    def shared(self) -> bool:
        """Whether other processes can be reached through it now."""
        ...

    async def get(self, key: str) -> bytes | None:
        """The value; None where there is none, or none that can be had in time."""
        ...

    def put(self, key: str, value: bytes, life_s: float) -> None:
        """Keep a value that long; a newer one for the same key replaces it."""
        ...

    def touch(self, key: str, life_s: float) -> None:
        """Let a value live that long from now."""
        ...

    def forget(self, key: str) -> None:
        """Drop a value."""
        ...

    def join(self, group: str, member: str, life_s: float) -> None:
        """Be counted in a group for that long."""
        ...

    async def members(self, group: str) -> int | None:
        """How many are in a group; None where that cannot be known."""
        ...

    async def hit(self, label: str, name: str, limit: int, window_s: int) -> Hit | None:
        """Count one in a moving window all processes share; None where it cannot be counted. A refused hit is not."""
        ...
