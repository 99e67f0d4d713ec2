"""What the hot paths cost, counted instead of timed: bytecodes of Léa's own loop, and of the threads of her database.

`LEA_MEASURE=1 python -m pytest tests/test_hot_paths.py` writes the numbers anew (`tests/data/hot_paths.json`). Readers
and the model are in a thread of their own, so that only the server's side counts; what the loop itself does between two
callbacks is not counted either, since a real server has another one (uvloop).
"""

import asyncio
import gc
import json
import os
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from types import CodeType, FrameType
from typing import Any, TypeVar

import pytest

import lea as package
from lea.config import Config
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer

T = TypeVar("T")

NUMBERS = Path(__file__).parent / "data" / "hot_paths.json"
TOLERANCE = 0.2
TOKENS = 24
"""Told one by one; the first of them are warm-up."""
WARM_TOKENS = 8
TURNS = 8
WARM_TURNS = 4
PEOPLE = 6
OURS = str(Path(package.__file__).parent)
LIBRARIES = "site-packages"
NOT_COUNTED = ("/blockbuster/", "/_pytest/", "/pluggy/", "/pytest_asyncio/", "/pytest_timeout")
"""What only a test has."""
DATABASE = "store-"
"""How the names of the database's threads begin."""
QUIET_S = 30

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="bytecodes are counted on Python 3.11 only")


class Bytecodes:
    """Executed bytecodes of Léa and of the libraries she uses, in the loop's thread and in those that begin later."""

    def __init__(self) -> None:
        self.loop = 0
        self.threads = 0
        self._counting = False
        self._main = threading.get_ident()
        self._known: dict[CodeType, bool] = {}

    @contextmanager
    def installed(self) -> Iterator[None]:
        """The database's threads that begin within the block are counted; nothing is traced after it."""
        before = sys.gettrace(), threading.gettrace()
        threading.settrace(self._began)
        try:
            yield
        finally:
            self._counting = False
            sys.settrace(before[0])
            threading.settrace(before[1])  # type: ignore[arg-type]  # None ends it

    def start(self) -> None:
        """Count what begins or goes on from here."""
        self.loop = self.threads = 0
        self._counting = True
        sys.settrace(self._called)

    def stop(self) -> tuple[int, int]:
        """Of the loop and of the database's threads."""
        sys.settrace(None)
        self._counting = False
        return self.loop, self.threads

    def _began(self, frame: FrameType, event: str, arg: object) -> None:
        """The first thing a new thread does."""
        sys.settrace(self._called if threading.current_thread().name.startswith(DATABASE) else None)

    def _called(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        if not self._counting:
            return None
        counts = self._known.get(frame.f_code)
        if counts is None:
            counts = self._known[frame.f_code] = _counts(frame.f_code.co_filename)
        if not counts:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._in_loop if threading.get_ident() == self._main else self._in_thread

    def _in_loop(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any]:
        if event == "opcode":
            self.loop += 1
        return self._in_loop

    def _in_thread(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any]:
        if event == "opcode":
            self.threads += 1
        return self._in_thread


def _counts(file: str) -> bool:
    return file.startswith(OURS) or (LIBRARIES in file and not any(part in file for part in NOT_COUNTED))


class Outside:
    """The model, and the only reader: another thread with a loop of its own, which nobody counts."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.model = ModelServer()
        self._thread = threading.Thread(target=self._run, name="outside", daemon=True)
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def __aenter__(self) -> "Outside":
        self._thread.start()
        await self.call(self.model.__aenter__())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.call(self._leave())
        self.loop.call_soon_threadsafe(self.loop.stop)
        await asyncio.to_thread(self._thread.join)
        self.loop.close()

    async def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run it over there."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        async with asyncio.timeout(QUIET_S):
            return await asyncio.wrap_future(future)

    async def connect(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._reader, self._writer = await asyncio.open_connection(host, int(port))

    async def ask(self, person: Person, path: str, body: dict[str, object]) -> None:
        """Send a request on the one connection."""
        assert self._writer is not None
        data = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: lea\r\nContent-Type: application/json\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in person.headers.items())
        self._writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        status = await self._reader.readline()
        assert b" 200 " in status, status

    async def until(self, end: bytes) -> bytes:
        return await self._reader.readuntil(end)

    async def body(self) -> bytes:
        """Of an answer with a length."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        return await self._reader.readexactly(int(length.split(b":")[1]))

    async def _leave(self) -> None:
        if self._writer is not None:
            self._writer.close()
        await self.model.__aexit__()


END = b"\r\n0\r\n\r\n"


async def _quiet(lea: Lea) -> None:
    """Until every turn is saved and its stream closed."""
    async with asyncio.timeout(QUIET_S):
        while len(lea.turns) or lea.followers:
            await asyncio.sleep(0.005)


async def _token(outside: Outside, lea: Lea, ada: Person, count: Bytecodes) -> int:
    """From the model's socket to the reader's: decoded, numbered, kept, told; the median of those told one by one."""
    gate = asyncio.Semaphore(0)
    pieces = tuple(f"mot{number} " for number in range(TOKENS))
    outside.model.default = Answer(pieces=pieces, gate=gate)
    await outside.call(outside.ask(ada, "/v1/lea/chat/stream", {"message": "Bonjour", "session_id": "token"}))
    costs: list[int] = []
    for number in range(TOKENS):
        count.start()
        outside.loop.call_soon_threadsafe(gate.release)
        await outside.call(outside.until(pieces[number].encode() + b'"}\n\n'))
        costs.append(count.stop()[0])
    await outside.call(outside.until(END))
    await _quiet(lea)
    return round(median(costs[WARM_TOKENS:]))


async def _turn(outside: Outside, lea: Lea, ada: Person, count: Bytecodes) -> tuple[int, int]:
    """A whole turn of two tokens in a known conversation, from the request to what is saved; medians."""
    outside.model.default = Answer(pieces=("un ", "deux"))
    loops: list[int] = []
    threads: list[int] = []
    for _ in range(WARM_TURNS + TURNS):
        count.start()
        await outside.call(outside.ask(ada, "/v1/lea/chat/stream", {"message": "Bonjour", "session_id": "turn"}))
        await outside.call(outside.until(END))
        await _quiet(lea)
        loop, thread = count.stop()
        loops.append(loop)
        threads.append(thread)
    return round(median(loops[WARM_TURNS:])), round(median(threads[WARM_TURNS:]))


async def _load(outside: Outside, people: list[Person], count: Bytecodes) -> tuple[int, int]:
    """A session made and loaded from the database; medians of people nobody has seen before."""
    loops: list[int] = []
    threads: list[int] = []
    for person in people:
        count.start()
        await outside.call(outside.ask(person, "/v1/lea/sessions/initialize", {}))
        answer = await outside.call(outside.body())
        loop, thread = count.stop()
        assert json.loads(answer)["status"] == "created"
        loops.append(loop)
        threads.append(thread)
    return round(median(loops[1:])), round(median(threads[1:]))


async def _measure(folder: Path) -> dict[str, int]:
    count = Bytecodes()
    async with Outside() as outside:
        config = settings(folder, llm={"base_url": outside.model.url})
        with count.installed():
            return await _counted(config, outside, count)


async def _counted(config: Config, outside: Outside, count: Bytecodes) -> dict[str, int]:
    async with running(config) as lea:
        people = [await lea.person(f"{number}@example.org") for number in range(PEOPLE)]
        await outside.call(outside.connect(lea.url))
        ada = people.pop()
        await outside.call(outside.ask(ada, "/v1/lea/sessions/initialize", {}))
        await outside.call(outside.body())
        token = await _token(outside, lea, ada, count)
        turn, turn_sql = await _turn(outside, lea, ada, count)
        load, load_sql = await _load(outside, people, count)
    return {
        "token": token,
        "turn": turn,
        "turn, in the database's threads": turn_sql,
        "session load": load,
        "session load, in the database's threads": load_sql,
    }


async def test_the_hot_paths_cost_what_they_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lea.manager.checkpointer.TICK_S", 3600)  # else a slow machine's turns are saved twice
    measured = await _measure(tmp_path)
    if os.environ.get("LEA_MEASURE"):
        NUMBERS.write_text(json.dumps(measured, indent=1) + "\n")
    kept = json.loads(NUMBERS.read_text())
    assert measured.keys() == kept.keys()
    changed = {
        what: f"{cost} bytecodes, {cost / kept[what] - 1:+.0%} of {kept[what]}"
        for what, cost in measured.items()
        if abs(cost / kept[what] - 1) > TOLERANCE
    }
    assert not changed, "where it is less, or more for a good reason, keep the new numbers: LEA_MEASURE=1"


async def test_a_turn_and_its_reader_leave_nothing_to_the_garbage_collector(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    """It looks so seldom that what only it would find fills the memory of a busy server."""
    model.default = Answer("un deux trois quatre", every=0.003)
    await ada.ask("Bonjour", session_id="s1")
    await _quiet(lea)
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(3):
            assert (await ada.ask("Bonjour", session_id="s1")).done["finish_reason"] == "stop"
        await _quiet(lea)
        await asyncio.sleep(0)
        gc.collect()
        ours = {type(one).__qualname__ for one in gc.garbage if type(one).__module__.startswith("lea.")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert ours == set()
