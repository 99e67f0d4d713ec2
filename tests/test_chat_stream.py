"""The chat stream, over HTTP, against a model server that is really asked."""

import asyncio
import socket

import pytest

from lea.errors import NetworkError
from lea.ids import RequestId, ThreadId, TurnId, derived_id
from lea.manager.ask import Ask
from tests.lea_server import Event, Lea, Person, Reading, running, settings
from tests.model_server import Answer, ModelServer, Refusal


async def test_the_first_bytes_are_ok_then_connecting(lea: Lea, ada: Person) -> None:
    response = await ada.request("POST", "/v1/lea/chat/stream", {"message": "Bonjour"})
    first = await response.content.readuntil(b"\n\n")
    second = await response.content.readuntil(b"\n\n")
    assert first == b": ok\n\n"
    assert b'data: {"status":"connecting","session_id":"' in second
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store, no-transform"
    assert response.headers["X-Accel-Buffering"] == "no"
    response.close()


async def test_a_turn_is_told_in_order_and_numbered_without_gaps(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("Bonjour Ada, tout va bien.", every=0.001))
    told = await ada.ask("Bonjour", session_id="s1", request_id="r1")
    assert told.kinds == ["connecting", "loading", "thinking", "delta", "done"]
    assert told.text == "Bonjour Ada, tout va bien."
    assert [event.n for event in told.events] == list(range(1, len(told.events) + 1))
    assert len({event.turn_id for event in told.events}) == 1
    done = told.done
    assert done["session_id"] == "s1"
    assert done["turn_id"] == told.events[0].turn_id
    assert done["finish_reason"] == "stop"
    assert done["provider"] == "openai"
    assert done["usage"] == {"prompt_tokens": 20, "completion_tokens": 8, "cached_tokens": 4, "estimated": False}
    assert done["cost"] is None
    assert {"queued", "load", "saved_message", "first_token", "last_token", "ended"} <= done["timings_ms"].keys()


async def test_the_model_is_sent_who_is_asking_and_what_was_said(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("Je suis Léa."), Answer("Ada."))
    await ada.ask("Qui es-tu ?", session_id="s1")
    await ada.ask("Et moi ?", session_id="s1")
    sent = (await model.exchange(1)).body["messages"]
    assert sent[0]["role"] == "system"
    assert "Ada" in sent[0]["content"]
    assert [(message["role"], message["content"]) for message in sent[1:]] == [
        ("user", "Qui es-tu ?"),
        ("assistant", "Je suis Léa."),
        ("user", "Et moi ?"),
    ]


async def test_a_conversation_is_remembered_after_its_session_has_left_memory(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    await ada.ask("Un", session_id="s1")
    lea.manager._sessions.clear()
    await ada.ask("Deux", session_id="s1")
    sent = (await model.exchange(1)).body["messages"]
    assert [message["content"] for message in sent if message["role"] == "user"] == ["Un", "Deux"]


async def test_history_is_cut_to_the_token_budget_and_keeps_the_newest(tmp_path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url, "context_tokens": 600})
    async with running(config) as lea:
        ada = await lea.person()
        for number in range(4):
            model.script(Answer("réponse " * 60))
            await ada.ask(f"question {number} " + "mot " * 60, session_id="s1")
        sent = [message["content"] for message in (await model.exchange(3)).body["messages"][1:]]
    assert sent[-1].startswith("question 3")
    assert not any(text.startswith("question 0") for text in sent)
    assert sent[0].startswith("question")


async def test_the_message_is_committed_before_anything_of_the_answer_is_told(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    async with ada.reading("Est-ce écrit ?", session_id="s1") as reading:
        await reading.until("delta")
        rows = await lea.sql("SELECT content FROM messages WHERE role = 'user'")
        assert rows == [("Est-ce écrit ?",)]


async def test_done_comes_after_the_answer_is_saved(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("Oui."))
    async with ada.reading("Sauvé ?", session_id="s1") as reading:
        await reading.until("done")
        rows = await lea.sql("SELECT content, finish_reason FROM messages WHERE role = 'assistant'")
        assert rows == [("Oui.", "stop")]


async def test_the_json_door_is_the_same_turn(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("Voilà."))
    status, body = await ada.call("POST", "/v1/lea/chat", {"message": "Bonjour", "session_id": "s1"})
    assert status == 200
    assert body["message"] == "Voilà."
    assert body["session_id"] == "s1"
    assert body["finish_reason"] == "stop"
    assert body["usage"]["completion_tokens"] == 8
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert [message["content"] for message in thread["messages"]] == ["Bonjour", "Voilà."]
    assert thread["messages"][1]["id"] == body["message_id"]


@pytest.mark.parametrize(
    ("reply", "status", "code"),
    [
        (Refusal(500), 502, "external_api_unavailable"),
        (Refusal(400), 400, "external_api_error"),
        (Refusal(401), 400, "external_api_error"),
        (Refusal(429), 400, "external_api_error"),
        (Answer(fault="silence", fault_at=0), 504, "external_api_timeout"),
    ],
)
async def test_upstream_failures_have_their_status_on_the_json_door(
    tmp_path, model: ModelServer, reply: Answer | Refusal, status: int, code: str
) -> None:
    model.default = reply
    limit = 0.3 if isinstance(reply, Answer) else 30  # a refusal may come late without being a silence
    async with running(settings(tmp_path, llm={"base_url": model.url, "timeout": limit})) as lea:
        ada = await lea.person()
        got, problem = await ada.call("POST", "/v1/lea/chat", {"message": "Bonjour"})
        assert (got, problem["code"]) == (status, code)


async def test_a_model_that_cannot_be_reached_is_a_network_error(tmp_path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"  # kept, so that nobody else begins to listen there
        async with running(settings(tmp_path, llm={"base_url": url})) as lea:
            ada = await lea.person()
            told = await ada.ask("Bonjour")
            assert told.error["code"] == NetworkError.default_code
            assert told.error["retryable"] is True
            assert told.done["finish_reason"] == "error"


async def test_a_cut_in_mid_answer_keeps_the_text_says_so_and_still_ends_with_done(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    model.script(Answer("un deux trois quatre", fault="cut", fault_at=2))
    told = await ada.ask("Compte", session_id="s1")
    assert told.kinds == ["connecting", "loading", "thinking", "delta", "error", "done"]
    assert told.error["code"] == "external_api_unavailable"
    assert "en route" in told.error["error"] or "broke off" in told.error["error"]
    assert told.done["finish_reason"] == "error"
    assert told.done["usage"]["estimated"] is True
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    answer = thread["messages"][1]
    assert answer["content"] == "un deux "
    assert answer["error"]["code"] == "external_api_unavailable"
    assert len(model.exchanges) == 1


async def test_a_second_message_waits_its_turn_visibly(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate), Answer("ensuite"), Answer("enfin"))
    async with ada.reading("Première", session_id="s1") as first:
        await first.until("thinking")
        async with ada.reading("Deuxième", session_id="s1") as second:
            assert (await second.until("queued")).data["position"] == 1
            async with ada.reading("Troisième", session_id="s1") as third:
                assert (await third.until("queued")).data["position"] == 2
                for _ in range(2):
                    gate.release()
                await first.rest()
                assert (await second.rest()).text == "ensuite"
                told = await third.rest()
    assert [event.data["position"] for event in told.events if event.data.get("status") == "queued"] == [2, 1]
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert [message["content"] for message in thread["messages"]] == [
        "Première", "un deux", "Deuxième", "ensuite", "Troisième", "enfin",
    ]  # fmt: skip


async def test_the_eleventh_waiting_message_is_refused(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un", gate=gate))
    responses = []
    first = await ada.request("POST", "/v1/lea/chat/stream", {"message": "0", "session_id": "s1"})
    await Reading(first).until("thinking")
    for number in range(10):
        response = await ada.request("POST", "/v1/lea/chat/stream", {"message": str(number), "session_id": "s1"})
        await Reading(response).until("queued")
        responses.append(response)
    status, problem = await ada.call("POST", "/v1/lea/chat/stream", {"message": "11", "session_id": "s1"})
    assert (status, problem["code"]) == (429, "queue_full")
    gate.release()
    for response in [first, *responses]:
        await Reading(response).rest()
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert len(thread["messages"]) == 22


async def test_another_thread_of_the_same_user_does_not_wait(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un", gate=gate), Answer("libre"))
    async with ada.reading("Lente", session_id="slow") as slow:
        await model.exchange(0)  # or the other message might be the one that gets this answer
        assert (await ada.ask("Vite", session_id="fast")).text == "libre"
        gate.release()
        await slow.rest()


async def test_a_reader_that_leaves_changes_nothing(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with ada.reading("Compte", session_id="s1", request_id="r1") as reading:
        await reading.until("thinking")
    for _ in range(3):
        gate.release()
    told = await ada.ask("Compte", session_id="s1", request_id="r1")
    assert told.text == "un deux trois"
    assert len(model.exchanges) == 1


async def test_the_same_request_attaches_to_its_turn_from_the_start(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with ada.reading("Compte", session_id="s1", request_id="r1") as first:
        gate.release()
        await first.until("delta")
        async with ada.reading("Compte", session_id="s1", request_id="r1") as second:
            gate.release()
            gate.release()
            one, two = await first.rest(), await second.rest()
    assert [(event.n, event.data) for event in one.events] == [(event.n, event.data) for event in two.events]
    assert len(model.exchanges) == 1


async def test_the_same_request_after_a_restart_tells_the_saved_answer(tmp_path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url})
    model.script(Answer("La première."))
    async with running(config) as lea:
        ada = await lea.person()
        before = await ada.ask("Une fois", session_id="s1", request_id="r1")
    async with (
        running(config) as lea,
        lea.session.post(
            lea.url + "/v1/lea/chat/stream",
            json={"message": "Une fois", "session_id": "s1", "request_id": "r1"},
            headers=ada.headers,
        ) as response,
    ):
        after = await Reading(response).rest()
    assert after.text == "La première."
    assert after.done["message_id"] == before.done["message_id"]
    assert len(model.exchanges) == 1


async def test_a_request_id_with_another_body_is_refused(lea: Lea, ada: Person, model: ModelServer) -> None:
    await ada.ask("Ceci", session_id="s1", request_id="r1")
    status, problem = await ada.call(
        "POST", "/v1/lea/chat/stream", {"message": "Cela", "session_id": "s1", "request_id": "r1"}
    )
    assert (status, problem["code"]) == (409, "request_id_reused")
    assert len(model.exchanges) == 1


async def test_turn_and_thread_follow_from_user_and_request(lea: Lea, ada: Person) -> None:
    bob = await lea.person("bob@example.org")
    mine = await ada.ask("Bonjour", request_id="r1")
    his = await bob.ask("Bonjour", request_id="r1")
    again = await ada.ask("Bonjour", request_id="r1")
    assert mine.done["turn_id"] == again.done["turn_id"] != his.done["turn_id"]
    assert mine.done["session_id"] == again.done["session_id"] != his.done["session_id"]


async def test_stop_ends_the_model_call_and_keeps_what_was_said(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux trois", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        assert await ada.call("POST", "/v1/lea/threads/s1/stop") == (200, {"stopped": True})
        told = await reading.rest()
    await model.wait_until_closed(0)
    assert told.done["finish_reason"] == "stopped"
    assert "error" not in told.kinds
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert (thread["messages"][1]["content"], thread["messages"][1]["finish_reason"]) == ("un ", "stopped")
    assert await ada.call("POST", "/v1/lea/threads/s1/stop", {}) == (200, {"stopped": False})


async def test_stop_between_the_first_byte_and_the_turn_ends_the_turn_at_once(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    turn_id = TurnId(derived_id("t", ada.identity.user_id, "r1"))
    coming = Ask(ThreadId("s1"), turn_id, RequestId("r1"), "", "message", "Bonjour", None, "fr")
    with lea.turns.expect(ada.identity, coming):
        assert (await ada.call("POST", "/v1/lea/threads/s2/stop"))[0] == 404
        assert (await ada.call("POST", "/v1/lea/threads/s1/stop", {"turn_id": "t_another"}))[0] == 404
        assert await ada.call("POST", "/v1/lea/threads/s1/stop") == (200, {"stopped": True})
        told = await ada.ask("Bonjour", session_id="s1", request_id="r1")
    assert (told.done["turn_id"], told.done["finish_reason"], told.text) == (turn_id, "stopped", "")
    assert not model.exchanges
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert [message["content"] for message in thread["messages"]] == ["Bonjour", ""]
    assert (await ada.ask("Encore", session_id="s1")).done["finish_reason"] == "stop"


async def test_stop_lets_the_waiting_message_go_on(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("un", gate=asyncio.Semaphore(0)), Answer("deux"))
    async with ada.reading("Première", session_id="s1") as first:
        await model.exchange(0)  # one that is stopped before would leave its answer to the other
        async with ada.reading("Deuxième", session_id="s1") as second:
            await second.until("queued")
            await ada.call("POST", "/v1/lea/threads/s1/stop")
            assert (await first.rest()).done["finish_reason"] == "stopped"
            assert (await second.rest()).text == "deux"


async def test_a_waiting_message_can_be_stopped_by_its_turn(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un", gate=gate))
    async with ada.reading("Première", session_id="s1") as first:
        await first.until("thinking")
        async with ada.reading("Deuxième", session_id="s1") as second:
            turn_id = (await second.until("queued")).turn_id
            assert (await ada.call("POST", "/v1/lea/threads/s1/stop", {"turn_id": turn_id}))[1] == {"stopped": True}
            assert (await second.rest()).done["finish_reason"] == "stopped"
        gate.release()
        assert (await first.rest()).text == "un"
    assert len(model.exchanges) == 1


async def test_regenerate_answers_the_last_message_again(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("Mauvaise."), Answer("Bonne."), Answer("Suite."))
    await ada.ask("Question", session_id="s1")
    async with ada.reading(path="/v1/lea/threads/s1/regenerate", request_id="again") as reading:
        told = await reading.rest()
    assert told.text == "Bonne."
    assert [message["content"] for message in (await model.exchange(1)).body["messages"][1:]] == ["Question"]
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert [message["content"] for message in thread["messages"]] == ["Question", "Bonne."]
    await ada.ask("Encore", session_id="s1")
    sent = (await model.exchange(2)).body["messages"][1:]
    assert [message["content"] for message in sent] == ["Question", "Bonne.", "Encore"]
    assert len(await lea.sql("SELECT id FROM messages WHERE role = 'assistant'")) == 3


async def test_a_message_can_branch_off_an_earlier_one(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("A."), Answer("B."), Answer("C."))
    first = await ada.ask("Un", session_id="s1")
    await ada.ask("Deux", session_id="s1")
    await ada.ask("Deux bis", session_id="s1", parent_message_id=first.done["message_id"])
    sent = (await model.exchange(2)).body["messages"][1:]
    assert [message["content"] for message in sent] == ["Un", "A.", "Deux bis"]
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert [message["content"] for message in thread["messages"]] == ["Un", "A.", "Deux bis", "C."]


async def test_a_parent_of_another_thread_is_not_found_and_nothing_is_written(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    other = await ada.ask("Ailleurs", session_id="s1")
    told = await ada.ask("Ici", session_id="s2", parent_message_id=other.done["message_id"])
    assert told.error["code"] == "not_found"
    assert told.done["finish_reason"] == "error"
    assert (await ada.call("GET", "/v1/lea/threads/s2"))[0] == 404
    assert len(model.exchanges) == 1


async def test_following_a_live_turn_starts_at_its_beginning(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Compte", session_id="s1") as first:
        gate.release()
        await first.until("delta")
        async with ada.reading(path="/v1/lea/threads/s1/stream") as second:
            gate.release()
            assert (await second.rest()).text == (await first.rest()).text == "un deux"
    response = await ada.request("GET", "/v1/lea/threads/s1/stream")
    assert response.status == 204


async def test_heartbeats_come_while_the_model_says_nothing(tmp_path, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un", gate=gate))
    async with running(settings(tmp_path, llm={"base_url": model.url}, server={"heartbeat": 0.02})) as lea:
        ada = await lea.person()
        response = await ada.request("POST", "/v1/lea/chat/stream", {"message": "Bonjour"})
        for _ in range(3):
            await response.content.readuntil(b": ping\n\n")
        gate.release()
        rest = await response.content.read()
        assert rest.endswith(b"\n\n")
        assert b'"done":true' in rest


async def test_a_slow_reader_misses_nothing_and_nobody_waits_for_it(tmp_path, model: ModelServer) -> None:
    """Its socket takes nothing while megabytes are told; then it reads all of it, in order, without a gap."""
    words = tuple(f"{number:06d}" * 200 for number in range(3000))
    model.script(Answer(pieces=words))
    async with running(settings(tmp_path, llm={"base_url": model.url, "max_answer_chars": 10_000_000})) as lea:
        ada = await lea.person()
        slow = await ada.request("POST", "/v1/lea/chat/stream", {"message": "Tout", "session_id": "s1"})
        slow.connection.transport.pause_reading()  # type: ignore[union-attr]
        await model.exchange(0)  # or the other message might be the one that is answered with all this
        status, answer = await ada.call("POST", "/v1/lea/chat", {"message": "Autre", "session_id": "s2"})
        assert status == 200
        slow.connection.transport.resume_reading()  # type: ignore[union-attr]
        events: list[Event] = (await Reading(slow).rest()).events
    assert [event.n for event in events] == list(range(1, len(events) + 1))
    assert "".join(event.data.get("delta", "") for event in events) == "".join(words)
    assert events[-1].data["done"] is True


async def test_thirty_a_minute_and_the_next_is_refused_with_when(tmp_path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url}, limits={"chat_per_minute": 30})
    async with running(config) as lea:
        ada, bob = await lea.person(), await lea.person("bob@example.org")
        for number in range(30):
            response = await ada.request("POST", "/v1/lea/chat", {"message": "Bonjour", "session_id": "s1"})
            assert response.status == 200
            assert f";r={29 - number};" in response.headers["RateLimit"]
        response = await ada.request("POST", "/v1/lea/chat/stream", {"message": "Bonjour", "session_id": "s1"})
        assert response.status == 429
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert response.headers["RateLimit-Policy"] == '"chat";q=30;w=60'
        assert (await response.json(content_type=None))["code"] == "rate_limited"
        assert (await bob.ask("Bonjour")).done["finish_reason"] == "stop"
        assert (await ada.call("GET", "/v1/lea/threads"))[0] == 200
        assert (await ada.call("POST", "/v1/lea/threads/s1/stop"))[0] == 200


async def test_asking_again_for_a_turn_is_not_counted(tmp_path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url}, limits={"chat_per_minute": 1})
    async with running(config) as lea:
        ada = await lea.person()
        for _ in range(3):
            assert (await ada.ask("Bonjour", request_id="r1")).done["finish_reason"] == "stop"
        assert len(model.exchanges) == 1
