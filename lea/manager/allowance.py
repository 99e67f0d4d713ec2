"""What one company may still spend this month, as one process knows it; nothing here waits.

The store's sums are as old as the look that read them. What turns of this process have spent since is added until a
look that began after it was saved; for a moment it may count twice, and never not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lea.clock import Month
from lea.ids import TurnId, UserId
from lea.store.budgets import COMPANY, NO_LIMITS, Limits

State = Literal["ok", "soft", "hard"]
Whose = Literal["user", "company"]


@dataclass(slots=True)
class _Held:
    """Nano-USD of a turn: a guess while it is live; `saved_in` is the look that was the last when it was saved."""

    user_id: UserId
    amount: int
    saved_in: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Nano-USD: spent of a limit, and what it is."""

    spent: int
    limits: Limits

    @property
    def state(self) -> State:
        if self.limits.hard is not None and self.spent >= self.limits.hard:
            return "hard"
        return "soft" if self.limits.soft is not None and self.spent >= self.limits.soft else "ok"

    @property
    def remaining(self) -> int | None:
        """None where nothing ends at a limit."""
        return None if self.limits.hard is None else max(0, self.limits.hard - self.spent)


@dataclass(slots=True)
class Allowance:
    """A company's; `looks` counts the reads that have begun, `read_at` is when the last one that ended did begin."""

    month: Month
    limits: Mapping[UserId, Limits] = field(default_factory=dict)
    spent: Mapping[UserId, int] = field(default_factory=dict)
    read_at: float = float("-inf")
    looks: int = 0
    _believed: int = 0
    _held: dict[TurnId, _Held] = field(default_factory=dict)

    def begin_look(self) -> int:
        """To be handed to `looked`."""
        self.looks += 1
        return self.looks

    def looked(
        self, look: int, month: Month, limits: Mapping[UserId, Limits], spent: Mapping[UserId, int], read_at: float
    ) -> None:
        """Believe what was read, which has all that was saved before that look began. Of two looks the later counts."""
        if look < self._believed:
            return
        self._believed = look
        self.month, self.limits, self.spent, self.read_at = month, limits, spent, read_at
        for turn_id, held in list(self._held.items()):
            if held.saved_in is not None and held.saved_in < look:
                del self._held[turn_id]

    def of(self, user_id: UserId) -> Standing:
        """Where a user stands; `COMPANY` for all of them together. Live turns are not counted."""
        return Standing(self._known(user_id), self.limits.get(user_id, NO_LIMITS))

    def used_up(self, user_id: UserId) -> Whose | None:
        """Whose limit is reached, with what live turns may come to."""
        for whose, one in (("user", user_id), ("company", COMPANY)):
            hard = self.limits.get(one, NO_LIMITS).hard
            if hard is not None and self._known(one) + self._live(one) >= hard:
                return "user" if whose == "user" else "company"
        return None

    def hold(self, turn_id: TurnId, user_id: UserId, amount: int) -> None:
        """A live turn may come to this; kept only where there is a limit."""
        if self.limits:
            self._held[turn_id] = _Held(user_id, amount)

    def settle(self, turn_id: TurnId, user_id: UserId, amount: int) -> None:
        """The turn has ended and this was saved; 0 for one that has cost nothing."""
        self._held.pop(turn_id, None)
        if self.limits and amount:
            self._held[turn_id] = _Held(user_id, amount, self.looks)

    def _known(self, user_id: UserId) -> int:
        told = sum(self.spent.values()) if user_id == COMPANY else self.spent.get(user_id, 0)
        return told + sum(one.amount for one in self._of(user_id) if one.saved_in is not None)

    def _live(self, user_id: UserId) -> int:
        return sum(one.amount for one in self._of(user_id) if one.saved_in is None)

    def _of(self, user_id: UserId) -> list[_Held]:
        return [one for one in self._held.values() if user_id in {COMPANY, one.user_id}]
