"""The whole of Léa on a real socket inside the test's own loop, and people who talk to it over HTTP."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from aiohttp import ClientResponse, ClientSession, web, web_app
from sqlalchemy import create_engine

from lea.app import Adapters, create_app, drain
from lea.auth.permissions import Identity, Role
from lea.config import Config
from lea.handlers.keys import AUTH, CLOCK, MANAGER, NOTICES, STORE, STREAMS, TURNS
from lea.handlers.parser import Runner
from lea.ids import CompanyId, UserId
from lea.manager.manager import LLMManager
from lea.manager.turns import Turns
from lea.store import accounts
from lea.store.accounts import NewUser
from lea.store.engine import Store
from lea.store.migrate import upgrade


@dataclass(slots=True)
class Event:
    """One event of a stream, as a client has it."""

    turn_id: str
    n: int
    data: dict[str, Any]


@dataclass(slots=True)
class Told:
    """A whole stream: events in order, and how many comment lines came with them."""

    events: list[Event] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What the reader shows at the end."""
        text = ""
        for event in self.events:
            text = event.data.get("snapshot", text + event.data.get("delta", ""))
        return text

    @property
    def kinds(self) -> list[str]:
        """`connecting`, `thinking`, `delta`, `done` …; runs of deltas as one."""
        kinds: list[str] = []
        for event in self.events:
            kind = str(event.data.get("status") or next(iter(event.data)))
            if kind != "delta" or kinds[-1:] != ["delta"]:
                kinds.append(kind)
        return kinds

    @property
    def done(self) -> dict[str, Any]:
        assert self.events[-1].data.get("done") is True, self.events[-1]
        return self.events[-1].data

    @property
    def error(self) -> dict[str, Any]:
        return next(event.data for event in self.events if "error" in event.data)


class Reading:
    """An open stream, read event by event."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response
        self.told = Told()

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._events()

    async def _events(self) -> AsyncIterator[Event]:
        event_id = ""
        async for line in self.response.content:
            text = line.decode().rstrip("\n")
            if text.startswith(":"):
                self.told.comments.append(text)
            elif text.startswith("id: "):
                event_id = text[4:]
            elif text.startswith("data: "):
                turn_id, _, n = event_id.rpartition(":")
                event = Event(turn_id, int(n), orjson.loads(text[6:]))
                self.told.events.append(event)
                yield event

    async def until(self, key: str) -> Event:
        """The next event with this status or this field."""
        async for event in self:
            if event.data.get("status") == key or key in event.data:
                return event
        raise AssertionError(f"the stream ended before {key}: {self.told.kinds}")

    async def rest(self) -> Told:
        """Everything until the server ends the stream."""
        async for _ in self:
            pass
        return self.told


class Person:
    """Somebody with an API key."""

    def __init__(self, session: ClientSession, url: str, identity: Identity, key: str) -> None:
        self.session = session
        self.url = url
        self.identity = identity
        self.headers = {"Authorization": f"Bearer {key}", "Accept-Language": identity.language}

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of an ordinary request; the body None where there is none."""
        async with await self.request(method, path, body, **headers) as response:
            data = await response.read()
            return response.status, orjson.loads(data) if data else None

    async def request(self, method: str, path: str, body: object = None, **headers: str) -> ClientResponse:
        return await self.session.request(method, self.url + path, json=body, headers={**self.headers, **headers})

    @asynccontextmanager
    async def reading(self, message: str | None = None, path: str = "", **body: object) -> AsyncIterator[Reading]:
        """An open stream; of a message, or of another route that answers with one."""
        sent = {**body, **({} if message is None else {"message": message})}
        method = "GET" if "/stream" in path else "POST"
        response = await self.request(method, path or "/v1/lea/chat/stream", sent if method == "POST" else None)
        async with response:
            assert response.status == 200, await response.text()
            yield Reading(response)

    async def ask(self, message: str, **body: object) -> Told:
        """A message and everything told about it."""
        async with self.reading(message, **body) as reading:
            return await reading.rest()


class Lea:
    """A running server."""

    def __init__(self, app: web.Application, url: str, session: ClientSession) -> None:
        self.app = app
        self.url = url
        self.session = session

    @property
    def store(self) -> Store:
        return self.app[STORE]

    @property
    def manager(self) -> LLMManager:
        return self.app[MANAGER]

    def store_now(self) -> float:
        """Seconds since the epoch, as the server knows them."""
        return self.app[CLOCK].now()

    @property
    def turns(self) -> Turns:
        return self.app[TURNS]

    @property
    def followers(self) -> int:
        return len(self.app[STREAMS])

    @property
    def notices(self) -> int:
        return len(self.app[NOTICES])

    async def person(
        self, email: str = "ada@example.org", company: str = "Analytical Engines", role: Role = "member"
    ) -> Person:
        """A new user of the company of that name, with a key; no password is hashed for it."""
        now = self.app[CLOCK].now()

        def make(connection: Any) -> tuple[UserId, CompanyId]:
            company_id = accounts.find_company(connection, company) or accounts.create_company(connection, company, now)
            user = NewUser(email, email.partition("@")[0].title(), role, "en", "nobody signs in with this")
            return accounts.create_user(connection, company_id, user, now), company_id

        user_id, company_id = await self.store.write(make)
        key = await self.app[AUTH].enrolment.create_key(email)
        identity = Identity(user_id, company_id, role, email.partition("@")[0].title(), "en", "key")
        return Person(self.session, self.url, identity, key)

    async def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database."""
        return await self.store.read(
            lambda connection: [tuple(row) for row in connection.exec_driver_sql(statement, values or ())]
        )

    async def drain(self) -> None:
        await drain(self.app)


@cache
def _migrated() -> bytes:
    """An empty database of today's version; migrating one for every test would take most of the suite's time."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lea.db"
        engine = create_engine(f"sqlite:///{file}")
        with engine.begin() as connection:
            upgrade(connection)
        engine.dispose()
        return file.read_bytes()


def settings(folder: Path, **sections: Mapping[str, object]) -> Config:
    """Settings of a test: its own database, limits that do not stand in the way."""
    if not (folder / "lea.db").exists():
        (folder / "lea.db").write_bytes(_migrated())
    values: dict[str, dict[str, object]] = {
        "database": {"url": f"sqlite+aiosqlite:///{folder}/lea.db"},
        "auth": {"secret": "s" * 40},
        "limits": {"chat_per_minute": 10_000},
        "llm": {"timeout": 30.0, "total_timeout": 60.0},
        "dependencies": {"llm": {"retry_pause": 0.001}},
        "server": {"shutdown_grace": 0},
    }
    for name, section in sections.items():
        values.setdefault(name, {}).update(section)
    return Config.model_validate(values)


@asynccontextmanager
async def running(config: Config, adapters: Adapters | None = None) -> AsyncIterator[Lea]:
    """Started as `run.py` starts it, but in this loop and on any free port."""
    app = await asyncio.to_thread(create_app, config, adapters)
    runner = Runner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        async with ClientSession() as session:
            yield Lea(app, f"http://{host}:{port}", session)
    finally:
        await runner.cleanup()
        # aiohttp keeps the last thousand pairs of a handler and its application: gigabytes of ended servers, and
        # seconds of garbage collection in the middle of later tests.
        web_app._cached_build_middleware.cache_clear()
