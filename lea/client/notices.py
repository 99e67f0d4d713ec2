"""What changes outside of answers: conversations, records, runs, money."""

from collections.abc import AsyncGenerator, AsyncIterator
from types import TracebackType
from typing import Any, Self

from lea.client.answer import STREAM
from lea.client.http import Sent
from lea.client.resuming import Resumed


class Notices:
    """`async with lea.events() as events: async for event in events`: one object each, as `docs/api.md` lists them.

    Entering it waits until the server has opened the stream, so nothing that changes from there on is missed, and
    `{"resync": True}` says where something may have been.
    """

    def __init__(self, resumed: Resumed) -> None:
        self._resumed = resumed
        self._told = self._telling()

    async def __aenter__(self) -> Self:
        """Raises LeaError."""
        await anext(self._told)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._told.aclose()

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        async for event in self._told:
            if event is not None:
                yield event

    async def _telling(self) -> AsyncGenerator[dict[str, Any] | None, None]:
        events = self._resumed.events(
            lambda: Sent("GET", "/v1/lea/events", accept=STREAM, after=self._resumed.cursor), opened=True
        )
        try:
            async for event in events:
                yield event.data
        finally:
            await events.aclose()
