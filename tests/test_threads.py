"""Conversations: list, read, rename, delete, search, export."""

import asyncio
from urllib.parse import quote

import pytest
from sqlalchemy import insert

from lea.store.tables import threads
from lea.store.threads import PINNED
from tests.lea_server import Lea, Person
from tests.model_server import Answer, ModelServer
from tests.test_notices import tab


async def test_the_list_has_the_last_used_first_in_pages(lea: Lea, ada: Person) -> None:
    for number in range(5):
        await ada.ask(f"Sujet {number}", session_id=f"s{number}")
    _, first = await ada.call("GET", "/v1/lea/threads?limit=2")
    _, second = await ada.call("GET", f"/v1/lea/threads?limit=2&cursor={first['next_cursor']}")
    _, third = await ada.call("GET", f"/v1/lea/threads?limit=2&cursor={second['next_cursor']}")
    listed = [thread["id"] for page in (first, second, third) for thread in page["threads"]]
    assert listed == ["s4", "s3", "s2", "s1", "s0"]
    assert third["next_cursor"] is None
    assert first["threads"][0]["title"] == "Sujet 4"


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=%C2%B2", "cursor=nonsense", "cursor=W10="])
async def test_a_wrong_page_is_refused(lea: Lea, ada: Person, query: str) -> None:
    assert (await ada.call("GET", f"/v1/lea/threads?{query}"))[1]["code"] == "invalid_request"


async def test_a_title_is_the_first_message_in_short(lea: Lea, ada: Person) -> None:
    await ada.ask("Un  long\nsujet " + "mot " * 50, session_id="s1")
    title = (await ada.call("GET", "/v1/lea/threads/s1"))[1]["title"]
    assert title.startswith("Un long sujet mot")
    assert title.endswith("…")
    assert len(title) <= 80


async def test_rename(lea: Lea, ada: Person) -> None:
    await ada.ask("Bonjour", session_id="s1")
    status, thread = await ada.call("PATCH", "/v1/lea/threads/s1", {"title": "  Factures  "})
    assert (status, thread["title"]) == (200, "Factures")
    for bad in ({"title": " "}, {"title": "x" * 201}, {}, {"title": 1}, {"name": "x"}):
        assert (await ada.call("PATCH", "/v1/lea/threads/s1", bad))[0] == 400
    assert (await ada.call("GET", "/v1/lea/threads"))[1]["threads"][0]["title"] == "Factures"


async def test_forgetting_leaves_nothing_behind(lea: Lea, ada: Person) -> None:
    await ada.ask("Bonjour", session_id="s1")
    assert await ada.call("DELETE", "/v1/lea/sessions/s1") == (204, None)
    assert (await ada.call("GET", "/v1/lea/threads/s1"))[0] == 404
    assert (await ada.call("POST", "/v1/lea/threads/s1/restore"))[0] == 404
    assert (await ada.call("DELETE", "/v1/lea/sessions/s1"))[0] == 404
    for table in ("threads", "turns", "messages"):
        assert await lea.sql(f"SELECT * FROM {table}") == []


async def test_deleting_stops_the_answer_and_the_name_can_be_used_again(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    model.script(Answer("un", gate=asyncio.Semaphore(0)), Answer("neuf"))
    async with ada.reading("Bonjour", session_id="s1") as reading:
        await reading.until("thinking")
        await model.exchange(0)  # else the answer to the first message might be given to the second
        assert (await ada.call("DELETE", "/v1/lea/threads/s1"))[0] == 204
        assert (await reading.rest()).done["finish_reason"] == "stopped"
    assert await lea.sql("SELECT * FROM messages WHERE thread_id = 's1'") == []
    await ada.ask("Encore", session_id="s1")
    assert [message["content"] for message in (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"]] == [
        "Encore",
        "neuf",
    ]
    assert len((await model.exchange(1)).body["messages"]) == 2


async def test_search_finds_titles_and_messages_and_nothing_of_others(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    bob = await lea.person("bob@example.org")
    model.script(Answer("Le notaire a signé."), Answer("Rien."), Answer("Un notaire."))
    await ada.ask("Où en est l'acte ?", session_id="s1")
    await ada.ask("Autre chose", session_id="s2")
    await bob.ask("Mon notaire", session_id="s1")
    _, found = await ada.call("GET", "/v1/lea/threads/search?q=NOTAIRE")
    assert [(thread["id"], thread["excerpt"]) for thread in found["threads"]] == [("s1", "Le notaire a signé.")]
    _, by_title = await ada.call("GET", "/v1/lea/threads/search?q=autre")
    assert [thread["id"] for thread in by_title["threads"]] == ["s2"]
    _, inside = await ada.call("GET", "/v1/lea/threads/s1/search?q=notaire")
    assert [message["content"] for message in inside["messages"]] == ["Le notaire a signé."]


@pytest.mark.parametrize("words", ["École", "école", "ECOLE", "ecole", "l'ecole"])
async def test_a_search_knows_neither_case_nor_accents(lea: Lea, ada: Person, words: str) -> None:
    await ada.ask("Visite de l'École des Chartes", session_id="s1")
    found = (await ada.call("GET", f"/v1/lea/threads/search?q={quote(words)}"))[1]["threads"]
    assert [thread["id"] for thread in found] == ["s1"]


async def test_signs_in_a_search_stand_for_themselves(lea: Lea, ada: Person) -> None:
    await ada.ask("100 % sûr", session_id="s1")
    assert len((await ada.call("GET", "/v1/lea/threads/search?q=%25"))[1]["threads"]) == 1
    assert (await ada.call("GET", "/v1/lea/threads/search?q=_"))[1]["threads"] == []
    for bad in ("q=", "q=%20", "q=%00", "q=" + "x" * 201):
        assert (await ada.call("GET", f"/v1/lea/threads/search?{bad}"))[0] == 400


async def test_a_conversation_may_be_called_search(lea: Lea, ada: Person) -> None:
    assert (await ada.call("GET", "/v1/lea/threads/search"))[0] == 404
    await ada.ask("Bonjour", session_id="search")
    assert (await ada.call("GET", "/v1/lea/threads/search"))[1]["title"] == "Bonjour"


async def test_export(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("**Oui**."))
    await ada.ask("Signé ?", session_id="s1")
    markdown = await ada.request("GET", "/v1/lea/threads/s1/export?format=md")
    assert markdown.headers["Content-Disposition"] == 'attachment; filename="s1.md"'
    text = await markdown.text()
    assert text.startswith("# Signé ?")
    assert "**Oui**." in text
    _, whole = await ada.call("GET", "/v1/lea/threads/s1/export?format=json")
    assert [message["role"] for message in whole["messages"]] == ["user", "assistant"]
    assert (await ada.call("GET", "/v1/lea/threads/s1/export?format=pdf"))[0] == 400


async def test_a_live_turn_is_named(lea: Lea, ada: Person, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un", gate=gate))
    async with ada.reading("Bonjour", session_id="s1") as reading:
        turn_id = (await reading.until("thinking")).turn_id
        while (await ada.call("GET", "/v1/lea/threads/s1"))[0] == 404:
            pass
        assert (await ada.call("GET", "/v1/lea/threads/s1"))[1]["live_turn_id"] == turn_id
        gate.release()
        await reading.rest()
    assert (await ada.call("GET", "/v1/lea/threads"))[1]["threads"][0]["live_turn_id"] is None


async def test_pinned_conversations_are_told_with_the_first_page_however_old(lea: Lea, ada: Person) -> None:
    for number in range(3):
        await ada.ask(f"Sujet {number}", session_id=f"s{number}")
    status, thread = await ada.call("PATCH", "/v1/lea/threads/s0", {"pinned": True})
    assert (status, thread["pinned"], thread["archived"], thread["title"]) == (200, True, False, "Sujet 0")
    await ada.call("PATCH", "/v1/lea/threads/s1", {"pinned": True})
    await ada.call("PATCH", "/v1/lea/threads/s0", {"pinned": True})  # it keeps its place
    _, first = await ada.call("GET", "/v1/lea/threads?limit=1")
    assert [one["id"] for one in first["pinned"]] == ["s1", "s0"]
    assert [one["id"] for one in first["threads"]] == ["s2"]
    assert (await ada.call("GET", f"/v1/lea/threads?limit=1&cursor={first['next_cursor']}"))[1]["pinned"] == []
    await ada.call("PATCH", "/v1/lea/threads/s1", {"pinned": False})
    assert [one["id"] for one in (await ada.call("GET", "/v1/lea/threads"))[1]["pinned"]] == ["s0"]


async def test_no_more_than_fifty_are_pinned(lea: Lea, ada: Person) -> None:
    await ada.ask("Sujet", session_id="s0")
    company, user = ada.identity.company_id, ada.identity.user_id
    await lea.store.write(
        lambda connection: connection.execute(
            insert(threads),
            [
                {"user_id": user, "id": f"p{n}", "company_id": company, "title": "x"}
                | dict.fromkeys(("created_at", "updated_at", "pinned_at"), 1.0)
                for n in range(PINNED)
            ],
        )
    )
    status, problem = await ada.call("PATCH", "/v1/lea/threads/s0", {"pinned": True})
    assert (status, problem["code"]) == (409, "too_many_pinned")
    assert (await ada.call("GET", "/v1/lea/threads/s0"))[1]["pinned"] is False
    assert (await ada.call("PATCH", "/v1/lea/threads/p0", {"pinned": True}))[0] == 200


async def test_an_archived_conversation_is_in_its_own_list_and_found(lea: Lea, ada: Person) -> None:
    await ada.ask("Le notaire", session_id="s1")
    await ada.ask("Autre", session_id="s2")
    assert (await ada.call("PATCH", "/v1/lea/threads/s1", {"archived": True}))[1]["archived"] is True
    assert [one["id"] for one in (await ada.call("GET", "/v1/lea/threads"))[1]["threads"]] == ["s2"]
    assert [one["id"] for one in (await ada.call("GET", "/v1/lea/threads?archived=true"))[1]["threads"]] == ["s1"]
    found = (await ada.call("GET", "/v1/lea/threads/search?q=notaire"))[1]["threads"]
    assert [(one["id"], one["archived"]) for one in found] == [("s1", True)]
    await ada.ask("Encore", session_id="s1")  # who speaks in it takes it up again
    assert [one["id"] for one in (await ada.call("GET", "/v1/lea/threads"))[1]["threads"]] == ["s1", "s2"]
    assert (await ada.call("GET", "/v1/lea/threads?archived=1"))[0] == 400


async def test_what_is_not_a_change_is_refused_and_other_tabs_hear_of_one(lea: Lea, ada: Person) -> None:
    bob = await lea.person("bob@example.org")
    await ada.ask("Bonjour", session_id="s1")
    for bad in ({"pinned": "yes"}, {"archived": 1}, {"title": None}):
        assert (await ada.call("PATCH", "/v1/lea/threads/s1", bad))[0] == 400
    assert (await bob.call("PATCH", "/v1/lea/threads/s1", {"pinned": True}))[0] == 404
    one = await tab(ada)
    await ada.call("PATCH", "/v1/lea/threads/s1", {"pinned": True, "title": "Factures"})
    assert (await one.until("thread")).data["thread"] == {"id": "s1", "state": "changed"}
    one.response.close()
