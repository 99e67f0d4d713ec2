"""The benchmarks' own machinery: what it reads from a socket, what it makes of figures, and the page it writes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from html.parser import HTMLParser

import pytest

from benchmarks import charts
from benchmarks.crowds import Crowd
from benchmarks.doors import CompletionsDoor, LeaDoor, PathDoor
from benchmarks.load import Connection, Meter, WrongAnswer
from benchmarks.report import Part, Row, Series, Target, Verdict


@asynccontextmanager
async def answering(*pieces: bytes) -> AsyncIterator[str]:
    """A server that says these pieces to every request, each in a write of its own."""
    writers: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.02)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "tokens"),
    [
        ((CHUNKED, b"5\r\nmot0 \r\n", b"5\r\nmot1 \r\n", b"0\r\n\r\n"), 2),
        ((CHUNKED + b"5\r\nmot0 \r\n0\r\n\r\n",), 1),
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", b"mot0 m", b"ot1 "), 2),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", b"\r\n{}"), 0),
    ],
)
async def test_an_answer_is_read_to_its_end_however_it_comes(pieces: tuple[bytes, ...], tokens: int) -> None:
    async with answering(*pieces) as url, asyncio.timeout(30):
        connection = await Connection.open(PathDoor(url, "/"), Meter())
        for _ in range(2):
            answer = await connection.ask(PathDoor(url, "/").request(0))
            assert answer.tokens == tokens
            assert answer.sent <= answer.first_byte <= answer.ended
        connection.close()


async def test_gaps_are_counted_between_tokens_of_one_answer_only() -> None:
    async with answering(CHUNKED, b"5\r\nmot0 \r\n", b"5\r\nmot1 \r\n", b"0\r\n\r\n") as url, asyncio.timeout(30):
        meter = Meter(gaps=[])
        there = meter.reach(4)
        connection = await Connection.open(PathDoor(url, "/"), meter)
        for _ in range(2):
            await connection.ask(PathDoor(url, "/").request(0))
        await there
        assert meter.gaps is not None
        assert len(meter.gaps) == 2
        connection.close()


async def test_a_refusal_and_a_cut_answer_end_the_measurement() -> None:
    async with answering(b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno") as url, asyncio.timeout(30):
        connection = await Connection.open(PathDoor(url, "/"), Meter())
        with pytest.raises(WrongAnswer, match="503"):
            await connection.ask(PathDoor(url, "/").request(0))
    async with answering(CHUNKED + b"5\r\nmot0 \r\n0\r\n\r\n") as url, asyncio.timeout(30):
        crowd = Crowd(PathDoor(url, "/"))
        await crowd.grow(3, tokens=3)
        with pytest.raises(WrongAnswer, match="1 tokens instead of 2"):
            await crowd.ended(2)
        crowd.leave()


def test_readers_who_share_a_key_have_conversations_of_their_own() -> None:
    door = LeaDoor("http://127.0.0.1:1", ["a", "b"])
    threads = [json.loads(door.request(reader).split(b"\r\n\r\n")[1])["session_id"] for reader in (0, 1, 2, 0, 0)]
    assert threads == ["thread-0-0", "thread-0-0", "thread-1-0", "thread-0-1", "thread-0-0"]
    assert b"/threads/thread-0-0/stop " in door.stop(0)
    asked = CompletionsDoor("http://127.0.0.1:1", model="lea", stream=True, keys=["a"])
    assert b"X-Lea-Thread: thread-0\r\n" in asked.request(0)
    assert b"X-Lea-Thread: thread-1\r\n" in asked.request(0)


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (Row("r", "µs", [1, 3, 2], [4], target=Target(must=1.5, aim=0.4)), "must met"),
        (Row("r", "/s", [10], [40], target=Target(must=0.35, at_least=True)), "MISSED"),
        (Row("r", "ms", [10], [9.5], "difference", Target(must=2, aim=1)), "aim met"),
        (Row("r", "%", [-0.5], judged="lea", target=Target(must=5, aim=0)), "aim met"),
        (Row("r", "s", [1], [0]), ""),
    ],
)
def test_a_row_is_judged_by_what_its_target_is_about(row: Row, verdict: Verdict) -> None:
    assert row.verdict == verdict


class Tags(HTMLParser):
    """Raises where tags do not nest."""

    VOID = frozenset({"meta", "br", "rect", "line", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_draws_every_row_and_loads_nothing() -> None:
    rows = [
        Row("<b>first</b>", "ms", [3.0, 4.0], [1.0], "difference", Target(must=2, aim=1, unit="ms")),
        Row("second", "/s", [12345.0], judged="lea"),
        Row("third", "", [0.0], [0.0]),
    ]
    series = [Series("memory", "MB", "min", [(0.5, 100.0), (1.0, 120.0)]), Series("none", "MB", "min", [])]
    part = Part("some", "Some & any", rows, ["a < b"], beside="the other", series=series)
    kept = json.loads(json.dumps({**part.as_json(), "measured_at": "today"}))
    html = charts.page([kept])
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert tags.seen.count("svg") == len(rows) + 1
    assert "&lt;b&gt;first&lt;/b&gt;" in html
    assert "the other" in html
    assert "12,345 /s" in html
    assert "missed" in html
    assert not {"script", "link", "img"} & set(tags.seen)
    assert "http" not in html
