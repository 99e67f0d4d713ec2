"""What happens when a company's records change, wherever that was done: everybody who shows or knows them is told.

To be called after the commit: whoever is told may read at once.
"""

from collections.abc import Callable
from typing import Literal

from lea.bus.port import Bus, Signal
from lea.events.notice import JobChanged, TransactionChanged
from lea.ids import CompanyId
from lea.manager.manager import LLMManager
from lea.manager.notices import Notices

State = Literal["created", "changed", "removed"]


class News:
    """Tells open tabs, and outdates what sessions know, at every process."""

    def __init__(self, manager: LLMManager, notices: Notices, bus: Bus) -> None:
        self._manager = manager
        self._notices = notices
        self._bus = bus
        self._watchers: list[Callable[[], None]] = []
        bus.hear("records_changed", self._hear)
        bus.on_return(manager.all_stale)

    def watch(self, call: Callable[[], None]) -> None:
        """Call this too after every change made at this process; it must not block."""
        self._watchers.append(call)

    def changed(self, company_id: CompanyId, transaction_id: str, reference: str, state: State = "changed") -> None:
        """A transaction, or something that belongs to it, was written."""
        self._manager.stale(company_id, everywhere=True)
        self._bus.send("records_changed", {"company_id": company_id})
        self._notices.tell_company(company_id, TransactionChanged(transaction_id, reference, state))
        for call in self._watchers:
            call()

    def job_changed(self, company_id: CompanyId, job_id: str, department: str, state: str) -> None:
        """A department's job was made or changed."""
        self._manager.stale(company_id, everywhere=True)
        self._bus.send("records_changed", {"company_id": company_id})
        self._notices.tell_company(company_id, JobChanged(job_id, department, state))

    def _hear(self, signal: Signal) -> None:
        self._manager.stale(CompanyId(signal["company_id"]), everywhere=False)
