"""Odoo's supplier bills and bank statement lines as departments' jobs, over its JSON-RPC (`/jsonrpc`)."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

import aiohttp
import orjson
from yarl import URL

from lea.config import Odoo as Settings
from lea.errors import NetworkError
from lea.resilience.dependency import Dependency
from lea.resilience.http import HttpClient, read_at_most
from lea.sources.foreign import PAGE, Counted, Failed, Garbled, Loaded, Refused, first_error, newest, of_status
from lea.sources.odoo_records import KINDS, Domain, Kind, Record, job_of
from lea.sources.source import JobSummary

MOST_BYTES: Final = 4_194_304
DENIED: Final = frozenset(
    {"odoo.exceptions.AccessDenied", "odoo.exceptions.AccessError", "odoo.http.SessionExpiredException"}
)


class Odoo:
    """A Foreign: reads with one user's API key, whose rights decide what is seen."""

    name = "odoo"

    def __init__(self, settings: Settings, dependency: Dependency) -> None:
        self._settings = settings
        self._dependency = dependency
        self._address = URL(settings.url.rstrip("/") + "/jsonrpc")
        self._uid: int | None = None
        limits = dependency.settings
        self._http = HttpClient(
            dependency.name,
            connections=limits.concurrency,
            connect_timeout=limits.connect_timeout,
            read_timeout=limits.read_timeout or None,
        )

    async def load(self) -> Loaded:
        """See Foreign."""
        if self._uid is None:
            self._uid = await self._log_in()
        parts = await asyncio.gather(
            *(self._page(kind, open_ones=half) for kind in KINDS for half in (True, False)), return_exceptions=True
        )
        counts = await asyncio.gather(
            *(self._count(kind, state, domain) for kind in KINDS for state, domain in kind.states.items()),
            return_exceptions=True,
        )
        try:
            first_error([*parts, *counts])
        except Refused:
            self._uid = None  # the key may be another user's by now
            raise
        jobs = [job for part in parts if isinstance(part, list) for job in part]
        return Loaded(newest(jobs), tuple(one for one in counts if isinstance(one, tuple)))

    async def aclose(self) -> None:
        """See Foreign."""
        await self._http.aclose()

    async def _log_in(self) -> int:
        own = self._settings
        key = own.api_key.get_secret_value()
        body = _request("common", "authenticate", own.database, own.user, key, {})
        return await self._dependency.run(lambda: self._authenticate(body), again=True)

    async def _authenticate(self, body: bytes) -> int:
        """A user it does not know is `false`, which is no success of the call."""
        uid = await self._post(body)
        if uid is False:
            raise Refused
        if isinstance(uid, bool) or not isinstance(uid, int):
            raise Garbled
        return uid

    async def _page(self, kind: Kind, *, open_ones: bool) -> list[JobSummary]:
        options = {"fields": list(kind.fields), "limit": PAGE, "order": "write_date desc, id desc"}
        records = await self._execute(kind.model, "search_read", [kind.page(open_ones=open_ones)], options)
        if not isinstance(records, list) or len(records) > PAGE:
            raise Garbled
        return [job for record in records for job in _jobs(kind, record)]

    async def _count(self, kind: Kind, state: str, domain: Domain) -> Counted:
        found = await self._execute(kind.model, "search_count", [[*kind.all, *domain]], {})
        if isinstance(found, bool) or not isinstance(found, int) or found < 0:
            raise Garbled
        return kind.department, state, found

    async def _execute(self, model: str, method: str, positional: list[Any], named: Mapping[str, Any]) -> Any:
        key = self._settings.api_key.get_secret_value()
        body = _request(
            "object", "execute_kw", self._settings.database, self._uid, key, model, method, positional, named
        )
        return await self._dependency.run(lambda: self._post(body), again=True)

    async def _post(self, body: bytes) -> Any:
        try:
            response = await self._http.post(self._address, body, {"Content-Type": "application/json"})
            try:
                status, data = response.status, await read_at_most(response, MOST_BYTES)
            finally:
                response.release()
        except aiohttp.ClientError as error:
            raise NetworkError from error
        if status != 200:
            raise of_status(status)
        return _result(data)


def _request(service: str, method: str, *arguments: object) -> bytes:
    params = {"service": service, "method": method, "args": arguments}
    return orjson.dumps({"jsonrpc": "2.0", "method": "call", "params": params, "id": 1})


def _result(data: bytes) -> Any:
    """Odoo says what went wrong with status 200 too. Raises Refused, Failed and Garbled."""
    try:
        answer = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Garbled from None
    if not isinstance(answer, dict):
        raise Garbled
    error = answer.get("error")
    if error is not None:
        told = error.get("data") if isinstance(error, dict) else None
        name = told.get("name") if isinstance(told, dict) else None
        raise Refused if name in DENIED else Failed
    if "result" not in answer:
        raise Garbled
    return answer["result"]


def _jobs(kind: Kind, record: Record) -> Iterator[JobSummary]:
    """The job of a record, unless it is none."""
    job = job_of(kind, record)
    if job is not None:
        yield job
