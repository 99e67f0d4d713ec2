"""A company's figures, kept for a moment, and telling everybody there that they are not what they were."""

from collections.abc import Callable
from functools import partial
from typing import Final

from lea.bus.caches import Caches
from lea.clock import Clock
from lea.events.frames import Event
from lea.events.notice import KpisChanged, WhatsAppChanged
from lea.ids import CompanyId, UserId
from lea.resilience.cache import LookupCache
from lea.resilience.single_flight import SingleFlight
from lea.runs.coalesced import Coalesced
from lea.store import kpis as rows
from lea.store.engine import Store
from lea.tasks import TaskOwner

PAUSE_S: Final = 2.0
"""Between two notices to a company, and how long figures are believed."""
KEPT: Final = 1_000


class Kpis:
    """Of one process. Who reads after a notice reads what is true then."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        tasks: TaskOwner,
        caches: Caches,
        tell_company: Callable[[CompanyId, Event], None],
    ) -> None:
        """`tell_company` reaches all open tabs of a company, at whichever process."""
        self._store = store
        self._caches = caches
        self._tell_company = tell_company
        self._kept: LookupCache[rows.Kpis] = LookupCache("kpis", clock, SingleFlight(tasks), size=KEPT, ttl_s=PAUSE_S)
        self._changes: Coalesced[CompanyId, CompanyId] = Coalesced(PAUSE_S, self._tell)
        caches.add(self._kept)

    async def read(self, company_id: CompanyId, user_id: UserId | None, since_day: int) -> rows.Kpis:
        """See store.kpis.kpis; many who ask for the same at once cost one look. Raises LeaError."""
        unit = partial(rows.kpis, company_id=company_id, user_id=user_id, since_day=since_day)
        found = await self._kept.get(f"{company_id}/{user_id or ''}/{since_day}", lambda: self._store.read(unit))
        assert found is not None  # there is always something to count
        return found

    def changed(self, company_id: CompanyId) -> None:
        """Something that is counted was written, and that is committed."""
        self._changes.put(company_id, company_id)

    def heard(self, company_id: CompanyId, event: Event) -> None:
        """This process told everybody there of something: a record, a run; all of these are counted."""
        if not isinstance(event, KpisChanged | WhatsAppChanged):
            self.changed(company_id)

    def _tell(self, company_id: CompanyId) -> None:
        self._caches.drop("kpis", f"{company_id}/*")
        self._tell_company(company_id, KpisChanged())
