"""The part of the scripted model server that listens: what it was sent, and what it was told to have heard."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from tests.model_replies import Refusal, refusal

TOKENS = {"type": "tokens", "input_tokens": 14, "output_tokens": 45, "total_tokens": 59}


@dataclass(frozen=True, slots=True)
class Words:
    """What was said; `after` seconds. `body` goes out as it is, instead of all that."""

    text: str = "Où en sont nos dossiers ?"
    after: float = 0
    usage: object = field(default_factory=lambda: dict(TOKENS))
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Listened:
    """One recording as it came: its name, its media type, its bytes, and the other fields."""

    name: str
    media: str
    data: bytes
    fields: dict[str, str]
    key: str


class Ears:
    """Plays a script, then `default`."""

    def __init__(self) -> None:
        self.default: Words | Refusal = Words()
        self.recordings: list[Listened] = []
        self._script: deque[Words | Refusal] = deque()

    def script(self, *replies: Words | Refusal) -> None:
        """Answer the next recordings with these, in this order."""
        self._script.extend(replies)

    async def listen(self, request: web.Request) -> web.Response:
        fields: dict[str, str] = {}
        name = media = ""
        data = b""
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "file":
                name, media, data = part.filename or "", part.headers["Content-Type"], bytes(await part.read())
            else:
                fields[part.name or ""] = (await part.read()).decode()
        self.recordings.append(Listened(name, media, data, fields, request.headers.get("Authorization", "")))
        reply = self._script.popleft() if self._script else self.default
        if isinstance(reply, Refusal):
            return refusal(reply)
        await asyncio.sleep(reply.after)
        body = reply.body or json.dumps({"text": reply.text, "usage": reply.usage}, ensure_ascii=False).encode()
        return web.Response(body=body, content_type="application/json")
