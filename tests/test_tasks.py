"""Background tasks and their owner."""

import asyncio

from lea.tasks import TaskOwner
from tests.conftest import Logged


async def test_a_task_that_loses_its_cancellation_is_cancelled_again(logged: Logged) -> None:
    owner, begun = TaskOwner(), asyncio.Event()

    async def loses_one() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    task = owner.spawn("deaf", loses_one())
    await begun.wait()
    async with asyncio.timeout(30):
        await owner.aclose()
    assert task.cancelled()
    assert [line["tasks"] for line in logged.named("tasks.cancelled_again")] == [["deaf"]]


async def test_what_is_begun_while_the_owner_closes_ends_too() -> None:
    owner, begun = TaskOwner(), asyncio.Event()
    late: list[asyncio.Task[None]] = []

    async def begins_another() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            late.append(owner.spawn("late", asyncio.sleep(3600)))

    owner.spawn("first", begins_another())
    await begun.wait()
    async with asyncio.timeout(30):
        await owner.aclose()
    assert late[0].cancelled()
    assert len(owner) == 0
