"""What every test has: a loop that may not be blocked, and a Léa with a scripted model behind it."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import openai  # noqa: F401  (imported once for all: in a server it is the first health check that waits for it)
import orjson
import pytest
import structlog
from blockbuster import BlockBuster, blockbuster_ctx

from lea import log
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer

hypothesis.settings.register_profile("patient", deadline=None)  # what a machine that stood still took is no property
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True)
def no_blocking_in_the_loop(request: pytest.FixtureRequest) -> Iterator[BlockBuster | None]:
    """A blocking call of ours inside a running loop raises BlockingError."""
    if "e2e" in request.path.parts:
        yield None
        return
    with blockbuster_ctx("lea") as guard:
        for function in guard.functions.values():  # before it listens, the server keeps nobody waiting
            function.can_block_in("lea/store/sqlite.py", "_engine")
            function.can_block_in("lea/store/migrate.py", "upgrade")  # PostgreSQL's runs in the loop
        yield guard


LINES = 20_000
"""Most lines kept: a test of many turns weighs the server, not its log."""


class Logged(list[dict[str, Any]]):
    """Every log line of a test, as the operator's tools would read it."""

    def named(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self if line["event"] == event]

    def msg(self, line: bytes) -> None:
        if len(self) >= LINES:
            del self[: LINES // 2]
        self.append(orjson.loads(line))
        sys.stdout.write(line.decode() + "\n")

    debug = info = warning = error = critical = exception = msg


@pytest.fixture(autouse=True)
def logged() -> Iterator[Logged]:
    lines = Logged()
    structlog.configure(
        processors=log.PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(0),
        logger_factory=lambda: lines,
        cache_logger_on_first_use=False,
    )
    yield lines
    structlog.reset_defaults()


@pytest.fixture
async def model() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def lea(tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """A server with its own database and the scripted model."""
    async with running(settings(tmp_path, llm={"base_url": model.url})) as server:
        yield server


@pytest.fixture
async def ada(lea: Lea) -> Person:
    return await lea.person()
