"""Runs, for whoever starts, ends and opens them again; the work is the runner's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lea import faults
from lea.auth.permissions import Identity
from lea.bus.port import Bus, Signal
from lea.clock import Clock
from lea.ids import CompanyId, RunId, new_id
from lea.runs.registry import Pipelines
from lea.runs.runner import Runner
from lea.runs.telling import Telling
from lea.sentences import Language
from lea.store import runs
from lea.store.engine import Store
from lea.store.runs import NewRun, Run


@dataclass(frozen=True, slots=True)
class Runs:
    """Nothing here waits for work to be done; `offer` tells whoever may take a run of one there is."""

    pipelines: Pipelines
    runner: Runner
    telling: Telling
    store: Store
    bus: Bus
    clock: Clock
    offer: Callable[[RunId], None]

    def listen(self) -> None:
        """Other processes tell that somebody wants a run cancelled."""
        self.bus.hear("run_cancel", self._hear)

    async def start(
        self, identity: Identity, pipeline: str, arguments: Mapping[str, Any], language: Language | None = None
    ) -> RunId:
        """A new run, written down; it speaks the person's language unless told another.

        Raises BadRequest(`pipeline_unknown`), and Conflict(`run_active`, run_id=…) while the company has one of the
        pipeline's family.
        """
        new = self.new_run(RunId(new_id("run")), identity, pipeline, arguments, language or identity.language)
        run = await self.store.write(partial(runs.begin, new=new, now=self.clock.now()))
        faults.reach("run.started")
        self.started(run)
        return run.id

    def new_run(
        self, run_id: RunId, identity: Identity, pipeline: str, arguments: Mapping[str, Any], language: Language
    ) -> NewRun:
        """To be begun within somebody's transaction. Raises BadRequest(`pipeline_unknown`)."""
        family = self.pipelines.get(pipeline).family
        return NewRun(run_id, identity.company_id, identity.user_id, pipeline, family, language, arguments)

    def started(self, run: Run) -> None:
        """It was begun or opened, and that is committed."""
        self.telling.changed(run)
        self.offer(run.id)

    async def cancel(self, company_id: CompanyId, run_id: RunId) -> Run:
        """Ask for its end, which comes soon, wherever it is worked at; what is done is kept. Raises NotFound."""
        run = await self.store.write(partial(runs.ask_cancel, company_id=company_id, run_id=run_id, now=self._now()))
        if run.ended_at is None:
            self.cancelling(run.id)
        return run

    def cancelling(self, run_id: RunId) -> None:
        """It was asked for, and that is committed."""
        self.runner.cancel(run_id)
        self.bus.send("run_cancel", {"run_id": run_id})

    async def retry(self, company_id: CompanyId, run_id: RunId) -> Run:
        """Do again what failed. Raises NotFound, Conflict(`run_active`) and Conflict(`nothing_to_retry`)."""
        run = await self.store.write(partial(runs.reopen, company_id=company_id, run_id=run_id, now=self._now()))
        self.started(run)
        return run

    def _hear(self, signal: Signal) -> None:
        self.runner.cancel(RunId(signal["run_id"]))

    def _now(self) -> float:
        return self.clock.now()
