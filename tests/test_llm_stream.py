"""The provider `openai` over a real socket: answers, and each way a server fails."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from lea.errors import ExternalRejected, ExternalTimeout, ExternalUnavailable, LeaError, NetworkError
from lea.llm.provider import Finished, Usage
from lea.llm.stream import OpenAIStream
from lea.messages import User
from lea.tasks import TaskOwner
from tests.llm_parts import (
    KEY,
    PROMPT,
    Heard,
    both_ways,  # noqa: F401
    listen,
    raw_server,
    rest,
    settings,
    streaming,
)
from tests.model_replies import Fault
from tests.model_server import Answer, ModelServer, Refusal

pytestmark = pytest.mark.usefixtures("both_ways")
QUICK = 0.15


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def model(server: ModelServer) -> AsyncIterator[OpenAIStream]:
    async with streaming(settings(server.url)) as model:
        yield model


@pytest.fixture
async def impatient(server: ModelServer) -> AsyncIterator[OpenAIStream]:
    async with streaming(settings(server.url, timeout=QUICK)) as model:
        yield model


async def test_an_answer_comes_with_its_usage_and_its_end(server: ModelServer, model: OpenAIStream) -> None:
    server.script(Answer("Votre facture est réglée."))
    heard = await listen(model)
    assert heard.text == "Votre facture est réglée."
    assert (heard.usage, heard.finished) == (Usage(20, 8, 4), Finished("stop"))
    exchange = await server.exchange(0)
    assert exchange.headers["Authorization"] == f"Bearer {KEY}"
    assert exchange.body["stream_options"] == {"include_usage": True}


async def test_each_token_is_told_when_it_comes(server: ModelServer, model: OpenAIStream) -> None:
    gate = asyncio.Semaphore(0)
    server.script(Answer("un deux trois", gate=gate))
    async with model.open(PROMPT) as stream:
        for expected in ("un ", "deux ", "trois"):
            gate.release()
            assert (await anext(stream))[0] == expected


async def test_bytes_may_be_cut_inside_a_character(server: ModelServer, model: OpenAIStream) -> None:
    text = "Réglée à 100 € — ça va 👍 ?"
    server.script(Answer(text, bytes_a_write=1))
    assert (await listen(model)).text == text


async def test_without_a_key_none_is_sent(server: ModelServer) -> None:
    async with streaming(settings(server.url, api_key="")) as model:
        await listen(model)
    assert "Authorization" not in (await server.exchange(0)).headers


async def test_a_missing_done_is_fine_after_the_reason_of_the_end(server: ModelServer, model: OpenAIStream) -> None:
    server.script(Answer("oui", done=False))
    assert (await listen(model)).finished == Finished("stop")


async def test_a_length_is_told(server: ModelServer, model: OpenAIStream) -> None:
    server.script(Answer(finish_reason="length"))
    assert (await listen(model)).finished == Finished("length")


async def test_an_answer_without_usage_has_none(server: ModelServer, model: OpenAIStream) -> None:
    server.script(Answer(usage=None))
    assert (await listen(model)).usage is None


async def test_an_endless_answer_is_ended_at_the_bound_and_hung_up(server: ModelServer) -> None:
    server.script(Answer("un deux trois quatre", fault="silence", fault_at=4))
    async with streaming(settings(server.url, max_answer_chars=5)) as model:
        heard = await listen(model)
        await server.wait_until_closed(0)
    assert (heard.text, heard.finished) == ("un de", Finished("length"))


Told = tuple[type[LeaError], str, bool]
REFUSALS: list[tuple[Refusal, Told]] = [
    (Refusal(401, "invalid_api_key"), (ExternalRejected, "model_key_refused", False)),
    (Refusal(403), (ExternalRejected, "model_key_refused", False)),
    (Refusal(404, "model_not_found"), (ExternalRejected, "model_unknown", False)),
    (Refusal(400, "context_length_exceeded"), (ExternalRejected, "model_too_long", False)),
    (Refusal(400, message="the model's context length is only 1024"), (ExternalRejected, "model_too_long", False)),
    (Refusal(500, message="Context size has been exceeded."), (ExternalRejected, "model_too_long", False)),
    (Refusal(413), (ExternalRejected, "model_too_long", False)),
    (Refusal(400, "invalid_value"), (ExternalRejected, "external_api_error", False)),
    (Refusal(422, body=b'{"detail":[]}'), (ExternalRejected, "external_api_error", False)),
    (Refusal(302, headers=(("Location", "http://127.0.0.1:1/"),)), (ExternalRejected, "external_api_error", False)),
    (Refusal(429, "rate_limit_exceeded"), (ExternalRejected, "model_busy", True)),
    (Refusal(429, "insufficient_quota"), (ExternalRejected, "model_busy", False)),
    (Refusal(500), (ExternalUnavailable, "external_api_unavailable", True)),
    (Refusal(502, body=b"<html>Bad gateway</html>"), (ExternalUnavailable, "external_api_unavailable", True)),
    (Refusal(503, body=b'"\xff"'), (ExternalUnavailable, "external_api_unavailable", True)),
    (Refusal(200, body=b"<html>Sign in</html>"), (ExternalUnavailable, "model_cut", True)),
]


@pytest.mark.parametrize(("reply", "expected"), REFUSALS)
async def test_a_refusal_has_its_code(server: ModelServer, model: OpenAIStream, reply: Refusal, expected: Told) -> None:
    server.script(reply)
    with pytest.raises(LeaError) as caught:
        await listen(model)
    assert (type(caught.value), caught.value.reason, caught.value.retryable) == expected


FAULTS = [
    (Answer(fault="cut", fault_at=-1), "model_cut"),
    (Answer(fault="cut", fault_at=0), "model_cut"),
    (Answer(fault="end", fault_at=0), "model_cut"),
    (Answer(fault="malformed", fault_at=0), "model_cut"),
    (Answer(fault="error", fault_at=0), "external_api_unavailable"),
    (Answer(finish_reason=None), "model_cut"),
    (Answer(finish_reason=None, done=False), "model_cut"),
]


@pytest.mark.parametrize(("reply", "code"), FAULTS)
async def test_a_fault_has_its_code(server: ModelServer, model: OpenAIStream, reply: Answer, code: str) -> None:
    server.script(reply)
    with pytest.raises(ExternalUnavailable) as caught:
        await listen(model)
    assert caught.value.reason == code


@pytest.mark.parametrize(("fault", "code"), [("end", "model_cut"), ("malformed", "model_cut")])
async def test_what_came_before_a_fault_is_told(
    server: ModelServer, model: OpenAIStream, fault: Fault, code: str
) -> None:
    server.script(Answer("un deux trois", fault=fault, fault_at=2))
    heard = Heard()
    with pytest.raises(ExternalUnavailable) as caught:
        await listen(model, heard=heard)
    assert (caught.value.reason, heard.text, heard.finished) == (code, "un deux ", None)


async def test_a_cut_in_mid_answer_is_told_after_the_tokens_before_it(server: ModelServer, model: OpenAIStream) -> None:
    gate = asyncio.Semaphore(1)
    server.script(Answer("un deux", gate=gate, fault="cut", fault_at=2))
    async with model.open(PROMPT) as stream:
        assert await anext(stream) == ["un "]
        gate.release()
        with pytest.raises(ExternalUnavailable) as caught:
            await rest(stream)
    assert caught.value.reason == "model_cut"


@pytest.mark.parametrize(
    "reply",
    [
        Answer(fault="silence", fault_at=-1),
        Answer(fault="silence", fault_at=0),
        Answer(fault="silence", fault_at=2),
    ],
    ids=["header", "first token", "mid-answer"],
)
async def test_silence_is_a_timeout_whatever_comments_say(
    server: ModelServer, impatient: OpenAIStream, reply: Answer
) -> None:
    server.default = reply
    async with asyncio.timeout(20):
        while not server.exchanges:  # a machine that stands still may not even have asked when the time is over
            began = asyncio.get_running_loop().time()
            with pytest.raises(ExternalTimeout):
                await listen(impatient)
            assert asyncio.get_running_loop().time() - began >= QUICK - 0.01
        await server.wait_until_closed(0)


async def test_a_slow_answer_that_goes_on_is_no_timeout(server: ModelServer) -> None:
    """All of it takes longer than is waited for a token, which a busy machine does not come near."""
    patience, words = 3.0, "un deux trois quatre cinq six sept huit neuf dix onze"
    server.script(Answer(words, every=patience / 10))
    async with streaming(settings(server.url, timeout=patience)) as model:
        assert (await listen(model)).text == words


async def test_a_reader_busy_elsewhere_is_not_the_models_silence(server: ModelServer, model: OpenAIStream) -> None:
    gate = asyncio.Semaphore(1)
    server.script(Answer("un deux", gate=gate))
    async with model.open(PROMPT) as stream:
        assert await anext(stream) == ["un "]
        stream._watch.shorten(QUICK)  # not from the start: the first token may take as long as the machine likes
        await asyncio.sleep(2 * QUICK)
        gate.release()
        await (await server.exchange(0)).ended.wait()
        assert (await anext(stream))[0] == "deux"


@pytest.mark.parametrize("hangs_up", [False, True])
async def test_an_answer_that_said_why_it_ends_needs_no_more(hangs_up: bool) -> None:
    reply = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
        b'data: {"choices":[{"delta":{"content":"oui"},"finish_reason":"stop"}]}\n\n'
    )
    async with raw_server(reply, hangs_up=hangs_up) as url, streaming(settings(url, timeout=30)) as model:
        async with asyncio.timeout(20):  # less than is waited for a silence
            heard = await listen(model)
    assert (heard.text, heard.finished) == ("oui", Finished("stop"))


@pytest.mark.parametrize(
    "reply",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"",
    ],
    ids=["not http", "broken chunking", "endless header", "nothing"],
)
async def test_a_server_that_speaks_no_http_is_a_cut(reply: bytes) -> None:
    async with raw_server(reply) as url, streaming(settings(url)) as model:
        with pytest.raises(ExternalUnavailable) as caught:
            await listen(model)
    assert caught.value.reason == "model_cut"


async def test_nobody_listening_is_a_network_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        async with streaming(settings(url)) as model:
            with pytest.raises(NetworkError):
                await listen(model)


@pytest.mark.parametrize("url", ["http://", "http://model.invalid/v1"])
async def test_an_address_that_leads_nowhere_is_a_network_error(url: str) -> None:
    async with streaming(settings(url, timeout=10), connect_timeout=5) as model:
        with pytest.raises(NetworkError):
            await listen(model)


async def test_a_connection_that_is_never_accepted_is_a_network_error() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with socket.socket() as only:
            only.connect(full.getsockname())
            url = f"http://127.0.0.1:{full.getsockname()[1]}"
            async with streaming(settings(url), connect_timeout=QUICK) as model:
                with pytest.raises(NetworkError):
                    await listen(model)


async def test_a_cancelled_reader_hangs_up_at_once(server: ModelServer, model: OpenAIStream) -> None:
    tasks = TaskOwner()
    server.script(Answer("un deux", gate=asyncio.Semaphore(1)))
    task = tasks.spawn("listen", listen(model))
    exchange = await server.exchange(0)
    task.cancel()
    await asyncio.wait([task])
    async with asyncio.timeout(20):  # less than is waited for a silence
        await exchange.closed.wait()
    await tasks.aclose()


async def test_leaving_in_mid_answer_hangs_up_at_once(server: ModelServer, model: OpenAIStream) -> None:
    server.script(Answer("un deux", gate=asyncio.Semaphore(1)), Answer("suivant"))
    async with model.open(PROMPT) as stream:
        await anext(stream)
    async with asyncio.timeout(20):  # less than is waited for a silence
        await server.wait_until_closed(0)
    assert (await listen(model)).text == "suivant"
    assert server.exchanges[0].peer != server.exchanges[1].peer


async def test_a_whole_answer_leaves_its_connection_to_the_next(server: ModelServer, model: OpenAIStream) -> None:
    for _ in range(3):
        await listen(model)
    assert len({exchange.peer for exchange in server.exchanges}) == 1


async def test_what_the_server_said_is_logged_short_and_without_secrets_or_the_persons_words(
    server: ModelServer, model: OpenAIStream
) -> None:
    words = "la facture de Madame Dupont du 3 mars 2026 est-elle payée ?"
    said = f"Incorrect API key {KEY} and Zt3kQ9x0aB4cD5eF6gH7iJ8k in '{words}' " + "x" * 1000
    server.script(Refusal(401, "invalid_api_key", said))
    with capture_logs() as logs, pytest.raises(ExternalRejected) as caught:
        await listen(model)
    line = next(entry for entry in logs if entry["event"] == "model.refused")
    assert "invalid_api_key" in line["upstream"]
    assert len(line["upstream"]) <= 200
    for secret in (KEY, "Zt3kQ9x0aB4cD5eF6gH7iJ8k", "Dupont"):
        assert secret not in line["upstream"]
        assert secret not in caught.value.detail("fr")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("Retry-After", "7"),), 7.0),
        ((("retry-after-ms", "250"), ("Retry-After", "7")), 0.25),
        ((("Date", "Tue, 10 Nov 2026 10:00:00 GMT"), ("Retry-After", "Tue, 10 Nov 2026 10:00:09 GMT")), 9.0),
        ((("Retry-After", "9" * 30),), 86_400.0),
        ((("Retry-After", "soon"),), None),
        ((("Retry-After", "-3"),), None),
        ((), None),
    ],
)
async def test_the_wait_a_busy_server_asks_for_is_told(
    server: ModelServer, model: OpenAIStream, headers: tuple[tuple[str, str], ...], seconds: float | None
) -> None:
    server.script(Refusal(429, headers=headers))
    with pytest.raises(ExternalRejected) as caught:
        await listen(model)
    assert caught.value.retry_after_s == seconds


async def test_a_ping_lists_the_models(server: ModelServer, model: OpenAIStream) -> None:
    await model.ping()
    assert (server.pings, server.exchanges) == (1, [])
    assert "text/event-stream" not in server.pinged_with.get("Accept", "")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Refusal(401), "model_key_refused"),
        (Refusal(429), "model_busy"),
        (Refusal(500), "external_api_unavailable"),
    ],
)
async def test_a_ping_refused_has_the_code_of_a_refused_question(
    server: ModelServer, model: OpenAIStream, reply: Refusal, code: str
) -> None:
    server.models = reply
    with pytest.raises(LeaError) as caught:
        await model.ping()
    assert (caught.value.reason, server.pings) == (code, 1)


async def test_a_ping_of_nobody_is_a_network_error() -> None:
    async with streaming(settings("http://127.0.0.1:1/v1")) as model:
        with pytest.raises(NetworkError):
            await model.ping()


async def test_a_ping_without_an_answer_is_a_timeout() -> None:
    async with raw_server(b"", hangs_up=False) as url, streaming(settings(url, timeout=QUICK)) as model:
        with pytest.raises(ExternalTimeout):
            await model.ping()


async def test_a_ping_gives_its_connection_back(server: ModelServer, model: OpenAIStream) -> None:
    for _ in range(3):
        await listen(model)
        await model.ping()
    assert server.pings == 3
    assert len({exchange.peer for exchange in server.exchanges}) == 1


def test_starting_does_not_import_the_sdk() -> None:
    code = "import sys, lea.app; sys.exit('openai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_a_marker_in_the_message_chooses_the_scripted_reply(server: ModelServer, model: OpenAIStream) -> None:
    with pytest.raises(ExternalRejected) as caught:
        await listen(model, replace(PROMPT, messages=(User("Bonjour [[busy]]"),)))
    assert (caught.value.reason, caught.value.retry_after_s) == ("model_busy", 7.0)
