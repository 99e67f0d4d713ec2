"""What admins see of sessions, locks and turns, and what nobody else does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import thread_time
from typing import Any

import pytest

from lea.app import Adapters
from lea.handlers.admin_views import ATTRIBUTION
from lea.manager.attribution import Spread, size_of
from lea.manager.cpu import CpuTime
from lea.manager.locks import RECENT, Level
from lea.manager.spans import Span, spans
from lea.sources.source import JobsData, JobSummary
from tests.fakes import ManualClock, ScriptedSource
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer, Refusal

SESSIONS = "/v1/admin/sessions"
LOCKS = "/v1/admin/locks"
TURNS = "/v1/admin/turns/"
SECRET = "un secret que personne ne doit lire"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def lea(tmp_path: Path, model: ModelServer, clock: ManualClock) -> AsyncIterator[Lea]:
    async with running(settings(tmp_path, llm={"base_url": model.url}), Adapters(clock=clock)) as server:
        yield server


@pytest.fixture
async def admin(lea: Lea) -> Person:
    return await lea.person("grace@example.org", role="admin")


async def seen(person: Person, path: str) -> Any:
    status, body = await person.call("GET", path)
    assert status == 200, body
    return body


async def session_of(admin: Person, person: Person) -> dict[str, Any]:
    listed = (await seen(admin, SESSIONS))["sessions"]
    return next(one for one in listed if one["user_id"] == person.identity.user_id)


def unended(view: dict[str, Any]) -> list[str]:
    return [span["name"] for span in view["spans"] if span["end_ms"] is None]


async def seen_doing(person: Person, turn_id: str, *names: str) -> Any:
    """The turn once it is saved and doing just this: what it does beside it, such as saving the message, ends."""
    async with asyncio.timeout(30):
        while True:
            status, view = await person.call("GET", TURNS + turn_id)
            if status == 200 and unended(view) == list(names):
                return view
            assert status in {200, 404}, view
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", [SESSIONS, LOCKS, TURNS + "t_1"])
async def test_it_is_for_admins_only(lea: Lea, ada: Person, path: str) -> None:
    status, problem = await ada.call("GET", path)
    assert (status, problem["code"]) == (403, "forbidden")
    async with lea.session.get(lea.url + path) as response:
        assert response.status == 401


async def test_a_session_tells_who_it_is_how_old_and_how_long_quiet(
    admin: Person, ada: Person, clock: ManualClock
) -> None:
    await ada.ask("Bonjour", session_id="s1")
    clock.advance(7)
    await ada.ask("Encore", session_id="s2")
    clock.advance(3)
    one = await session_of(admin, ada)
    assert (one["name"], one["email"], one["age_s"], one["idle_s"]) == ("Ada", "ada@example.org", 10.0, 3.0)
    assert (one["threads_live"], one["threads_quiet"], one["live_turns"]) == (0, 2, 0)


async def test_live_turns_count_also_while_they_wait(admin: Person, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Compte", session_id="s1") as first:
        gate.release()
        await first.until("delta")
        async with ada.reading("Encore", session_id="s1") as second:
            await second.until("queued")
            one = await session_of(admin, ada)
            gate.release()
            await second.rest()
    assert (one["threads_live"], one["threads_quiet"], one["live_turns"], one["idle_s"]) == (1, 0, 2, 0.0)
    assert (await session_of(admin, ada))["live_turns"] == 0


async def test_memory_grows_by_what_is_said(admin: Person, ada: Person, model: ModelServer) -> None:
    await ada.ask("Bonjour", session_id="s1")
    before = (await session_of(admin, ada))["memory_bytes"]
    model.script(Answer("x" * 100_000))
    await ada.ask("y" * 20_000, session_id="s1")
    grown = (await session_of(admin, ada))["memory_bytes"] - before
    assert 120_000 <= grown < 125_000
    assert (await session_of(admin, ada))["memory_bytes"] == before + grown


async def test_a_conversation_that_was_deleted_takes_no_memory(admin: Person, ada: Person, model: ModelServer) -> None:
    await ada.ask("Bonjour", session_id="s1")
    before = (await session_of(admin, ada))["memory_bytes"]
    model.script(Answer("x" * 100_000))
    await ada.ask("Raconte", session_id="s2")
    assert (await session_of(admin, ada))["memory_bytes"] > before + 100_000
    await ada.call("DELETE", "/v1/lea/threads/s2")
    while (one := await session_of(admin, ada))["threads_quiet"] > 1:  # forgetting goes on behind the answer
        pass
    assert one["memory_bytes"] < before + 2_000


async def test_the_sizes_of_jobs_count_with_all_they_hold() -> None:
    job = JobSummary("j1", "bank", "pending", "x" * 10_000, 1.0)
    assert 10_000 < size_of(JobsData((job,))) - size_of(JobsData(())) < 10_600
    assert size_of(None) == 0


async def test_cpu_time_is_what_the_steps_of_a_session_s_turns_took(
    admin: Person, ada: Person, model: ModelServer
) -> None:
    await ada.ask("Bonjour", session_id="s1")
    before = (await session_of(admin, ada))["cpu_s"]
    began = thread_time()
    model.script(Answer(" ".join("mot" for _ in range(2000))))
    await ada.ask("Raconte", session_id="s1")
    here = thread_time() - began
    used = (await session_of(admin, ada))["cpu_s"] - before
    assert 0 < used < here


async def test_steps_are_measured_and_waits_are_not() -> None:
    cpu, session = CpuTime(), CpuTime()
    gate = asyncio.Event()

    def busy(seconds: float) -> float:
        """How many it were: on a machine that stands still they may be more."""
        began = thread_time()
        while (took := thread_time() - began) < seconds:
            pass
        return took

    async def work() -> float:
        await gate.wait()
        return busy(0.02)

    waiting = asyncio.ensure_future(cpu.measure(work()))
    await asyncio.sleep(0)
    waited = busy(0.05)
    cpu.belongs_to(session)
    gate.set()
    worked = await waiting
    assert worked <= cpu.seconds < worked + waited
    assert session.seconds == pytest.approx(cpu.seconds)


async def test_what_is_measured_can_be_cancelled_and_answers_to_it() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    waiting = asyncio.ensure_future(CpuTime().measure(work()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == ["cancelled"]


async def test_another_company_s_sessions_threads_and_turns_are_not_there(
    lea: Lea, admin: Person, ada: Person, model: ModelServer
) -> None:
    other = await lea.person("mallory@example.org", company="Difference Engines", role="admin")
    told = await ada.ask("Bonjour", session_id="s1")
    assert (await seen(other, SESSIONS))["totals"]["sessions"] == 0
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        live = (await reading.until("delta")).turn_id
        theirs = await seen(other, LOCKS)
        assert (theirs["held"], theirs["holders"]) == (0, [])
        for turn_id in (told.done["turn_id"], live):
            status, problem = await other.call("GET", TURNS + turn_id)
            assert (status, problem["code"]) == (404, "not_found")
            assert (await admin.call("GET", TURNS + turn_id))[0] == 200
        gate.release()
        await reading.rest()


async def test_sessions_come_in_pages_that_miss_and_repeat_nobody(lea: Lea, admin: Person) -> None:
    people = [await lea.person(f"p{number}@example.org") for number in range(5)]
    await asyncio.gather(*(one.ask("Bonjour") for one in people))
    found: list[str] = []
    cursor = ""
    while True:
        page = await seen(admin, f"{SESSIONS}?limit=2&cursor={cursor}")
        assert len(page["sessions"]) <= 2
        assert page["totals"]["sessions"] == 5
        found += [one["user_id"] for one in page["sessions"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == sorted(one.identity.user_id for one in people)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=-1", "cursor=a%20b", "cursor=.."])
async def test_a_page_that_cannot_be_is_refused(admin: Person, query: str) -> None:
    assert (await admin.call("GET", f"{SESSIONS}?{query}"))[0] == 400


async def test_many_sessions_are_walked_without_holding_the_loop_up(tmp_path: Path) -> None:
    """Ten thousand, each with what it keeps; others get their turn all the while."""
    async with running(settings(tmp_path), Adapters(source=lambda _: ScriptedSource())) as lea:
        admin = await lea.person(role="admin")
        for number in range(10_000):
            identity = admin.identity
            session, _ = await lea.manager.session(type(identity)(f"u{number}", *_rest(identity)))
            session.rest(session.thread("s1"))
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0)
                beats += 1

        beating = asyncio.ensure_future(beat())
        found = await lea.app[ATTRIBUTION].sessions(admin.identity.company_id)
        beating.cancel()
        assert len(found) == 10_000
        assert beats > 10


def _rest(identity: Any) -> tuple[Any, ...]:
    return tuple(getattr(identity, name) for name in identity.__dataclass_fields__ if name != "user_id")


async def test_locks_tell_every_level_and_who_holds_what_now(admin: Person, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Compte", session_id="s1") as first:
        gate.release()
        turn_id = (await first.until("delta")).turn_id
        async with ada.reading("Encore", session_id="s1") as second:
            await second.until("queued")
            told = await seen(admin, LOCKS)
            gate.release()
            await second.rest()
    assert set(told["levels"]) == {"global", "session", "thread"}
    for level in told["levels"].values():
        assert level["count"] > 0
        for kind in ("wait_ms", "held_ms"):
            spread = level[kind]
            assert 0 <= spread["p50"] <= spread["p95"] <= spread["p99"] <= spread["max"]
    holder = told["holders"][0]
    assert (told["held"], told["waiting"], len(told["holders"])) == (1, 1, 1)
    assert (holder["user_id"], holder["thread_id"]) == (ada.identity.user_id, "s1")
    assert (holder["turn_id"], holder["waiting"]) == (turn_id, 1)
    assert holder["held_s"] > 0
    assert (await seen(admin, LOCKS))["held"] == 0


def test_a_spread_is_of_the_newest_values_only() -> None:
    level = Level("global")
    for number in range(2 * RECENT):
        level.waited(0.001 * number)
    newest = Spread.of(level.waits)
    assert (level.count, newest.max, newest.p50) == (2 * RECENT, 1999.0, pytest.approx(1500, abs=1))
    assert Spread.of([]) == Spread(0, 0, 0, 0)


async def test_an_ended_turn_tells_where_its_time_went(admin: Person, ada: Person) -> None:
    told = await ada.ask(SECRET, session_id="s1")
    status, view = await admin.call("GET", TURNS + told.done["turn_id"])
    assert (status, view["live"], view["state"]) == (200, False, "completed")
    for name in ("turn_id", "usage", "cost", "provider", "finish_reason", "timings_ms"):
        assert view[name] == told.done[name]
    assert (view["thread_id"], view["user_id"], view["error"]) == ("s1", ada.identity.user_id, None)
    assert SECRET not in str(view)
    named = {span["name"]: span for span in view["spans"]}
    expected = ["auth", "limits", "start", "queue", "save_message", "load", "first_token", "stream", "save_answer"]
    assert [span["name"] for span in view["spans"] if not span["name"].startswith("load_")] == expected
    assert {"load_user_context", "load_jobs_data", "load_history"} <= named.keys()
    for span in view["spans"]:
        before = span["name"] in {"auth", "limits"}
        assert (span["end_ms"] <= 0) if before else (span["start_ms"] >= 0)
        assert span["start_ms"] <= span["end_ms"], span
    assert (named["auth"]["end_ms"], named["limits"]["end_ms"]) == (named["limits"]["start_ms"], 0)
    assert named["save_answer"]["start_ms"] == view["duration_ms"]
    assert {span["kind"] for span in view["spans"]} == {"wait", "load", "model", "store"}


async def test_a_live_turn_tells_what_it_is_doing(admin: Person, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        turn_id = (await reading.until("delta")).turn_id
        async with ada.reading("Encore", session_id="s1", request_id="r2") as second:
            waiting = (await second.until("queued")).turn_id
            views = [await seen_doing(admin, turn_id, "stream"), await seen_doing(admin, waiting, "queue")]
            gate.release()
            await second.rest()
    assert [view["live"] for view in views] == [True, True]
    assert (views[0]["provider"], views[0]["finish_reason"], views[0]["usage"]) == ("openai", None, None)
    assert views[0]["duration_ms"] >= views[0]["timings_ms"]["first_token"]


async def test_a_turn_that_failed_tells_why_and_ends_where_it_was(
    admin: Person, ada: Person, model: ModelServer
) -> None:
    model.script(Refusal(401))
    told = await ada.ask("Bonjour", session_id="s1")
    view = await seen(admin, TURNS + told.done["turn_id"])
    assert (view["state"], view["finish_reason"]) == ("failed", "error")
    assert (view["error"]["code"], view["error"]["detail"]) == (told.error["code"], told.error["error"])
    last = next(span for span in view["spans"] if span["name"] == "first_token")
    assert last["end_ms"] == view["timings_ms"]["ended"]


async def test_a_turn_that_is_not_there_is_not_found(admin: Person) -> None:
    assert (await admin.call("GET", TURNS + "t_nothing"))[0] == 404
    assert (await admin.call("GET", TURNS + "a%20b"))[0] == 400


def test_turns_of_before_the_newer_moments_have_spans_too() -> None:
    old = {"queued": 5.0, "load": 10.0, "asked_model": 16.0, "first_token": 30.0, "last_token": 40.0, "ended": 41.0}
    assert spans(old, live=False) == [
        Span("queue", 0.0, 5.0, "wait"),
        Span("save_message", 0.0, 41.0, "store"),
        Span("load", 5.0, 15.0, "load"),
        Span("first_token", 16.0, 30.0, "model"),
        Span("stream", 30.0, 40.0, "model"),
    ]
    assert spans({}, live=False) == []


def test_a_part_that_another_s_load_had_begun_ends_with_this_one_s_wait() -> None:
    shared = {"began": 0.5, "loading": 1.0, "load": 2.0, "load_jobs_data": 50.0, "load_snapshot": 1.5, "ended": 9.0}
    drawn = {span.name: span for span in spans(shared, live=False)}
    assert (drawn["load_snapshot"].start_ms, drawn["load_snapshot"].end_ms) == (1.0, 2.5)
    assert (drawn["load_jobs_data"].start_ms, drawn["load_jobs_data"].end_ms) == (2.5, 3.0)


def test_what_came_before_the_turn_is_drawn_before_its_beginning_and_moves_nothing_else() -> None:
    turn = {"began": 0.5, "loading": 1.0, "load": 2.0, "ended": 3.5}
    before = {"auth": 40.25, "limits": 0.5}
    drawn = spans(before | turn, live=False)
    assert drawn[:2] == [Span("auth", -40.75, -0.5, "wait"), Span("limits", -0.5, 0.0, "wait")]
    assert drawn[2:] == spans(turn, live=False)
    assert [span.name for span in spans(before, live=True)] == ["auth", "limits"]


async def test_the_routes_are_described(lea: Lea) -> None:
    async with lea.session.get(lea.url + "/openapi.json") as response:
        document = await response.json()
    assert {SESSIONS, LOCKS, TURNS + "{turn_id}"} <= set(document["paths"])
