"""LLMManager and LLMSession: single flight outside the locks, refresh, eviction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lea.auth.permissions import Identity
from lea.config import Config
from lea.ids import CompanyId, ThreadId, UserId
from lea.manager.manager import LLMManager
from lea.manager.snapshots import Snapshots
from lea.metrics import REGISTRY
from lea.state.memory import MemoryState
from lea.tasks import TaskOwner
from tests.fakes import ManualClock, ScriptedSource
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer


def identity(user: str = "u1", company: str = "c1") -> Identity:
    return Identity(UserId(user), CompanyId(company), "member", "Ada", "en", "key")


class Parts:
    def __init__(self, config: Config, tasks: TaskOwner) -> None:
        self.clock = ManualClock()
        self.source = ScriptedSource()
        self.manager = LLMManager(self.source, config, self.clock, tasks, Snapshots(MemoryState(), self.clock))


@asynccontextmanager
async def made(folder: Path, **sessions: float) -> AsyncIterator[Parts]:
    tasks = TaskOwner()
    parts = Parts(settings(folder, sessions=sessions), tasks)
    yield parts
    parts.manager.close()
    await tasks.aclose()


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    """Whose loads take as long as a test lets them: whoever waits for one that is held waits longer than any test."""
    async with made(tmp_path, load_timeout=100) as parts:
        yield parts


async def test_the_first_initialize_creates_and_the_next_refreshes(parts: Parts) -> None:
    first = await parts.manager.initialize(identity())
    second = await parts.manager.initialize(identity())
    assert (first.status, second.status) == ("created", "refreshed")
    assert first.session_key == "u1:c1"
    assert set(first.timings_ms) == {"lock_wait", "lock_held", "data", "total"}


async def test_a_refresh_keeps_the_profile_and_reloads_the_jobs(parts: Parts) -> None:
    await parts.manager.initialize(identity())
    again = await parts.manager.initialize(identity())
    assert parts.source.asked == {"connection_mode": 1, "user_context": 1, "jobs_data": 2, "jobs_metrics": 2}
    assert again.jobs_metrics is not None
    assert again.jobs_metrics.counts["bank"]["pending"] == 2


async def test_the_profile_is_loaded_again_after_an_hour(parts: Parts) -> None:
    await parts.manager.initialize(identity())
    parts.clock.advance(3599)
    await parts.manager.initialize(identity())
    assert parts.source.asked["user_context"] == 1
    parts.clock.advance(2)
    await parts.manager.initialize(identity())
    assert parts.source.asked["user_context"] == 2


async def test_loads_are_single_flight(parts: Parts) -> None:
    parts.source.gate = asyncio.Event()
    asking = [asyncio.ensure_future(parts.manager.initialize(identity())) for _ in range(20)]
    while parts.source.asked["jobs_metrics"] == 0:
        await asyncio.sleep(0)
    parts.source.gate.set()
    done = await asyncio.gather(*asking)
    assert max(parts.source.asked.values()) == 1
    assert sorted(one.status for one in done) == ["created"] + ["refreshed"] * 19


async def test_no_lock_is_held_while_loading(parts: Parts) -> None:
    parts.source.gate = asyncio.Event()
    slow = asyncio.ensure_future(parts.manager.initialize(identity()))
    while not parts.source.asked:
        await asyncio.sleep(0)
    async with asyncio.timeout(20):
        other, created = await parts.manager.session(identity("u2"))
        async with other.lock.hold():
            pass
        session, _ = await parts.manager.session(identity())
        async with session.lock.hold():
            pass
    assert created
    parts.source.gate.set()
    await slow


async def test_one_who_leaves_does_not_end_the_load_of_the_others(parts: Parts) -> None:
    parts.source.gate = asyncio.Event()
    leaving = asyncio.ensure_future(parts.manager.initialize(identity()))
    staying = asyncio.ensure_future(parts.manager.initialize(identity()))
    while not parts.source.asked:
        await asyncio.sleep(0)
    leaving.cancel()
    parts.source.gate.set()
    assert (await staying).jobs_metrics is not None


@pytest.mark.parametrize("phase", ["connection_mode", "user_context", "jobs_data", "jobs_metrics"])
async def test_a_part_that_fails_leaves_the_others_and_is_asked_for_again(parts: Parts, logged, phase: str) -> None:
    parts.source.failing = {phase}
    await parts.manager.initialize(identity())
    session, _ = await parts.manager.session(identity())
    have = {
        "connection_mode": session.connection_mode,
        "user_context": session.user_context,
        "jobs_data": session.jobs_data,
        "jobs_metrics": session.jobs_metrics,
    }
    assert [name for name, value in have.items() if value is None] == [phase]
    assert logged.named("session.initialized")[0]["failed"] == [phase]
    parts.source.failing = set()
    parts.clock.advance(3601)
    await session.ensure_loaded()
    assert session.user_context is not None


async def test_a_part_that_hangs_is_given_up_after_its_time(tmp_path: Path, logged) -> None:
    async with made(tmp_path, load_timeout=0.2) as parts:
        parts.source.gate = asyncio.Event()
        done = await parts.manager.initialize(identity())
    assert done.jobs_metrics is None
    assert len(logged.named("session.load_failed")) == 4


async def test_initializing_logs_and_measures_every_phase(parts: Parts, logged) -> None:
    def loads() -> dict[str, float]:
        return {
            phase: REGISTRY.get_sample_value("lea_load_seconds_count", {"phase": phase, "outcome": "loaded"}) or 0
            for phase in ("connection_mode", "user_context", "jobs_data", "jobs_metrics")
        }

    before = loads()
    await parts.manager.initialize(identity())
    line = logged.named("session.initialized")[0]
    assert set(line["timings_ms"]) == {"lock_wait", "lock_held", "data", "total"}
    assert set(line["loads_ms"]) == set(before)
    assert all(loads()[phase] == count + 1 for phase, count in before.items())


async def test_jobs_that_are_old_are_reloaded_behind_the_answer(parts: Parts) -> None:
    session, _ = await parts.manager.session(identity())
    await session.ensure_loaded()
    parts.clock.advance(61)
    parts.source.gate = asyncio.Event()
    async with asyncio.timeout(20):
        await session.ensure_loaded()
    parts.source.gate.set()
    while parts.source.asked["jobs_metrics"] < 2:
        await asyncio.sleep(0)


async def test_idle_sessions_leave_memory(parts: Parts) -> None:
    await parts.manager.initialize(identity())
    parts.clock.advance(1000)
    await parts.manager.initialize(identity("u2"))
    parts.clock.advance(900)
    assert await parts.manager.evict_idle() == 1
    assert parts.manager.peek(identity()) is None
    assert parts.manager.peek(identity("u2")) is not None


async def test_a_session_with_a_live_turn_is_never_evicted(parts: Parts) -> None:
    session, _ = await parts.manager.session(identity())
    thread = session.thread(ThreadId("s1"))
    ticket = thread.join()
    parts.clock.advance(100_000)
    assert await parts.manager.evict_idle() == 0
    ticket.release()
    session.rest(thread)
    parts.clock.advance(100_000)
    assert await parts.manager.evict_idle() == 1


async def test_more_sessions_than_may_be_drop_the_one_unused_longest(tmp_path: Path) -> None:
    users = ("u0", "u1", "u2", "u3", "u4")
    async with made(tmp_path, most=3) as parts:
        first, _ = await parts.manager.session(identity("u0"))
        ticket = first.thread(ThreadId("s1")).join()
        for user in ("u1", "u2", "u1", "u3", "u4"):
            await parts.manager.session(identity(user))
        assert [user for user in users if parts.manager.peek(identity(user))] == ["u0", "u3", "u4"]
        ticket.release()


async def test_people_who_wrote_last_are_ready_at_the_start(tmp_path: Path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url}, sessions={"preload": 2})
    async with running(config) as lea:
        people = [await lea.person(f"{number}@example.org") for number in range(3)]
        for person in people:
            await person.ask("Bonjour", session_id="s1")
    async with running(config) as lea:
        async with asyncio.timeout(30):
            while len(lea.manager) < 2:
                await asyncio.sleep(0)
        assert [lea.manager.peek(person.identity) is not None for person in people] == [False, True, True]


async def test_quiet_threads_are_bounded_and_busy_ones_stay(parts: Parts) -> None:
    session, _ = await parts.manager.session(identity())
    busy = session.thread(ThreadId("busy"))
    ticket = busy.join()
    for number in range(200):
        thread = session.thread(ThreadId(str(number)))
        turn = thread.join()
        turn.release()
        session.rest(thread)
    assert session.thread_count == 51
    assert session.thread(ThreadId("busy")) is busy
    ticket.release()


async def test_the_routes_tell_the_same(lea: Lea, ada: Person) -> None:
    status, first = await ada.call("POST", "/v1/lea/sessions/initialize", {})
    assert (status, first["success"], first["status"]) == (200, True, "created")
    assert first["session_key"] == f"{ada.identity.user_id}:{ada.identity.company_id}"
    assert first["jobs_metrics"]["total"] == 0
    _, second = await ada.call("POST", "/v1/lea/sessions/initialize")
    assert second["status"] == "refreshed"
    await ada.ask("Bonjour", session_id="s1")
    await ada.ask("Bonjour", session_id="s2")
    stranger = await lea.person("bob@example.org", "Another Company")
    await stranger.ask("Bonjour")
    _, count = await ada.call("GET", "/v1/lea/sessions/count")
    assert count == {"active_sessions": 2, "users": 1, "storage_backend": "memory"}
