"""A Firestore collection whose documents are departments' jobs, over its REST interface."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from lea.clock import Clock
from lea.config import Firestore as Settings
from lea.errors import NetworkError
from lea.resilience.dependency import Dependency
from lea.resilience.http import HttpClient, read_at_most
from lea.sources.firestore_values import Fields, job_of, whole_number
from lea.sources.foreign import PAGE, Counted, Garbled, Loaded, Refused, first_error, newest, of_status
from lea.sources.google import ServiceAccount
from lea.sources.source import DEPARTMENTS, STATES, JobSummary

MOST_BYTES: Final = 8_388_608


class Firestore:
    """A Foreign: the documents changed last, and counts by queries of their own where there are more than those.

    A document without the field it is ordered by is not found, which is how Firestore orders.
    """

    name = "firestore"

    def __init__(self, settings: Settings, dependency: Dependency, clock: Clock) -> None:
        self._settings = settings
        self._fields = Fields(
            settings.department_field, settings.state_field, settings.title_field, settings.updated_field
        )
        self._dependency = dependency
        project = quote(settings.project, safe="")
        self._documents = f"{settings.endpoint.rstrip('/')}/v1/projects/{project}/databases/(default)/documents"
        limits = dependency.settings
        self._http = HttpClient(
            dependency.name,
            connections=limits.concurrency,
            connect_timeout=limits.connect_timeout,
            read_timeout=limits.read_timeout or None,
        )
        self._account = ServiceAccount(Path(settings.key_file), settings.token_uri, self._http, clock)

    async def load(self) -> Loaded:
        """See Foreign."""
        documents = await self._newest()
        jobs = newest(job for document in documents if (job := job_of(document, self._fields)) is not None)
        if len(documents) < PAGE:
            return Loaded(jobs, _counted(jobs))
        counts = await asyncio.gather(
            *(self._count(department, state) for department in DEPARTMENTS for state in STATES), return_exceptions=True
        )
        first_error(counts)
        return Loaded(jobs, tuple(one for one in counts if isinstance(one, tuple)))

    async def aclose(self) -> None:
        """See Foreign."""
        await self._http.aclose()

    async def _newest(self) -> list[Any]:
        order = [{"field": {"fieldPath": self._fields.updated}, "direction": "DESCENDING"}]
        query = {"from": self._from(), "orderBy": order, "limit": PAGE}
        answers = await self._ask("runQuery", {"structuredQuery": query})
        return [answer["document"] for answer in answers if isinstance(answer, dict) and "document" in answer]

    async def _count(self, department: str, state: str) -> Counted:
        filters = [_equal(self._fields.department, department), _equal(self._fields.state, state)]
        query = {"from": self._from(), "where": {"compositeFilter": {"op": "AND", "filters": filters}}}
        aggregation = {"structuredQuery": query, "aggregations": [{"alias": "jobs", "count": {}}]}
        for answer in await self._ask("runAggregationQuery", {"structuredAggregationQuery": aggregation}):
            match answer:
                case {"result": {"aggregateFields": {"jobs": value}}}:
                    return department, state, whole_number(value)
        raise Garbled

    def _from(self) -> list[dict[str, str]]:
        return [{"collectionId": self._settings.collection}]

    async def _ask(self, method: str, query: Mapping[str, Any]) -> list[Any]:
        body = orjson.dumps(query)
        return await self._dependency.run(lambda: self._authorised(method, body), again=True)

    async def _authorised(self, method: str, body: bytes) -> list[Any]:
        """With a new token once, where the one we have is not taken any more."""
        token = await self._account.token()
        status, data = await self._post(method, body, token)
        if status == 401:
            self._account.forget(token)
            status, data = await self._post(method, body, await self._account.token())
        if status != 200:
            raise Refused if status == 404 else of_status(status)  # no such project or database
        try:
            answers = orjson.loads(data)
        except orjson.JSONDecodeError:
            raise Garbled from None
        if not isinstance(answers, list) or any(isinstance(one, dict) and "error" in one for one in answers):
            raise Garbled
        return answers

    async def _post(self, method: str, body: bytes, token: str) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        try:
            response = await self._http.post(URL(f"{self._documents}:{method}", encoded=True), body, headers)
            try:
                return response.status, await read_at_most(response, MOST_BYTES)
            finally:
                response.release()
        except aiohttp.ClientError as error:
            raise NetworkError from error


def _equal(field: str, value: str) -> dict[str, Any]:
    return {"fieldFilter": {"field": {"fieldPath": field}, "op": "EQUAL", "value": {"stringValue": value}}}


def _counted(jobs: tuple[JobSummary, ...]) -> tuple[Counted, ...]:
    return tuple((job.department, job.state, 1) for job in jobs)
