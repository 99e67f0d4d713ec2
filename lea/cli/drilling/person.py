"""Somebody at the other end of the wire, with a stopwatch: asks like the page does, and notes what was seen."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

import aiohttp
import orjson

from lea.ids import new_id

ASK_S: Final = 180
"""Longest anybody waits for an answer; a drill's questions are short."""
CALL_S: Final = 30
FAILURES: Final = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


@dataclass(slots=True)
class Seen:
    """One question and what was told about it; seconds since it was asked. A time that is None never came."""

    session_id: str
    message: str
    first_byte_s: float | None = None
    first_token_s: float | None = None
    total_s: float = 0.0
    told: list[str] = field(default_factory=list)
    text: str = ""
    error: dict[str, Any] | None = None
    done: dict[str, Any] | None = None

    @property
    def ended(self) -> str:
        """How, in one word for people: the finish reason, or what kept it from having one."""
        reason = str(self.done["finish_reason"]) if self.done else "nothing"
        return f"{reason} ({self.error.get('code', 'no code')})" if self.error else reason

    def note(self, data: dict[str, Any], now_s: float) -> None:
        """One event of the stream."""
        kind = str(data.get("status") or next(iter(data)))
        if self.told[-1:] != [kind]:
            self.told.append(kind)
        if "delta" in data or "snapshot" in data:
            self.first_token_s = self.first_token_s or now_s
            self.text = data.get("snapshot", self.text + data.get("delta", ""))
        if "error" in data:
            self.error = data
        if data.get("done") is True:
            self.done = data


class Api:
    """Léa with one key."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"}

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON; the body None where there is none. Raises what `FAILURES` names."""
        async with asyncio.timeout(CALL_S):
            request = self._session.request(method, self._url + path, json=body, headers=self._headers)
            async with request as response:
                data = await response.read()
                return response.status, orjson.loads(data) if data else None

    async def ask(self, message: str, session_id: str) -> Seen:
        """Ask and read to the end; nothing is raised, since whatever happens is what a person would meet."""
        seen, start = Seen(session_id, message), perf_counter()
        try:
            async with asyncio.timeout(ASK_S):
                await self._read(seen, start)
        except FAILURES as error:
            seen.error = {"code": "no_connection", "error": f"{type(error).__name__}: {error}"}
        seen.total_s = perf_counter() - start
        return seen

    async def _read(self, seen: Seen, start: float) -> None:
        body = {"message": seen.message, "session_id": seen.session_id, "request_id": new_id("rq")}
        path = self._url + "/v1/lea/chat/stream"
        async with self._session.post(path, json=body, headers=self._headers) as response:
            if response.status != 200:
                problem = orjson.loads(await response.read())
                seen.error = {"error": problem["detail"], **problem}
                return
            async for line in response.content:
                now_s = perf_counter() - start
                seen.first_byte_s = seen.first_byte_s or now_s
                if line.startswith(b"data: "):
                    seen.note(orjson.loads(line[6:]), now_s)
