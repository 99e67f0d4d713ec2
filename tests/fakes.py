"""Stand-ins that play a script."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from lea.bus.port import Reader
from lea.clock import SystemClock
from lea.errors import NetworkError
from lea.ids import CompanyId, UserId
from lea.sources.source import JobsData, JobsMetrics, UserContext


class ManualClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += seconds
        self._monotonic += seconds


class MidMonth(SystemClock):
    """Time as it goes, from noon of a day in mid-month on: neither the day nor the month ends during the test."""

    def __init__(self) -> None:
        today = datetime.fromtimestamp(time.time(), UTC)
        self._ahead = today.replace(day=15, hour=12, minute=0, second=0).timestamp() - today.timestamp()

    def now(self) -> float:
        return super().now() + self._ahead


def time_passes(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """So much of it at once, for every timer of the running loop: a limit is reached that nothing comes near."""
    loop = asyncio.get_running_loop()
    now = loop.time
    monkeypatch.setattr(loop, "time", lambda: now() + seconds)


class ScriptedSink:
    """A reader's connection: open or shut, as the test says."""

    def __init__(self) -> None:
        self.data = b""
        self.pushes = 0
        self.open = True
        self.ended = False
        self.reader: Reader | None = None
        self.on_push: Callable[[], None] | None = None

    def push(self, data: bytes) -> bool:
        if not self.open:
            return False
        self.pushes += 1
        self.data += data
        if self.on_push is not None:
            self.on_push()
        return True

    def end(self) -> None:
        self.ended = True

    def catch_up(self) -> None:
        """There is room again: take everything that was missed."""
        self.open = True
        while self.reader is not None and (data := self.reader.take()):
            self.data += data


class ScriptedSource:
    """A source that answers when the test lets it, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.failing: set[str] = set()
        self.gate: asyncio.Event | None = None

    async def connection_mode(self, company_id: CompanyId) -> str:
        await self._answer("connection_mode")
        return "sql"

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        await self._answer("user_context")
        return UserContext(user_id, "Ada", "ada@example.org", "member", "en", company_id, "Engines", "sql", ())

    async def jobs(self, company_id: CompanyId) -> JobsData:
        await self._answer("jobs_data")
        return JobsData(())

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        await self._answer("jobs_metrics")
        return JobsMetrics.of([("bank", "pending", self.asked["jobs_metrics"])])

    async def _answer(self, phase: str) -> None:
        self.asked[phase] += 1
        if self.gate is not None:
            await self.gate.wait()
        if phase in self.failing:
            raise NetworkError
