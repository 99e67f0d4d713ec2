"""A Léa with a number on WhatsApp, somebody who writes to it, and what tests ask about it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.graph_server import GraphServer, Sent, signed, webhook
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer

HOOK = "/v1/channels/whatsapp/webhook"
NUMBERS = "/v1/admin/whatsapp/numbers"
NUMBER = "33612345678"


@pytest.fixture
async def graph() -> AsyncIterator[GraphServer]:
    async with GraphServer().running() as server:
        yield server


@pytest.fixture
async def lea(tmp_path: Path, model: ModelServer, graph: GraphServer) -> AsyncIterator[Lea]:
    async with running(settings(tmp_path, llm={"base_url": model.url}, whatsapp=graph.settings)) as server:
        yield server


@pytest.fixture
async def ada(lea: Lea) -> Person:
    """With a number of hers."""
    person = await lea.person(role="admin")
    await link(person, person)
    return person


async def link(admin: Person, person: Person, number: str = NUMBER) -> None:
    code, body = await admin.call("PUT", NUMBERS, {"number": f"+{number}", "user_id": person.identity.user_id})
    assert code == 200, body


async def post(session: ClientSession, url: str, raw: bytes, signature: str | None = None) -> int:
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": signed(raw) if signature is None else signature,
    }
    async with session.post(url + HOOK, data=raw, headers=headers) as response:
        await response.read()
        return response.status


async def write(lea: Lea, *messages: dict[str, Any]) -> None:
    assert await post(lea.session, lea.url, webhook(messages=messages)) == 200


async def tell(lea: Lea, *statuses: dict[str, Any]) -> None:
    assert await post(lea.session, lea.url, webhook(statuses=statuses)) == 200


async def until(condition: Any) -> Any:
    """What the condition gives, once that is something."""
    async with asyncio.timeout(30):
        while not (found := await condition()):
            await asyncio.sleep(0.02)
    return found


async def sent(graph: GraphServer, count: int) -> list[Sent]:
    async def enough() -> list[Sent]:
        return graph.sent if len(graph.sent) >= count else []

    return list(await until(enough))


async def idle(lea: Lea) -> None:
    """Until there is nothing to do for anybody."""

    async def nothing() -> bool:
        return await lea.sql("SELECT number FROM whatsapp_contacts WHERE owner IS NOT NULL OR due_at IS NOT NULL") == []

    assert await until(nothing)


async def rows(lea: Lea, columns: str, direction: str) -> list[tuple[Any, ...]]:
    order = "ORDER BY created_at, about, place"
    return await lea.sql(f"SELECT {columns} FROM whatsapp_messages WHERE direction = ? {order}", direction)


async def state_of(lea: Lea, one: Sent) -> str:
    return str((await lea.sql("SELECT state FROM whatsapp_messages WHERE wamid = ?", one.wamid))[0][0])
