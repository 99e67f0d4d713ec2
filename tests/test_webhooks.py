"""Webhooks: what happens is told with the transaction it happens in, once, signed, and to nobody else's company."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from lea.app import Adapters
from lea.errors import Conflict
from lea.handlers.keys import RUNS
from lea.hooks.listening import Listening
from lea.hooks.worker import LEASE_S
from lea.ids import CompanyId, ThreadId
from lea.rooms.keys import LISTENING
from lea.store import checkpoints, hooks_events, hooks_outbox
from lea.store.checkpoints import Estimate
from lea.store.hooks_events import Whose
from lea.store.turns import EndTurn
from tests.fakes import ManualClock
from tests.hook_parts import ALL, WEBHOOKS, asked, came, deliveries, later, made, opened, settled, tried, until
from tests.hook_server import HookServer, Reply
from tests.lea_server import Lea, Person, Reading, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.redis_server import own_redis, patient
from tests.run_parts import Counting, ended, make_effects
from tests.test_two_servers import paired

SAID = "Raconte-moi la Rochelle"


@pytest.fixture
async def hooked() -> AsyncIterator[HookServer]:
    async with HookServer().running() as server:
        yield server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def lea(tmp_path: Path, model: ModelServer, clock: ManualClock) -> AsyncIterator[Lea]:
    config = settings(tmp_path, llm={"base_url": model.url}, webhooks={"allow_private": True})
    async with running(config, Adapters(clock=clock)) as server:
        yield server


@pytest.fixture
async def ada(lea: Lea) -> Person:
    return await lea.person(role="admin")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_what_happens_is_told_signed_and_without_a_word_of_the_conversation(
    tmp_path: Path, model: ModelServer, hooked: HookServer, database: str
) -> None:
    async def story(**sections: Any) -> None:
        config = settings(tmp_path, llm={"base_url": model.url}, webhooks={"allow_private": True}, **sections)
        async with running(config, Adapters(pipelines=[Counting()])) as lea:
            await make_effects(lea)
            await _story(lea, model, hooked)

    if database == "sqlite":
        await story()
        return
    async with fresh_database() as url:
        await story(database={"url": url})


async def _story(lea: Lea, model: ModelServer, hooked: HookServer) -> None:
    ada = await lea.person(role="admin")
    model.script(Answer("Personne ne l'entend."), Answer("La Rochelle est un port."))
    await ada.ask(SAID, session_id="s0")
    hook, secret = await made(ada, hooked.url + "/hook")
    told = await ada.ask(SAID, session_id="s1")
    (turn,) = await came(hooked, 1)
    assert turn.signed_by(secret)
    assert not turn.signed_by("whsec_" + "A" * 44)
    assert turn.headers["Content-Type"] == "application/json"
    assert turn.headers["User-Agent"].startswith("Lea")
    payload = turn.payload
    assert (payload["type"], payload["id"], payload["company_id"]) == ("turn.done", turn.id, ada.identity.company_id)
    assert payload["timestamp"].endswith("Z")
    data = payload["data"]
    assert (data["turn_id"], data["thread_id"], data["finish_reason"]) == (told.done["turn_id"], "s1", "stop")
    assert data["usage"]["completion_tokens"] > 0
    assert data["link"] == "/#thread=s1"
    assert SAID.encode() not in turn.body
    assert b"Rochelle" not in turn.body

    file = await opened(ada)
    body = {"price": "250000", "stage": "offer", "version": file["version"]}
    changed = await asked(ada, 200, "PATCH", f"/v1/transactions/{file['id']}", body)
    assert (await ada.call("PATCH", f"/v1/transactions/{file['id']}", body))[0] == 409
    receipt = (await asked(ada, 200, "GET", f"/v1/transactions/{file['id']}"))["receipts"][0]
    await asked(ada, 200, "POST", f"/v1/lea/actions/{receipt['id']}/undo")
    told_of = [one.payload["data"] for one in (await came(hooked, 4))[1:]]
    assert sorted((one["state"], one["undone"]) for one in told_of) == [
        ("changed", False), ("changed", True), ("created", False),
    ]  # fmt: skip
    (change,) = (one for one in told_of if one["state"] == "changed" and not one["undone"])
    assert change["fields"] == ["currency", "price", "stage"]
    assert (change["transaction_id"], change["reference"]) == (file["id"], changed["reference"])
    assert change["link"] == f"/#/transactions/{changed['reference']}"
    assert "250000" not in str(told_of)

    run_id = await lea.app[RUNS].start(ada.identity, "counting", {"jobs": 3})
    await ended(ada, run_id)
    run = (await came(hooked, 5))[-1].payload
    assert (run["type"], run["data"]["run_id"], run["data"]["state"]) == ("run.done", run_id, "completed")
    assert run["data"]["jobs_completed"] == 3
    await settled(lea)
    log = await deliveries(ada, hook)
    assert [one["type"] for one in log[:1] + log[-1:]] == ["run.done", "turn.done"]
    assert {(one["state"], one["attempts"], one["tried"][0]["status"]) for one in log} == {("delivered", 1, 204)}
    assert {one["event_id"] for one in log} == {one.id for one in hooked.received}
    page = await asked(ada, 200, "GET", f"{WEBHOOKS}/{hook['id']}/deliveries?limit=2&state=delivered")
    following = await deliveries(ada, hook, f"?limit=4&cursor={page['next_cursor']}")
    assert [one["id"] for one in page["deliveries"] + following] == [one["id"] for one in log]
    assert await deliveries(ada, hook, "?state=failed") == []
    await asked(ada, 204, "DELETE", f"{WEBHOOKS}/{hook['id']}")
    assert await lea.sql("SELECT id FROM webhook_deliveries") == []
    assert await lea.sql("SELECT delivery_id FROM webhook_attempts") == []


async def test_a_turn_that_ends_twice_and_a_change_that_is_undone_by_the_database_are_told_once_and_never(
    lea: Lea, ada: Person, hooked: HookServer, model: ModelServer
) -> None:
    hook, _ = await made(ada, hooked.url + "/hook", events=["transaction.changed"])
    company = ada.identity.company_id

    def twice(connection: Any) -> None:
        for _ in range(2):
            hooks_outbox.put(connection, company, "transaction.changed", "a_1", {"n": 1}, lea.store_now())

    await lea.store.write(twice)
    await lea.store.write(twice)
    (one,) = await came(hooked, 1)

    def failing(connection: Any) -> None:
        hooks_outbox.put(connection, company, "transaction.changed", "a_2", {"n": 2}, lea.store_now())
        raise Conflict

    with pytest.raises(Conflict):
        await lea.store.write(failing)
    await ada.ask("Bonjour", session_id="s1")
    await settled(lea)
    assert [found["event_id"] for found in await deliveries(ada, hook)] == [one.id], "turns are not for it"


async def test_a_turn_whose_process_died_is_told_as_interrupted(lea: Lea, ada: Person, hooked: HookServer) -> None:
    hook, _ = await made(ada, hooked.url + "/hook")
    identity = ada.identity
    left = checkpoints.Unfinished(
        "t_1", identity.user_id, identity.company_id, ThreadId("s1"), "m_1", None, None, None, "", None  # type: ignore[arg-type]
    )  # fmt: skip
    await lea.store.write(lambda connection: hooks_events.turn_interrupted(connection, left, lea.store_now()))
    (told,) = await came(hooked, 1)
    assert (told.payload["data"]["finish_reason"], told.payload["data"]["turn_id"]) == ("interrupted", "t_1")
    await ada.ask("Bonjour", session_id="s2")
    await came(hooked, 2)
    forget = "UPDATE turns SET ended_at = NULL, state = 'running' WHERE thread_id = 's2'"
    await lea.store.write(lambda connection: connection.exec_driver_sql(forget).close())
    now = lea.store_now()
    found = await lea.store.write(
        lambda connection: checkpoints.interrupt(connection, None, lambda _: Estimate(None, None), now)
    )
    assert len(found) == 1
    await settled(lea)
    assert len(await deliveries(ada, hook)) == 2, "what was told of it as done is not told again"


async def test_a_turn_asks_nothing_about_webhooks_where_nobody_listens(lea: Lea, ada: Person) -> None:
    told = await ada.ask("Bonjour", session_id="s1")
    identity, turn_id = ada.identity, told.done["turn_id"]
    nothing = (None,) * 8
    end = EndTurn(turn_id, told.done["message_id"], "completed", "", "stop", *nothing, {}, 1, 1.0)
    whose = Whose(identity.company_id, identity.user_id, ThreadId("s1"), unlisted=False)

    def asked_of(listening: set[CompanyId]) -> Any:
        def unit(connection: Any) -> list[str]:
            statements: list[str] = []

            def heard(*given: Any) -> None:
                statements.append(given[2])

            connection.exec_driver_sql("UPDATE turns SET ended_at = NULL")
            event.listen(connection, "before_cursor_execute", heard)
            hooks_events.end_turn(connection, end, whose, listening)
            event.remove(connection, "before_cursor_execute", heard)  # the thread keeps its connection
            return statements

        return unit

    quiet = await lea.store.write(asked_of(set()))
    heard = await lea.store.write(asked_of({identity.company_id}))
    assert quiet
    assert not [statement for statement in quiet if "webhook" in statement]
    assert len(heard) == len(quiet) + 1


async def test_what_a_dead_process_had_is_sent_when_its_lease_is_over_and_at_the_next_start(
    tmp_path: Path, lea: Lea, ada: Person, hooked: HookServer, clock: ManualClock, model: ModelServer
) -> None:
    hook, _ = await made(ada, hooked.url + "/hook", enabled=False)

    def dying(connection: Any) -> int:
        change = "UPDATE webhooks SET enabled = 1"
        connection.exec_driver_sql(change)
        hooks_outbox.put(connection, ada.identity.company_id, "run.done", "r_1", {}, clock.now())
        return len(hooks_outbox.claim(connection, "dead", {}, 2, 20, LEASE_S, clock.now()))

    assert await lea.store.write(dying) == 1
    later(lea, clock, LEASE_S - 1)
    await ada.call("GET", WEBHOOKS)
    assert hooked.received == []
    later(lea, clock, 2)
    (first,) = await came(hooked, 1)
    await settled(lea)
    again = "UPDATE webhook_deliveries SET state = 'waiting', owner = 'dead', due_at = ?"
    far = clock.now() + 1000
    await lea.store.write(lambda connection: connection.exec_driver_sql(again, (far,)).close())
    await lea.drain()
    config = settings(tmp_path, llm={"base_url": model.url}, webhooks={"allow_private": True})
    async with running(config.model_copy(), Adapters(clock=clock)) as next_one:
        (_, second) = await came(hooked, 2)
        assert (second.id, second.body) == (first.id, first.body)
        await settled(next_one)
    assert (await tried(lea, ada, hook, 2))["state"] == "delivered"


async def test_one_that_is_slow_delays_no_other_and_gets_two_at_once(lea: Lea, ada: Person, hooked: HookServer) -> None:
    gate = asyncio.Event()
    slow, _ = await made(ada, hooked.url + "/slow")
    await made(ada, hooked.url + "/hook")
    hooked.always["/slow"] = Reply(gate=gate)
    for _ in range(6):
        await opened(ada)
    await came(hooked, 6)
    await came(hooked, 2, "/slow")
    assert (len(hooked.at("/slow")), hooked.at_once["/slow"]) == (2, 2)
    gate.set()
    await came(hooked, 6, "/slow")
    await settled(lea)
    assert hooked.at_once["/slow"] == 2
    assert {one["state"] for one in await deliveries(ada, slow)} == {"delivered"}


async def test_a_rotated_secret_signs_beside_the_one_before_for_a_day(
    lea: Lea, ada: Person, hooked: HookServer, clock: ManualClock
) -> None:
    hook, before = await made(ada, hooked.url + "/hook")
    rotated = await asked(ada, 200, "POST", f"{WEBHOOKS}/{hook['id']}/secret")
    after = rotated["secret"]
    assert after.startswith("whsec_")
    assert after != before
    assert rotated["webhook"]["old_secret_until"] is not None
    await opened(ada)
    (both,) = await came(hooked, 1)
    assert both.signed_by(before, clock.now())
    assert both.signed_by(after, clock.now())
    await settled(lea)  # else its lease would be over in a day, and it be sent again
    clock.advance(24 * 3600 + 1)
    await opened(ada)
    (_, one) = await came(hooked, 2)
    assert one.signed_by(after, clock.now())
    assert not one.signed_by(before, clock.now())
    stored = str(await lea.sql("SELECT * FROM webhooks"))
    assert after.removeprefix("whsec_") not in stored
    assert "whsec_" not in str(await asked(ada, 200, "GET", f"{WEBHOOKS}/{hook['id']}"))


async def test_a_webhook_that_is_switched_off_is_told_nothing_and_what_waits_is_sent_once_it_is_on(
    lea: Lea, ada: Person, hooked: HookServer, clock: ManualClock
) -> None:
    hook, _ = await made(ada, hooked.url + "/hook")
    path = f"{WEBHOOKS}/{hook['id']}"
    hooked.replies["/hook"] = [Reply(500)]
    await opened(ada)
    await tried(lea, ada, hook, 1)
    await asked(ada, 200, "PATCH", path, {"enabled": False})
    await opened(ada)
    later(lea, clock, 10)
    assert (await asked(ada, 202, "POST", f"{path}/test"))["type"] == "ping"
    assert (await came(hooked, 2))[1].payload["type"] == "ping", "it can be tried while it is off"
    await settled(lea)
    log = await deliveries(ada, hook)
    assert [(one["type"], one["state"]) for one in log] == [("ping", "delivered"), ("transaction.changed", "waiting")]
    for again in ("replay", f"deliveries/{log[1]['id']}/replay"):
        assert (await asked(ada, 409, "POST", f"{path}/{again}"))["code"] == "webhook_disabled"
    await asked(ada, 200, "PATCH", path, {"enabled": True, "url": hooked.url + "/elsewhere"})
    await came(hooked, 1, "/elsewhere")


async def test_a_company_has_ten_and_another_companys_admins_and_members_have_none_of_them(
    lea: Lea, ada: Person, hooked: HookServer
) -> None:
    hook, _ = await made(ada, hooked.url + "/hook")
    await opened(ada)
    delivery = await tried(lea, ada, hook, 1)
    eve = await lea.person("eve@example.org", "Difference Engines", "admin")
    bob = await lea.person("bob@example.org")
    path = f"{WEBHOOKS}/{hook['id']}"
    routes = [
        ("GET", path), ("PATCH", path), ("DELETE", path), ("POST", f"{path}/secret"), ("POST", f"{path}/test"),
        ("GET", f"{path}/deliveries"), ("POST", f"{path}/replay"),
        ("POST", f"{path}/deliveries/{delivery['id']}/replay"),
    ]  # fmt: skip
    for method, route in routes:
        body = {"enabled": False} if method == "PATCH" else None
        assert (await eve.call(method, route, body))[0] == 404, route
        assert (await bob.call(method, route, body))[0] == 403, route
    assert (await eve.call("GET", WEBHOOKS))[1] == {"webhooks": []}
    assert (await bob.call("POST", WEBHOOKS, {"url": "https://a.example", "events": ALL}))[0] == 403
    theirs, _ = await made(eve, hooked.url + "/theirs")
    elsewhere = f"{WEBHOOKS}/{theirs['id']}/deliveries/{delivery['id']}/replay"
    assert (await eve.call("POST", elsewhere))[0] == 404
    await opened(ada)
    await came(hooked, 2)
    assert hooked.at("/theirs") == []
    for n in range(9):
        await made(ada, f"{hooked.url}/{n}", events=["run.done"])
    refused = await asked(ada, 409, "POST", WEBHOOKS, {"url": hooked.url, "events": ALL})
    assert refused["code"] == "too_many_webhooks"
    assert len((await asked(ada, 200, "GET", WEBHOOKS))["webhooks"]) == 10


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"url": "ftp://a.example", "events": ALL}, "url"),
        ({"url": "https://user:word@a.example", "events": ALL}, "url"),
        ({"url": "https://a.example/#part", "events": ALL}, "url"),
        ({"url": "https://", "events": ALL}, "url"),
        ({"url": "https://a.example/" + "x" * 2000, "events": ALL}, "url"),
        ({"url": "https://a.example", "events": []}, "events"),
        ({"url": "https://a.example", "events": ["turn.begun"]}, "events.0"),
        ({"url": "https://a.example", "events": ALL, "description": "two\nlines"}, "description"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused_by_the_field(
    lea: Lea, ada: Person, body: dict[str, Any], path: str
) -> None:
    assert (await asked(ada, 400, "POST", WEBHOOKS, body))["errors"][0]["path"] == path


async def test_who_listens_is_known_without_asking_and_never_forgotten_between(lea: Lea, clock: ManualClock) -> None:
    company, other = CompanyId("c_1"), CompanyId("c_2")
    listening = Listening(lea.store, clock)
    assert company in listening, "until it is known it may be anybody"
    await listening.look()
    assert listening.nobody
    assert company not in listening
    listening.drop(company)
    assert company in listening
    assert other not in listening
    clock.advance(31)
    await listening.look()
    assert company in listening, "its webhook may not have been committed when this was read"
    clock.advance(61)
    await listening.look()
    assert company not in listening
    listening.drop("*")
    assert other in listening

    async def known() -> bool:
        return lea.app[LISTENING].nobody

    assert await until(known), "a server without webhooks looks for none"


async def test_what_happens_at_another_process_is_told_once(
    tmp_path: Path, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient(monkeypatch)
    with own_redis() as redis:
        async with paired(tmp_path, model, redis) as pair:
            admin = await pair.one.person("grace@example.org", role="admin")
            company, there = admin.identity.company_id, pair.other.app[LISTENING]

            async def nobody() -> bool:
                return company not in there

            async def somebody() -> bool:
                return company in there

            assert await until(nobody)
            hook, _ = await made(admin, "https://nowhere.invalid/hook")
            assert await until(somebody)
            told = await pair.also_ada.ask("Bonjour", session_id="s1")
            one = await tried(pair.one, admin, hook, 1)
            assert one["payload"]["data"]["turn_id"] == told.done["turn_id"]
            assert (one["attempts"], one["state"], one["tried"][0]["reason"]) == (1, "waiting", "dns")


async def test_admins_hear_that_a_webhook_was_switched_off(
    lea: Lea, ada: Person, hooked: HookServer, clock: ManualClock
) -> None:
    hook, _ = await made(ada, hooked.url + "/hook")
    path = f"{WEBHOOKS}/{hook['id']}"
    hooked.replies["/hook"] = [Reply(500), Reply(410)]
    async with await ada.request("GET", "/v1/lea/events") as response:
        reading = Reading(response)
        await opened(ada)
        assert (await tried(lea, ada, hook, 1))["state"] == "waiting"
        later(lea, clock, 10)
        async with asyncio.timeout(30):
            told = await reading.until("webhook")
        assert told.data["webhook"] == {"id": hook["id"], "state": "disabled", "reason": "gone"}
    found = await asked(ada, 200, "GET", path)
    assert (found["enabled"], found["disabled_why"]) == (False, "gone")
    assert (await tried(lea, ada, hook, 2))["state"] == "failed"
    await asked(ada, 200, "PATCH", path, {"enabled": True})
    found = await asked(ada, 200, "GET", path)
    assert (found["enabled"], found["disabled_why"], found["failing_since"]) == (True, None, None)

    async def replayed() -> bool:
        return len(hooked.at("/hook")) == 3

    assert (await asked(ada, 202, "POST", f"{path}/replay?since=2020-01-01T00:00:00Z"))["replayed"] == 1
    assert await until(replayed)
