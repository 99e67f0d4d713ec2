"""What belongs together at the server: conversations, consent, transactions, departments' jobs, imports."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import aiohttp
import msgspec

from lea.client.http import Http, Sent, segment
from lea.client.wire import Confirmation, Decision, Import, Job, Thread, Transaction, WholeThread, decoded

T = TypeVar("T")
PAGE = "100"


class Room:
    """Typed requests to one part of the server."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def _get(self, kind: type[T], path: str, **params: str) -> T:
        return decoded(await self._http.call(Sent("GET", path, params=params)), kind)

    async def _send(self, kind: type[T], method: str, path: str, body: Mapping[str, Any]) -> T:
        return decoded(await self._http.call(Sent(method, path, dict(body))), kind)

    async def _pages(self, kind: type[T], path: str, name: str, **params: str) -> AsyncIterator[T]:
        """All entries of a list, page after page; those that are pinned come first, and once."""
        params["limit"] = PAGE
        pinned: set[str] = set()
        while True:
            page = await self._get(dict[str, Any], path, **params)
            top = page.get("pinned", [])
            pinned.update(one["id"] for one in top)
            entries = top + [one for one in page[name] if one.get("id") not in pinned]
            for one in msgspec.convert(entries, list[kind]):  # type: ignore[valid-type]
                yield one
            if not page.get("next_cursor"):
                return
            params["cursor"] = page["next_cursor"]


class Threads(Room):
    """The caller's conversations."""

    def list(self, *, archived: bool = False) -> AsyncIterator[Thread]:
        """All of them: first those that are pinned, then by last use. Those that were put away with `archived`."""
        return self._pages(Thread, "/v1/lea/threads", "threads", archived="true" if archived else "false")

    async def get(self, thread_id: str) -> WholeThread:
        """With the messages of the branch that is shown."""
        return await self._get(WholeThread, self._path(thread_id))

    async def rename(self, thread_id: str, title: str) -> Thread:
        return await self._send(Thread, "PATCH", self._path(thread_id), {"title": title})

    async def delete(self, thread_id: str) -> None:
        """It can be restored for a day."""
        await self._http.call(Sent("DELETE", self._path(thread_id)))

    async def restore(self, thread_id: str) -> Thread:
        """Bring back the one that was deleted last under this name."""
        return await self._send(Thread, "POST", f"{self._path(thread_id)}/restore", {})

    async def export(self, thread_id: str, kind: Literal["md", "json"] = "md") -> str:
        """The conversation as a file's text."""
        return (await self._http.call(Sent("GET", f"{self._path(thread_id)}/export", params={"format": kind}))).decode()

    def _path(self, thread_id: str) -> str:
        return f"/v1/lea/threads/{segment(thread_id)}"


class Confirmations(Room):
    """What Léa asks before she writes."""

    async def asked(self) -> list[Confirmation]:
        """Those nobody has decided, the newest first."""
        page = await self._get(dict[str, Any], "/v1/lea/confirmations", state="asked")
        return msgspec.convert(page["confirmations"], list[Confirmation])

    async def approve(self, confirmation_id: str, **arguments: Any) -> Decision:
        """Do it; `arguments` replace those that were shown. Raises Conflict for what was decided or has changed."""
        body = {"decision": "approve"} | ({"arguments": arguments} if arguments else {})
        return await self._decide(confirmation_id, body)

    async def reject(self, confirmation_id: str) -> Decision:
        """Do not. Raises Conflict for what was approved already."""
        return await self._decide(confirmation_id, {"decision": "reject"})

    async def _decide(self, confirmation_id: str, body: Mapping[str, Any]) -> Decision:
        return await self._send(Decision, "POST", f"/v1/lea/confirmations/{segment(confirmation_id)}", body)


class Transactions(Room):
    """The company's files."""

    def list(self, **filters: str) -> AsyncIterator[Transaction]:
        """All of them, the last changed first; `q`, `kind` and `stage` choose."""
        return self._pages(Transaction, "/v1/transactions", "transactions", **filters)

    async def get(self, name: str) -> Transaction:
        """By its id or its reference."""
        return await self._get(Transaction, f"/v1/transactions/{segment(name)}")


class Jobs(Room):
    """The departments' jobs."""

    def list(self, **filters: str) -> AsyncIterator[Job]:
        """All of them, the last changed first; `department`, `state` and `q` choose."""
        return self._pages(Job, "/v1/jobs", "jobs", **filters)

    async def get(self, job_id: str) -> Job:
        return await self._get(Job, f"/v1/jobs/{segment(job_id)}")


class Imports(Room):
    """Suppliers' price lists."""

    async def upload(self, file: Path | str) -> Import:
        """Bring a CSV, XLSX, JSON or PDF of at most 20 MiB. Raises OSError where it cannot be read, LeaError."""
        path = Path(file)
        data = await asyncio.to_thread(path.read_bytes)

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData()
            made.add_field("file", data, filename=path.name, content_type="application/octet-stream")
            return made

        body = await self._http.call(Sent("POST", "/v1/catalog/imports", form=form))
        return decoded(body, Import)

    def list(self) -> AsyncIterator[Import]:
        """The newest fifty, the last one first."""
        return self._pages(Import, "/v1/catalog/imports", "imports")
