"""Somebody who is told by webhooks: verifies what comes as Standard Webhooks says, and answers as the test plays it."""

import asyncio
import base64
import hmac
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from aiohttp import web

from tests.faulty_app import FaultyApp

TOLERANCE_S = 300


@dataclass(slots=True)
class Reply:
    """An answer; with a gate it waits for it to be set."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    gate: asyncio.Event | None = None


@dataclass(slots=True)
class Received:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        return orjson.loads(self.body)  # type: ignore[no-any-return]

    def signed_by(self, secret: str, now: float | None = None) -> bool:
        """Whether one of the signatures is made with this secret, lately."""
        sent_at = self.headers["webhook-timestamp"]
        if abs((time.time() if now is None else now) - int(sent_at)) > TOLERANCE_S:
            return False
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.id}.{sent_at}.".encode() + self.body
        expected = base64.b64encode(hmac.digest(key, content, sha256)).decode()
        return any(
            hmac.compare_digest(signature, expected)
            for version, _, signature in (one.partition(",") for one in self.headers["webhook-signature"].split(" "))
            if version == "v1"
        )


class HookServer(FaultyApp):
    """`replies` are the next answers of a path, then it says 204; `at_once` is how many were open together at most."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Received] = []
        self.replies: defaultdict[str, list[Reply]] = defaultdict(list)
        self.always: dict[str, Reply] = {}
        self.open: defaultdict[str, int] = defaultdict(int)
        self.at_once: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["HookServer"]:
        app = web.Application()
        app.router.add_route("*", "/{name:.*}", self._take)
        async with self.serving(app):
            yield self

    def at(self, path: str) -> list[Received]:
        """What came there."""
        return [one for one in self.received if one.path == path]

    async def _take(self, request: web.Request) -> web.Response:
        assert request.method == "POST"
        path, body = request.path, await request.read()
        self.open[path] += 1
        self.at_once[path] = max(self.at_once[path], self.open[path])
        self.received.append(Received(path, dict(request.headers), body))
        reply = self.replies[path].pop(0) if self.replies[path] else self.always.get(path, Reply())
        try:
            if reply.gate is not None:
                await reply.gate.wait()
        finally:
            self.open[path] -= 1
        return web.Response(status=reply.status, headers=reply.headers, body=reply.body)
