"""What an empty conversation could begin with: it is the company's own, in the caller's words, and it is understood."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from lea.actions.intents import understand
from lea.app import Adapters
from lea.handlers.keys import RUNS
from lea.handlers.suggestions import SUGGESTED, told
from lea.records.fields import STAGES
from lea.sentences import Language
from lea.sources.source import DEPARTMENTS, OPEN_STATES
from lea.store.suggestions import Promising
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer
from tests.postgres import fresh_database
from tests.run_parts import Counting, ended, make_effects
from tests.test_kpis import SALE

LANGUAGES: tuple[Language, ...] = get_args(Language)
NOTHING = Promising(reference=None, stage=None, jobs=None, runs=False)


@pytest.fixture
def gate() -> asyncio.Semaphore:
    """What a run's jobs wait for."""
    return asyncio.Semaphore(0)


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(
    request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer, gate: asyncio.Semaphore
) -> AsyncIterator[Lea]:
    async with AsyncExitStack() as stack:
        config: dict[str, Any] = {"llm": {"base_url": model.url}}
        if request.param == "postgresql":
            config["database"] = {"url": await stack.enter_async_context(fresh_database())}
        adapters = Adapters(pipelines=[Counting(gate=gate)])
        lea = await stack.enter_async_context(running(settings(tmp_path, **config), adapters))
        await make_effects(lea)
        yield lea


async def suggested(lea: Lea, person: Person, **headers: str) -> list[str]:
    """As it is now."""
    lea.app[SUGGESTED].drop("*")
    return await kept(person, **headers)


async def kept(person: Person, **headers: str) -> list[str]:
    status, body = await person.call("GET", "/v1/lea/suggestions", **headers)
    assert status == 200, body
    return [one["text"] for one in body["suggestions"]]


async def make_job(person: Person, department: str, state: str = "to_process") -> None:
    made = await person.call("POST", "/v1/jobs", {"department": department, "title": "Reconcile", "state": state})
    assert made[0] == 201, made


async def test_it_follows_what_the_company_has(both: Lea) -> None:
    ada = await both.person()
    assert await suggested(both, ada) == []
    for _ in range(3):
        assert (await ada.call("POST", "/v1/transactions", SALE))[0] == 201
    await ada.call("PATCH", "/v1/transactions/T-102", {"stage": "offer"})
    await ada.call("PATCH", "/v1/transactions/T-101", {"stage": "closed"})
    await ada.call("PATCH", "/v1/transactions/T-103", {"stage": "offer"})
    assert await suggested(both, ada) == ["Show me file T-103", "Which files are at the offer stage?"]
    for department, state in (("router", "done"), ("router", "done"), ("bank", "pending"), ("bank", "pending")):
        await make_job(ada, department, state)
    await make_job(ada, "apbookkeeper")
    file, jobs, stage = await suggested(both, ada, **{"Accept-Language": "fr"})
    assert file == "Où en est le dossier T-103\u00a0?"
    assert jobs == "Quelles tâches de la banque sont en attente\u00a0?"
    assert stage == "Quels dossiers sont au stade offre\u00a0?"


async def test_a_run_is_suggested_while_it_goes_on(both: Lea, gate: asyncio.Semaphore) -> None:
    ada = await both.person()
    run_id = await both.app[RUNS].start(ada.identity, "counting", {"jobs": 1})
    assert await suggested(both, ada) == ["How far are the runs under way?"]
    gate.release()
    await ended(ada, run_id)
    assert await suggested(both, ada) == []


async def test_another_company_is_suggested_nothing_of_it(both: Lea) -> None:
    ada, eve = await both.person(), await both.person("eve@example.org", company="Another One")
    await ada.call("POST", "/v1/transactions", SALE)
    await make_job(ada, "bank")
    assert len(await suggested(both, ada)) == 3
    assert await kept(eve) == []
    assert len(await kept(ada)) == 3


async def test_it_is_believed_for_a_moment_whoever_of_the_company_asks(both: Lea) -> None:
    ada, bob = await both.person(), await both.person("bob@example.org")
    assert await suggested(both, ada) == []
    await ada.call("POST", "/v1/transactions", SALE)
    both.app[SUGGESTED].drop("*")
    first = await kept(ada)
    assert first == await kept(bob)
    assert len(first) == 2


async def test_nobody_is_told_without_signing_in(both: Lea) -> None:
    ada = await both.person()
    assert (await ada.call("GET", "/v1/lea/suggestions", Authorization=""))[0] == 401


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_built_in_engine_understands_all_it_is_offered(language: Language) -> None:
    def only(found: Promising) -> str:
        (text,) = told(found, language, free=False)
        return text

    def read(found: Promising) -> tuple[str, Any]:
        intent = understand(only(found), language=language)
        assert intent is not None, only(found)
        assert intent.language == language
        return intent.action, intent.arguments

    found = Promising(reference="T-104", stage=None, jobs=None, runs=False)
    assert read(found) == ("show_transaction", {"transaction": "T-104"})
    for stage in set(STAGES) - {"closed"}:
        found = Promising(reference=None, stage=stage, jobs=None, runs=False)
        assert read(found) == ("find_transactions", {"stage": stage})
    for department, state in product(DEPARTMENTS, OPEN_STATES):
        found = Promising(reference=None, stage=None, jobs=(department, state), runs=False)
        assert read(found) == ("list_jobs", {"department": department, "state": state})


def test_what_has_no_words_is_left_out_and_runs_need_a_model() -> None:
    elsewhere = Promising(reference=None, stage=None, jobs=("legal", "pending"), runs=True)
    assert list(told(elsewhere, "fr", free=False)) == []
    assert list(told(elsewhere, "fr", free=True)) == ["Où en sont les traitements en cours\u00a0?"]
    assert list(told(NOTHING, "en", free=True)) == []
