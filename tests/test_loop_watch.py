"""The loop's heartbeat, and who is named when it stops."""

import asyncio
import threading
import time
from typing import Any

from lea.metrics import LOOP_LAG_SECONDS
from lea.resilience.loop import LoopWatch
from lea.tasks import TaskOwner
from tests.conftest import Logged


def beats() -> float:
    return next(
        sample.value
        for metric in LOOP_LAG_SECONDS.collect()
        for sample in metric.samples
        if sample.name.endswith("_count")
    )


async def until_beats(count: float) -> None:
    async with asyncio.timeout(30):
        while beats() < count:
            await asyncio.sleep(0.01)


def a_call_that_blocks(logged: Logged) -> None:
    """Until it is named, and for long enough that it could be named again."""
    end, named = time.monotonic() + 30, False
    while time.monotonic() < end:
        sum(range(1000))
        if not named and lines_about_it(logged):
            end, named = time.monotonic() + 0.5, True


def lines_about_it(logged: Logged) -> list[dict[str, Any]]:
    return [line for line in logged.named("loop.blocked") if "a_call_that_blocks" in str(line["stack"])]


async def test_a_call_that_holds_up_the_loop_is_named_once_with_its_stack(logged: Logged) -> None:
    tasks = TaskOwner()
    before = beats()
    tasks.spawn("loop.beat", LoopWatch().keep_beating())
    await until_beats(before + 2)
    a_call_that_blocks(logged)
    await until_beats(before + 5)
    await tasks.aclose()
    (named,) = lines_about_it(logged)
    assert named["late_s"] >= 0.25


async def test_the_watch_ends_with_its_task() -> None:
    tasks = TaskOwner()
    before = beats()
    tasks.spawn("loop.beat", LoopWatch().keep_beating())
    await until_beats(before + 1)
    await tasks.aclose()
    async with asyncio.timeout(30):
        while any(thread.name == "loop.watch" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
