"""`lea drill`: what it plays, that it finds what is broken, and that nobody else is any the wiser."""

import asyncio
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from lea.auth.permissions import Identity
from lea.cli.drilling.scenarios import SCENARIOS
from lea.handlers.keys import DRILLS
from lea.ids import CompanyId, UserId
from lea.store import drill as rows
from tests.fakes import time_passes
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer, Refusal
from tests.postgres import fresh_database
from tests.redis_server import own_redis
from tests.test_process import ROOT, environ, started
from tests.test_process import lea as command_line

QUICK = {"LEA_LLM__TIMEOUT": "4", "LEA_LLM__TOTAL_TIMEOUT": "20"}
"""A model that hangs is waited for so long; one that works may be late by seconds on a busy machine."""
TABLES = ("users", "api_keys", "threads", "turns", "messages")
LOSING = """CREATE TRIGGER losing AFTER UPDATE ON messages WHEN new.role = 'assistant' AND length(new.content) > 5
BEGIN UPDATE messages SET content = 'lost' WHERE id = new.id; END"""
MARKED = "SELECT count(*) FROM companies WHERE connection_mode = 'drill'"


async def admin_key(folder: Path, **more: str) -> str:
    """An admin's key, made beside the running server."""
    add = ("user", "add", "root@example.org", "--company", "X", "--admin", "--password-stdin")
    code, _, err = await command_line(folder, "-m", "lea", *add, stdin="correct horse battery", **more)
    assert code == 0, err
    code, made, err = await command_line(folder, "-m", "lea", "key", "create", "root@example.org", **more)
    assert code == 0, err
    return made.strip()


async def drill(folder: Path, url: str, key: str, *arguments: str) -> tuple[int, str, dict[str, Any]]:
    """Run the command: exit code, what it printed, the report."""
    file = folder / "report.md"
    command = ("-m", "tests.patient_drill", "drill", "--url", url, "--report", str(file), *arguments)
    code, out, err = await command_line(folder, *command, LEA_DRILL_KEY=key)
    report = orjson.loads(file.with_suffix(".json").read_bytes()) if file.exists() else {}
    return code, out + err, report


def left(folder: Path) -> list[int]:
    """Marked companies in the database, and what else there is beside the one account of the admin."""
    with closing(sqlite3.connect(folder / "lea.db")) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]
        return [connection.execute(MARKED).fetchone()[0], *counts]


async def test_every_scenario_passes_and_nothing_is_left(tmp_path: Path, model: ModelServer) -> None:
    with own_redis() as redis:
        settings_of = {**QUICK, "LEA_LLM__BASE_URL": model.url, "LEA_STATE__URL": redis.url}
        async with started(tmp_path, **settings_of) as server:
            code, said, report = await drill(tmp_path, server.url, await admin_key(tmp_path))
            assert code == 0, said
            _, err = await server.end()
    played = {one["name"]: one for one in report["scenarios"]}
    assert list(played) == [scenario.name for scenario in SCENARIOS]
    assert all(one["passed"] and not one["skipped"] and one["lost"] == 0 for one in played.values())
    assert report["passed"] is True
    assert played["model-hangs"]["seen"][0]["error"]["code"] == "external_api_timeout"
    assert played["model-cut"]["seen"][0]["text"] == "This answer is cut on purpose"
    assert "| load | pass |" in (tmp_path / "report.md").read_text()
    assert left(tmp_path) == [0, 1, 1, 0, 0, 0]
    assert "task.crashed" not in {line["event"] for line in server.log}
    assert "Traceback" not in err


async def test_a_broken_installation_fails_the_drill(lea: Lea, tmp_path: Path, model: ModelServer) -> None:
    model.default = Refusal(503)
    admin = await root(lea)
    code, said, report = await drill(tmp_path, lea.url, bearer(admin), "--only", "model-errors")
    assert code == 1
    assert "baseline        FAIL" in said
    assert "answered whole: error (external_api_unavailable)" in said
    assert [one["passed"] for one in report["scenarios"]] == [False, False]
    assert await lea.sql(MARKED) == [(0,)]
    _, kept = await admin.call("GET", "/v1/admin/drills")
    assert [(one["ok"], one["failed"]) for one in kept["drills"]] == [(False, 2)]
    baseline, errors = kept["drills"][0]["scenarios"]
    assert (baseline["name"], baseline["result"], errors["result"]) == ("baseline", "failed", "not_run")
    assert baseline["ended"] == ["error (external_api_unavailable)"]
    assert any("answered whole" in failure for failure in baseline["failures"])


async def test_without_redis_or_model_what_can_be_played_is(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as lea:
        chosen = ("--only", "redis-gone", "--only", "model-errors")
        code, said, report = await drill(tmp_path, lea.url, bearer(await root(lea)), *chosen)
    assert code == 0, said
    assert [one["name"] for one in report["scenarios"]] == ["baseline", "model-errors", "redis-gone"]
    assert report["scenarios"][2]["skipped"] == "shared state is memory"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_who_interrupts_the_command_ends_the_drill(lea: Lea, tmp_path: Path, number: signal.Signals) -> None:
    admin = await root(lea)
    command = ["-m", "tests.patient_drill", "drill", "--url", lea.url, "--only", "model-hangs"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, env=environ(tmp_path, LEA_DRILL_KEY=bearer(admin)), stdout=-1, stderr=-1
    )
    while "model_hangs" not in (await state(admin))["struck"]:
        await asyncio.sleep(0.05)
    process.send_signal(number)
    _, err = await process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in err
    assert (await state(admin))["running"] is False
    assert await lea.sql(MARKED) == [(0,)]


@pytest.mark.parametrize(
    ("url", "key", "said"), [("http://127.0.0.1:1", "x", "127.0.0.1:1"), ("", "wrong", "401")], ids=["gone", "wrong"]
)
async def test_where_no_drill_can_be_run_one_line_says_why(lea: Lea, tmp_path: Path, url: str, key: str, said: str):
    code, printed, report = await drill(tmp_path, url or lea.url, key)
    assert (code, report) == (1, {})
    assert printed.startswith("Error: ")
    assert said in printed


def stranger() -> Identity:
    return Identity(UserId("u"), CompanyId("c"), "member", "Somebody", "en", "key")


async def state(admin: Person) -> dict[str, Any]:
    status, answer = await admin.call("GET", "/v1/admin/drill")
    assert status == 200
    return answer


async def root(lea: Lea) -> Person:
    return await lea.person("root@example.org", "Operators", "admin")


def bearer(person: Person) -> str:
    return person.headers["Authorization"].removeprefix("Bearer ")


async def begin(lea: Lea, **body: object) -> tuple[Person, Person]:
    """A drill: its admin, and somebody of its test company."""
    admin = await root(lea)
    status, answer = await admin.call("POST", "/v1/admin/drill", body)
    assert status == 201, answer
    return admin, Person(lea.session, lea.url, stranger(), answer["key"])


async def strike(admin: Person, *faults: str) -> None:
    assert (await admin.call("PUT", "/v1/admin/drill/faults", {"faults": faults}))[0] == 200


async def test_another_company_notices_nothing(
    lea: Lea, ada: Person, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.drill.store.SLOW_S", 3.0)
    admin, struck = await begin(lea)
    await strike(admin, "model_errors", "source_failing", "database_slow", "redis_gone")
    asking = asyncio.ensure_future(struck.ask("Bonjour"))
    while "database_slow" not in (await state(admin))["struck"]:
        await asyncio.sleep(0.02)
    other = await ada.ask("Bonjour")
    assert not asking.done()
    monkeypatch.setattr("lea.drill.store.SLOW_S", 0.0)
    meant = await asking
    assert meant.error["code"] == "external_api_unavailable"
    assert other.kinds == ["connecting", "loading", "thinking", "delta", "done"]
    assert meant.done["timings_ms"]["ended"] > 3000
    assert len(model.exchanges) == 1
    _, breakers = await admin.call("GET", "/v1/admin/circuit-breakers")
    assert {one["name"]: one["failures"] for one in breakers} == {"llm": 0, "sources": 0, "voice": 0}
    found = (await state(admin))["struck"]
    assert found.keys() >= {"model_errors", "source_failing", "database_slow"}
    assert found["database_slow"] == 1, "one of the two turns was slowed"
    await strike(admin)
    assert (await struck.ask("Bonjour")).done["finish_reason"] == "stop"


async def test_on_postgresql_too_a_slow_database_is_felt_and_the_test_company_goes(tmp_path: Path) -> None:
    async with fresh_database() as url, running(settings(tmp_path, database={"url": url})) as lea:
        admin, struck = await begin(lea)
        await strike(admin, "database_slow")
        told = await struck.ask("Bonjour")
        assert told.done["finish_reason"] == "stop"
        assert told.done["timings_ms"]["saved_message"] > 1000
        assert (await admin.call("DELETE", "/v1/admin/drill"))[0] == 204
        assert await lea.sql(MARKED) == [(0,)]
        assert await lea.sql("SELECT count(*) FROM turns") == [(0,)]


async def test_who_stands_in_for_the_model_does_so_in_a_drill_and_after_it(tmp_path: Path, model: ModelServer) -> None:
    both = {"llm": {"base_url": model.url}, "llm_fallback": {"base_url": model.url}}
    async with running(settings(tmp_path, **both)) as lea:
        admin, struck = await begin(lea)
        await strike(admin, "model_errors")
        assert (await struck.ask("Bonjour")).done["provider"] == "fallback"
        await admin.call("DELETE", "/v1/admin/drill")
        model.script(*[Refusal(503)] * 3)
        assert (await admin.ask("Bonjour")).done["provider"] == "fallback"


async def test_a_message_that_is_lost_is_found_out(lea: Lea, tmp_path: Path) -> None:
    await lea.store.write(lambda connection: connection.exec_driver_sql(LOSING).close())
    code, said, report = await drill(tmp_path, lea.url, bearer(await root(lea)), "--only", "load")
    assert code == 1
    assert "every message is kept with what was told: 0 of 2 kept" in said
    assert report["scenarios"][0]["lost"] == 2
    assert report["scenarios"][1]["skipped"] == "the baseline failed"


async def test_what_is_no_drill_is_refused(lea: Lea) -> None:
    admin = await root(lea)
    for seconds in (0, 601, "60"):
        assert (await admin.call("POST", "/v1/admin/drill", {"seconds": seconds}))[0] == 400
    assert (await admin.call("POST", "/v1/admin/drill"))[0] == 201
    body = {"faults": ["model_hangs", "model_cut"]}
    assert (await admin.call("PUT", "/v1/admin/drill/faults", body))[0] == 400
    assert (await admin.call("PUT", "/v1/admin/drill/faults", {"faults": ["earthquake"]}))[0] == 400


async def test_a_drill_ends_by_itself_also_in_mid_answer(lea: Lea, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, struck = await begin(lea, seconds=8)
    await strike(admin, "model_hangs")
    asking = asyncio.ensure_future(struck.ask("Bonjour"))
    while "model_hangs" not in (await state(admin))["struck"]:
        await asyncio.sleep(0.02)
    time_passes(monkeypatch, 8)  # the drill is over; the model would be waited for longer
    told = await asking
    assert told.done["finish_reason"] in {"stopped", "error"}
    async with asyncio.timeout(30):
        while (await state(admin))["running"] or await lea.sql(MARKED) != [(0,)]:
            await asyncio.sleep(0.05)
    assert lea.app[DRILLS].target.company_id is None
    assert (await struck.call("GET", "/v1/lea/threads"))[0] == 401
    assert await lea.sql("SELECT count(*) FROM turns") == [(0,)]


async def test_only_admins_and_only_one_at_a_time(lea: Lea, ada: Person, logged) -> None:
    for method, path in (("POST", ""), ("GET", ""), ("DELETE", ""), ("PUT", "/faults")):
        assert (await ada.call(method, f"/v1/admin/drill{path}", {"faults": []}))[0] == 403
    admin, struck = await begin(lea)
    status, problem = await admin.call("POST", "/v1/admin/drill")
    assert (status, problem["code"]) == (409, "drill_running")
    assert (await struck.call("GET", "/v1/admin/drill"))[0] == 403
    assert (await admin.call("DELETE", "/v1/admin/drill"))[0] == 204
    assert (await admin.call("DELETE", "/v1/admin/drill"))[0] == 204
    assert (await admin.call("PUT", "/v1/admin/drill/faults", {"faults": []}))[0] == 404
    assert await lea.sql(MARKED) == [(0,)]
    begun = next(line for line in logged.named("audit") if line["act"] == "drill_begun")
    assert begun["who"] == admin.identity.user_id


async def test_a_server_that_leaves_ends_its_drill(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as server:
        await begin(server)
    with closing(sqlite3.connect(tmp_path / "lea.db")) as connection:
        assert connection.execute(MARKED).fetchone() == (0,)


async def test_what_a_dead_server_left_is_removed_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as server:
        await server.person()
        await server.store.write(lambda connection: rows.make(connection, "Drill 1", ["a@drill.invalid"], "en", 1.0))
    async with running(settings(tmp_path)) as server, asyncio.timeout(30):
        while await server.sql(MARKED) != [(0,)]:
            await asyncio.sleep(0.05)
        assert await server.sql("SELECT email FROM users") == [("ada@example.org",)]
