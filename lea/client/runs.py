"""Runs of the catalogue: started, watched while they work, ended, tried again."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self

import msgspec

from lea.client.answer import STREAM
from lea.client.http import Http, Nothing, Sent, segment
from lea.client.resuming import Patience, Resumed
from lea.client.rooms import Room
from lea.client.wire import Run, RunJob


class Watching:
    """The jobs of a run as they change, through lost connections, until the run has ended.

    `async with lea.runs.watch(run_id) as jobs: async for job in jobs: …`; every job comes once at first, `state` is the
    run's once it has ended.
    """

    def __init__(self, http: Http, run_id: str, patience: Patience) -> None:
        self.state: str | None = None
        self.jobs: dict[str, RunJob] = {}
        """As they are now, by id."""
        self._resumed = Resumed(http, patience)
        self._path = f"/v1/catalog/job-stream/{segment(run_id)}"
        self._told = self._telling()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._told.aclose()

    def __aiter__(self) -> AsyncIterator[RunJob]:
        return self._told

    async def _telling(self) -> AsyncGenerator[RunJob, None]:
        events = self._resumed.events(lambda: Sent("GET", self._path, accept=STREAM, after=self._resumed.cursor))
        try:
            async for event in events:
                if isinstance(event.data, dict):
                    self.state = str(event.data["status"])
                    return
                for job in msgspec.convert(event.data, list[RunJob]):
                    self.jobs[job.id] = job
                    yield job
        except Nothing:  # the cursor was that of the end
            return
        finally:
            await events.aclose()


class Runs(Room):
    """One active run of the catalogue a company."""

    def __init__(self, http: Http, patience: float) -> None:
        super().__init__(http)
        self._patience = patience

    async def extract(self, import_id: str, mapping: dict[str, str] | None = None) -> str:
        """Make articles of a file; the run's id. Raises Conflict(`run_active`) while there is another run."""
        body: dict[str, Any] = {"import_id": import_id} | ({} if mapping is None else {"mapping": mapping})
        return await self._started("extract", body)

    async def enrich(self, *, again: bool = False, item_ids: Sequence[str] | None = None) -> str:
        """Complete articles; the run's id. Raises Conflict as above, and for `nothing_to_enrich`."""
        chosen = {} if item_ids is None else {"item_ids": list(item_ids)}
        return await self._started("enrich", {"again": again, **chosen})

    def list(self) -> AsyncIterator[Run]:
        """The company's runs, the last one first."""
        return self._pages(Run, "/v1/catalog/runs", "runs")

    async def get(self, run_id: str) -> Run:
        return await self._get(Run, self._path(run_id))

    def watch(self, run_id: str) -> Watching:
        """Its jobs, as they change."""
        return Watching(self._http, run_id, Patience(self._patience, None))

    async def cancel(self, run_id: str) -> Run:
        """It ends soon, and keeps what is done."""
        return await self._send(Run, "POST", f"{self._path(run_id)}/cancel", {})

    async def retry(self, run_id: str) -> Run:
        """The same run again, for the jobs that failed. Raises Conflict where there is none."""
        return await self._send(Run, "POST", f"{self._path(run_id)}/retry", {})

    async def _started(self, pipeline: str, body: dict[str, Any]) -> str:
        return str((await self._send(dict[str, Any], "POST", f"/v1/catalog/{pipeline}", body))["run_id"])

    def _path(self, run_id: str) -> str:
        return f"/v1/catalog/run/{segment(run_id)}"
