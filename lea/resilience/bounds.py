"""How many of something there may be at once: of one user, of one company, and in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from lea.errors import Overloaded
from lea.ids import CompanyId, UserId
from lea.metrics import REFUSED

T = TypeVar("T")

RETRY_AFTER_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Most:
    """The bounds."""

    per_user: int
    per_company: int
    total: int


class Bound:
    """Counts who is there; a refusal costs three look-ups and touches nobody who is."""

    def __init__(self, kind: str, most: Most) -> None:
        self._kind = kind
        self._most = most
        self._users: Counter[UserId] = Counter()
        self._companies: Counter[CompanyId] = Counter()
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def check(self, user_id: UserId, company_id: CompanyId) -> None:
        """Raises Overloaded if one more would be too many."""
        most = self._most
        for scope, count, bound in (
            ("user", self._users[user_id], most.per_user),
            ("company", self._companies[company_id], most.per_company),
            ("process", self._total, most.total),
        ):
            if count >= bound:
                REFUSED.labels(self._kind, scope).inc()
                raise Overloaded(retry_after_s=RETRY_AFTER_S)

    def enter(self, user_id: UserId, company_id: CompanyId) -> None:
        """One more; whoever enters leaves."""
        self._users[user_id] += 1
        self._companies[company_id] += 1
        self._total += 1

    def leave(self, user_id: UserId, company_id: CompanyId) -> None:
        """One less; who has none left is forgotten."""
        self._total -= 1
        _less(self._users, user_id)
        _less(self._companies, company_id)

    @contextmanager
    def place(self, user_id: UserId, company_id: CompanyId) -> Iterator[None]:
        """Be one of them for a while. Raises Overloaded."""
        self.check(user_id, company_id)
        self.enter(user_id, company_id)
        try:
            yield
        finally:
            self.leave(user_id, company_id)


def _less(counts: Counter[T], key: T) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
