"""The one way out: how many at once, at which pace, how often again, and what counts as a failure."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from lea.app import Adapters
from lea.errors import (
    CircuitOpen,
    DatabaseUnavailable,
    ExternalRejected,
    ExternalTimeout,
    ExternalUnavailable,
    LeaError,
    NetworkError,
    NotFound,
    Overloaded,
)
from lea.handlers.keys import DEPENDENCIES
from lea.ids import CompanyId
from lea.metrics import REGISTRY
from lea.resilience.breaker import Verdict
from lea.resilience.dependency import Dependencies, verdict
from lea.resilience.retry import RESERVE, RetryBudget
from lea.sources.guarded import GuardedSource
from lea.tasks import TaskOwner
from tests.fakes import ManualClock, ScriptedSource
from tests.lea_server import running, settings
from tests.llm_parts import dependency
from tests.model_server import ModelServer

ACME = CompanyId("cmp_1")


class Work:
    """Something to be called: fails as often as scripted, and waits at its gate."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> str:
        self.calls += 1
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        return "done"


async def settled(condition: Callable[[], bool]) -> None:
    """Until it holds; the loop runs what is ready in between."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0)


async def refused_with(kind: type[LeaError], call: Awaitable[object]) -> LeaError:
    with pytest.raises(kind) as caught:
        await call
    return caught.value


def waiting(name: str) -> float | None:
    return REGISTRY.get_sample_value("lea_dependency_waiting", {"dependency": name})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ExternalTimeout(), "failure"),
        (ExternalUnavailable("model_cut"), "failure"),
        (NetworkError(), "failure"),
        (DatabaseUnavailable(), "failure"),
        (KeyError(), "failure"),
        (ExternalRejected("model_busy", retryable=True), "failure"),
        (ExternalRejected("model_busy", retryable=False), "failure"),
        (ExternalRejected(), "success"),
        (ExternalRejected("model_key_refused"), "success"),
        (ExternalRejected("model_too_long"), "success"),
        (NotFound(), "success"),
        (CircuitOpen(), "neutral"),
        (Overloaded(), "neutral"),
        (asyncio.CancelledError(), "neutral"),
        (GeneratorExit(), "neutral"),
    ],
    ids=repr,
)
def test_what_an_error_says_about_the_other_side(error: BaseException, expected: Verdict) -> None:
    assert verdict(error) == expected


async def test_no_more_calls_run_than_there_are_places_and_no_more_wait_than_may() -> None:
    way, work, tasks = dependency("places", concurrency=2, waiting=1), Work(), TaskOwner()
    work.gate.clear()
    running = [tasks.spawn("call", way.run(work)) for _ in range(3)]
    await settled(lambda: waiting("places") == 1)
    assert work.calls == 2
    await refused_with(Overloaded, way.run(work))
    work.gate.set()
    assert await asyncio.gather(*running) == ["done"] * 3
    assert (waiting("places"), way.breaker.look().calls) == (0, 3)


async def test_waiting_for_a_place_ends_in_time() -> None:
    way, work, tasks = dependency("patience", concurrency=1, waiting_timeout=0.01), Work(), TaskOwner()
    work.gate.clear()
    running = tasks.spawn("call", way.run(work))
    await settled(lambda: work.calls == 1)
    await refused_with(Overloaded, way.run(work))
    work.gate.set()
    assert await running == "done"


async def test_a_caller_that_leaves_while_waiting_or_calling_leaves_nothing_behind() -> None:
    way, work, tasks = dependency("leaving", concurrency=1), Work(), TaskOwner()
    work.gate.clear()
    calling, queued = (tasks.spawn("call", way.run(work)) for _ in range(2))
    await settled(lambda: waiting("leaving") == 1)
    for task in (queued, calling):
        task.cancel()
    await asyncio.wait([queued, calling])
    work.gate.set()
    assert await way.run(work) == "done"
    assert (waiting("leaving"), way.breaker.look().calls) == (0, 1)


async def test_calls_begin_at_their_pace() -> None:
    way, work = dependency("paced", pace_per_minute=1200), Work()
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(way.run(work) for _ in range(24)))
    assert loop.time() - began >= 4 * 0.05 - 0.01  # 20 at once, then 20 a second


async def test_a_call_takes_no_longer_than_its_limit_and_that_is_a_failure() -> None:
    way, work = dependency("limit", read_timeout=0.01), Work()
    work.gate.clear()
    await refused_with(ExternalTimeout, way.run(work))
    assert way.breaker.look().failures == 1


async def test_nothing_is_repeated_unless_repeating_is_safe() -> None:
    way, work = dependency(retries=2, read_timeout=5), Work(NetworkError(), NetworkError())
    await refused_with(NetworkError, way.run(work))
    assert work.calls == 1
    assert await way.run(work, again=True) == "done"
    assert work.calls == 3


async def test_an_open_circuit_is_not_asked_and_not_waited_for() -> None:
    way = dependency(breaker_minimum=2, retries=2)
    work = Work(*[NetworkError()] * 5)
    await refused_with(NetworkError, way.run(work, again=True))
    assert (work.calls, way.breaker.state) == (2, "open")
    await refused_with(CircuitOpen, way.run(work, again=True))
    assert work.calls == 2


async def test_a_wait_longer_than_the_cap_is_told_instead_of_waited() -> None:
    way = dependency(retry_cap=0.05, retries=2)
    work = Work(NetworkError(retry_after_s=0.01), NetworkError(retry_after_s=0.06))
    error = await refused_with(NetworkError, way.run(work, again=True))
    assert (work.calls, error.retry_after_s) == (2, 0.06)


async def test_retries_end_when_their_budget_does() -> None:
    way = dependency("budget", retries=1, retry_budget=0.5, retry_pause=0.0001, breaker_minimum=1000)
    work = Work(*[NetworkError()] * 1000)
    for _ in range(40):
        await refused_with(NetworkError, way.run(work, again=True))
    spent = work.calls
    assert spent <= 40 * 1.5 + RESERVE
    for _ in range(10):
        await refused_with(NetworkError, way.run(work, again=True))
    assert work.calls - spent == 15  # the reserve is used up: half of the calls may be repeated, and no more
    labels = {"dependency": "budget", "outcome": "over_budget"}
    assert REGISTRY.get_sample_value("lea_dependency_retries_total", labels)


def test_a_budget_saves_up_no_more_than_its_reserve() -> None:
    budget = RetryBudget(1)
    for _ in range(100):
        budget.deposit()
    assert sum(budget.take() for _ in range(100)) == RESERVE


async def test_a_source_that_fails_is_left_alone_and_asked_by_one_call_later() -> None:
    clock, source = ManualClock(), ScriptedSource()
    way = Dependencies({}, clock).get("sources")
    guarded = GuardedSource(source, way)
    source.failing = {"jobs_data"}
    while way.breaker.state == "closed":
        await refused_with(NetworkError, guarded.jobs(ACME))
    asked = source.asked["jobs_data"]
    for load in (guarded.jobs, guarded.jobs_metrics, guarded.connection_mode):
        await refused_with(CircuitOpen, load(ACME))
    assert source.asked.total() == asked
    source.failing = set()
    clock.advance(way.settings.breaker_open_for)
    assert await guarded.connection_mode(ACME) == "sql"
    assert way.breaker.state == "closed"


async def test_a_session_is_made_ready_without_a_source_whose_circuit_is_open(
    tmp_path: Path, model: ModelServer
) -> None:
    source = ScriptedSource()
    source.failing = {"connection_mode", "user_context", "jobs_data", "jobs_metrics"}
    config = settings(
        tmp_path,
        llm={"base_url": model.url},
        dependencies={"sources": {"breaker_minimum": 4, "breaker_open_for": 600, "retries": 0}},
    )
    async with running(config, Adapters(source=lambda _: source)) as lea:
        ada, bob = await lea.person(), await lea.person("bob@example.org")
        assert (await ada.ask("Raconte")).done["finish_reason"] == "stop"
        way = lea.app[DEPENDENCIES].find("sources")
        assert way is not None
        assert way.breaker.state == "open"
        asked = source.asked.total()
        told = await bob.ask("Raconte")
        assert (told.done["finish_reason"], source.asked.total()) == ("stop", asked)
        status, ready = await bob.call("POST", "/v1/lea/sessions/initialize")
        assert (status, ready["jobs_metrics"]) == (200, None)
