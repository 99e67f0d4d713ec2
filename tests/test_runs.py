"""Runs: jobs are done once each, watched live, cancelled and done again; one of a family and company at a time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lea.actions.action import Look, Scope, Write
from lea.actions.doing import Place
from lea.app import Adapters
from lea.errors import BadRequest, Conflict
from lea.handlers.keys import DESK, RUNS, WATCHING
from lea.ids import MessageId, RunId, ThreadId, TurnId
from tests.conftest import Logged
from tests.lea_server import Lea, Person, running, settings
from tests.postgres import fresh_database
from tests.run_parts import Counting, effects, ended, make_effects, stream


@pytest.fixture
def counting() -> Counting:
    return Counting()


@asynccontextmanager
async def counting_server(tmp_path: Path, counting: Counting, **sections: Any) -> AsyncIterator[Lea]:
    sections = {"runs": {"retry_pause": 0.001}, **sections}
    async with running(settings(tmp_path, **sections), Adapters(pipelines=[counting])) as server:
        await make_effects(server)
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def lea(request: pytest.FixtureRequest, tmp_path: Path, counting: Counting) -> AsyncIterator[Lea]:
    if request.param == "sqlite":
        async with counting_server(tmp_path, counting) as server:
            yield server
        return
    async with fresh_database() as url, counting_server(tmp_path, counting, database={"url": url}) as server:
        yield server


async def start(lea: Lea, person: Person, **arguments: Any) -> str:
    return await lea.app[RUNS].start(person.identity, "counting", arguments)


async def test_every_job_is_done_once_and_the_run_tells_what_became_of_it(
    lea: Lea, ada: Person, counting: Counting
) -> None:
    gate = counting.gate = asyncio.Semaphore(0)
    run_id = await start(lea, ada, jobs=450)
    while counting.at_once < counting.concurrency:
        await asyncio.sleep(0.01)
    for _ in range(450):
        gate.release()
    run = await ended(ada, run_id)
    assert (run["state"], run["jobs_total"], run["jobs_completed"], run["jobs_failed"]) == ("completed", 450, 450, 0)
    assert (run["pipeline"], run["steps"], run["cost_usd"]) == ("counting", ["count", "tell"], 0.45)
    assert await effects(lea) == {f"j{n}": 1 for n in range(450)}
    assert counting.most_at_once == counting.concurrency
    assert (await ada.call("GET", "/v1/catalog/latest-run"))[1]["run"]["id"] == run_id
    assert (await ada.call("GET", "/v1/catalog/running-status"))[1] == {"is_running": False, "current_run_id": None}
    _, jobs = await ada.call("GET", "/v1/catalog/jobs?limit=3")
    assert [(job["run_id"], job["state"], job["cost_usd"]) for job in jobs["jobs"]] == [
        (run_id, "completed", 0.001)
    ] * 3


async def test_a_job_that_hangs_is_ended_tried_again_and_failed_and_the_others_are_done(tmp_path: Path) -> None:
    counting = Counting(concurrency=1, attempts=2, gate=asyncio.Semaphore(2))
    async with counting_server(tmp_path, counting, runs={"job_timeout": 0.3, "retry_pause": 0.001}) as lea:
        ada = await lea.person()
        run = await ended(ada, await start(lea, ada, jobs=3))
        assert (run["jobs_completed"], run["jobs_failed"]) == (2, 1)
        _, jobs = await ada.call("GET", "/v1/catalog/jobs")
        told = sorted((job["key"], job["error"], job["attempts"]) for job in jobs["jobs"])
        assert told == [("j0", None, 1), ("j1", None, 1), ("j2", "job_timeout", 2)]


@pytest.mark.parametrize(("items", "together"), [(100, 2), (101, 1), (5000, 1)])
async def test_what_is_saved_together_is_at_most_two_hundred_items(tmp_path: Path, items: int, together: int) -> None:
    async with counting_server(tmp_path, Counting(concurrency=8)) as lea:
        ada = await lea.person()
        run = await ended(ada, await start(lea, ada, jobs=8, items=items))
        assert run["jobs_completed"] == 8
        sizes = await lea.sql("SELECT count(*) FROM run_jobs GROUP BY version")
        assert max(size for (size,) in sizes) == together


async def test_a_run_without_jobs_is_completed(lea: Lea, ada: Person) -> None:
    run_id = await start(lea, ada, jobs=0)
    assert (await ended(ada, run_id))["state"] == "completed"


async def test_the_stream_begins_with_all_jobs_then_tells_those_that_changed_and_ends_with_done(
    tmp_path: Path,
) -> None:
    gate = asyncio.Semaphore(0)
    async with counting_server(tmp_path, Counting(gate=gate)) as lea:
        ada = await lea.person()
        run_id = await start(lea, ada, jobs=5)
        while (await ada.call("GET", f"/v1/catalog/run/{run_id}"))[1]["state"] != "running":
            await asyncio.sleep(0.01)
        async with stream(ada, f"/v1/catalog/job-stream/{run_id}") as told:
            _, first = await anext(told)
            assert [job["key"] for job in first] == [f"j{n}" for n in range(5)]
            assert first[0].keys() == {
                "id", "key", "title", "step", "state", "attempts", "summary", "error", "cost_usd", "started_at",
                "ended_at",
            }  # fmt: skip
            shown = {job["id"]: job for job in first}
            while sum(job["state"] == "running" for job in shown.values()) < 4:
                cursor, changed = await anext(told)
                assert 0 < len(changed) < 5
                shown.update((job["id"], job) for job in changed)
            gate.release()
            changed = []
            while not any(job["state"] == "completed" for job in changed):  # what begins in its place may come first
                cursor, changed = await anext(told)
        gate.release()
        gate.release()
        gate.release()
        gate.release()
        run = await ended(ada, run_id)
        async with stream(ada, f"/v1/catalog/job-stream/{run_id}", **{"Last-Event-ID": cursor}) as told:
            rest = [event async for event in told]
        assert [data for _, data in rest[1:]] == [{"done": True, "status": "completed"}]
        assert 4 <= len(rest[0][1]) <= 5
        assert len({job["id"] for job in rest[0][1]}) == len(rest[0][1])
        done, path = rest[-1][0], f"/v1/catalog/job-stream/{run_id}"
        async with await ada.request("GET", path, **{"Last-Event-ID": done}) as response:
            assert response.status == 204
        async with await ada.request("GET", f"{path}?after={rest[0][0]}") as response:
            assert (await response.text()).count("data: ") == 1
        assert run["jobs_completed"] == 5


async def test_a_watcher_gets_at_most_five_messages_a_second_and_none_while_nothing_changes(tmp_path: Path) -> None:
    gate = asyncio.Semaphore(0)
    async with counting_server(tmp_path, Counting(concurrency=1, gate=gate)) as lea:
        ada = await lea.person()
        run_id = await start(lea, ada, jobs=200)
        times: list[float] = []
        async with stream(ada, f"/v1/catalog/job-stream/{run_id}") as told:

            async def read() -> None:
                async for _ in told:
                    times.append(asyncio.get_running_loop().time())

            reading = asyncio.ensure_future(read())
            for _ in range(4):
                already = len(times)
                for _ in range(50):
                    gate.release()
                    await asyncio.sleep(0.01)
                async with asyncio.timeout(30):
                    while len(times) == already:
                        await asyncio.sleep(0.01)
            await reading
        assert len(times) <= 5 * (times[-1] - times[0]) + 3
        assert len(times) >= 4


async def test_a_second_run_of_the_family_is_refused_with_the_first_ones_id(
    lea: Lea, ada: Person, counting: Counting
) -> None:
    grace = await lea.person("grace@example.org", "Navy")
    gate = counting.gate = asyncio.Semaphore(0)
    began = await asyncio.gather(*(start(lea, ada, jobs=3) for _ in range(10)), return_exceptions=True)
    ids = [one for one in began if isinstance(one, str)]
    refused = [one for one in began if isinstance(one, Conflict)]
    assert len(ids) == 1
    assert {(one.reason, one.params["run_id"]) for one in refused} == {("run_active", ids[0])}
    assert refused[0].problem("en", "r")["run_id"] == ids[0]
    for _ in range(5):
        gate.release()
    other = await start(lea, grace, jobs=1)
    assert (await ended(grace, other))["state"] == "completed"
    await ended(ada, ids[0])
    assert await start(lea, ada, jobs=1) not in ids


async def test_a_pipeline_nobody_knows_is_refused(lea: Lea, ada: Person) -> None:
    with pytest.raises(BadRequest, match="pipeline_unknown"):
        await lea.app[RUNS].start(ada.identity, "nobody", {})


async def test_the_runs_of_others_are_not_found(lea: Lea, ada: Person) -> None:
    run_id = await start(lea, ada)
    grace = await lea.person("grace@example.org", "Navy")
    for method, path in (
        ("GET", f"run/{run_id}"),
        ("GET", f"job-stream/{run_id}"),
        ("POST", f"run/{run_id}/cancel"),
        ("POST", f"run/{run_id}/retry"),
    ):
        assert (await grace.call(method, f"/v1/catalog/{path}"))[0] == 404
    assert (await grace.call("GET", "/v1/catalog/latest-run"))[1] == {"run": None}
    assert (await grace.call("GET", "/v1/catalog/jobs"))[1] == {"jobs": []}
    await ended(ada, run_id)


async def test_runs_are_listed_page_by_page(lea: Lea, ada: Person) -> None:
    ids = []
    for _ in range(3):
        ids.append(await start(lea, ada, jobs=1))
        await ended(ada, ids[-1])
    _, first = await ada.call("GET", "/v1/catalog/runs?limit=2")
    _, second = await ada.call("GET", f"/v1/catalog/runs?limit=2&cursor={first['next_cursor']}")
    assert [run["id"] for run in first["runs"] + second["runs"]] == ids[::-1]
    assert second["next_cursor"] is None


async def test_a_job_that_fails_is_alone_in_that_and_retry_does_only_what_failed(
    lea: Lea, ada: Person, counting: Counting
) -> None:
    run_id = await start(lea, ada, jobs=6, failing=["j1"], broken=["j2"], unsaveable=["j3"], shaky=["j4"])
    run = await ended(ada, run_id)
    assert (run["state"], run["jobs_completed"], run["jobs_failed"]) == ("completed", 3, 3)
    _, told = await ada.call("GET", "/v1/catalog/jobs")
    jobs = {job["key"]: job for job in told["jobs"]}
    assert {key: jobs[key]["error"] for key in ("j0", "j1", "j2", "j3", "j4")} == {
        "j0": None,
        "j1": "invalid_request",
        "j2": "internal_error",
        "j3": "invalid_request",
        "j4": None,
    }
    assert [jobs[key]["attempts"] for key in ("j0", "j1", "j4")] == [1, 1, 2]
    assert await effects(lea) == {"j0": 1, "j4": 1, "j5": 1}
    counting.mended = True
    assert (await ada.call("POST", f"/v1/catalog/run/{run_id}/retry"))[0] == 202
    run = await ended(ada, run_id)
    assert (run["state"], run["jobs_completed"], run["jobs_failed"]) == ("completed", 4, 2)
    assert await effects(lea) == {"j0": 1, "j1": 1, "j4": 1, "j5": 1}
    assert counting.worked["j0"] == 1


async def test_attempts_end_and_a_run_of_which_everything_failed_has_failed(lea: Lea, ada: Person) -> None:
    run_id = await start(lea, ada, jobs=2, failing=["j0", "j1"])
    assert (await ended(ada, run_id))["state"] == "failed"


async def test_a_run_that_cannot_be_planned_fails_with_the_reason_and_can_be_done_again(lea: Lea, ada: Person) -> None:
    run_id = await start(lea, ada, unplannable=True)
    run = await ended(ada, run_id)
    assert (run["state"], run["error"], run["jobs_total"]) == ("failed", "not_found", 0)
    assert (await ada.call("POST", f"/v1/catalog/run/{run_id}/retry"))[0] == 202
    assert (await ended(ada, run_id))["error"] == "not_found"


async def test_nothing_is_done_again_where_nothing_failed_or_a_run_is_active(tmp_path: Path) -> None:
    counting = Counting()
    async with counting_server(tmp_path, counting) as lea:
        ada = await lea.person()
        good = await start(lea, ada, jobs=1)
        await ended(ada, good)
        status, body = await ada.call("POST", f"/v1/catalog/run/{good}/retry")
        assert (status, body["code"]) == (409, "nothing_to_retry")
        bad = await start(lea, ada, jobs=1, failing=["j0"])
        await ended(ada, bad)
        counting.gate = asyncio.Semaphore(0)
        active = await start(lea, ada, jobs=1)
        status, body = await ada.call("POST", f"/v1/catalog/run/{bad}/retry")
        assert (status, body["code"], body["run_id"]) == (409, "run_active", active)


async def test_cancelling_keeps_what_is_done_and_ends_what_is_not(tmp_path: Path) -> None:
    gate = asyncio.Semaphore(3)
    async with counting_server(tmp_path, Counting(gate=gate)) as lea:
        ada = await lea.person()
        run_id = await start(lea, ada, jobs=20)
        while len(await effects(lea)) < 3:
            await asyncio.sleep(0.01)
        status, run = await ada.call("POST", f"/v1/catalog/run/{run_id}/cancel")
        assert status == 202
        run = await ended(ada, run_id)
        assert (run["state"], run["jobs_completed"], run["jobs_cancelled"]) == ("cancelled", 3, 17)
        assert len(await effects(lea)) == 3
        assert (await ada.call("POST", f"/v1/catalog/run/{run_id}/cancel"))[1] == run
        await start(lea, ada, jobs=0)


async def test_the_status_is_told_at_once_and_then_when_it_changes(lea: Lea, ada: Person, counting: Counting) -> None:
    gate = counting.gate = asyncio.Semaphore(0)
    async with stream(ada, "/v1/catalog/status-stream") as told:
        assert (await anext(told))[1] == {"is_running": False, "current_run_id": None}
        run_id = await start(lea, ada, jobs=3)
        assert (await anext(told))[1] == {"is_running": True, "current_run_id": run_id}
        async with stream(ada, "/v1/catalog/status-stream") as second:
            assert (await anext(second))[1] == {"is_running": True, "current_run_id": run_id}
        for _ in range(3):
            gate.release()
        assert (await anext(told))[1] == {"is_running": False, "current_run_id": None}


async def test_the_company_is_told_of_its_runs_and_nobody_else(lea: Lea, ada: Person) -> None:
    grace = await lea.person("grace@example.org", "Navy")
    async with stream(ada, "/v1/lea/events") as told, stream(grace, "/v1/lea/events") as others:
        while lea.notices < 2:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        run_id = await start(lea, ada, jobs=10)
        states = []
        while not states or states[-1]["state"] != "completed":
            _, event = await anext(told)
            states += [event["run"]] if "run" in event else []
        assert states[0]["state"] == "planning"
        assert len(states) <= 3 + time.monotonic() - began, "one at once, then one a second"
        assert states[-1] == {
            "id": run_id,
            "pipeline": "counting",
            "state": "completed",
            "jobs_total": 10,
            "jobs_completed": 10,
            "jobs_failed": 0,
        }
        other = await start(lea, grace, jobs=0)
        async for _, event in others:
            if "run" in event:
                assert event["run"]["id"] == other
                break


async def test_companies_take_turns(tmp_path: Path) -> None:
    gate = asyncio.Semaphore(0)
    counting = Counting(concurrency=50, gate=gate)
    async with counting_server(tmp_path, counting, runs={"jobs": 2}) as lea:
        ada, grace = await lea.person(), await lea.person("grace@example.org", "Navy")
        first = await start(lea, ada, jobs=100)
        while counting.at_once < 2:
            await asyncio.sleep(0.01)
        second = await start(lea, grace, jobs=10)
        waiting = lea.app[RUNS].runner._slots._waiting
        while len(waiting.get(grace.identity.company_id, ())) < 10:
            await asyncio.sleep(0.01)
        for _ in range(110):
            gate.release()
        assert (await ended(grace, second))["jobs_completed"] == 10
        assert (await ended(ada, first))["jobs_completed"] == 100
        assert counting.most_at_once == 2
        assert counting.order[:24].count(grace.identity.company_id) >= 9


def scope_of(lea: Lea, person: Person) -> Scope:
    return Scope(person.identity, ThreadId("s1"), "en", lea.store_now())


async def test_a_run_asked_for_in_the_chat_is_started_once_and_undoing_cancels_it(tmp_path: Path) -> None:
    gate = asyncio.Semaphore(0)
    async with counting_server(tmp_path, Counting(gate=gate)) as lea:
        ada, desk = await lea.person(), lea.app[DESK]
        action, looking = desk.registry.get("start_run"), desk.registry.get("running_runs")
        assert isinstance(action, Write)
        assert isinstance(looking, Look)
        scope, place = scope_of(lea, ada), Place(TurnId("t1"), MessageId("m1"))
        assert await desk.look(looking, scope, looking.arguments()) == "No run is under way."
        said = action.arguments.model_validate({"pipeline": "counting", "import_id": "i1"})
        done = await desk.write(action, scope, said, place)
        again = await desk.write(action, scope, said, place)
        assert (done.fresh, again.fresh) == (True, False)
        run_id = done.receipt.record_id
        _, run = await ada.call("GET", "/v1/catalog/latest-run")
        assert (run["run"]["id"], run["run"]["arguments"]) == (run_id, {"import_id": "i1"})
        while (await ada.call("GET", f"/v1/catalog/run/{run_id}"))[1]["state"] != "running":
            await asyncio.sleep(0.01)
        assert await desk.look(looking, scope, looking.arguments()) == "- **counting**: 0 of 5 job(s), 0 of them failed"
        with pytest.raises(Conflict, match="run_active"):
            await desk.write(action, scope, said, Place(TurnId("t2"), MessageId("m2")))
        await desk.undo(scope, done.receipt.id)
        assert (await ended(ada, str(run_id)))["state"] == "cancelled"


async def test_who_leaves_at_once_takes_nothing_from_who_came_at_the_same_moment(
    lea: Lea, ada: Person, counting: Counting
) -> None:
    gate = counting.gate = asyncio.Semaphore(0)
    run_id = RunId(await start(lea, ada, jobs=3))
    watching = lea.app[WATCHING]

    async def glance() -> None:
        async with watching.watching(run_id):
            pass

    async def stay() -> None:
        async with watching.watching(run_id) as topic, asyncio.timeout(30):
            for _ in range(3):
                gate.release()
            while not topic.ended:
                await asyncio.sleep(0.01)

    await asyncio.gather(glance(), stay())


async def test_who_is_gone_before_the_first_byte_is_no_mistake_of_ours(
    lea: Lea, ada: Person, counting: Counting, logged: Logged
) -> None:
    gate = counting.gate = asyncio.Semaphore(0)
    run_id = await start(lea, ada, jobs=1)
    _, _, port = lea.url.rpartition(":")
    _, writer = await asyncio.open_connection("127.0.0.1", int(port))
    asking = f"GET /v1/catalog/job-stream/{run_id} HTTP/1.1\r\nHost: x\r\nAuthorization: {ada.headers['Authorization']}"
    writer.write(f"{asking}\r\n\r\n".encode())
    writer.transport.abort()
    async with asyncio.timeout(30):
        while not [line for line in logged.named("request.ended") if line["route"] == "/v1/catalog/job-stream/{id}"]:
            await asyncio.sleep(0.01)
    assert logged.named("request.crashed") == []
    gate.release()
