"""What the tests of the model share: settings scaled down, a prompt, and a way to collect an answer."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from lea.clock import Clock, SystemClock
from lea.config import BUILT_IN, DependencySettings, Llm
from lea.ids import CompanyId, UserId
from lea.llm.provider import Caller, Finished, ModelEvent, ModelStream, Prompt, Provider, Usage
from lea.llm.stream import OpenAIStream
from lea.messages import Assistant, User
from lea.resilience.dependency import Dependency
from lea.resilience.http import HttpClient
from lea.resilience.retry import Jitter

KEY = "sk-test-0123456789abcdef"
PROMPT = Prompt(
    "Tu es Léa.",
    (User("Bonjour"), Assistant("Bonjour !"), User("Où en est ma facture ?")),
    Caller(UserId("usr_1"), CompanyId("cmp_1"), "fr"),
)


@dataclass
class Heard:
    """An answer as its reader has it."""

    text: str = ""
    usage: Usage | None = None
    finished: Finished | None = None
    batches: int = 0

    def take(self, batch: Sequence[ModelEvent]) -> None:
        """More of it."""
        self.batches += 1
        for event in batch:
            match event:
                case str():
                    self.text += event
                case Usage():
                    self.usage = event
                case Finished():
                    self.finished = event


def settings(url: str, **changes: object) -> Llm:
    """The section `llm`, with limits that nothing comes near which is to succeed."""
    values: dict[str, object] = {
        "base_url": url,
        "api_key": SecretStr(KEY),
        "model": "gpt-5-mini",
        "timeout": 30,
        "total_timeout": 60,
    }
    return Llm.model_validate(values | changes)


def dependency(
    name: str = "llm", clock: Clock | None = None, jitter: Jitter = random.uniform, **changes: object
) -> Dependency:
    """As a model is called, with pauses a test can wait for."""
    values = {**BUILT_IN["llm"], "retry_pause": 0.001, **changes}
    return Dependency(name, DependencySettings.model_validate(values), clock or SystemClock(), jitter=jitter)


@asynccontextmanager
async def streaming(config: Llm, *, connect_timeout: float = 20) -> AsyncIterator[OpenAIStream]:
    """The provider over a pool of its own, closed at the end."""
    http = HttpClient("model", connections=1000, connect_timeout=connect_timeout)
    provider = OpenAIStream(config, http)
    try:
        yield provider
    finally:
        await provider.aclose()


async def listen(provider: Provider, prompt: Prompt = PROMPT, heard: Heard | None = None) -> Heard:
    """Hear an answer to its end; `heard` keeps what came before an error."""
    heard = heard or Heard()
    async with provider.open(prompt) as stream:
        if Listening.poured:
            await stream.pour(heard.take)
        else:
            async for batch in stream:
                heard.take(batch)
    return heard


class Listening:
    """How answers are heard: poured, as a turn does, or read."""

    poured = True


@pytest.fixture(params=[True, False], ids=["poured", "read"])
def both_ways(request: pytest.FixtureRequest) -> Iterator[None]:
    """The test hears answers once this way and once the other."""
    Listening.poured = request.param
    yield
    Listening.poured = True


async def rest(stream: ModelStream) -> list[ModelEvent]:
    """Everything still to come."""
    return [event async for batch in stream for event in batch]


@asynccontextmanager
async def raw_server(reply: bytes, *, hangs_up: bool = True) -> AsyncIterator[str]:
    """The address of a server that answers one request with these bytes, HTTP or not.

    Who is short of patience may be gone before it has asked, or even before it was let in.
    """
    played: set[asyncio.Task[None]] = set()

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        played.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(reply)
            if not hangs_up:
                await reader.read()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(play, "127.0.0.1") as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()
        for _ in range(5):  # what was let in last gets its first step, or it would not be known here
            await asyncio.sleep(0)
        if played:
            await asyncio.wait(played)
