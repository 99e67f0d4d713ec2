"""How many jobs this process works at, shared fairly: companies take turns, whatever each has waiting."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lea.ids import CompanyId


class Slots:
    """At most `most` at once; whoever waits is woken in turn of the companies, and in order within one."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: dict[CompanyId, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def place(self, company_id: CompanyId) -> AsyncIterator[None]:
        """Have one, once there is one."""
        await self._take(company_id)
        try:
            yield
        finally:
            self._give()

    async def _take(self, company_id: CompanyId) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(company_id, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was given, and will not be used
                self._give()
            raise

    def _give(self) -> None:
        """To the company whose turn it is: it then is the last in line."""
        while self._waiting:
            company_id = next(iter(self._waiting))
            line = self._waiting.pop(company_id)
            turn = line.popleft()
            if line:
                self._waiting[company_id] = line
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
