"""WhatsApp's traps, each a test of its name: what comes twice, out of order, unsigned, at once, or too late."""

import asyncio
import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lea.channels.whatsapp.graph import Graph
from lea.clock import SystemClock
from lea.config import DependencySettings, WhatsApp
from lea.errors import NetworkError
from lea.handlers.whatsapp import WHATSAPP
from lea.resilience.dependency import Dependency
from lea.store.whatsapp_outbox import OutMessage
from tests.conftest import Logged
from tests.graph_server import VERIFY, GraphServer, Sent, message, signed, status, tap, text, webhook
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, Call, ModelServer, Refusal
from tests.test_actions import VAGUE, file_of, with_files
from tests.whatsapp_line import (
    HOOK,
    NUMBER,
    ada,
    graph,
    idle,
    lea,
    link,
    post,
    rows,
    sent,
    state_of,
    tell,
    until,
    write,
)

THREAD = f"whatsapp-{NUMBER}"
DAY = 86_400


async def test_a_message_is_answered_and_the_page_shows_the_conversation(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer, logged: Logged
) -> None:
    model.script(Answer("**Oui**, voir [le dossier](https://x.example/1)."))
    await write(lea, text("1", NUMBER, "Raconte-moi une histoire de la Rochelle"))
    (answer,) = await sent(graph, 1)
    assert (answer.body["to"], answer.text) == (NUMBER, "*Oui*, voir le dossier (https://x.example/1).")
    await idle(lea)
    thread = (await ada.call("GET", f"/v1/lea/threads/{THREAD}"))[1]
    assert thread["messages"][0]["content"] == "Raconte-moi une histoire de la Rochelle"
    assert [one["id"] for one in (await ada.call("GET", "/v1/lea/threads"))[1]["threads"]] == [THREAD]
    code, page = await ada.call("GET", "/v1/admin/whatsapp/inbox?limit=1")
    assert (code, page["messages"][0]["direction"], page["messages"][0]["state"]) == (200, "out", "sent")
    code, page = await ada.call("GET", f"/v1/admin/whatsapp/inbox?limit=1&cursor={page['next_cursor']}")
    assert (page["messages"][0]["direction"], page["messages"][0]["state"]) == ("in", "done")
    assert page["next_cursor"] is None
    async with lea.session.get(lea.url + "/health") as response:
        assert (await response.json())["dependencies"]["whatsapp"]["status"] == "ok"
    said = json.dumps([line for line in logged if line["event"].startswith("whatsapp.")])
    assert NUMBER not in said
    assert "Rochelle" not in said


async def test_the_address_is_verified_with_the_word_both_know(lea: Lea) -> None:
    async def asked(**query: str) -> tuple[int, str]:
        params = {f"hub.{name}": value for name, value in query.items()}
        async with lea.session.get(lea.url + HOOK, params=params) as response:
            return response.status, await response.text()

    assert await asked(mode="subscribe", verify_token=VERIFY, challenge="1158201444") == (200, "1158201444")
    assert (await asked(mode="subscribe", verify_token="another", challenge="1"))[0] == 403
    assert (await asked(mode="unsubscribe", verify_token=VERIFY, challenge="1"))[0] == 403
    assert (await asked())[0] == 403


async def test_a_wrong_signature_and_none_keep_nothing(lea: Lea, ada: Person) -> None:
    raw = webhook(messages=[text("1", NUMBER, "Bonjour")])
    for signature in ("", "sha256=", "sha256=é", signed(raw, "another secret"), signed(raw).upper(), signed(raw)[7:]):
        assert await post(lea.session, lea.url, raw, signature) == 401
    assert await rows(lea, "id", "in") == []


async def test_the_same_json_written_otherwise_has_another_signature(lea: Lea, ada: Person) -> None:
    raw = webhook(messages=[text("1", NUMBER, "L'été")])
    again = json.dumps(json.loads(raw), ensure_ascii=False).encode()
    assert again != raw
    assert await post(lea.session, lea.url, again, signed(raw)) == 401
    assert await post(lea.session, lea.url, raw, signed(raw)) == 200


async def test_nothing_is_there_where_it_is_not_set_up(tmp_path: Path, model: ModelServer) -> None:
    async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
        admin = await lea.person(role="admin")
        raw = webhook(messages=[text("1", NUMBER, "Bonjour")])
        assert await post(lea.session, lea.url, raw) == 404
        async with lea.session.get(lea.url + HOOK) as response:
            assert response.status == 404
        for path in ("numbers", "inbox"):
            assert (await admin.call("GET", f"/v1/admin/whatsapp/{path}"))[0] == 404


async def test_the_same_webhook_five_times_at_once_is_one_answer(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    raw = webhook(messages=[text("1", NUMBER, "Bonjour")])
    assert await asyncio.gather(*(post(lea.session, lea.url, raw) for _ in range(5))) == [200] * 5
    await sent(graph, 1)
    assert await post(lea.session, lea.url, raw) == 200
    await idle(lea)
    assert (len(graph.sent), len(model.exchanges), len(await rows(lea, "id", "in"))) == (1, 1, 1)


async def test_a_webhook_is_answered_while_the_model_hangs(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un", gate=gate))
    await write(lea, text("1", NUMBER, "Bonjour"))
    await model.exchange(0)
    async with asyncio.timeout(20):
        await write(lea, text("2", NUMBER, "Encore là ?"), text("3", NUMBER, "Toujours ?"))
    assert graph.sent == []
    model.script(Answer("deux"))
    gate.release()
    first, second = await sent(graph, 2)
    assert (first.text, second.text) == ("un", "deux")
    assert (await model.exchange(1)).body["messages"][-1]["content"] == "Encore là ?\nToujours ?"


async def test_messages_that_come_reordered_are_one_turn_in_their_order(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("voilà", gate=gate))
    await write(lea, text("0", NUMBER, "zéro", age=900))
    await model.exchange(0)
    await write(lea, text("3", NUMBER, "trois", age=100))  # minutes apart, whenever the test comes to write them
    await write(lea, text("2", NUMBER, "deux", age=300), text("1", NUMBER, "un", age=500))
    gate.release()
    await sent(graph, 2)
    await idle(lea)
    assert [one.body["messages"][-1]["content"] for one in model.exchanges] == ["zéro", "un\ndeux\ntrois"]


async def test_statuses_in_any_order_never_go_back(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    await write(lea, text("1", NUMBER, "Bonjour"))
    (answer,) = await sent(graph, 1)
    await idle(lea)
    await tell(lea, status(answer, "read"), status(answer, "delivered"))
    assert await state_of(lea, answer) == "read"
    await tell(lea, status(answer, "sent", ours=False), status(answer, "failed", 131026))
    assert await state_of(lea, answer) == "read"
    await write(lea, text("2", NUMBER, "Encore"))
    (_, other) = await sent(graph, 2)
    await idle(lea)
    await tell(lea, status(other, "failed", 131026, ours=False))
    assert (await rows(lea, "state, error", "out"))[1] == ("failed", "131026")


async def test_an_unknown_type_is_kept_and_answered_with_one_sentence(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    location = message("1", NUMBER, "location", latitude=48.8, longitude=2.3)
    future = {**message("2", NUMBER, "hologram"), "hologram": ["?"], "timestamp": None}
    wordless = [
        {"type": "text"},
        7,
        None,
        {**text("x", NUMBER, "x"), "from": "+33 6"},
        {**text("", NUMBER, "x"), "id": 3},
    ]
    assert await post(lea.session, lea.url, webhook(messages=[location, future, *wordless])) == 200
    await write(lea, message("3", NUMBER, "reaction", emoji="👍", message_id="wamid.1"))
    (answer,) = await sent(graph, 1)
    await idle(lea)
    assert answer.text.startswith("I cannot read this kind of message.")
    assert (len(graph.sent), model.exchanges) == (1, [])
    kinds = await rows(lea, "kind, state", "in")
    assert sorted(kinds) == [("hologram", "done"), ("location", "done"), ("reaction", "ignored")]
    for raw in (b"{}", b'{"entry": 3}', b'{"entry": [{"changes": [{"field": "messages", "value": []}]}]}'):
        assert await post(lea.session, lea.url, raw) == 200
    other = webhook(messages=[text("9", NUMBER, "Bonjour")], phone="another")
    assert await post(lea.session, lea.url, other) == 200
    assert len(await rows(lea, "id", "in")) == 3


async def test_a_number_nobody_knows_gets_one_sentence_a_day_and_no_turn(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    await write(lea, text("1", "4915112345678", "Hallo"))
    (answer,) = await sent(graph, 1)
    assert (answer.body["to"], answer.text[:15]) == ("4915112345678", "Bonjour, je sui")
    await idle(lea)
    await write(lea, text("2", "4915112345678", "Hallo?"))
    await idle(lea)
    assert (len(graph.sent), model.exchanges) == (1, [])
    assert await rows(lea, "state, error", "in") == [("ignored", "stranger")] * 2
    await lea.store.write(
        lambda c: c.exec_driver_sql(f"UPDATE whatsapp_contacts SET refused_at = refused_at - {DAY + 1}").close()
    )
    await write(lea, text("3", "4915112345678", "Hallo!"))
    await sent(graph, 2)
    other = await lea.person("eve@example.org", "Other")
    assert (await other.call("GET", "/v1/admin/whatsapp/numbers"))[0] == 403
    stranger = await lea.person("mallory@example.org", "Other", "admin")
    body = {"number": "+4915112345678", "user_id": stranger.identity.user_id}
    assert (await stranger.call("PUT", "/v1/admin/whatsapp/numbers", body))[0] == 404
    assert (await ada.call("PUT", "/v1/admin/whatsapp/numbers", body))[0] == 404, "of another company"
    assert (await ada.call("PUT", "/v1/admin/whatsapp/numbers", {**body, "number": "0612345678"}))[0] == 400
    assert (await ada.call("DELETE", f"/v1/admin/whatsapp/numbers/{NUMBER}"))[0] == 204
    await write(lea, text("4", NUMBER, "Et moi ?"))
    assert (await sent(graph, 3))[2].body["to"] == NUMBER
    assert model.exchanges == []


async def test_an_answer_over_4096_characters_is_several_messages_in_order(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    whole = " ".join(f"Voici la phrase numéro {number}, qui est longue." for number in range(300))
    model.script(Answer("", pieces=(whole,)))
    graph.refusals += [(429, 131056)]
    await write(lea, text("1", NUMBER, "Raconte"))
    await until_refused(lea)
    parts = [one.text for one in await sent(graph, 4)]
    assert all(len(part) <= 4096 and part.endswith(".") for part in parts)
    assert " ".join(parts) == whole


async def until_refused(lea: Lea) -> None:
    """What is postponed is due now."""

    async def postponed() -> bool:
        return bool(await lea.sql("SELECT id FROM whatsapp_messages WHERE state = 'queued' AND attempts > 0"))

    await until(postponed)
    await hurry(lea)


async def hurry(lea: Lea) -> None:
    """Nothing waits any longer."""

    async def free() -> bool:
        return await lea.sql("SELECT number FROM whatsapp_contacts WHERE owner IS NOT NULL") == []

    await until(free)

    def now(connection: Any) -> None:
        connection.exec_driver_sql("UPDATE whatsapp_messages SET due_at = 1 WHERE due_at IS NOT NULL").close()
        connection.exec_driver_sql("UPDATE whatsapp_contacts SET due_at = 1").close()

    await lea.store.write(now)
    worker = lea.app[WHATSAPP]
    assert worker is not None
    worker.wake()


async def asked(lea: Lea, ada: Person, model: ModelServer, graph: GraphServer, wamid: str = "1") -> Sent:
    """A question with buttons, to somebody who asked on WhatsApp."""
    note = json.dumps({"transaction": "T-104", "text": f"note {wamid}"})
    model.script(Answer("", pieces=("Bon.",), calls=(Call("add_note", note),)))
    before = len(graph.sent)
    await write(lea, text(wamid, NUMBER, VAGUE))

    async def question() -> list[Sent]:
        return [one for one in graph.sent[before:] if one.buttons]

    return (await until(question))[0]


async def notes(ada: Person) -> list[str]:
    return [one["text"] for one in (await file_of(ada, "T-104"))["notes"]]


async def test_a_tap_decides_once_and_a_second_tap_gets_a_sentence(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    await with_files(lea, ada)
    question = await asked(lea, ada, model, graph)
    approve, reject = question.buttons
    assert (approve[1], reject[1]) == ("Approve", "Reject")
    assert "T-104" in question.text
    await idle(lea)
    count = len(graph.sent)
    await write(lea, tap("t1", NUMBER, approve))
    told = (await sent(graph, count + 1))[count]
    await idle(lea)
    assert "note 1" in await notes(ada)
    assert told.text
    await write(lea, tap("t1", NUMBER, approve), tap("t2", NUMBER, approve))
    assert (await sent(graph, count + 2))[count + 1].text == "This was approved already."
    await write(lea, tap("t3", NUMBER, reject))
    await sent(graph, count + 3)
    await idle(lea)
    assert len(graph.sent) == count + 3
    assert (await notes(ada)).count("note 1") == 1


async def test_approved_on_the_page_and_tapped_then(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    await with_files(lea, ada)
    question = await asked(lea, ada, model, graph)
    confirmation_id = question.buttons[0][0].partition(":")[0]
    await idle(lea)
    count = len(graph.sent)
    code, _ = await ada.call("POST", f"/v1/lea/confirmations/{confirmation_id}", {"decision": "approve"})
    assert code == 200
    await sent(graph, count + 1)  # what came of it is told on WhatsApp too
    await write(lea, tap("t1", NUMBER, question.buttons[1]))
    refused = (await sent(graph, count + 2))[count + 1]
    assert "already" in refused.text
    assert "note 1" in await notes(ada)


async def test_asked_on_the_page_and_approved_on_whatsapp(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    await with_files(lea, ada)
    await write(lea, text("1", NUMBER, "Bonjour"))
    await sent(graph, 1)
    note = json.dumps({"transaction": "T-104", "text": "by the page"})
    model.script(Answer("", pieces=("Bon.",), calls=(Call("add_note", note),)))
    await ada.ask(VAGUE, session_id=THREAD)

    async def question() -> list[Sent]:
        return [one for one in graph.sent if one.buttons]

    (asked,) = await until(question)
    assert any(one.text.startswith(f"> {VAGUE}") for one in graph.sent), [one.text for one in graph.sent]
    eve = await lea.person("eve@example.org")
    await link(ada, eve, "33700000001")
    await idle(lea)
    count = len(graph.sent)
    await write(lea, tap("t0", "33700000001", asked.buttons[0]))
    assert (await sent(graph, count + 1))[count].text == "Not found.", "another person's question is not there"
    assert "by the page" not in await notes(ada)
    await write(lea, tap("t1", NUMBER, asked.buttons[0]))
    await sent(graph, count + 2)
    assert "by the page" in await notes(ada)


async def test_nothing_is_sent_after_24_hours_and_the_inbox_says_so(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    await write(lea, text("1", NUMBER, "Bonjour", age=DAY + 60))

    async def expired() -> bool:
        return await rows(lea, "state, error", "out") == [("expired", "window")]

    await until(expired)
    body = {"text": "Êtes-vous là ?"}
    path = f"/v1/admin/whatsapp/numbers/{NUMBER}"
    code, refused = await ada.call("POST", f"{path}/messages", body)
    assert (code, refused["code"]) == (409, "whatsapp_window")
    await write(lea, text("2", NUMBER, "Oui ?"))
    await sent(graph, 1)
    graph.refusals.append((400, 131047))  # their clock counts
    assert (await ada.call("POST", f"{path}/messages", body))[0] == 202

    async def closed() -> bool:
        return ("expired", "131047") in await rows(lea, "state, error", "out")

    await until(closed)
    (number,) = (await ada.call("GET", "/v1/admin/whatsapp/numbers"))[1]["numbers"]
    assert number["window_until"] > number["wrote_at"]


async def test_people_answer_instead_and_give_back(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    path = f"/v1/admin/whatsapp/numbers/{NUMBER}"
    assert (await ada.call("PUT", f"{path}/hold", {"held": True}))[1]["held_at"]
    await write(lea, text("1", NUMBER, "Il y a quelqu'un ?"))
    await idle(lea)
    assert (await ada.call("POST", f"{path}/messages", {"text": "Oui, Ada."}))[0] == 202
    assert (await sent(graph, 1))[0].text == "Oui, Ada."
    assert model.exchanges == []
    assert (await ada.call("PUT", f"{path}/hold", {"held": False}))[1]["held_at"] is None
    await write(lea, text("2", NUMBER, "Et Léa ?"))
    await sent(graph, 2)
    assert (await model.exchange(0)).body["messages"][-1]["content"] == "Et Léa ?"


async def test_a_failed_answer_is_told_and_a_refused_message_is_given_up(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer, logged: Logged
) -> None:
    model.script(Refusal(401))
    graph.refusals.append((400, 131026))
    await write(lea, text("1", NUMBER, "Bonjour"))

    async def failed() -> bool:
        return await rows(lea, "state, error", "out") == [("failed", "131026")]

    await until(failed)
    await idle(lea)
    assert logged.named("whatsapp.given_up")[0]["error"] == "131026"
    graph.refusals.append((401, 190))
    await write(lea, text("2", NUMBER, "Encore"))
    await until_refused(lea)
    await sent(graph, 1)
    assert logged.named("whatsapp.denied")[0]["number"] == "78"


async def test_without_a_connection_it_is_tried_three_times(logged: Logged) -> None:
    gone = GraphServer()
    with socket.socket() as taken:  # bound, so that nobody else listens there meanwhile
        taken.bind(("127.0.0.1", 0))
        gone.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        settings_ = WhatsApp.model_validate(gone.settings)
        graph = Graph(settings_, Dependency("whatsapp", DependencySettings(retry_pause=0.001), SystemClock()))
        with pytest.raises(NetworkError):
            await graph.send(OutMessage("wo_1", NUMBER, "text", "Bonjour", "queued", None, 0, None, None), "fr")
    assert [line["attempt"] for line in logged.named("dependency.attempt_failed")] == [1, 2, 3]
    await graph.aclose()


async def test_a_crash_between_sending_and_noting_sends_at_most_once_more(
    lea: Lea, ada: Person, graph: GraphServer
) -> None:
    """The connection breaks once the message is taken: all that is known is that it was begun."""
    graph.fault = "drop"
    await write(lea, text("1", NUMBER, "Bonjour"))
    (first,) = await sent(graph, 1)

    async def unsure() -> bool:
        return await lea.sql("SELECT owner FROM whatsapp_contacts WHERE owner IS NULL") != []

    await until(unsure)
    assert await rows(lea, "state", "out") == [("sending",)]
    await tell(lea, status(first, "delivered"))  # it brings our own id, so it is known what it is about
    assert await rows(lea, "state, wamid", "out") == [("delivered", first.wamid)]
    await hurry(lea)
    await idle(lea)
    assert len(graph.sent) == 1
    await write(lea, text("2", NUMBER, "Encore"))
    await sent(graph, 2)
    await hurry(lea)
    await sent(graph, 3)
    await hurry(lea)

    async def given_up() -> bool:
        return (await rows(lea, "state, error", "out"))[1] == ("failed", "unsure")

    await until(given_up)
    assert len(graph.sent) == 3
    assert graph.sent[1].body == graph.sent[2].body


UNDONE = """
PRAGMA foreign_keys = ON;
DELETE FROM whatsapp_messages WHERE direction = 'out';
DELETE FROM threads;
UPDATE whatsapp_messages SET state = 'taken';
UPDATE whatsapp_contacts SET due_at = 1, owner = 'dead', lease_until = 2;
"""


async def test_a_crash_between_taking_and_answering_asks_once(
    tmp_path: Path, model: ModelServer, graph: GraphServer
) -> None:
    config = settings(tmp_path, llm={"base_url": model.url}, whatsapp=graph.settings)
    async with running(config) as lea:
        ada = await lea.person(role="admin")
        await link(ada, ada)
        gate = asyncio.Semaphore(0)
        model.script(Answer("un deux", gate=gate))
        await write(lea, text("1", NUMBER, "Bonjour"), text("2", NUMBER, "Ça va ?"))
        await model.exchange(0)
    assert graph.sent == []
    async with running(config) as lea:
        (answer,) = await sent(graph, 1)
        await idle(lea)
        assert answer.text.endswith("Léa was restarted during this answer.")
        assert len(model.exchanges) == 1
        assert await rows(lea, "state", "in") == [("done",)] * 2
    with closing(sqlite3.connect(tmp_path / "lea.db")) as file, file:  # as one leaves it that died before it saved
        file.executescript(UNDONE)
    async with running(config) as lea:
        await sent(graph, 2)
        await idle(lea)
        assert (len(graph.sent), len(model.exchanges)) == (2, 2)
        assert model.exchanges[1].body["messages"][-1]["content"] == "Bonjour\nÇa va ?"


async def test_more_questions_than_a_minute_takes_wait_and_a_disabled_account_is_nobody(
    tmp_path: Path, model: ModelServer, graph: GraphServer, logged: Logged
) -> None:
    limits = {"chat_per_minute": 1}
    config = settings(tmp_path, llm={"base_url": model.url}, whatsapp=graph.settings, limits=limits)
    async with running(config) as lea:
        ada, eve = await lea.person(role="admin"), await lea.person("eve@example.org")
        await link(ada, eve)
        await write(lea, text("1", NUMBER, "Bonjour"))
        await sent(graph, 1)
        await idle(lea)
        await write(lea, text("2", NUMBER, "Encore"))

        async def postponed() -> bool:
            return bool(logged.named("whatsapp.postponed"))

        await until(postponed)
        assert (await rows(lea, "state", "in"))[1] == ("taken",)
        assert (len(graph.sent), len(model.exchanges)) == (1, 1)
        user = f"/v1/admin/users/{eve.identity.user_id}"
        assert (await ada.call("PATCH", user, {"disabled": True}))[0] == 200
        await write(lea, text("3", NUMBER, "Allô ?"))
        assert (await sent(graph, 2))[1].text.startswith("Bonjour, je suis Léa.")
        body = {"number": f"+{NUMBER}", "user_id": eve.identity.user_id}
        assert (await ada.call("PUT", "/v1/admin/whatsapp/numbers", body))[1]["code"] == "account_disabled"


async def test_what_waits_to_be_sent_is_not_sent_to_whoever_has_the_number_next(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    eve = await lea.person("eve@example.org")
    for wamid, change in (("1", "link"), ("2", "unlink")):
        graph.refusals.append((429, 131056))
        await write(lea, text(wamid, NUMBER, "Bonjour"))

        async def waits() -> bool:
            asked_for = ("taken",) in await rows(lea, "state", "in")
            return not asked_for and ("queued", "131056") in await rows(lea, "state, error", "out")

        await until(waits)
        if change == "link":
            await link(ada, eve)
        else:
            assert (await ada.call("DELETE", f"/v1/admin/whatsapp/numbers/{NUMBER}"))[0] == 204
        await hurry(lea)
        await idle(lea)
    assert await rows(lea, "state, error", "out") == [("skipped", "relinked")] * 2
    assert (graph.sent, len(model.exchanges)) == ([], 2)
