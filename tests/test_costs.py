"""Every call of a model leaves one row, whatever became of its turn, and people see what it cost."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession
from alembic import command
from alembic.config import Config as Alembic
from blockbuster import BlockBuster
from sqlalchemy import Connection

from lea import store as store_package
from lea.app import Adapters
from lea.ids import CompanyId, ThreadId, TurnId, UserId
from lea.llm.local import LocalEngine
from lea.llm.provider import Answering
from lea.sources.facts import CompanyFacts
from lea.sources.sql import SqlSource
from lea.store import usage
from lea.store.migrate import upgrade
from lea.store.usage import UsageRow
from tests.conftest import Logged
from tests.fakes import ManualClock
from tests.lea_server import Lea, Person, Reading, running, settings
from tests.model_server import Answer, Call, ModelServer
from tests.postgres import fresh_database
from tests.test_notices import tab
from tests.test_process import start, started
from tests.test_store import empty_database, opened
from tests.test_turn_saves import be_patient, not_saved

LOOK = Call("show_transaction", '{"transaction": "T-1"}')
ROWS = """SELECT provider, model, prompt_tokens, completion_tokens, cached_tokens, estimated, cost_nano_usd,
budget_nano_usd, purpose FROM usage ORDER BY at, id"""
PRICES = {"price_in": 2.0, "price_out": 8.0}


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    config = {"llm": {"base_url": model.url, **PRICES}}
    async with AsyncExitStack() as stack:
        if request.param == "postgresql":
            config["database"] = {"url": await stack.enter_async_context(fresh_database())}
        yield await stack.enter_async_context(running(settings(tmp_path, **config), Adapters(clock=ManualClock())))


@pytest.fixture
async def lea(tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """Days and months do not end in the middle of a test."""
    async with running(settings(tmp_path, llm={"base_url": model.url}), Adapters(clock=ManualClock())) as server:
        yield server


async def rows(lea: Lea) -> list[tuple[Any, ...]]:
    return await lea.sql(ROWS)


async def costs(person: Person, days: int = 30) -> dict[str, Any]:
    status, body = await person.call("GET", f"/v1/llm/costs?days={days}")
    assert status == 200, body
    return body  # type: ignore[no-any-return]


async def test_a_call_is_kept_with_who_asked_what_it_took_and_what_it_cost_then(both: Lea) -> None:
    ada = await both.person()
    told = await ada.ask("Bonjour", session_id="s1")
    assert [tuple(row) for row in await rows(both)] == [
        ("openai", "gpt-5-mini", 20, 8, 4, False, 20 * 2000 + 8 * 8000, 20 * 2000 + 8 * 8000, "chat")
    ]
    assert told.done["cost"] == {"usd": 0.000104, "estimated": False}
    kept = await both.sql("SELECT company_id, user_id, thread_id, turn_id FROM usage")
    assert kept == [(ada.identity.company_id, ada.identity.user_id, "s1", told.done["turn_id"])]


async def test_a_price_nobody_knows_is_none_and_counts_by_its_tokens(lea: Lea, ada: Person) -> None:
    await ada.ask("Bonjour")
    assert [row[6:8] for row in await rows(lea)] == [(None, 28 * 10_000)]
    body = await costs(ada)
    assert (body["total"]["usd"], body["total"]["calls"], body["total"]["unpriced_calls"]) == (0, 1, 1)
    assert body["budget"]["user"]["spent_usd"] == 0.00028


class Listed(LocalEngine):
    """Answers as a model of the price list."""

    def __init__(self, facts: CompanyFacts) -> None:
        super().__init__(facts, words_per_second=0)
        self.answering = Answering("openai", "gpt-4o", "openai", per_million=(1000, 1000))


async def test_a_price_of_the_list_goes_before_the_one_of_the_settings(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/other.db") as other:
        await other.prepare(upgrade)
        engine = Listed(CompanyFacts(SqlSource(other), other))
        async with running(settings(tmp_path), Adapters(provider=lambda _: engine)) as lea:
            ada = await lea.person()
            usage_told = (await ada.ask("Bonjour")).done["usage"]
            ((cost,),) = await lea.sql("SELECT cost_nano_usd FROM usage")
    assert cost == usage_told["prompt_tokens"] * 2500 + usage_told["completion_tokens"] * 10_000


async def test_the_offline_engine_costs_nothing_and_is_counted(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as lea:
        ada = await lea.person()
        await ada.ask("Bonjour")
        assert [(row[0], row[6], row[7]) for row in await rows(lea)] == [("offline", 0, 0)]


async def test_what_is_done_without_a_model_leaves_no_row(lea: Lea, ada: Person) -> None:
    await ada.ask("crée une transaction pour l'achat du 12 rue de la Paix à Paris", session_id="s1")
    assert await rows(lea) == []


async def test_every_round_of_an_answer_is_a_call_of_its_own(both: Lea, model: ModelServer) -> None:
    ada = await both.person()
    model.script(Answer("", pieces=("Je regarde.",), calls=(LOOK,)), Answer("Voilà."))
    told = await ada.ask("Que sais-tu de ce dossier dont on parlait hier soir ?", session_id="s1")
    assert [row[2:6] for row in await rows(both)] == [(20, 8, 4, False), (20, 8, 4, False)]
    assert told.done["usage"]["prompt_tokens"] == 40
    assert (await costs(ada))["total"]["calls"] == 2


async def test_a_stopped_answer_is_estimated(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(1)
    model.script(Answer("un deux trois", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        await reading.until("delta")
        await ada.call("POST", "/v1/lea/threads/s1/stop", {})
        await reading.rest()
    ((_, _, prompt, completion, cached, estimated, cost, counted, _),) = await rows(lea)
    assert (completion, cached, estimated, cost) == (1, 0, 1, None)
    assert prompt > 50
    assert counted == (prompt + 1) * 10_000


@pytest.mark.parametrize("fault", ["cut", "error", "end"])
async def test_an_answer_that_failed_is_estimated(lea: Lea, ada: Person, model: ModelServer, fault: Any) -> None:
    model.script(Answer("un deux trois", fault=fault, fault_at=2))
    await ada.ask("Compte", session_id="s1")
    ((_, _, prompt, completion, _, estimated, *_),) = await rows(lea)
    assert (completion, estimated) == (2, 1)
    assert prompt > 50


async def test_a_save_that_is_tried_again_keeps_one_row(
    lea: Lea, ada: Person, tmp_path: Path, model: ModelServer, logged: Logged
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    with closing(sqlite3.connect(tmp_path / "lea.db", isolation_level=None)) as other:
        async with ada.reading("Compte", session_id="s1") as reading:
            gate.release()
            await reading.until("delta")
            other.execute("BEGIN IMMEDIATE")
            be_patient(lea, 0.5)
            gate.release()
            ending = asyncio.ensure_future(reading.rest())
            await not_saved(logged)
            other.execute("ROLLBACK")
            be_patient(lea, 30)
            await ending
    assert len(await rows(lea)) == 1


async def test_the_same_call_is_kept_once_and_none_of_a_company_that_is_gone(both: Lea) -> None:
    ada = await both.person()

    def row(company_id: CompanyId) -> UsageRow:
        turn_id = TurnId("t1")
        who = (company_id, ada.identity.user_id, ThreadId("s1"), turn_id)
        return UsageRow(usage.usage_id(turn_id, 0), *who, "chat", "p", "m", 1, 2, 0, False, None, 3, 4.0)

    for company_id in (CompanyId("gone"), ada.identity.company_id, ada.identity.company_id):
        await both.store.write(partial(usage.add, rows=[row(company_id)]))
    assert len(await rows(both)) == 1


async def _ask(session: ClientSession, url: str, bearer: dict[str, str], message: str) -> None:
    body = {"message": message, "session_id": "s1", "request_id": "r1"}
    with suppress(ClientError):
        async with session.post(url + "/v1/lea/chat/stream", json=body, headers=bearer) as response:
            await Reading(response).rest()


async def killed(folder: Path, model: ModelServer, message: str, point: str, times: int) -> list[tuple[Any, ...]]:
    """The rows there are after a server died at this point of a turn and another was started."""
    address = {"LEA_LLM__BASE_URL": model.url}
    async with running(settings(folder)) as lea:
        bearer = (await lea.person()).headers
    dying = await start(folder, program=("-m", "tests.dying_server", point, str(times)), **address)
    async with ClientSession() as session:
        await _ask(session, dying.url, bearer, message)
    assert await dying.process.wait() == -9
    async with started(folder, **address):
        pass
    with closing(sqlite3.connect(folder / "lea.db")) as connection:
        return connection.execute(ROWS).fetchall()


async def test_a_call_that_was_cut_by_a_crash_is_estimated(tmp_path: Path, model: ModelServer) -> None:
    model.default = Answer(" ".join(["mot"] * 20_000), every=0.005)  # it must not end before it is cut
    ((provider, name, prompt, completion, _, estimated, cost, counted, _),) = await killed(
        tmp_path, model, "Compte", "checkpoint.saved", 2
    )
    assert (provider, name, estimated, cost) == ("openai", "gpt-5-mini", 1, None)
    assert prompt > 50
    assert completion > 0
    assert counted == (prompt + completion) * 10_000


async def test_a_call_that_had_said_nothing_when_the_process_died_is_not_forgotten(
    tmp_path: Path, model: ModelServer
) -> None:
    model.default = Answer("tard", first_after=60)
    ((_, _, prompt, completion, *_),) = await killed(tmp_path, model, "Compte", "checkpoint.saved", 1)
    assert (prompt > 50, completion) == (True, 0)


async def test_the_rounds_before_a_crash_keep_what_they_cost(tmp_path: Path, model: ModelServer) -> None:
    model.script(Answer("", pieces=("Je regarde.",), calls=(LOOK,)))
    model.default = Answer(" ".join(["mot"] * 5000), every=0.02)  # it must not end before it is cut
    message = "Que sais-tu de ce dossier dont on parlait hier soir ?"
    # The first that is kept may be of the round before, the second of one that has said nothing yet.
    first, second = await killed(tmp_path, model, message, "checkpoint.saved", 3)
    assert first[2:6] == (20, 8, 4, 0)
    assert (second[2] > 50, second[3] > 0, second[5]) == (True, True, 1)
    with closing(sqlite3.connect(tmp_path / "lea.db")) as connection:
        whole = connection.execute("SELECT prompt_tokens, completion_tokens, usage_estimated FROM turns").fetchall()
    assert whole == [(20 + second[2], 8 + second[3], 1)]


async def test_what_was_told_without_a_model_costs_nothing_after_a_crash_either(
    tmp_path: Path, model: ModelServer
) -> None:
    """Killed after the last word: by then a checkpoint may have named who tells, which is not a model."""
    message = "crée une transaction pour l'achat du 12 rue de la Paix à Paris"
    assert await killed(tmp_path, model, message, "turn.answered", 1) == []


async def test_costs_are_told_by_day_person_model_and_purpose(both: Lea) -> None:
    root = await both.person("root@example.org", role="admin")
    ada, eve = await both.person(), await both.person("eve@example.org", company="Other")
    for person in (ada, ada, root, eve):
        await person.ask("Bonjour")
    body = await costs(root, days=3)
    whole = {"usd": 0.000312, "prompt_tokens": 60, "completion_tokens": 24, "calls": 3}
    assert body["total"] == {**whole, "cached_tokens": 12, "unpriced_calls": 0}
    assert [day["calls"] for day in body["by_day"]] == [0, 0, 3]
    assert body["by_day"][2] == {**whole, "day": time.strftime("%Y-%m-%d", time.gmtime(both.store_now()))}
    assert {(one["name"], one["calls"]) for one in body["by_user"]} == {("Ada", 2), ("Root", 1)}
    assert body["by_model"] == [{**whole, "provider": "openai", "model": "gpt-5-mini"}]
    assert body["by_purpose"] == [{**whole, "purpose": "chat"}]
    assert body["budget"]["company"] == {
        "spent_usd": 0.000312,
        "soft_usd": None,
        "hard_usd": None,
        "remaining_usd": None,
    }


async def test_members_see_what_is_their_own(both: Lea) -> None:
    root = await both.person("root@example.org", role="admin")
    ada = await both.person()
    for person in (ada, root, root):
        await person.ask("Bonjour")
    body = await costs(ada)
    assert body["total"]["calls"] == sum(day["calls"] for day in body["by_day"]) == 1
    assert [one["user_id"] for one in body["by_user"]] == [ada.identity.user_id]
    nothing = dict.fromkeys(("spent_usd", "soft_usd", "hard_usd", "remaining_usd"))
    assert body["budget"]["company"] == nothing
    await root.call("PUT", "/v1/admin/budgets", {"soft_usd": None, "hard_usd": 1})
    assert (await costs(ada))["budget"]["company"] == {**nothing, "remaining_usd": 0.999688}


async def test_what_is_kept_outlives_its_conversation(lea: Lea, ada: Person) -> None:
    await ada.ask("Bonjour", session_id="s1")
    await ada.call("DELETE", "/v1/lea/threads/s1")
    assert (await costs(ada))["total"]["calls"] == 1


@pytest.mark.parametrize("days", ["0", "367", "-1", "x", "", "1e2", "٣"])
async def test_days_are_a_number_up_to_a_year(lea: Lea, ada: Person, days: str) -> None:
    status, problem = await ada.call("GET", f"/v1/llm/costs?days={days}")
    assert (status, problem["errors"][0]["path"]) == (400, "days")


async def test_new_costs_are_told_at_most_once_a_second(lea: Lea, ada: Person) -> None:
    one = await tab(ada)
    began = time.monotonic()
    for _ in range(5):
        await ada.ask("Bonjour")
    assert (await one.until("costs")).data == {"costs": {"changed": True}}
    await one.until("costs")
    assert time.monotonic() - began >= 1
    told = [event for event in one.told.events if "costs" in event.data]
    assert len(told) == 2
    one.response.close()


async def test_the_status_of_the_model_names_everybody_who_may_answer(lea: Lea, ada: Person) -> None:
    body = (await ada.call("GET", "/v1/llm/status"))[1]
    assert (body["provider"], body["configured"], body["model"]) == ("openai", True, "gpt-5-mini")
    assert body["providers"] == [
        {"name": "openai", "model": "gpt-5-mini", "configured": True, "state": "closed", "lesser": False},
        {"name": "offline", "model": "rules", "configured": False, "state": "closed", "lesser": True},
    ]


def _before_usage(connection: Connection) -> None:
    config = Alembic()
    config.set_main_option("script_location", str(Path(store_package.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0003")
    for statement in (
        "INSERT INTO companies (id, name, connection_mode, created_at) VALUES ('c', 'C', 'sql', 0)",
        "INSERT INTO users (id, company_id, email, name, role, language, created_at) "
        "VALUES ('u', 'c', 'u@example.org', 'U', 'member', 'fr', 0)",
        "INSERT INTO threads (user_id, id, company_id, title, created_at, updated_at) VALUES ('u', 's', 'c', '', 0, 0)",
    ):
        connection.exec_driver_sql(statement)
    for name, provider, tokens, cost, ended in (
        ("known", "'openai'", 10, "500", "7"),
        ("unknown", "'openai'", 20, "NULL", "8"),
        ("live", "'openai'", 30, "NULL", "NULL"),
        ("silent", "NULL", "NULL", "NULL", "9"),
    ):
        connection.exec_driver_sql(
            "INSERT INTO turns (id, user_id, thread_id, request_id, body_hash, state, user_message_id, "
            "assistant_message_id, model, completion_tokens, started_at, provider, prompt_tokens, cost_nano_usd, "
            "ended_at)"
            f" VALUES ('{name}', 'u', 's', '{name}', '', 'completed', '', '', 'm', 5, 1, "
            f"{provider}, {tokens}, {cost}, {ended})"
        )


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_turns_of_before_count_too(dialect: str, tmp_path: Path, no_blocking_in_the_loop: BlockBuster) -> None:
    for function in no_blocking_in_the_loop.functions.values():  # PostgreSQL's migrations run in the loop
        function.can_block_in("tests/test_costs.py", "_before_usage")
    async with empty_database(dialect, tmp_path) as url, opened(url, timeout=30) as store:
        await store.prepare(_before_usage)
        await store.prepare(upgrade)
        query = (
            "SELECT turn_id, company_id, prompt_tokens, cached_tokens, cost_nano_usd, budget_nano_usd, at FROM usage"
        )
        found = await store.read(lambda connection: connection.exec_driver_sql(query + " ORDER BY at").fetchall())
        earlier = await store.read(lambda connection: usage.earlier(connection, UserId("u"), TurnId("unknown"), 1))
    assert [tuple(row) for row in found] == [
        ("known", "c", 10, 0, 500, 500, 7),
        ("unknown", "c", 20, 0, None, 250_000, 8),
    ]
    assert (earlier.calls, earlier.prompt_tokens, earlier.cost_nano_usd) == (1, 20, None)
