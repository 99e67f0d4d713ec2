"""Blocking work: one slot a session, so nobody's slowness is anybody else's."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from lea.config import Sessions
from lea.errors import Overloaded
from lea.manager.callbacks import CallbackPool
from tests.lea_server import Lea, Person
from tests.model_server import Answer, ModelServer


@pytest.fixture
async def pool() -> AsyncIterator[CallbackPool]:
    pool = CallbackPool(Sessions(callback_threads=4, callback_waiting=60))
    yield pool
    pool.close()


async def test_fifty_blocked_callbacks_of_one_user_move_nobody_else(lea: Lea, ada: Person, model: ModelServer) -> None:
    """They stay blocked for the whole test, which is longer than any number of seconds."""
    mallory, _ = await lea.manager.session((await lea.person("mallory@example.org")).identity)
    sessions = [(await lea.manager.session((await lea.person(f"{n}@example.org")).identity))[0] for n in range(20)]
    let_go = threading.Event()
    running: list[int] = []

    def blocked() -> None:
        running.append(1)
        let_go.wait(30)

    mine = [asyncio.ensure_future(mallory.run_blocking(blocked)) for _ in range(50)]
    try:
        others = (session.run_blocking(lambda n=n: n * n) for n, session in enumerate(sessions))
        assert await asyncio.gather(*others) == [n * n for n in range(20)]
        model.script(Answer("un deux trois", every=0.001))
        assert (await ada.ask("Bonjour")).text == "un deux trois"
        async with asyncio.timeout(20):
            while not running:
                await asyncio.sleep(0.01)
        assert len(running) == 1
        assert not any(callback.done() for callback in mine)
    finally:
        let_go.set()
    await asyncio.gather(*mine)
    assert len(running) == 50


async def test_callbacks_of_one_session_run_one_after_the_other_in_order(pool: CallbackPool) -> None:
    order: list[int] = []
    await asyncio.gather(*(pool.run("ada", lambda n=n: order.append(n)) for n in range(30)))
    assert order == list(range(30))


async def test_what_a_callback_raises_is_its_callers(pool: CallbackPool) -> None:
    def fails() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await pool.run("ada", fails)
    assert await pool.run("ada", lambda: "next") == "next"


async def test_too_many_waiting_are_refused(pool: CallbackPool) -> None:
    let_go = threading.Event()
    waiting = [asyncio.ensure_future(pool.run("ada", lambda: let_go.wait(30))) for _ in range(61)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await pool.run("ada", lambda: None)
    let_go.set()
    await asyncio.gather(*waiting)


async def test_a_cancelled_caller_leaves_the_slot_taken_until_the_callback_ends(pool: CallbackPool) -> None:
    let_go, begun = threading.Event(), threading.Event()

    def blocked() -> None:
        begun.set()
        let_go.wait(30)

    first = asyncio.ensure_future(pool.run("ada", blocked))
    await asyncio.to_thread(begun.wait, 30)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    second = asyncio.ensure_future(pool.run("ada", lambda: "second"))
    assert await pool.run("bob", lambda: "bob") == "bob"
    assert not second.done()
    let_go.set()
    assert await second == "second"


async def test_nothing_is_kept_of_sessions_that_have_no_callback(pool: CallbackPool) -> None:
    await asyncio.gather(*(pool.run(str(n), lambda: None) for n in range(100)))
    while pool._slots:
        await asyncio.sleep(0)
