"""Which companies may have webhooks, from memory, so that a turn's end asks the database for nobody else."""

from typing import Final

from lea.clock import Clock
from lea.ids import CompanyId
from lea.store import hooks
from lea.store.engine import Store

EVERY_S: Final = 30.0
"""Between two looks, for what no signal told."""
LATELY_S: Final = 60.0


class Listening:
    """Says yes too often, but not no: a company that has just changed counts for a while, and all do until it is known.

    Read from the threads of the database. One of the caches that processes drop for each other.
    """

    name = "webhooks"

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._companies: frozenset[CompanyId] | None = None
        self._lately: dict[str, float] = {}
        self._read_at = float("-inf")

    def __contains__(self, company_id: object) -> bool:
        companies = self._companies
        return companies is None or company_id in companies or company_id in self._lately

    @property
    def nobody(self) -> bool:
        """Whether there is nobody to be told anything."""
        return not self._lately and self._companies is not None and not self._companies

    def drop(self, pattern: str) -> int:
        """Its webhooks may have changed; with `*` those of every company."""
        if pattern == "*":
            self._companies = None
            self._read_at = float("-inf")
        else:
            self._lately[pattern] = self._clock.monotonic()
        return 1

    async def look(self) -> None:
        """Read it again, if that was long ago. Raises LeaError."""
        began = self._clock.monotonic()
        if began - self._read_at < EVERY_S:
            return
        self._read_at = began
        try:
            found = await self._store.read(hooks.companies_with)
        except BaseException:
            self._read_at = float("-inf")
            raise
        if self._read_at == began:  # else everything was dropped meanwhile
            self._companies = found
        self._lately = {one: at for one, at in self._lately.items() if began - at < LATELY_S}
