"""What the tests of scheduled asks have in common."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lea.app import Adapters
from lea.handlers.keys import DUES
from tests.fakes import ManualClock
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer

PARIS = ZoneInfo("Europe/Paris")
MONDAY = {"text": "Fais-moi le point des factures", "every": "week", "days": ["monday"], "time": "08:00"}


def paris(text: str) -> float:
    """Of a time as the clocks of Paris show it."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")


@asynccontextmanager
async def at(folder: Path, now: str, model: ModelServer | None = None, **sections: Any) -> AsyncIterator["Timed"]:
    """A server at whose clock it is that time in Paris."""
    clock = ManualClock(paris(now))
    if model is not None:
        sections.setdefault("llm", {})["base_url"] = model.url
    async with running(settings(folder, **sections), Adapters(clock=clock)) as lea:
        yield Timed(lea, clock)


class Timed:
    """A server and its clock."""

    def __init__(self, lea: Lea, clock: ManualClock) -> None:
        self.lea = lea
        self.clock = clock

    async def until(self, moment: str) -> None:
        """It becomes that time, and what is due is begun."""
        self.clock.advance(paris(moment) - self.clock.now())
        await self.lea.app[DUES].look()


async def made(person: Person, **changed: Any) -> dict[str, Any]:
    status, body = await person.call("POST", "/v1/lea/schedules", {**MONDAY, **changed})
    assert status == 201, body
    return dict(body)


async def one(person: Person, schedule_id: str) -> dict[str, Any]:
    status, body = await person.call("GET", f"/v1/lea/schedules/{schedule_id}")
    assert status == 200, body
    return dict(body)


async def settled(person: Person, schedule_id: str) -> dict[str, Any]:
    """Once its newest run has told how it went."""
    async with asyncio.timeout(60):
        while True:
            found = await one(person, schedule_id)
            if found["last"] is not None and found["last"]["result"] != "running":
                return found
            await asyncio.sleep(0.02)


async def said(person: Person, thread_id: str) -> list[tuple[str, str]]:
    """(role, text) of what stands in a conversation; nothing where there is none."""
    status, body = await person.call("GET", f"/v1/lea/threads/{thread_id}")
    return [(message["role"], message["content"]) for message in body["messages"]] if status == 200 else []
