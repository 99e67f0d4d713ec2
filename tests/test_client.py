"""`lea.client` against the real server: resumed, refreshed, refused, and never with a word lost or told twice."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lea.app import Adapters
from lea.client import (
    Answer,
    Conflict,
    ConnectionLost,
    LeaClient,
    LeaError,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from lea.client.sse import Frame, Parser
from lea.handlers.keys import AUTH
from tests import catalog_files as files
from tests import model_server
from tests.fakes import ManualClock
from tests.fault_proxy import FaultProxy
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Call, ModelServer, Refusal
from tests.ports import free_port
from tests.test_actions import VAGUE, with_files
from tests.test_process import started

BOUND_S = 60


def key_of(person: Person) -> str:
    return person.headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
async def client(lea: Lea, ada: Person) -> AsyncIterator[LeaClient]:
    async with LeaClient(lea.url, key=key_of(ada), language="en") as opened:
        yield opened


@pytest.fixture
async def proxy(lea: Lea) -> AsyncIterator[FaultProxy]:
    port = int(lea.url.rpartition(":")[2])
    async with FaultProxy(port) as faulty:
        yield faulty


@asynccontextmanager
async def through(proxy: FaultProxy, person: Person, **options: float) -> AsyncIterator[LeaClient]:
    async with LeaClient(f"http://127.0.0.1:{proxy.port}", key=key_of(person), **options) as opened:  # type: ignore[arg-type]
        yield opened


async def delta(answer: Answer) -> str:
    async for piece in answer:
        return piece
    raise AssertionError("the answer has no more text")


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_events_are_the_same_wherever_their_bytes_are_cut(size: int) -> None:
    told = 'id: t:1\ndata: {"delta":"é"}\n\n: ping\r\ndata: 1\r\ndata: 2\r\n\r\nretry: 9\n\n'.encode()
    parser = Parser()
    frames = [frame for at in range(0, len(told), size) for frame in parser.feed(told[at : at + size])]
    assert frames == [
        Frame('{"delta":"é"}'.encode(), "t:1"),
        Frame(comment="ping"),
        Frame(b"1\n2", "t:1"),
    ]


async def test_an_answer_is_read_piece_by_piece_and_has_its_end(client: LeaClient, model: ModelServer) -> None:
    model.script(model_server.Answer("un deux trois"))
    async with client.chat("Compte", thread="s1") as answer:
        pieces = [piece async for piece in answer]
    assert "".join(pieces) == answer.text == "un deux trois"
    assert answer.done is not None
    assert (answer.thread_id, answer.turn_id) == ("s1", answer.done.turn_id)
    assert answer.done.finish_reason == "stop"
    assert answer.done.usage is not None
    assert answer.done.usage.prompt_tokens == 20
    whole = await client.threads.get("s1")
    assert [message.content for message in whole.messages] == ["Compte", "un deux trois"]
    assert whole.messages[1].id == answer.done.message_id


async def test_connections_cut_at_every_word_cost_nobody_a_word(
    proxy: FaultProxy, ada: Person, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    words = " ".join(str(number) for number in range(8))
    model.script(model_server.Answer(words, gate=gate))
    async with asyncio.timeout(BOUND_S), through(proxy, ada) as client, client.chat("Compte", thread="s1") as answer:
        numbers, pieces = [], []
        for _ in range(7):
            await proxy.cut()
            gate.release()
            pieces.append(await delta(answer))
        gate.release()
        async for event in answer.events():
            numbers.append(event.id)
            pieces.append(event.data.get("delta", ""))
    assert "".join(pieces) == answer.text == words
    assert len(numbers) == len(set(numbers))
    assert proxy.connected >= 8
    assert len(model.exchanges) == 1


async def test_a_message_whose_connection_breaks_at_once_begins_one_turn(
    lea: Lea, proxy: FaultProxy, ada: Person, model: ModelServer
) -> None:
    await proxy.refuse()
    waits: list[LeaError] = []
    async with (
        asyncio.timeout(BOUND_S),
        LeaClient(
            f"http://127.0.0.1:{proxy.port}", key=key_of(ada), waiting=lambda error, _: waits.append(error)
        ) as client,
    ):
        asking = asyncio.ensure_future(client.ask("Compte", thread="s1", request_id="r1"))
        while len(waits) < 2:
            await asyncio.sleep(0.01)
        await proxy.heal()
        answer = await asking
        again = await client.ask("Compte", thread="s1", request_id="r1")
        assert (again.turn_id, again.text) == (answer.turn_id, answer.text)
        with pytest.raises(Conflict) as refused:
            await client.ask("Autre chose", thread="s1", request_id="r1")
    assert refused.value.code == "request_id_reused"
    assert isinstance(waits[0], ConnectionLost)
    assert len(model.exchanges) == 1


async def test_a_server_that_stays_away_is_given_up_after_the_patience(
    proxy: FaultProxy, ada: Person, model: ModelServer
) -> None:
    model.script(model_server.Answer("un deux", gate=asyncio.Semaphore(1)))
    async with asyncio.timeout(BOUND_S), through(proxy, ada, patience=0.3) as client:
        async with client.chat("Compte", thread="s1") as answer:
            assert await delta(answer) == "un "
            await proxy.refuse()
            with pytest.raises(ConnectionLost):
                await answer.whole()
        assert (answer.text, answer.done) == ("un ", None)
        with pytest.raises(ConnectionLost):
            await client.threads.get("s1")


async def test_an_answer_is_stopped_and_gone_on_with(client: LeaClient, model: ModelServer) -> None:
    gate = asyncio.Semaphore(1)
    model.script(model_server.Answer("un deux trois", gate=gate))
    async with asyncio.timeout(BOUND_S), client.chat("Compte", thread="s1") as answer:
        assert await delta(answer) == "un "
        assert await answer.stop()
        await answer.whole()
    assert answer.done is not None
    assert answer.done.finish_reason == "stopped"
    model.script(model_server.Answer("deux trois"))
    async with client.continue_("s1") as going_on:
        pieces = [piece async for piece in going_on]
    assert "".join(pieces) == going_on.text == "un deux trois"


async def test_following_finds_the_live_answer_or_nothing(lea: Lea, client: LeaClient, model: ModelServer) -> None:
    gate = asyncio.Semaphore(1)
    model.script(model_server.Answer("un deux", gate=gate))
    async with asyncio.timeout(BOUND_S), client.chat("Compte", thread="s1") as answer:
        await delta(answer)
        async with client.follow("s1") as tab:
            assert await delta(tab) == "un "
            gate.release()
            assert (await answer.whole(), await tab.whole()) == ("un deux", "un deux")
    async with client.follow("s1") as nothing:
        assert [piece async for piece in nothing] == []
    assert nothing.done is None
    async with client.follow("s1", answer.turn_id) as told_again:
        assert await told_again.whole() == "un deux"
    with pytest.raises(NotFound):
        async with client.follow("nowhere"):
            pass


async def test_a_failed_answer_raises_after_its_text(client: LeaClient, model: ModelServer) -> None:
    model.script(model_server.Answer("un deux trois", fault="cut", fault_at=2))
    async with client.chat("Compte", thread="s1") as answer:
        with pytest.raises(Unavailable) as failed:
            await answer.whole()
    assert answer.text == "un deux "
    assert answer.done is not None
    assert answer.done.finish_reason == "error"
    assert failed.value.code == "external_api_unavailable"
    model.script(Refusal(401, "invalid_api_key"))
    with pytest.raises(LeaError) as refused:
        await client.ask("Compte", thread="s2")
    assert refused.value.code == "external_api_error"


async def test_refusals_have_kinds_codes_and_sentences(tmp_path: Path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url}, limits={"chat_per_minute": 1})
    async with running(config) as lea:
        ada = await lea.person()
        async with LeaClient(lea.url, key="lea_wrong", language="fr") as stranger:
            with pytest.raises(Unauthorized) as nobody:
                await stranger.ask("Bonjour")
        assert nobody.value.status == 401
        assert nobody.value.request_id
        async with LeaClient(lea.url, key=key_of(ada), language="fr") as client:
            await client.ask("Bonjour")
            with pytest.raises(TooManyRequests) as limited:
                await client.ask("Bonjour")
            assert limited.value.code == "rate_limited"
            assert limited.value.retry_after is not None
            assert 0 < limited.value.retry_after <= 60
            with pytest.raises(NotFound):
                await client.transactions.get("T-999")
            with pytest.raises(LeaError) as blank:
                await client.ask(" ")
            assert (blank.value.status, blank.value.detail) == (400, "Le message est vide.")
            with pytest.raises(ValueError, match="no id"):
                await client.threads.get("..")


async def test_an_expired_sign_in_is_refreshed_once_for_all_who_ask(tmp_path: Path, model: ModelServer) -> None:
    clock = ManualClock()
    config = settings(tmp_path, llm={"base_url": model.url})
    async with running(config, Adapters(clock=clock)) as lea:
        password = "correct horse battery"
        body = {"email": "ada@example.org", "password": password, "name": "Ada", "company": "Analytical Engines"}
        body["token"] = await lea.app[AUTH].enrolment.setup_link()
        async with lea.session.post(lea.url + "/v1/auth/setup", json=body) as response:
            assert response.status == 201

        async def families() -> list[tuple[int, ...]]:
            return await lea.sql("SELECT count(*), sum(counter) FROM refresh_families")

        async with LeaClient(lea.url, email="ada@example.org", password="wrong horse battery") as wrong:
            with pytest.raises(Unauthorized):
                await wrong.ask("Bonjour")
        async with LeaClient(lea.url, email="ada@example.org", password=password) as client:
            await client.ask("Bonjour", thread="s1")
            before = await families()
            clock.advance(config.auth.access_minutes * 60 + 1)
            told = await asyncio.gather(*(client.threads.get("s1") for _ in range(5)), client.ask("Encore"))
            assert len(told) == 6
            after = await families()
            assert (after[0][0], after[0][1]) == (before[0][0], (before[0][1] or 0) + 1)
            clock.advance(config.auth.refresh_days * 86_400 + 1)
            assert (await client.threads.get("s1")).id == "s1"


async def test_what_lea_asks_is_decided_and_told(lea: Lea, ada: Person, client: LeaClient, model: ModelServer) -> None:
    await with_files(lea, ada)
    note = Call("add_note", '{"transaction": "T-104", "text": "une note"}')
    model.script(
        model_server.Answer("", pieces=("Bon.",), calls=(note,)),
        model_server.Answer("", pieces=("Bon.",), calls=(note,)),
    )
    asked = (await client.ask(VAGUE, thread="s1")).confirmation
    assert asked is not None
    assert asked.arguments["text"] == "une note"
    assert [one.id for one in await client.confirmations.asked()] == [asked.id]
    decision = await client.confirmations.approve(asked.id, text="une autre note")
    assert decision.action is not None
    assert decision.action.state == "succeeded"
    async with client.follow(decision.thread_id, decision.turn_id) as told:
        await told.whole()
    assert [action.id for action in told.actions] == [decision.action.id]
    with pytest.raises(Conflict):
        await client.confirmations.reject(asked.id)
    assert (await client.transactions.get("T-104")).reference == "T-104"
    assert len([one async for one in client.transactions.list(q="paix")]) >= 1
    assert len([one async for one in client.jobs.list()]) > 0


async def test_conversations_are_listed_over_pages_changed_and_taken_away(client: LeaClient) -> None:
    async with asyncio.timeout(BOUND_S):
        for number in range(3):
            await client.ask("Bonjour", thread=f"s{number}")
    seen = [thread.id async for thread in client.threads.list()]
    assert seen == ["s2", "s1", "s0"]
    assert (await client.threads.rename("s1", "Autre titre")).title == "Autre titre"
    assert "# Autre titre" in await client.threads.export("s1")
    await client.threads.delete("s1")
    with pytest.raises(NotFound):
        await client.threads.get("s1")
    assert (await client.threads.restore("s1")).title == "Autre titre"


async def test_a_run_is_started_and_watched_to_its_end(
    lea: Lea, proxy: FaultProxy, ada: Person, tmp_path: Path
) -> None:
    file = tmp_path / "mobilier.csv"
    file.write_bytes(files.FURNITURE.read_bytes())
    async with asyncio.timeout(BOUND_S), through(proxy, ada) as client, client.events() as events:
        brought = await client.imports.upload(file)
        assert (brought.name, brought.rows_seen) == ("mobilier.csv", 11)
        run_id = await client.runs.extract(brought.import_id)
        async with client.runs.watch(run_id) as jobs:
            async for _ in jobs:
                await proxy.cut()
        run = await client.runs.get(run_id)
        assert (jobs.state, run.state) == ("completed", "completed")
        assert len(jobs.jobs) == run.jobs_total > 0
        assert {job.state for job in jobs.jobs.values()} == {"completed"}
        with pytest.raises(Conflict):
            await client.runs.retry(run_id)
        assert [one.id async for one in client.runs.list()] == [run_id]
        async for told in events:  # its connections were cut too, so what it missed may be told as a resync
            if told.get("resync") or ("run" in told and told["run"]["state"] == "completed"):
                break


async def test_a_server_killed_in_mid_answer_is_followed_into_its_next_life(tmp_path: Path, model: ModelServer) -> None:
    async with running(settings(tmp_path)) as lea:
        key = key_of(await lea.person())
    port = free_port()
    given = {"LEA_LLM__BASE_URL": model.url, "LEA_AUTH__SECRET": "s" * 40, "LEA_SERVER__PORT": str(port)}
    gate = asyncio.Semaphore(0)
    model.script(model_server.Answer("un deux trois", gate=gate), model_server.Answer("deux trois"))
    async with (
        LeaClient(f"http://127.0.0.1:{port}", key=key) as client,
        started(tmp_path, **given) as server,
        client.chat("Compte", thread="s1") as answer,
    ):
        gate.release()
        assert await delta(answer) == "un "
        async with asyncio.timeout(BOUND_S):  # what was told is in the database a moment later
            while (await client.threads.get("s1")).messages[-1].content != "un ":
                await asyncio.sleep(0.05)
        await server.end(signal.SIGKILL)
        async with started(tmp_path, **given):
            with pytest.raises(Unavailable) as interrupted:
                await answer.whole()
            assert (interrupted.value.code, answer.text) == ("interrupted", "un ")
            async with client.continue_("s1") as going_on:
                assert await going_on.whole() == "un deux trois"
