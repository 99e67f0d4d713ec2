"""The three lock levels and their rules."""

import asyncio

import pytest

from lea.errors import TooMany
from lea.manager.locks import LeafLock, LockTimes, ThreadLock
from lea.metrics import REGISTRY


def observed(level: str, what: str) -> float:
    return REGISTRY.get_sample_value(f"lea_lock_{what}_seconds_count", {"level": level}) or 0


@pytest.mark.parametrize("level", ["global", "session"])
async def test_every_wait_and_hold_of_a_leaf_is_measured(level) -> None:
    waits, holds = observed(level, "wait"), observed(level, "held")
    times = LockTimes()
    lock = LeafLock(level)
    async with lock.hold(times):
        pass
    assert (observed(level, "wait"), observed(level, "held")) == (waits + 1, holds + 1)
    assert times.held > 0


async def test_turns_of_a_thread_go_in_the_order_they_came() -> None:
    lock = ThreadLock(waiting=10)
    order: list[int] = []

    async def turn(number: int) -> None:
        ticket = lock.join()
        await ticket.wait()
        order.append(number)
        await asyncio.sleep(0)
        ticket.release()

    await asyncio.gather(*(turn(number) for number in range(8)))
    assert order == list(range(8))
    assert not lock.busy


async def test_who_waits_is_told_each_place_once() -> None:
    lock = ThreadLock(waiting=10)
    holder, *waiting = [lock.join() for _ in range(4)]
    moves: list[list[int]] = [[] for _ in waiting]
    for seen, ticket in zip(moves, waiting, strict=True):
        ticket.on_move = seen.append
    assert [ticket.position for ticket in waiting] == [1, 2, 3]
    holder.release()
    assert moves == [[], [1], [2]]
    waiting[1].release()
    assert moves == [[], [1], [2, 1]]


async def test_one_more_than_the_bound_is_refused() -> None:
    lock = ThreadLock(waiting=2)
    tickets = [lock.join() for _ in range(3)]
    with pytest.raises(TooMany) as refused:
        lock.join()
    assert refused.value.code == "queue_full"
    tickets[0].release()
    lock.join()


async def test_a_cancelled_wait_gives_its_place_up() -> None:
    lock = ThreadLock(waiting=2)
    holder, second, third = lock.join(), lock.join(), lock.join()
    waiting = asyncio.ensure_future(second.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    second.release()
    holder.release()
    await third.wait()
    third.release()
    assert not lock.busy
