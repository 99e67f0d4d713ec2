"""Which admins listen for news right now."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from lea.auth.permissions import Identity
from lea.ids import CompanyId, UserId


class Admins:
    """Open event streams of admins, at this process."""

    def __init__(self) -> None:
        self._streams: Counter[UserId] = Counter()
        self._companies: dict[UserId, CompanyId] = {}

    def __iter__(self) -> Iterator[UserId]:
        return iter(list(self._streams))

    def of(self, company_id: CompanyId) -> list[UserId]:
        """Those of one company."""
        return [user_id for user_id, of in self._companies.items() if of == company_id]

    @contextmanager
    def listening(self, identity: Identity) -> Iterator[None]:
        """For as long as a stream is open; of members nothing is kept."""
        if identity.role != "admin":
            yield
            return
        self._streams[identity.user_id] += 1
        self._companies[identity.user_id] = identity.company_id
        try:
            yield
        finally:
            self._streams[identity.user_id] -= 1
            if not self._streams[identity.user_id]:
                del self._streams[identity.user_id]
                del self._companies[identity.user_id]
