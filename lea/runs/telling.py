"""Who is told that a run changed: those who watch it, the company's tabs, and the other processes."""

from collections.abc import Callable
from typing import Final

from lea.bus.port import Bus, Signal
from lea.events.frames import Event
from lea.events.notice import RunChanged
from lea.ids import CompanyId, RunId
from lea.runs.coalesced import Coalesced
from lea.runs.status import Statuses
from lea.runs.watching import Watching
from lea.store.runs import Run

SIGNAL_S: Final = 0.2
NOTICE_S: Final = 1.0


class Telling:
    """To be called after each commit; `tell_company` reaches all open tabs of a company, at whichever process."""

    def __init__(
        self, watching: Watching, statuses: Statuses, bus: Bus, tell_company: Callable[[CompanyId, Event], None]
    ) -> None:
        self._watching = watching
        self._statuses = statuses
        self._bus = bus
        self._tell_company = tell_company
        self._signals: Coalesced[RunId, Run] = Coalesced(SIGNAL_S, self._signal)
        self._notices: Coalesced[RunId, Run] = Coalesced(NOTICE_S, self._notice)
        bus.hear("run_changed", self._hear)

    def changed(self, run: Run) -> None:
        """It is like this now."""
        self._wake(run.id, run.company_id)
        self._signals.put(run.id, run)
        if not run.personal:
            self._notices.put(run.id, run)

    def _wake(self, run_id: RunId, company_id: CompanyId) -> None:
        self._watching.wake(run_id)
        self._statuses.wake(company_id)

    def _signal(self, run: Run) -> None:
        self._bus.send("run_changed", {"run_id": run.id, "company_id": run.company_id})

    def _hear(self, signal: Signal) -> None:
        self._wake(RunId(signal["run_id"]), CompanyId(signal["company_id"]))

    def _notice(self, run: Run) -> None:
        event = RunChanged(run.id, run.pipeline, run.state, run.jobs_total, run.jobs_completed, run.jobs_failed)
        self._tell_company(run.company_id, event)
