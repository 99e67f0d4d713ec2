"""A company with webhooks, and what a test does with them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from lea.handlers.webhooks import HOOKS
from tests.fakes import ManualClock
from tests.hook_server import HookServer
from tests.lea_server import Lea, Person

WEBHOOKS = "/v1/admin/webhooks"
ALL = ["turn.done", "run.done", "transaction.changed"]


async def asked(person: Person, status: int, method: str, path: str, body: object = None) -> Any:
    found, answer = await person.call(method, path, body)
    assert found == status, answer
    return answer


async def made(person: Person, url: str, **more: object) -> tuple[dict[str, Any], str]:
    """A webhook there and its secret."""
    answer = await asked(person, 201, "POST", WEBHOOKS, {"url": url, "events": ALL, **more})
    return answer["webhook"], answer["secret"]


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    """What the condition gives, once that is something."""
    async with asyncio.timeout(30):
        while not (found := await condition()):
            await asyncio.sleep(0.01)
    return found


async def came(server: HookServer, count: int, path: str = "/hook") -> Any:
    """What came there, once it is so many."""

    async def enough() -> Any:
        return server.at(path) if len(server.at(path)) >= count else None

    return await until(enough)


async def settled(lea: Lea) -> None:
    """Until nothing is on its way."""

    async def nothing() -> bool:
        return await lea.sql("SELECT id FROM webhook_deliveries WHERE owner IS NOT NULL") == []

    assert await until(nothing)


async def deliveries(person: Person, hook: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    answer = await asked(person, 200, "GET", f"{WEBHOOKS}/{hook['id']}/deliveries{query}")
    return list(answer["deliveries"])


async def tried(lea: Lea, person: Person, hook: dict[str, Any], count: int) -> dict[str, Any]:
    """The newest delivery, once it was tried so often."""

    async def enough() -> Any:
        newest = (await deliveries(person, hook))[:1]
        return newest if newest and newest[0]["attempts"] >= count else None

    return dict((await until(enough))[0])


def later(lea: Lea, clock: ManualClock, seconds: float) -> None:
    """So much time has passed."""
    clock.advance(seconds)
    lea.app[HOOKS].wake()


async def opened(person: Person) -> dict[str, Any]:
    """A file, which webhooks are told of."""
    return dict(await asked(person, 201, "POST", "/v1/transactions", {"kind": "sale", "address": "4 rue des Lilas"}))
