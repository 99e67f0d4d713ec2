"""What is shared where there is one process: nothing."""

from lea.resilience.limits import Hit


class MemoryState:
    """Nobody to share with: what this process knows is in LLMManager, in its threads and in its own limits.

    A copy kept here would only be a second truth beside them, so nothing is, and asking costs nothing.
    """

    backend = "memory"
    shared = False

    async def get(self, key: str) -> bytes | None:
        return None

    def put(self, key: str, value: bytes, life_s: float) -> None:
        """Nobody would read it."""

    def touch(self, key: str, life_s: float) -> None:
        """Nothing is kept that could end."""

    def forget(self, key: str) -> None:
        """Nothing is kept."""

    def join(self, group: str, member: str, life_s: float) -> None:
        """The manager counts its own sessions."""

    async def members(self, group: str) -> int | None:
        return None

    async def hit(self, label: str, name: str, limit: int, window_s: int) -> Hit | None:
        return None

    async def aclose(self) -> None:
        """Nothing waits to be written."""
