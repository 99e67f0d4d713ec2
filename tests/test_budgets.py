"""Budgets hold: also for models without a price, for many answers at once, and at a month's end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lea.app import Adapters
from lea.clock import Month
from lea.handlers.keys import BUDGETS
from lea.ids import TurnId, UserId
from lea.manager.allowance import Allowance
from lea.manager.budgets import exceeded
from lea.store.budgets import COMPANY, Limits
from tests.conftest import Logged
from tests.fakes import ManualClock
from tests.lea_server import Lea, Person, Reading, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.test_actions import actions, with_files
from tests.test_notices import tab

BUDGET = "/v1/admin/budgets"
CALL_USD = 0.00028
"""What a scripted answer of 28 tokens counts for whose price nobody knows."""
TALK = "Que penses-tu de la philosophie de Kant ?"
MONTH = Month("2026-11", 0, 1)
ADA, BOB = UserId("ada"), UserId("bob")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@asynccontextmanager
async def serving(folder: Path, url: str, clock: ManualClock, **more: Any) -> AsyncIterator[tuple[Lea, Person, Person]]:
    """A server with an admin and a member of one company."""
    async with running(settings(folder, llm={"base_url": url}, **more), Adapters(clock=clock)) as lea:
        yield lea, await lea.person("root@example.org", role="admin"), await lea.person()


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(
    request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer, clock: ManualClock
) -> AsyncIterator[tuple[Lea, Person, Person]]:
    if request.param == "sqlite":
        async with serving(tmp_path, model.url, clock) as served:
            yield served
        return
    async with fresh_database() as url, serving(tmp_path, model.url, clock, database={"url": url}) as served:
        yield served


async def limit(
    admin: Person, hard: float | None, soft: float | None = None, user: Person | None = None
) -> dict[str, Any]:
    body = {"soft_usd": soft, "hard_usd": hard}
    status, told = await admin.call("PUT", BUDGET, body if user is None else {**body, "user_id": user.identity.user_id})
    assert status == 200, told
    return told  # type: ignore[no-any-return]


async def talk(person: Person) -> tuple[int, Any]:
    return await person.call("POST", "/v1/lea/chat", {"message": TALK})


async def test_the_hard_limit_holds_for_a_model_nobody_knows_the_price_of(
    both: tuple[Lea, Person, Person], model: ModelServer
) -> None:
    lea, root, ada = both
    await limit(root, 0.0004, user=ada)
    assert [(await talk(ada))[0] for _ in range(2)] == [200, 200]
    status, problem = await talk(ada)
    assert (status, problem["code"], problem["reason"]) == (402, "budget_exceeded", "user_budget_exceeded")
    assert problem["detail"] == "Your budget of this month is used up. It is renewed on February 1, 2027."
    told = await ada.ask(TALK)
    assert (told.error["code"], told.error["retryable"]) == ("budget_exceeded", False)
    assert (told.done["finish_reason"], told.done["usage"]) == ("error", None)
    assert len(model.exchanges) == 2
    assert (await talk(root))[0] == 200, "others may go on"
    quota = (await ada.call("GET", "/v1/lea/quota"))[1]
    assert quota["budget"]["user"] == {
        "spent_usd": 2 * CALL_USD,
        "soft_usd": None,
        "hard_usd": 0.0004,
        "remaining_usd": 0,
    }


async def test_the_companys_limit_is_everybodys(both: tuple[Lea, Person, Person], model: ModelServer) -> None:
    lea, root, ada = both
    eve = await lea.person("eve@example.org", company="Other")
    await limit(root, CALL_USD)
    assert (await talk(root))[0] == 200
    status, problem = await ada.call("POST", "/v1/lea/chat", {"message": TALK}, **{"Accept-Language": "fr"})
    assert (status, problem["reason"]) == (402, "company_budget_exceeded")
    expected = "Le budget du mois de votre entreprise est épuisé. Il se renouvelle le 1er février 2027."
    assert problem["detail"] == expected
    assert (await talk(eve))[0] == 200, "another company's is another"


async def test_what_is_kept_of_a_refusal_is_told_again(tmp_path: Path, model: ModelServer, clock: ManualClock) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, root, ada):
        await limit(root, 0)
        await ada.ask(TALK, session_id="s1", request_id="r1")
        thread = (await ada.call("GET", "/v1/lea/threads/s1"))[1]
        assert thread["messages"][1]["error"]["code"] == "budget_exceeded"
    async with running(settings(tmp_path, llm={"base_url": model.url}), Adapters(clock=clock)) as lea:
        again = Person(lea.session, lea.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        assert (await again.ask(TALK, session_id="s1", request_id="r1")).error["code"] == "budget_exceeded"
    assert model.exchanges == []


async def test_an_answer_that_was_given_is_told_again_when_the_money_is_spent(
    tmp_path: Path, model: ModelServer, clock: ManualClock
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, root, ada):
        first = await ada.ask(TALK, session_id="s1", request_id="r1")
        await limit(root, 0)
    async with running(settings(tmp_path, llm={"base_url": model.url}), Adapters(clock=clock)) as lea:
        again = Person(lea.session, lea.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        assert (await again.ask(TALK, session_id="s1", request_id="r1")).text == first.text


async def test_what_the_rules_understand_goes_on_without_money(
    tmp_path: Path, model: ModelServer, clock: ManualClock
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, root, ada):
        await with_files(lea, ada)
        await limit(root, 0)
        created = await ada.ask("crée une transaction pour l'achat du 12 rue de la Paix à Paris", session_id="s1")
        moved = await ada.ask("passe T-104 à l'offre", session_id="s2")
        asked = await ada.ask("Qui suis-je ?", session_id="s3")
        assert [actions(told)[-1]["state"] for told in (created, moved)] == ["succeeded", "succeeded"]
        assert "T-104" in moved.text
        for told in (moved, asked):
            assert (told.done["finish_reason"], told.done["provider"], told.done["degraded"]) == (
                "stop",
                "offline",
                True,
            )
    assert model.exchanges == []


async def test_the_engine_that_costs_nothing_has_no_limit(tmp_path: Path, clock: ManualClock) -> None:
    async with running(settings(tmp_path), Adapters(clock=clock)) as lea:
        root = await lea.person("root@example.org", role="admin")
        await limit(root, 0)
        assert (await talk(root))[0] == 200


async def test_of_many_answers_at_the_edge_few_pass_and_room_is_given_back(
    tmp_path: Path, model: ModelServer, clock: ManualClock
) -> None:
    gate = asyncio.Semaphore(0)
    model.default = Answer("un", gate=gate)
    async with serving(tmp_path, model.url, clock) as (lea, root, ada):
        await limit(root, 0.05, user=ada)
        asking = [asyncio.ensure_future(talk(ada)) for _ in range(100)]
        refused = 0
        async with asyncio.timeout(30):
            while refused < 90:
                await asyncio.wait([one for one in asking if not one.done()], return_when=asyncio.FIRST_COMPLETED)
                refused = sum(one.done() for one in asking)
        live = 100 - refused
        assert 1 <= live <= 10
        assert len(model.exchanges) <= 10
        for _ in range(10):
            gate.release()
        statuses = [status for status, _ in await asyncio.gather(*asking)]
        assert statuses.count(200) == len(model.exchanges)
        gate.release()
        assert (await talk(ada))[0] == 200, "what was only guessed is no longer held"


async def test_a_stopped_answer_gives_its_room_back(tmp_path: Path, model: ModelServer, clock: ManualClock) -> None:
    gate = asyncio.Semaphore(1)
    model.script(Answer("un deux", gate=gate))
    async with serving(tmp_path, model.url, clock) as (lea, root, ada):
        await limit(root, 0.011, user=ada)
        async with ada.reading(TALK, session_id="s1") as reading:
            await reading.until("delta")
            assert (await talk(ada))[0] == 402
            await ada.call("POST", "/v1/lea/threads/s1/stop", {})
            await reading.rest()
        assert (await talk(ada))[0] == 200


async def quota(reading: Reading) -> dict[str, Any]:
    return (await reading.until("quota")).data["quota"]  # type: ignore[no-any-return]


async def test_the_soft_limit_is_told_once_to_the_person(
    tmp_path: Path, model: ModelServer, clock: ManualClock
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, root, ada):
        await limit(root, 3 * CALL_USD, 0.5 * CALL_USD, user=ada)
        hers, roots = await tab(ada), await tab(root)
        for _ in range(3):
            assert (await talk(ada))[0] == 200
            clock.advance(10)  # looked up again before the next, which may count what is saved meanwhile twice
        assert await quota(hers) == {"state": "soft", "remaining_usd": 2 * CALL_USD, "of": "user"}
        assert await quota(hers) == {"state": "hard", "remaining_usd": 0, "of": "user"}
        await limit(root, 10 * CALL_USD, user=ada)
        assert (await quota(hers))["state"] == "ok"
        await root.call("PATCH", "/v1/lea/threads/none", {"title": "x"})
        await talk(root)
        assert "quota" not in (await roots.until("turn")).data
        assert not [event for event in roots.told.events if "quota" in event.data]
        for one in (hers, roots):
            one.response.close()


async def test_the_companys_soft_limit_is_told_to_its_admins_and_to_whoever_reached_it(
    tmp_path: Path, model: ModelServer, clock: ManualClock
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, root, ada):
        bob = await lea.person("bob@example.org")
        eve = await lea.person("eve@example.org", company="Other", role="admin")
        await limit(root, None, 0.5 * CALL_USD)
        tabs = {person.identity.name: await tab(person) for person in (ada, bob, root, eve)}
        assert (await talk(ada))[0] == 200
        for name in ("Ada", "Root"):
            assert await quota(tabs[name]) == {"state": "soft", "remaining_usd": None, "of": "company"}
        for person in (bob, eve):
            await talk(person)
            reading = tabs[person.identity.name]
            await reading.until("costs")
            assert not [event for event in reading.told.events if "quota" in event.data]
        for one in tabs.values():
            one.response.close()


async def test_a_new_month_begins_with_nothing_spent(both: tuple[Lea, Person, Person], clock: ManualClock) -> None:
    lea, root, ada = both
    await limit(root, CALL_USD, user=ada)
    assert [(await talk(ada))[0] for _ in range(2)] == [200, 402]
    month = Month.of(clock.now())
    clock.advance(month.ends - clock.now() - 1)
    assert (await talk(ada))[0] == 402, "the month's last second"
    clock.advance(1)
    assert [(await talk(ada))[0] for _ in range(2)] == [200, 402]
    budget = (await ada.call("GET", "/v1/lea/quota"))[1]["budget"]
    assert (budget["month"], budget["user"]["spent_usd"]) == ("2027-02", CALL_USD)


async def test_a_limit_counts_at_once_and_elsewhere_within_ten_seconds(
    tmp_path: Path, model: ModelServer, clock: ManualClock
) -> None:
    async with fresh_database() as url, serving(tmp_path, model.url, clock, database={"url": url}) as (_, root, ada):
        config = settings(tmp_path, llm={"base_url": model.url}, database={"url": url})
        async with running(config, Adapters(clock=clock)) as second:
            there = Person(second.session, second.url, ada.identity, "")
            there.headers = ada.headers
            assert [(await talk(one))[0] for one in (ada, there)] == [200, 200]
            await limit(root, CALL_USD)
            assert (await talk(ada))[0] == 402
            clock.advance(10)
            assert (await talk(there))[0] == 402
            await limit(root, 1)
            assert (await talk(ada))[0] == 200
            clock.advance(10)
            assert (await talk(there))[0] == 200


async def test_a_look_is_replaced_behind_the_back_of_who_asks(
    tmp_path: Path, model: ModelServer, clock: ManualClock
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, root, ada):
        await limit(root, 0.5, user=ada)
        spent = "INSERT INTO usage VALUES ('x', ?, ?, '', '', 'chat', '', '', 0, 0, 0, 0, 0, 1000000000, ?)"
        values = (ada.identity.company_id, ada.identity.user_id, clock.now())
        await lea.store.write(lambda connection: connection.exec_driver_sql(spent, values))
        assert (await talk(ada))[0] == 200, "not yet"
        clock.advance(5)
        async with asyncio.timeout(30):
            while (await talk(ada))[0] != 402:
                pass


async def test_a_budget_that_cannot_be_read_refuses_nobody(
    tmp_path: Path, model: ModelServer, clock: ManualClock, logged: Logged
) -> None:
    async with serving(tmp_path, model.url, clock) as (lea, _, ada):
        await lea.store.write(lambda connection: connection.exec_driver_sql("DROP TABLE budgets"))
        assert (await talk(ada))[0] == 200
    assert [line["company_id"] for line in logged.named("budgets.not_read")] == [ada.identity.company_id]


async def test_admins_decide_for_their_own_company(both: tuple[Lea, Person, Person], logged: Logged) -> None:
    lea, root, ada = both
    eve = await lea.person("eve@example.org", company="Other")
    assert (await ada.call("GET", BUDGET))[0] == 403
    assert (await ada.call("PUT", BUDGET, {"soft_usd": 1, "hard_usd": 2}))[0] == 403
    assert [
        (await root.call("PUT", BUDGET, {"user_id": other, "soft_usd": 1, "hard_usd": 2}))[0]
        for other in (eve.identity.user_id, "nobody")
    ] == [404, 404]
    await talk(ada)
    told = await limit(root, 2, 1, user=ada)
    assert told["company"] == {"soft_usd": None, "hard_usd": None}
    entry = {"name": "Ada", "email": "ada@example.org", "user_id": ada.identity.user_id}
    assert told["users"][0] == {**entry, "soft_usd": 1, "hard_usd": 2, "spent_usd": CALL_USD}
    assert [one["name"] for one in told["users"]] == ["Ada", "Root"]
    assert (await limit(root, 7.5))["company"] == {"soft_usd": None, "hard_usd": 7.5}
    assert (await limit(root, None, user=ada))["users"][0]["hard_usd"] is None
    assert (await root.call("GET", BUDGET))[1] == await limit(root, 7.5)
    line = logged.named("audit")[0]
    assert (line["act"], line["who"], line["target"]) == ("budget_set", root.identity.user_id, ada.identity.user_id)
    assert (line["soft_usd"], line["hard_usd"]) == ("1.0", "2.0")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"hard_usd": 1},
        {"soft_usd": 2, "hard_usd": 1},
        {"soft_usd": -1, "hard_usd": 1},
        {"soft_usd": None, "hard_usd": 1_000_001},
        {"soft_usd": None, "hard_usd": "1"},
        {"soft_usd": None, "hard_usd": True},
        {"user_id": "", "soft_usd": None, "hard_usd": 1},
        {"soft_usd": None, "hard_usd": 1, "company_id": "x"},
    ],
)
async def test_a_limit_is_money_in_order(lea: Lea, body: dict[str, Any]) -> None:
    root = await lea.person("root@example.org", role="admin")
    assert (await root.call("PUT", BUDGET, body))[0] == 400


async def test_people_see_how_often_they_may_still_ask(tmp_path: Path, model: ModelServer) -> None:
    async with running(settings(tmp_path, llm={"base_url": model.url}, limits={"chat_per_minute": 3})) as lea:
        ada = await lea.person()
        await ada.ask("Bonjour")
        for _ in range(2):
            assert (await ada.call("GET", "/v1/lea/quota"))[1]["requests"] == {"limit": 3, "remaining": 2}


async def test_nothing_is_held_when_nobody_is_answered(both: tuple[Lea, Person, Person]) -> None:
    lea, root, ada = both
    await limit(root, 1)
    await asyncio.gather(*(talk(ada) for _ in range(5)))
    standing = (await lea.app[BUDGETS].standings(ada.identity.company_id))[1]
    assert standing[COMPANY].spent == standing[ada.identity.user_id].spent == 5 * 280_000


def allowance(hard: int = 100) -> Allowance:
    one = Allowance(MONTH)
    one.looked(one.begin_look(), MONTH, {ADA: Limits(hard=hard)}, {ADA: 10, BOB: 5}, 0)
    return one


def test_what_was_saved_after_a_look_began_is_added_until_the_next() -> None:
    one = allowance()
    one.hold(TurnId("t"), ADA, 50)
    look = one.begin_look()
    one.settle(TurnId("t"), ADA, 20)
    assert (one.of(ADA).spent, one.of(COMPANY).spent) == (30, 35)
    one.looked(look, MONTH, one.limits, {ADA: 10}, 1)
    assert one.of(ADA).spent == 30, "that look may not have seen it"
    one.looked(one.begin_look(), MONTH, one.limits, {ADA: 30}, 2)
    assert one.of(ADA).spent == 30


def test_of_two_looks_the_one_that_began_later_counts() -> None:
    one = allowance()
    slow, fast = one.begin_look(), one.begin_look()
    one.looked(fast, MONTH, one.limits, {ADA: 30}, 2)
    one.looked(slow, MONTH, one.limits, {ADA: 10}, 1)
    assert one.of(ADA).spent == 30


def test_live_turns_use_a_limit_up_but_are_not_told_as_spent() -> None:
    one = allowance(hard=60)
    assert one.used_up(ADA) is None
    one.hold(TurnId("t"), ADA, 50)
    assert (one.used_up(ADA), one.used_up(BOB), one.of(ADA).state) == ("user", None, "ok")
    one.settle(TurnId("t"), ADA, 0)
    assert one.used_up(ADA) is None


@pytest.mark.parametrize(
    ("now", "name", "days", "told"),
    [(1_796_083_199, "2026-11", 30, "December 1, 2026"), (1_798_761_599, "2026-12", 31, "January 1, 2027")],
)
def test_a_month_ends_at_midnight_in_utc(now: float, name: str, days: int, told: str) -> None:
    month = Month.of(now)
    assert (month.name, month.ends - month.begins) == (name, days * 86_400)
    assert (month.ends, Month.of(now + 1).begins) == (now + 1, now + 1)
    assert told in exceeded("user", month).detail("en")
