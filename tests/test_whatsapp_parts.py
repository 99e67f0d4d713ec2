"""The parts WhatsApp is made of: how answers are written and cut, who looks after a number, and what files do."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from lea.channels.whatsapp.formatting import LONGEST, plain, shortened, split
from lea.channels.whatsapp.graph import MOST_MEDIA
from lea.channels.whatsapp.refusals import Busy, Denied, Refused, failure
from lea.errors import ExternalUnavailable
from lea.ids import TurnId
from lea.store import whatsapp, whatsapp_erasing, whatsapp_inbox, whatsapp_outbox, whatsapp_views
from lea.store.whatsapp_inbox import Received
from lea.store.whatsapp_outbox import Part, Told
from tests import catalog_files as files
from tests.graph_server import File, GraphServer, message, text
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database
from tests.whatsapp_line import NUMBER, ada, graph, idle, lea, rows, sent, write


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("## Le **dossier** `T-1` ##", "*Le dossier `T-1`*"),
        ("**gras**, *penché*, __aussi__ et ~~barré~~", "*gras*, _penché_, *aussi* et ~barré~"),
        ("2 * 3 * 4 et snake_case_name", "2 * 3 * 4 et snake_case_name"),
        (r"T\-1 \*sans\* marque, 5 \< 6", "T-1 *sans* marque, 5 < 6"),
        ("[la carte](https://x.example/a) <https://y.example>", "la carte (https://x.example/a) https://y.example"),
        ("[https://x.example](https://x.example)", "https://x.example"),
        ("- un\n  * deux\n- [ ] trois\n- [x] quatre\n1. cinq", "• un\n  • deux\n• ☐ trois\n• ☑ quatre\n1. cinq"),
        ("| Réf | Prix |\n|---|--:|\n| A\\|1 | **12** |\n| B | 3 |", "*Réf* · *Prix*\n• A|1 · *12*\n• B · 3"),
        ("```python\na ** b ** c\n| x |\n```\n\n\n\n*fin*", "```\na ** b ** c\n| x |\n```\n\n_fin_"),
        ("`a *b* c` puis ***les deux***", "`a *b* c` puis *_les deux_*"),
        ("***", "———"),
    ],
)
def test_markdown_is_written_as_whatsapp_shows_it(markdown: str, shown: str) -> None:
    assert plain(markdown) == shown


def units(value: str) -> int:
    """As JavaScript counts: the strictest there is."""
    return len(value.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    "whole",
    [
        "Une phrase. " * 1000,
        "mot " * 4000,
        "x" * 10_000,
        "é🙂" * 5000,
        ("Un paragraphe.\n\n" * 700).strip(),
    ],
)
def test_a_long_text_is_cut_where_it_may_be_and_nothing_is_lost(whole: str) -> None:
    parts = split(whole)
    assert len(parts) > 1
    assert all(0 < units(part) <= LONGEST for part in parts)
    assert "".join("".join(parts).split()) == "".join(whole.split())
    if whole.startswith("Une"):
        assert all(part.endswith(".") for part in parts)


def test_a_block_of_code_that_is_cut_is_closed_and_opened_again() -> None:
    parts = split("Voici :\n```\n" + "ligne de code\n" * 800 + "```\nFin.")
    assert len(parts) > 2
    assert all(part.count("```") == 2 and units(part) <= LONGEST for part in parts)
    assert split("") == []
    assert split("court") == ["court"]
    assert units(shortened("🙂" * 600, 1024)) <= 1024


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, None, Busy),
        (400, 131056, Busy),
        (500, 131000, Busy),
        (503, None, ExternalUnavailable),
        (401, 190, Denied),
        (403, 200, Denied),
        (400, 100, Refused),
        (400, 131047, Refused),
        (404, None, Refused),
    ],
)
def test_what_the_api_says_is_tried_again_only_where_it_may_help(status: int, code: int | None, kind: type) -> None:
    data = b"<html>" if code is None else orjson.dumps({"error": {"code": code}})
    found = failure(status, data)
    assert type(found) is kind
    assert not found.retryable, "here, at once, it is not: only a connection that was never made is"
    for nonsense in (b"[]", b'{"error": 3}', b'{"error": {"code": true}}'):
        assert isinstance(failure(400, nonsense), Refused)


@pytest.fixture
async def stored(tmp_path: Path, model: ModelServer) -> AsyncIterator[Lea]:
    """A server on the database that processes share, which does nothing for WhatsApp by itself."""
    async with AsyncExitStack() as stack:
        database = {"url": await stack.enter_async_context(fresh_database())}
        config = settings(tmp_path, database=database, llm={"base_url": model.url})
        yield await stack.enter_async_context(running(config))


async def test_of_two_processes_one_looks_after_a_number_and_a_dead_ones_lease_runs_out(stored: Lea) -> None:
    ada, store = await stored.person(), stored.store
    company_id, now = ada.identity.company_id, stored.store_now()

    def claimed(owner: str, at: float) -> Any:
        return store.write(lambda c: [one.number for one in whatsapp.claim(c, owner, 10, 60, at)])

    await store.write(lambda c: whatsapp.link(c, company_id, NUMBER, ada.identity.user_id, now))
    assert await claimed("p1", now) == []
    await store.write(lambda c: whatsapp.wake(c, NUMBER, now))
    assert await claimed("p1", now + 1) == [NUMBER]
    await store.write(lambda c: whatsapp.wake(c, NUMBER, now))
    assert await claimed("p2", now + 1) == [], "it is being looked after"
    await store.write(partial(whatsapp.release, owner="p2", number=NUMBER, due_at=None))
    assert await claimed("p2", now + 1) == [], "and only who does gives it back"
    await store.write(partial(whatsapp.release, owner="p1", number=NUMBER, due_at=None))
    assert await claimed("p2", now + 1) == [NUMBER], "what came meanwhile is not forgotten"
    await store.write(lambda c: c.exec_driver_sql("UPDATE whatsapp_contacts SET lease_until = 1, due_at = 1").close())
    assert await claimed("p3", now + 2) == [NUMBER], "p2 is dead"
    await store.write(lambda c: whatsapp.free(c, "p1", now))
    assert await claimed("p1", now + 3) == []
    await store.write(lambda c: whatsapp.free(c, "p3", now))
    assert await claimed("p1", now + 3) == [NUMBER], "who leaves gives back"
    await store.write(partial(whatsapp.release, owner="p1", number=NUMBER, due_at=None))
    assert await claimed("p1", now + 3) == []


async def test_what_comes_and_goes_is_kept_once_and_in_order(stored: Lea) -> None:
    ada, store = await stored.person(), stored.store
    company_id, user_id, now = ada.identity.company_id, ada.identity.user_id, stored.store_now()
    await store.write(lambda c: whatsapp.link(c, company_id, NUMBER, user_id, now - 10))
    fresh = []
    for number, said_at in ((1, now - 1), (2, now - 2), (1, now - 1)):
        one = Received(f"wamid.{number}", NUMBER, "text", str(number), said_at)
        fresh.append(await store.write(lambda c, one=one: whatsapp_inbox.keep(c, company_id, one, now, 0)))
        await store.write(lambda c, one=one: whatsapp.heard(c, NUMBER, one.said_at))
    assert fresh == [True, True, False]
    waiting = await store.read(lambda c: whatsapp_inbox.waiting(c, NUMBER))
    assert [one.text for one in waiting] == ["2", "1"]
    contact = await store.read(lambda c: whatsapp.find(c, company_id, NUMBER))
    assert contact is not None
    assert contact.wrote_at == now - 1
    await store.write(lambda c: whatsapp_inbox.take(c, [waiting[0].id], TurnId("t_1")))
    await store.write(lambda c: whatsapp_inbox.take(c, [one.id for one in waiting], TurnId("t_2")))
    taken = await store.read(lambda c: whatsapp_inbox.waiting(c, NUMBER))
    assert [one.turn_id for one in taken] == ["t_1", "t_2"], "a message is part of one turn only"
    for _ in range(2):
        await store.write(
            lambda c: whatsapp_outbox.put(c, company_id, NUMBER, "t_1", [Part("un"), Part("deux", "c_1")], now)
        )
    queued = await store.read(lambda c: whatsapp_outbox.queued(c, NUMBER))
    assert [(one.text, one.kind) for one in queued] == [("un", "text"), ("deux", "buttons")]
    first = queued[0].id
    assert await store.write(lambda c: whatsapp_outbox.sending(c, first, now + 60, again=False))
    early = Told("wamid.out", first, "delivered", now)
    assert await store.write(lambda c: whatsapp_outbox.told(c, company_id, early))
    await store.write(lambda c: whatsapp_outbox.sent(c, first, "wamid.out", now))
    back = Told("wamid.out", None, "sent", now)
    assert not await store.write(lambda c: whatsapp_outbox.told(c, company_id, back))
    page = await store.read(lambda c: whatsapp_views.page(c, company_id, None, 10))
    assert {row.id: row.state for row in page}[first] == "delivered"
    after = (page[0].created_at, page[0].id)
    assert len(await store.read(lambda c: whatsapp_views.page(c, company_id, after, 10))) == len(page) - 1
    (talk,) = await store.read(lambda c: whatsapp_views.conversations(c, company_id, (now + 60, NUMBER), 10))
    assert (talk.contact.number, talk.at, talk.waiting) == (NUMBER, now, 0)
    await store.write(lambda c: whatsapp.hold(c, talk.contact, user_id, now - 1))
    await store.write(lambda c: whatsapp_views.note(c, talk.contact, "held", user_id, now))
    held = await store.read(lambda c: whatsapp_views.conversation(c, company_id, NUMBER))
    assert held is not None
    assert (held.contact.held_by, held.waiting) == (user_id, 2)
    assert await store.read(lambda c: whatsapp_views.conversations(c, company_id, (talk.at, NUMBER), 10)) == []
    await ada.ask("Bonjour", session_id=whatsapp.thread_of(NUMBER))
    untold = partial(whatsapp_outbox.untold, user_id=user_id, thread_id=whatsapp.thread_of(NUMBER), since=now, now=now)
    (ended,) = await store.read(untold)
    assert ended.asked == "Bonjour"
    assert await store.read(lambda c: whatsapp.untold(c, now)) == [NUMBER]
    await store.write(lambda c: whatsapp_outbox.put(c, company_id, NUMBER, ended.turn_id, [], now))
    assert await store.read(untold) == []
    assert await store.read(lambda c: whatsapp.untold(c, now)) == []
    await store.write(lambda c: whatsapp_erasing.erase_thread(c, user_id, whatsapp.thread_of(NUMBER), now - 1000))
    assert await store.write(lambda c: whatsapp_erasing.erase_old(c, company_id, now - 1000)) == 0
    await store.write(lambda c: whatsapp_erasing.erase_thread(c, user_id, whatsapp.thread_of(NUMBER), None))
    assert await store.read(lambda c: whatsapp_views.page(c, company_id, None, 10, NUMBER)) == []
    one = Received("wamid.9", NUMBER, "text", "encore", now)
    await store.write(lambda c: whatsapp_inbox.keep(c, company_id, one, now, 0))
    moved = await stored.person("eve@example.org", "Other")
    await store.write(lambda c: whatsapp.known(c, moved.identity.company_id, NUMBER, now))
    contact = await store.read(lambda c: whatsapp.find(c, moved.identity.company_id, NUMBER))
    assert contact is not None
    assert contact.user_id is None
    assert await store.read(lambda c: whatsapp_inbox.waiting(c, NUMBER)) == []


def document(wamid: str, media_id: str, media: str, name: str = "", **more: str) -> dict[str, Any]:
    return message(wamid, NUMBER, "document", id=media_id, mime_type=media, filename=name, sha256="…", **more)


async def test_a_document_goes_into_the_turn_with_its_words(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    graph.files["m1"] = File("Réf;Prix\nA-1;12,50\n".encode(), "text/csv")
    model.script(Answer("Douze cinquante."))
    await write(
        lea,
        document("1", "m1", "text/csv; charset=utf-8", "..\\tarif.csv", caption="Que coûte A-1 ?"),
        text("2", NUMBER, "Merci"),
    )
    await sent(graph, 1)
    (said,) = [one.body["messages"][-1]["content"] for one in model.exchanges]
    assert said.startswith("Que coûte A-1 ?\nMerci")
    assert 'Attached file "tarif.csv"' in said
    assert "A-1\t12,50" in said
    thread = (await ada.call("GET", f"/v1/lea/threads/whatsapp-{NUMBER}"))[1]
    assert [one["name"] for one in thread["messages"][0]["attachments"]] == ["tarif.csv"]


async def test_media_over_the_limit_and_what_cannot_be_read_get_a_sentence(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    graph.files["big"] = File(b"x", "text/plain", size=MOST_MEDIA + 1)
    graph.files["liar"] = File(b"x" * (MOST_MEDIA + 1), "text/plain", size=10)
    graph.files["pdf"] = File(files.price_list(1, password="x"), "application/pdf")
    graph.files["abroad"] = File(b"x", "text/plain", url="http://169.254.169.254/latest")
    expected = {
        "big": "larger than 10 MB",
        "liar": "larger than 10 MB",
        "pdf": "protected by a password",
        "abroad": "could not fetch",
        "gone": "could not fetch",
    }
    for count, (name, words) in enumerate(expected.items(), 1):
        await write(lea, document(name, name, "application/pdf" if name == "pdf" else "text/plain"))
        assert words in (await sent(graph, count))[-1].text, name
    await write(
        lea,
        message("a", NUMBER, "audio", id="m7", mime_type="audio/ogg; codecs=opus", voice=True),
        message("i", NUMBER, "image", id="m8", mime_type="image/jpeg"),
        document("w", "m9", "application/msword", "lettre.doc"),
    )
    told = [one.text for one in (await sent(graph, 8))[5:]]
    await idle(lea)
    assert [any(word in one for one in told) for word in ("voice message", "pictures", "this kind")] == [True] * 3
    assert (graph.fetched, model.exchanges) == (["liar", "pdf"], [])
    assert await lea.sql("SELECT id FROM attachments") == []
    assert {state for (state,) in await rows(lea, "state", "in")} == {"done"}
