"""Telling people what became of their budgets, each state once, and that there are new costs, now and then."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from lea.bus.port import Bus, Signal
from lea.events.frames import Event, Relayed
from lea.events.notice import CostsChanged, Quota
from lea.ids import CompanyId, UserId
from lea.manager.allowance import Allowance, Standing, State
from lea.manager.notices import Notices
from lea.store.budgets import COMPANY, Limits

TOLD: Final = 100_000
"""Most limits of which it is remembered what was told of them; of others it is told again."""
PAUSE_S: Final = 1.0
RANK: Final[dict[State, int]] = {"ok": 0, "soft": 1, "hard": 2}
NANO: Final = 1e9

AdminsOf = Callable[[CompanyId], Iterable[UserId]]
"""Those who listen at this process."""


@dataclass(frozen=True, slots=True)
class _Told:
    month: str
    limits: Limits
    state: State


class Quotas:
    """Of one process; the company's limit is for its admins, and for whoever reached it."""

    def __init__(self, notices: Notices, bus: Bus, admins_of: AdminsOf) -> None:
        self._notices = notices
        self._bus = bus
        self._admins_of = admins_of
        self._told: LRUCache[tuple[CompanyId, UserId], _Told] = LRUCache(TOLD)
        self._pausing: dict[UserId, bool] = {}
        bus.hear("quota", self._hear)

    def look(self, company_id: CompanyId, allowance: Allowance, user_id: UserId | None = None) -> None:
        """Tell what has changed: for this user and the company, or for everybody who has a limit."""
        for one in {*allowance.limits, COMPANY} if user_id is None else (user_id, COMPANY):
            standing = allowance.of(one)
            if self._is_news((company_id, one), allowance.month.name, standing):
                self._tell(company_id, one, user_id, standing)

    def spent(self, user_id: UserId) -> None:
        """There are new costs; told at once, but not again before a second has passed."""
        if user_id in self._pausing:
            self._pausing[user_id] = True
            return
        self._pausing[user_id] = False
        self._notices.tell(user_id, CostsChanged())
        asyncio.get_running_loop().call_later(PAUSE_S, self._paused, user_id)

    def _paused(self, user_id: UserId) -> None:
        if self._pausing.pop(user_id):
            self.spent(user_id)

    def _is_news(self, key: tuple[CompanyId, UserId], month: str, standing: Standing) -> bool:
        """Within a month what is spent only grows, so a state goes back only where the limits changed."""
        before: _Told | None = self._told.get(key)
        told: State = "ok" if before is None else before.state
        same = before is not None and (before.month, before.limits) == (month, standing.limits)
        if told == standing.state or (same and RANK[standing.state] < RANK[told]):
            return False
        self._told[key] = _Told(month, standing.limits, standing.state)
        return True

    def _tell(self, company_id: CompanyId, whose: UserId, by: UserId | None, standing: Standing) -> None:
        remaining = None if standing.remaining is None else standing.remaining / NANO
        event = Quota(standing.state, remaining, "company" if whose == COMPANY else "user")
        if whose != COMPANY:
            self._notices.tell(whose, event)
            return
        admins = set(self._admins_of(company_id))
        if by is not None and by not in admins:
            self._notices.tell(by, event)
        self._tell_admins(admins, event)
        self._bus.send("quota", {"company_id": company_id, "event": event.wire()})

    def _tell_admins(self, admins: Iterable[UserId], event: Event) -> None:
        for user_id in admins:
            self._notices.tell_here(user_id, event)

    def _hear(self, signal: Signal) -> None:
        self._tell_admins(self._admins_of(CompanyId(signal["company_id"])), Relayed(signal["event"]))
