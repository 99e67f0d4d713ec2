"""Two servers on one PostgreSQL, with Redis between them and without: one conversation, whoever is asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lea.auth.enrolment import Newcomer
from lea.config import Config
from lea.handlers.keys import AUTH
from tests.lea_server import Lea, Person, Reading, Told, running, settings
from tests.model_server import Answer, Call, ModelServer
from tests.postgres import fresh_database
from tests.redis_server import RedisServer, own_redis, patient
from tests.test_actions import CREATE, VAGUE, confirms, with_files


@dataclass
class Pair:
    """The same person at two servers."""

    one: Lea
    other: Lea
    ada: Person
    also_ada: Person
    redis: RedisServer | None


@pytest.fixture(params=["alone", "redis"])
def redis(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer | None]:
    if request.param == "alone":
        yield None
        return
    patient(monkeypatch)
    with own_redis() as server:
        yield server


@asynccontextmanager
async def paired(tmp_path: Path, model: ModelServer, redis: RedisServer | None) -> AsyncIterator[Pair]:
    async with fresh_database() as url:
        state = {"url": "memory://" if redis is None else redis.url}
        config: Config = settings(tmp_path, database={"url": url}, state=state, llm={"base_url": model.url})
        async with running(config) as one, running(config) as other:
            ada = await one.person()
            also_ada = Person(other.session, other.url, ada.identity, ada.headers["Authorization"].split()[1])
            yield Pair(one, other, ada, also_ada, redis)


@pytest.fixture
async def pair(tmp_path: Path, model: ModelServer, redis: RedisServer | None) -> AsyncIterator[Pair]:
    async with paired(tmp_path, model, redis) as pair:
        yield pair


def frames(told: Told) -> list[tuple[int, dict[str, object]]]:
    return [(event.n, event.data) for event in told.events]


async def test_the_same_request_to_two_servers_at_once_is_one_turn_and_both_readers_see_it(
    pair: Pair, model: ModelServer
) -> None:
    model.script(Answer("un deux trois", every=0.01))
    told = await asyncio.gather(
        *(person.ask("Compte", session_id="s1", request_id="r1") for person in (pair.ada, pair.also_ada) * 2)
    )
    assert [one.text for one in told] == ["un deux trois"] * 4
    assert [one.done["finish_reason"] for one in told] == ["stop"] * 4
    assert len(model.exchanges) == 1
    assert await pair.one.sql("SELECT count(*) FROM turns") == [(1,)]
    for one in told:
        assert [event.n for event in one.events] == sorted({event.n for event in one.events})


async def test_the_json_door_of_the_other_server_gets_the_same_answer(pair: Pair, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    body = {"message": "Compte", "session_id": "s1", "request_id": "r1"}
    async with pair.ada.reading("Compte", session_id="s1", request_id="r1") as reading:
        gate.release()
        await reading.until("delta")
        waiting = asyncio.ensure_future(pair.also_ada.call("POST", "/v1/lea/chat", body))
        gate.release()
        await reading.rest()
    status, answer = await waiting
    assert (status, answer["message"], answer["finish_reason"]) == (200, "un deux", "stop")
    assert len(model.exchanges) == 1


async def test_another_body_under_the_same_request_id_is_refused_at_the_other_server(
    pair: Pair, model: ModelServer
) -> None:
    await pair.ada.ask("Compte", session_id="s1", request_id="r1")
    told = await pair.also_ada.ask("Autre chose", session_id="s1", request_id="r1")
    assert told.error["code"] == "request_id_reused"


async def test_stop_at_the_other_server_ends_the_model_call_and_keeps_what_was_said(
    pair: Pair, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with pair.ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        assert await pair.also_ada.call("POST", "/v1/lea/threads/s1/stop") == (200, {"stopped": True})
        told = await reading.rest()
    assert (told.text, told.done["finish_reason"]) == ("un ", "stopped")
    await (await model.exchange(0)).closed.wait()
    assert await pair.also_ada.call("POST", "/v1/lea/threads/s1/stop") == (200, {"stopped": False})


async def test_a_message_to_the_other_server_waits_for_the_answer_and_knows_it(pair: Pair, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate), Answer("trois"))
    async with pair.ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        async with pair.also_ada.reading("Et encore", session_id="s1") as later:
            assert (await later.until("queued")).data["position"] == 1
            assert len(model.exchanges) == 1
            gate.release()
            assert (await reading.rest()).text == "un deux"
            assert (await later.rest()).text == "trois"
    sent = (await model.exchange(1)).body["messages"][1:]
    assert [message["content"] for message in sent] == ["Compte", "un deux", "Et encore"]


async def test_stop_at_the_server_where_one_waits_stops_what_is_being_answered(pair: Pair, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate), Answer("trois"))
    async with pair.ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        async with pair.also_ada.reading("Et encore", session_id="s1") as later:
            await later.until("queued")
            await pair.also_ada.call("POST", "/v1/lea/threads/s1/stop")
            assert (await reading.rest()).done["finish_reason"] == "stopped"
            assert (await later.rest()).done["finish_reason"] == "stop"


async def test_a_waiting_message_can_be_stopped_by_name_at_the_other_server(pair: Pair, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with pair.ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        async with pair.also_ada.reading("Et encore", session_id="s1") as later:
            turn_id = (await later.until("queued")).turn_id
            await pair.ada.call("POST", "/v1/lea/threads/s1/stop", {"turn_id": turn_id})
            assert (await later.rest()).done["finish_reason"] == "stopped"
            gate.release()
            assert (await reading.rest()).done["finish_reason"] == "stop"
    assert len(model.exchanges) == 1


async def test_a_conversation_goes_on_at_the_other_server_where_it_was(pair: Pair, model: ModelServer) -> None:
    for turn, person in enumerate([pair.ada, pair.also_ada, pair.ada, pair.also_ada]):
        await person.ask(f"Question {turn}", session_id="s1")
    for turn in range(4):
        sent = (await model.exchange(turn)).body["messages"][1:]
        said = [message["content"] for message in sent if message["role"] == "user"]
        assert said == [f"Question {earlier}" for earlier in range(turn + 1)]


async def test_a_live_turn_is_named_by_the_other_server_and_followed_there_to_its_end(
    pair: Pair, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with pair.ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        first = await reading.until("delta")
        _, thread = await pair.also_ada.call("GET", "/v1/lea/threads/s1")
        assert thread["live_turn_id"] == first.turn_id
        async with (
            pair.also_ada.reading(path="/v1/lea/threads/s1/stream") as whole,
            pair.also_ada.reading(path=f"/v1/lea/threads/s1/stream?after={first.turn_id}:{first.n}") as rest,
        ):
            gate.release()
            gate.release()
            here = await reading.rest()
            followed, went_on = await asyncio.gather(whole.rest(), rest.rest())
    assert followed.text == here.text == "un deux trois"
    assert followed.done["finish_reason"] == went_on.done["finish_reason"] == "stop"
    if pair.redis is not None:
        assert frames(followed) == frames(here)
        assert frames(went_on) == [(n, data) for n, data in frames(here) if n > first.n]
    after = f"{followed.events[-1].turn_id}:{followed.events[-1].n}"
    assert (await pair.also_ada.call("GET", f"/v1/lea/threads/s1/stream?after={after}"))[0] == 204


async def test_deleting_at_the_other_server_stops_the_answer(pair: Pair, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with pair.ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        assert (await pair.also_ada.call("DELETE", "/v1/lea/threads/s1"))[0] == 204
        assert (await reading.rest()).done["finish_reason"] == "stopped"
    assert (await pair.ada.call("GET", "/v1/lea/threads/s1"))[0] == 404
    assert await pair.one.sql("SELECT count(*) FROM messages WHERE thread_id = 's1'") == [(0,)]


async def test_nothing_is_left_watched_when_all_has_ended(pair: Pair, model: ModelServer) -> None:
    await asyncio.gather(*(person.ask("Compte", request_id="r1") for person in (pair.ada, pair.also_ada)))
    async with asyncio.timeout(30):
        while any(len(lea.turns) or lea.followers for lea in (pair.one, pair.other)):
            await asyncio.sleep(0.01)


async def test_a_tab_at_the_other_server_hears_of_turns_and_of_conversations_that_change(
    pair: Pair, model: ModelServer
) -> None:
    if pair.redis is None:
        pytest.skip("without a bus nobody tells the other server")
    response = await pair.also_ada.request("GET", "/v1/lea/events")
    async with response:
        tab = Reading(response)
        told = await pair.ada.ask("Bonjour", session_id="s1")
        turn_id = told.done["turn_id"]
        assert (await tab.until("turn")).data["turn"] == {"id": turn_id, "thread_id": "s1", "state": "began"}
        assert (await tab.until("turn")).data["turn"]["state"] == "ended"
        await pair.ada.call("PATCH", "/v1/lea/threads/s1", {"title": "Factures"})
        assert (await tab.until("thread")).data["thread"] == {"id": "s1", "state": "renamed"}
        pair.redis.kill()
        pair.redis.start()
        assert (await tab.until("resync")).data == {"resync": True}


async def test_a_sign_in_that_is_ended_at_one_server_is_ended_at_the_other(pair: Pair) -> None:
    if pair.redis is None:
        pytest.skip("without a bus the other server believes an access token for its 15 minutes")
    await pair.one.app[AUTH].enrolment.add_user(
        Newcomer("eve@example.org", "correct horse battery", "Eve", "Engines", "en"), "member"
    )
    body = {"email": "eve@example.org", "password": "correct horse battery"}
    _, grant = await pair.ada.call("POST", "/v1/auth/login", body)
    bearer = {"Authorization": f"Bearer {grant['access_token']}"}
    assert (await pair.also_ada.call("GET", "/v1/auth/me", None, **bearer))[0] == 200
    assert (await pair.ada.call("POST", "/v1/auth/logout", {}, **bearer))[0] == 204
    async with asyncio.timeout(30):
        while (await pair.also_ada.call("GET", "/v1/auth/me", None, **bearer))[0] != 401:
            await asyncio.sleep(0.01)


async def test_what_one_server_asks_is_decided_once_at_both(pair: Pair, model: ModelServer) -> None:
    await with_files(pair.one, pair.ada)
    wish = Call("move_transaction", json.dumps({"transaction": "T-104", "stage": "offer"}))
    model.script(Answer("", pieces=("Bon.",), calls=(wish,)))
    asked = confirms(await pair.ada.ask(VAGUE, session_id="s1"))[0]
    path = f"/v1/lea/confirmations/{asked['id']}"
    answers = await asyncio.gather(
        *(person.call("POST", path, {"decision": "approve"}) for person in (pair.also_ada, pair.ada) * 3)
    )
    assert {status for status, _ in answers} == {200}
    assert len({body["action"]["id"] for _, body in answers}) == 1
    after = f"/v1/lea/threads/s1/stream?after={answers[0][1]['turn_id']}:0"
    async with pair.ada.reading(path=after) as reading:
        told = await reading.rest()
    assert told.done["finish_reason"] == "action"
    assert await pair.one.sql("SELECT stage FROM transactions WHERE reference = 'T-104'") == [("offer",)]
    assert await pair.one.sql("SELECT count(*) FROM action_calls") == [(1,)]
    assert (await pair.also_ada.call("POST", path, {"decision": "reject"}))[1]["code"] == "already_decided"


async def test_a_file_made_at_one_server_is_known_to_the_answers_of_the_other(pair: Pair, model: ModelServer) -> None:
    await pair.also_ada.ask("Que sais-tu de nos dossiers les plus récents ?", session_id="s2")
    await pair.ada.ask(CREATE, session_id="s1")
    async with asyncio.timeout(20):
        while "T-101" not in str(model.exchanges[-1].body["messages"][0]):
            await pair.also_ada.ask("Que sais-tu de nos dossiers les plus récents ?", session_id="s2")
            if pair.redis is None:
                return  # nothing but the next load tells another process
