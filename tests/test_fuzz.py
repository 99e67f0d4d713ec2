"""Anything at all may come, from clients and from models: nothing crashes, and every stream ends with `done`.

Hypothesis is synchronous, so what it drives runs in a thread beside the server's loop, as a client would.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from lea.handlers.openapi.operations import EVERYWHERE
from tests.conftest import Logged
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer

SOAK = bool(os.environ.get("LEA_SOAK"))
CASES = 300 if SOAK else 4
"""For each operation, each kind of caller, and each of what the schema allows and what it does not."""
REPLIES = 3000 if SOAK else 60
WRONG_LOGINS = 10_000 if SOAK else 300
DOCUMENTED = {503, 504}
"""5xx that say something of the world and not of a mistake of ours."""
ANSWER_S = 60


def examples(most: int) -> Callable[..., Any]:
    """The same ones in every short run, so that it fails for whoever broke it; new ones in the long run."""
    return hypothesis_settings(
        max_examples=most,
        deadline=None,
        database=None,
        derandomize=not SOAK,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
async def fuzzed(tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """Limits stay as they are in life, but for what would answer everything with 429."""
    model.default = Answer("oui")
    model.keep_log = False
    async with running(settings(tmp_path, llm={"base_url": model.url})) as server:
        yield server


class Client:
    """Sends what was made up and looks at what comes back."""

    def __init__(self, session: requests.Session, url: str, headers: dict[str, str]) -> None:
        self._session = session
        self._url = url
        self._headers = headers
        self.statuses: list[int] = []

    def send(self, case: schemathesis.Case) -> None:
        request = case.as_transport_kwargs(base_url=self._url, headers=self._headers)
        try:
            response = self._session.request(**request, stream=True, timeout=ANSWER_S)
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
            return  # made up so wildly that this client cannot send it
        with response:
            self._look(case, response)

    def _look(self, case: schemathesis.Case, response: requests.Response) -> None:
        told = f"{case.method} {case.formatted_path} -> {response.status_code}"
        self.statuses.append(response.status_code)
        assert response.status_code < 500 or response.status_code in DOCUMENTED, told
        assert response.headers["X-Content-Type-Options"] == "nosniff", told
        kind = response.headers.get("Content-Type", "")
        if response.status_code >= 400 and case.formatted_path.startswith(("/v1/models", "/v1/chat/")):
            assert kind.startswith("application/json"), told
            assert set(response.json()["error"]) == {"message", "type", "param", "code"}, told
        elif response.status_code >= 400:
            assert kind == "application/problem+json", told
            assert response.json()["status"] == response.status_code, told
        elif kind.startswith("application/json") and response.content:
            case.operation.validate_response(response)


def fuzz(url: str, headers: dict[str, str], modes: Collection[GenerationMode]) -> list[int]:
    """Every operation of the served description; the statuses it answered."""
    with requests.Session() as session:
        client = Client(session, url, headers)
        description = session.get(f"{url}/openapi.json", timeout=ANSWER_S).json()
        try_once(description, EVERYWHERE.keys())
        for found in schemathesis.openapi.from_dict(description).get_all_operations():
            for mode in modes:
                with suppress(Unsatisfiable):  # nothing about it can be wrong
                    send_many(client, found.ok().as_strategy(generation_mode=mode))
    return client.statuses


def try_once(description: dict[str, Any], headers: Collection[str]) -> None:
    """Leave headers that all routes have, and one place reads, to the first operation: to try them everywhere takes a
    fifth of the time."""
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    for operation in operations[1:]:
        operation["parameters"] = [one for one in operation["parameters"] if one["name"] not in headers]


def send_many(client: Client, cases: st.SearchStrategy[schemathesis.Case]) -> None:
    @examples(CASES)
    @given(case=cases)
    def send(case: schemathesis.Case) -> None:
        client.send(case)

    send()


@pytest.mark.timeout(360)
@pytest.mark.parametrize("role", [None, "member", "admin"])
async def test_no_request_the_description_allows_or_forbids_is_a_server_error(
    fuzzed: Lea, logged: Logged, role: Any
) -> None:
    who = None if role is None else await fuzzed.person(role=role)
    headers = {} if who is None else dict(who.headers)
    modes = list(GenerationMode) if SOAK or who else [GenerationMode.POSITIVE]  # a stranger is refused before all else
    statuses = await asyncio.to_thread(fuzz, fuzzed.url, headers, modes)
    assert 200 in statuses
    assert {400, 401} & set(statuses)
    assert logged.named("request.crashed") == []
    assert logged.named("task.crashed") == []


CHUNKS = [
    b'data: {"choices":[{"delta":{"content":"oui"}}]}\n\n',
    b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n',
    b'data: {"choices":[]}\n\n',
    b'data: {"choices":[{}]}\n\n',
    b'data: {"choices":[null]}\n\n',
    b'data: {"choices":{}}\n\n',
    b'data: {"choices":[{"delta":{"content":7}}]}\n\n',
    b'data: {"choices":[{"delta":{"content":null,"tool_calls":[{"index":-1}]}}]}\n\n',
    b'data: {"choices":[{"delta":null,"finish_reason":"nobody knows"}]}\n\n',
    b'data: {"choices":[{"delta":{"content":"\\ud800"}}]}\n\n',
    b'data: {"usage":{"prompt_tokens":-1,"completion_tokens":1e400}}\n\n',
    b'data: {"choices":[],"usage":{"prompt_tokens":"x"}}\n\n',
    b'data: {"error":{"message":null}}\n\n',
    b'data: {"error":"no"}\n\n',
    b"data: [DONE]\n\n",
    b"data: " + b"[" * 5000 + b"\n\n",
    b"data: null\n\n",
    b"data:\n\n",
    b"data: {\n",
    b": comment\n\n",
    b"event: x\nid: y\nretry: z\n\n",
    b"\r\n\r\n",
    b"\xff\xfe\x00\n\n",
]
KINDS = ["text/event-stream", "application/json", "text/html", ""]


class Babbling:
    """A model's server that answers with these bytes."""

    def __init__(self) -> None:
        self.status = 200
        self.kind = KINDS[0]
        self.parts: list[bytes] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(status=self.status, headers={"Content-Type": self.kind} if self.kind else {})
        await response.prepare(request)
        for part in self.parts:
            await response.write(part)
        return response


@pytest.fixture
async def babbling() -> AsyncIterator[tuple[Babbling, str]]:
    babble = Babbling()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", babble.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield babble, "http://{}:{}/v1".format(*runner.addresses[0][:2])
    await runner.cleanup()


def listen(babble: Babbling, url: str, headers: dict[str, str]) -> int:
    """What is told of each of those answers; how many were told."""
    heard = 0

    @examples(REPLIES)
    @given(
        parts=st.lists(st.sampled_from(CHUNKS) | st.binary(max_size=200), max_size=8),
        status=st.sampled_from([200, 200, 200, 200, 204, 302, 400, 404, 429, 500, 503]),
        kind=st.sampled_from(KINDS),
    )
    def ask(parts: list[bytes], status: int, kind: str) -> None:
        nonlocal heard
        babble.parts, babble.status, babble.kind = parts, status, kind
        answer = session.post(
            f"{url}/v1/lea/chat/stream", json={"message": "Bonjour"}, headers=headers, timeout=ANSWER_S
        )
        events = [orjson.loads(line[6:]) for line in answer.content.split(b"\n") if line.startswith(b"data: ")]
        assert answer.status_code == 200
        assert events[-1]["done"] is True
        assert [event for event in events if event.get("code") == "internal_error"] == []
        heard += 1

    with requests.Session() as session:
        ask()
    return heard


async def test_whatever_a_model_answers_the_stream_ends_with_done(
    tmp_path: Path, babbling: tuple[Babbling, str], logged: Logged
) -> None:
    babble, url = babbling
    calm = {"breaker_minimum": 1_000_000, "retries": 0}
    config = settings(tmp_path, llm={"base_url": url}, dependencies={"llm": calm})
    async with running(config) as lea:
        ada = await lea.person()
        assert await asyncio.to_thread(listen, babble, lea.url, dict(ada.headers)) >= REPLIES / 2
        babble.parts, babble.status, babble.kind = [*CHUNKS[:2], b"data: [DONE]\n\n"], 200, KINDS[0]
        assert (await ada.ask("Bonjour")).text == "oui"
    for crash in ("request.crashed", "task.crashed", "turn.crashed"):
        assert logged.named(crash) == []


async def try_to_sign_in(lea: Lea, number: int) -> int:
    body = {"email": "ada@example.org", "password": f"wrong {number}"}
    async with lea.session.post(f"{lea.url}/v1/auth/login", json=body) as response:
        return response.status


async def keep_chatting(person: Person, model: ModelServer, over: asyncio.Event) -> int:
    answers = 0
    while not over.is_set():
        assert (await person.ask("Bonjour")).text == "oui"
        answers += 1
    return answers


async def test_a_flood_of_wrong_passwords_is_refused_while_others_are_answered(fuzzed: Lea, model: ModelServer) -> None:
    ada, over = await fuzzed.person(), asyncio.Event()
    chatting = asyncio.create_task(keep_chatting(ada, model, over))
    statuses: list[int] = []
    for begin in range(0, WRONG_LOGINS, 20):
        statuses += await asyncio.gather(*(try_to_sign_in(fuzzed, begin + n) for n in range(20)))
    over.set()
    assert await chatting > 0
    assert (statuses.count(401), statuses.count(429)) == (10, WRONG_LOGINS - 10)
