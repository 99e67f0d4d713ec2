"""What people see of WhatsApp and do there: conversations, hand-over, the number's profile, and what is forgotten."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from lea.app import Adapters
from lea.channels.whatsapp.erasing import Erasing
from lea.config import WhatsApp
from lea.handlers.keys import CLOCK
from lea.store import deleted
from tests.fakes import ManualClock
from tests.graph_server import GraphServer, message, signed, status, text, webhook
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.whatsapp_line import HOOK, NUMBER, NUMBERS, ada, graph, idle, lea, link, post, rows, sent, tell, until, write

CONVERSATIONS = "/v1/admin/whatsapp/conversations"
PROFILE = "/v1/admin/whatsapp/profile"
STRANGER = "4915112345678"
THREAD = f"whatsapp-{NUMBER}"
DAY = 86_400


async def listed(person: Person, query: str = "") -> list[dict[str, Any]]:
    code, page = await person.call("GET", f"{CONVERSATIONS}{query}")
    assert code == 200, page
    return list(page["conversations"])


async def said(person: Person, query: str = "") -> dict[str, Any]:
    code, page = await person.call("GET", f"{NUMBERS}/{NUMBER}/messages{query}")
    assert code == 200, page
    return dict(page)


async def hold(person: Person, *, held: bool) -> dict[str, Any]:
    code, body = await person.call("PUT", f"{NUMBERS}/{NUMBER}/hold", {"held": held})
    assert code == 200, body
    return dict(body)


async def test_what_is_not_signed_is_refused_before_anything_is_made_of_it(lea: Lea, ada: Person) -> None:
    for raw in (b"{", b"\xff\xfe", b"[]", b""):
        assert await post(lea.session, lea.url, raw, "sha256=00") == 401
    assert await post(lea.session, lea.url, b"{", signed(b"{")) == 400
    headers = {"Content-Type": "text/plain"}
    async with lea.session.post(lea.url + HOOK, data=webhook(), headers=headers) as response:
        assert response.status == 401


async def test_the_list_says_who_wrote_last_who_answers_and_who_waits(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    model.script(Answer("Oui."))
    await write(lea, text("1", NUMBER, "Êtes-vous\nlà ?"))
    await sent(graph, 1)
    await write(lea, text("2", STRANGER, "Hallo"))
    await sent(graph, 2)
    await idle(lea)
    stranger, own = await listed(ada)
    assert (stranger["number"], stranger["user_id"], stranger["linked_at"]) == (f"+{STRANGER}", None, None)
    assert (own["name"], own["waiting"], own["held_by"]) == ("Ada", 0, None)
    assert own["last"] == {"direction": "out", "kind": "text", "text": "Oui.", "file": None, "state": "sent"}
    assert own["window_until"] > own["at"]
    grace = await lea.person("grace@example.org", role="admin")
    assert (await hold(ada, held=True))["held_by"] == "Ada"
    first = (await hold(ada, held=True))["held_at"]
    await write(lea, text("3", NUMBER, "Une personne, s'il vous plaît"), text("4", NUMBER, "Vite"))
    await write(lea, message("5", NUMBER, "reaction", emoji="👍", message_id="wamid.1"))
    await idle(lea)
    assert (await listed(ada))[0]["waiting"] == 2, "nobody has to answer a thumb"
    taken = await hold(grace, held=True)
    assert (taken["held_by"], taken["held_at"]) == ("Grace", first), "one person takes it from another"
    code, _ = await grace.call("POST", f"{NUMBERS}/{NUMBER}/messages", {"text": "Me voici."})
    assert code == 202
    await sent(graph, 3)
    await idle(lea)
    assert (await listed(ada))[0]["waiting"] == 0
    assert (await grace.call("POST", f"{NUMBERS}/{NUMBER}/messages", {"text": " \n "}))[1]["code"] == "message_blank"
    await hold(ada, held=False)
    await hold(ada, held=False)
    code, one = await ada.call("GET", f"{CONVERSATIONS}/{NUMBER}")
    assert (code, one["held_at"], one["held_by"]) == (200, None, None)
    told = [(one["direction"], one["kind"], one["by"]) for one in (await said(ada))["messages"]]
    assert told == [
        ("log", "given_back", "Ada"),
        ("out", "text", "Grace"),
        ("log", "held", "Grace"),
        ("in", "reaction", None),
        ("in", "text", None),
        ("in", "text", None),
        ("log", "held", "Ada"),
        ("out", "text", None),
        ("in", "text", None),
    ]
    directions = {one["direction"] for one in (await ada.call("GET", "/v1/admin/whatsapp/inbox"))[1]["messages"]}
    assert directions == {"in", "out"}


async def test_a_long_conversation_is_read_page_by_page_in_the_order_it_was_sent(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    whole = " ".join(f"Voici la phrase numéro {number}, qui est longue." for number in range(300))
    model.script(Answer("", pieces=(whole,)))
    await write(lea, text("1", NUMBER, "Raconte"), text("2", NUMBER, "encore"))
    await sent(graph, 4)
    await idle(lea)
    read: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(6):
        page = await said(ada, f"?limit=1{cursor}")
        read += page["messages"]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    in_order = [one["text"] for one in reversed(read)]
    assert in_order == ["Raconte", "encore", *(one.text for one in graph.sent)]
    first = (await ada.call("GET", f"{CONVERSATIONS}?limit=1"))[1]
    assert first["next_cursor"] is None
    await write(lea, text("3", STRANGER, "Hallo"))
    await sent(graph, 5)
    first = (await ada.call("GET", f"{CONVERSATIONS}?limit=1"))[1]
    second = (await ada.call("GET", f"{CONVERSATIONS}?limit=1&cursor={first['next_cursor']}"))[1]
    assert [one["number"] for one in first["conversations"] + second["conversations"]] == [f"+{STRANGER}", f"+{NUMBER}"]
    assert second["next_cursor"] is None


async def test_only_this_companys_admins_read_along(lea: Lea, ada: Person, graph: GraphServer) -> None:
    await write(lea, text("1", NUMBER, "Bonjour"))
    await sent(graph, 1)
    member = await lea.person("eve@example.org")
    mallory = await lea.person("mallory@example.org", "Other", "admin")
    paths = (CONVERSATIONS, f"{CONVERSATIONS}/{NUMBER}", f"{NUMBERS}/{NUMBER}/messages", PROFILE)
    for path in paths:
        assert (await ada.call("GET", path))[0] == 200, path
        assert (await member.call("GET", path))[0] == 403, path
        assert (await mallory.call("GET", path))[0] == 404, path
    assert (await mallory.call("PATCH", PROFILE, {"about": "Mine"}))[0] == 404
    for path in (f"{CONVERSATIONS}/{STRANGER}", f"{NUMBERS}/{STRANGER}/messages"):
        assert (await ada.call("GET", path))[0] == 404
    known = [(await one.call("GET", "/v1/auth/me"))[1]["whatsapp"] for one in (ada, member, mallory)]
    assert known == [True, False, False]


async def test_who_reads_along_hears_of_changes_and_of_nothing_else(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    async with ada.reading(path="/v1/lea/events?/stream") as reading:
        await until(lambda: asyncio.sleep(0, lea.notices))
        model.script(Answer("Oui."))
        await write(lea, text("1", NUMBER, "Bonjour"))
        (answer,) = await sent(graph, 1)
        await idle(lea)
        heard = asyncio.create_task(reading.rest())
        told = reading.told.events

        async def quiet() -> bool:
            before = len(told)
            await asyncio.sleep(0.5)  # longer than changes are gathered for
            await listed(ada)  # what was told while this machine stood still has come before the answer to this
            return len(told) == before

        def changes() -> int:
            return sum(one.data == {"whatsapp": {"changed": True}} for one in told)

        await until(quiet)
        first = changes()
        assert 1 <= first <= 8, "a burst is told of a few times"
        await write(lea, text("1", NUMBER, "Bonjour"))  # as Meta repeats it
        await tell(lea, status(answer, "sent"))
        await hold(ada, held=False)
        await until(quiet)
        assert changes() == first, "nothing changed"
        await tell(lea, status(answer, "delivered"))

        async def one_more() -> bool:
            return changes() == first + 1

        assert await until(one_more)
        heard.cancel()


async def test_the_profile_is_asked_for_once_in_five_minutes_and_after_a_change(
    tmp_path: Path, model: ModelServer, graph: GraphServer
) -> None:
    clock = ManualClock()
    config = settings(tmp_path, llm={"base_url": model.url}, whatsapp=graph.settings)
    async with running(config, Adapters(clock=clock)) as lea:
        ada = await lea.person(role="admin")
        shown = {"about": "Hey there! I am using WhatsApp.", "description": ""}
        for _ in range(3):
            assert await ada.call("GET", PROFILE) == (200, shown)
        assert graph.profile_asked == 1
        clock.advance(301)
        assert await ada.call("GET", PROFILE) == (200, shown)
        assert graph.profile_asked == 2
        changed = {"about": "Léa répond ici", "description": "L'assistante de l'atelier"}
        assert await ada.call("PATCH", PROFILE, {**changed, "about": " Léa répond ici "}) == (200, changed)
        assert graph.profile_asked == 3
        assert await ada.call("PATCH", PROFILE, {"description": ""}) == (200, {**changed, "description": ""})
        assert await ada.call("PATCH", PROFILE, {}) == (200, {**changed, "description": ""})
        assert graph.profile_asked == 4
        for body in ({"about": " "}, {"about": "x" * 140}, {"description": "x" * 513}, {"email": "a@b.example"}):
            assert (await ada.call("PATCH", PROFILE, body))[0] == 400, body
        graph.refusals.append((400, 100))
        assert (await ada.call("PATCH", PROFILE, {"about": "Autre"}))[1]["code"] == "external_api_error"
        assert (await ada.call("GET", PROFILE))[1]["about"] == "Léa répond ici"
        assert graph.profile_asked == 5, "what came of it is not known, so it is asked for"


async def age(lea: Lea, days: float) -> None:
    await lea.store.write(
        lambda connection: connection.exec_driver_sql(
            f"UPDATE whatsapp_messages SET created_at = created_at - {days * DAY}"
        ).close()
    )


async def test_what_is_older_than_it_is_kept_is_erased_in_pieces(lea: Lea, ada: Person, graph: GraphServer) -> None:
    kept = WhatsApp.model_validate({**graph.settings, "retention_days": 7})
    erasing = Erasing(kept, lea.store, lea.app[CLOCK], most=2)
    await write(lea, text("1", NUMBER, "Bonjour"), text("2", NUMBER, "Ça va ?"), text("3", STRANGER, "Hallo"))
    await sent(graph, 2)
    await idle(lea)
    await age(lea, 6.9)
    await erasing.erase()
    assert len(await rows(lea, "id", "in") + await rows(lea, "id", "out")) == 5
    await age(lea, 0.2)
    await write(lea, text("4", NUMBER, "Encore"))
    await sent(graph, 3)
    await idle(lea)
    await lea.store.write(
        lambda c: c.exec_driver_sql(f"UPDATE whatsapp_contacts SET created_at = created_at - {8 * DAY}").close()
    )
    await erasing.erase()
    assert await rows(lea, "text", "in") == [("Encore",)]
    assert len(await rows(lea, "id", "out")) == 1
    assert await lea.sql("SELECT number FROM whatsapp_contacts") == [(NUMBER,)], "a number that is nobody's goes too"


@pytest.mark.parametrize("how", ["for good", "with a way back"])
async def test_with_a_conversation_goes_what_was_said_in_it(
    lea: Lea, ada: Person, graph: GraphServer, how: str
) -> None:
    eve = await lea.person("eve@example.org")
    await link(ada, eve, "33700000001")
    await write(lea, text("1", NUMBER, "Bonjour"), text("2", "33700000001", "Salut"))
    await sent(graph, 2)
    await idle(lea)
    if how == "for good":
        assert (await ada.call("DELETE", f"/v1/lea/sessions/{THREAD}"))[0] == 204
    else:
        assert (await ada.call("DELETE", f"/v1/lea/threads/{THREAD}"))[0] == 204
        assert len(await rows(lea, "id", "in")) == 2, "it can be brought back for a day"
    await write(lea, text("3", NUMBER, "Encore"))
    await sent(graph, 3)
    await idle(lea)
    await lea.store.write(lambda connection: deleted.erase(connection, lea.store_now() + DAY + 1))
    assert sorted(await rows(lea, "text", "in")) == [("Encore",), ("Salut",)]
    assert len(await rows(lea, "id", "out")) == 2
    await idle(lea)
    assert len(graph.sent) == 3, "nothing of it is told again"
