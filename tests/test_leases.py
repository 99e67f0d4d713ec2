"""Turns that nobody answers any more are ended; a turn that is no longer ours is let go."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from lea.bus.memory import MemoryBus
from lea.ids import MessageId, RequestId, ThreadId, TurnId
from lea.manager.elsewhere import Elsewhere
from lea.store import beginning, leases
from lea.store.checkpoints import Estimate, interrupt
from lea.store.turns import BeginTurn
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database

NOTICED_S = 40
"""Far more than it takes: eight seconds of a lease, and two looks."""


@pytest.fixture(params=["sqlite", "postgresql"])
async def lea(request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    if request.param == "sqlite":
        async with running(settings(tmp_path, llm={"base_url": model.url})) as server:
            yield server
        return
    async with (
        fresh_database() as url,
        running(settings(tmp_path, database={"url": url}, llm={"base_url": model.url})) as server,
    ):
        yield server


async def begun(lea: Lea, ada: Person, number: int, *, lease_s: float = -1) -> TurnId:
    """A turn of a process that is not there."""
    turn = BeginTurn(
        turn_id=TurnId(f"t{number}"),
        owner="p_gone",
        lease_s=lease_s,
        user_id=ada.identity.user_id,
        company_id=ada.identity.company_id,
        thread_id=ThreadId("s1"),
        request_id=RequestId(f"r{number}"),
        body_hash="h",
        user_message_id=MessageId(f"q{number}"),
        assistant_message_id=MessageId(f"a{number}"),
        kind="message",
        text=f"Question {number}",
        parent_id=None,
        now=lea.store_now(),
    )
    await lea.store.write(partial(beginning.begin, turn=turn))
    return turn.turn_id


async def states(lea: Lea) -> list[str]:
    return [state for (state,) in await lea.sql("SELECT state FROM turns ORDER BY fence")]


async def test_a_message_waits_for_an_abandoned_turn_to_be_given_up_and_is_then_answered(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    await begun(lea, ada, 1)
    async with asyncio.timeout(2 * NOTICED_S):
        told = await ada.ask("Et maintenant ?", session_id="s1")
    assert told.done["finish_reason"] == "stop"
    assert await states(lea) == ["interrupted", "completed"]
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert [message["finish_reason"] for message in thread["messages"]] == [None, "interrupted", None, "stop"]


async def test_of_turns_that_wait_the_one_that_began_first_is_claimed_first(lea: Lea, ada: Person) -> None:
    first, second, third = [await begun(lea, ada, number, lease_s=60) for number in (1, 2, 3)]
    assert await states(lea) == ["running", "waiting", "waiting"]

    async def place(turn_id: TurnId) -> int | None:
        return await lea.store.write(
            partial(leases.claim, user_id=ada.identity.user_id, thread_id=ThreadId("s1"), turn_id=turn_id)
        )

    assert [await place(turn_id) for turn_id in (second, third)] == [1, 2]
    ended = "UPDATE turns SET state = 'completed', ended_at = 1 WHERE id = 't1'"
    await lea.store.write(lambda connection: connection.exec_driver_sql(ended))
    assert [await place(turn_id) for turn_id in (first, third, second, third)] == [None, 1, 0, 1]
    assert await states(lea) == ["completed", "running", "waiting"]


async def test_a_lease_that_is_renewed_between_two_looks_is_left_alone(lea: Lea, ada: Person) -> None:
    turn_id = await begun(lea, ada, 1)
    now = lea.store_now()
    seen = await lea.store.read(lambda connection: leases.abandoned(connection, "p_me", now))
    assert [lease.turn_id for lease in seen] == [turn_id]
    renewed = await lea.store.write(lambda connection: leases.renew(connection, "p_gone", [turn_id], 60, now))
    assert (renewed.held, renewed.stopping) == ({turn_id}, frozenset())
    ended = await lea.store.write(lambda connection: interrupt(connection, seen, lambda _: Estimate(None, None), now))
    assert ended == []
    assert await states(lea) == ["running"]


async def test_what_is_not_the_owners_is_not_renewed(lea: Lea, ada: Person) -> None:
    turn_id = await begun(lea, ada, 1)
    renewed = await lea.store.write(
        lambda connection: leases.renew(connection, "p_other", [turn_id], 60, lea.store_now())
    )
    assert renewed.held == frozenset()


async def test_an_answer_whose_lease_is_lost_is_cut(tmp_path: Path, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with (
        fresh_database() as url,
        running(settings(tmp_path, database={"url": url}, llm={"base_url": model.url})) as lea,
    ):
        ada = await lea.person()
        async with ada.reading("Compte", session_id="s1") as reading:
            gate.release()
            await reading.until("delta")
            taken = "UPDATE turns SET owner = 'p_other'"
            await lea.store.write(lambda connection: connection.exec_driver_sql(taken))
            async with asyncio.timeout(NOTICED_S):
                assert (await reading.rest()).done["finish_reason"] == "interrupted"
        await (await model.exchange(0)).closed.wait()


async def test_an_end_that_could_not_be_saved_is_an_interrupted_turn_without_a_restart(
    tmp_path: Path, model: ModelServer
) -> None:
    """The row says `running` by this very process, which knows better."""
    async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
        ada = await lea.person()
        await ada.ask("Bonjour", session_id="s1")
        await lea.store.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE turns SET state = 'running', ended_at = NULL, lease_until = lease_until + 1000"
            )
        )
        _, thread = await ada.call("GET", "/v1/lea/threads/s1")
        assert thread["live_turn_id"] is None
        async with asyncio.timeout(NOTICED_S):
            while await states(lea) != ["interrupted"]:
                await asyncio.sleep(0.05)


async def test_who_comes_to_follow_during_a_look_is_not_told_that_the_answer_ended(lea: Lea, ada: Person) -> None:
    first, second = await begun(lea, ada, 1, lease_s=60), await begun(lea, ada, 2, lease_s=60)
    elsewhere = Elsewhere(MemoryBus(), lea.store)
    followed = await elsewhere.topic(ada.identity.user_id, first, 0, "en")
    look = asyncio.ensure_future(elsewhere.look())
    await asyncio.sleep(0)  # the store has been asked of the first one only
    came = asyncio.ensure_future(elsewhere.topic(ada.identity.user_id, second, 0, "en"))
    await asyncio.wait([look, came])
    assert look.exception() is None
    assert (followed.ended, (await came).ended) == (False, False)
