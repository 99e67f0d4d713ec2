"""The records an answer names: found in its text, told with its end, and read with its conversation."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from lea.records import citing
from lea.records.citing import CANDIDATES, MOST, PAGE_CANDIDATES, cite, cited, mentioned
from lea.store import catalog
from tests.conftest import Logged
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.test_catalog_store import article
from tests.test_transactions import opened

ADDRESS = "12 rue de l'Église, 44000 Nantes"


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that stands still for a moment is waited for; people are not made to."""
    monkeypatch.setattr(citing, "PATIENCE_S", 30)


async def shelved(lea: Lea, person: Person, *references: str) -> None:
    """Articles in the person's catalogue."""
    company = person.identity.company_id
    items = [article(one, company_id=company, id=f"it_{company}_{one}", name=f"Chaise {one}") for one in references]
    await lea.store.write(lambda connection: catalog.put_items(connection, items))


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """A server on each kind of database."""
    llm = {"base_url": model.url}
    if request.param == "sqlite":
        async with running(settings(tmp_path, llm=llm)) as server:
            yield server
        return
    async with fresh_database() as url, running(settings(tmp_path, llm=llm, database={"url": url})) as server:
        yield server


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Le dossier T-101, et **T-102**.", ("T-101", "T-102")),
        ("(CH-450/B) puis CH-450/B", ("CH-450/B", "CH-450")),
        ("_AB_12_ et AB\\_13, `X9-1`", ("AB_12", "AB_13", "X9-1")),
        ("CHAISE-BOIS, rendez-vous, Saint-Malo", ("CHAISE-BOIS",)),
        ("Le 12/03/2027 ou 2027-03-12 : 1 250,00 € sur 350.000", ()),
        ("EAN 3760123456789.", ("3760123456789",)),
        ("É-7, réf№Ünï-5", ("É-7", "Ünï-5")),
        ("Rien ici.", ()),
        ("A" * 32_000 + "1", ()),
    ],
)
def test_what_looks_like_a_reference(text: str, names: tuple[str, ...]) -> None:
    assert mentioned(text) == names


def test_an_answer_is_looked_at_within_bounds() -> None:
    assert len(mentioned(" ".join(f"T-{n}" for n in range(1000)))) == CANDIDATES


@pytest.mark.usefixtures("unhurried")
async def test_an_answer_cites_the_records_it_names_and_only_the_companys(either: Lea, model: ModelServer) -> None:
    ada, eve = await either.person(), await either.person("eve@example.org", company="Another One")
    file = await opened(ada)
    await opened(eve)
    foreign = await opened(eve)
    await shelved(either, ada, "CH-450/B", "T-101")
    await shelved(either, eve, "EVE-1")
    text = f"Le dossier {file['reference']}, {foreign['reference']}, CH-450/B, EVE-1 et XX-9, puis CH-450/B."
    model.script(Answer(text), Answer(text), Answer("Rien."))
    transaction = {"kind": "transaction", "id": file["id"], "reference": "T-101", "label": ADDRESS}
    item = {"kind": "article", "id": f"it_{ada.identity.company_id}_CH-450/B", "reference": "CH-450/B"}
    expected = [transaction, {**item, "label": "Chaise CH-450/B"}]
    told = await ada.ask("Fais le point", session_id="s1")
    assert told.done["citations"] == expected
    _, answer = await ada.call("POST", "/v1/lea/chat", {"message": "Encore", "session_id": "s1"})
    assert (answer["message"], answer["citations"]) == (text, expected)
    assert (await ada.ask("Et sinon", session_id="s1")).done["citations"] == []
    _, whole = await ada.call("GET", "/v1/lea/threads/s1")
    assert [message["citations"] for message in whole["messages"]] == [[], expected, [], expected, [], []]
    _, found = await ada.call("GET", "/v1/lea/threads/s1/search?q=XX-9")
    assert [message["citations"] for message in found["messages"]] == [expected, expected]
    _, exported = await ada.call("GET", "/v1/lea/threads/s1/export?format=json")
    assert exported["messages"][1]["citations"] == expected


@pytest.mark.usefixtures("unhurried")
async def test_a_told_again_answer_cites_too(tmp_path: Path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url})
    model.script(Answer("Le dossier T-101."))
    async with running(config) as lea:
        ada = await lea.person()
        await opened(ada)
        done = (await ada.ask("Où en est-on ?", session_id="s1", request_id="r1")).done
    async with running(config) as lea:
        again = Person(lea.session, lea.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        told = await again.ask("Où en est-on ?", session_id="s1", request_id="r1")
        path = f"/v1/lea/threads/s1/stream?after={done['turn_id']}:1"
        async with again.reading(path=path) as reading:
            followed = await reading.rest()
    assert [one["reference"] for one in done["citations"]] == ["T-101"]
    assert told.done["citations"] == followed.done["citations"] == done["citations"]


async def test_a_page_of_messages_costs_one_query_a_kind_and_none_without_references(lea: Lea, ada: Person) -> None:
    await shelved(lea, ada, *(f"CH-{n}" for n in range(30)))
    company = ada.identity.company_id

    def asked(connection: Connection, texts: list[str]) -> tuple[int, list[int]]:
        statements: list[str] = []

        def hear(*arguments: Any) -> None:
            statements.append(arguments[2])

        event.listen(connection, "before_cursor_execute", hear)
        try:
            found = cite(connection, company, texts)
        finally:
            event.remove(connection, "before_cursor_execute", hear)
        return len(statements), [len(one) for one in found]

    many = " ".join(f"CH-{n}" for n in range(30))
    assert await lea.store.read(lambda connection: asked(connection, [many, "rien", "CH-29"] * 20)) == (
        2,
        [MOST, 0, 1] * 20,
    )
    assert await lea.store.read(lambda connection: asked(connection, ["Bonjour.", "Rien."])) == (0, [0, 0])
    newest = [" ".join(f"A{row}-{n}" for n in range(CANDIDATES)) for row in range(PAGE_CANDIDATES // CANDIDATES + 1)]
    queries, found = await lea.store.read(lambda connection: asked(connection, ["CH-1", *newest, "CH-2"]))
    assert (queries, found[0], found[-1]) == (2, 0, 1)


async def test_a_database_that_does_not_answer_does_not_spoil_the_end(
    lea: Lea, ada: Person, model: ModelServer, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(ada)
    gate, held, open_again = asyncio.Semaphore(0), threading.Semaphore(0), threading.Event()

    def hang(_: Connection) -> None:
        held.release()
        open_again.wait(60)

    readers = 4
    model.script(Answer("Le dossier T-101.", gate=gate))
    async with ada.reading("Où en est-on ?", session_id="s1") as reading:
        await reading.until("thinking")
        hanging = [asyncio.create_task(lea.store.read(hang)) for _ in range(readers)]
        try:
            for _ in range(readers):
                await asyncio.to_thread(held.acquire)
            for _ in range(3):
                gate.release()
            done = (await reading.rest()).done
        finally:
            open_again.set()
            await asyncio.gather(*hanging, return_exceptions=True)
    assert (done["finish_reason"], done["citations"]) == ("stop", [])
    assert [line["error"] for line in logged.named("answer.not_cited")] == ["TimeoutError"]
    monkeypatch.setattr(citing, "PATIENCE_S", 30)
    found = await cited(lea.store, ada.identity.company_id, "Le dossier T-101.")
    assert [one.reference for one in found] == ["T-101"]
