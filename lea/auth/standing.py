"""What became of people's accounts since their tokens and keys were looked up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Self

from cachetools import TTLCache

from lea.auth.permissions import Identity, unauthorized
from lea.clock import Clock
from lea.ids import UserId
from lea.sentences import Language
from lea.store.accounts import Account, Role

REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as it became at the moment `at`, as far as a credential says something of it."""

    user_id: UserId
    role: Role
    name: str
    language: Language
    disabled: bool
    at: float

    @classmethod
    def of(cls, account: Account, at: float) -> Self:
        return cls(account.id, account.role, account.name, account.language, account.disabled, at)


class Standings:
    """What counts instead of a credential that was made before its account changed, for as long as it is believed."""

    def __init__(self, clock: Clock, believed_s: float) -> None:
        self._changed: TTLCache[UserId, Standing] = TTLCache(REMEMBERED, believed_s, timer=clock.monotonic)
        self.on_change: Callable[[Standing], None] = lambda _: None
        """Called with what was changed here, for the other processes to know."""
        self.on_rights: Callable[[UserId], None] = lambda _: None
        """Called, at each process, with somebody whose rights have become others: what is open to them ends."""

    def change(self, now: Standing) -> None:
        """From now on this counts, here and at the other processes."""
        self.change_here(now)
        self.on_change(now)

    def change_here(self, now: Standing) -> None:
        """As `change`, said by another process or read in the database; what is known to be old is not news."""
        before = self._changed.get(now.user_id)
        if before is not None and before.at >= now.at:
            return
        self._changed[now.user_id] = now
        if before is None or (before.role, before.disabled) != (now.role, now.disabled):
            self.on_rights(now.user_id)

    def current(self, identity: Identity) -> Identity:
        """The caller as they are now. Raises Unauthorized for somebody who was disabled."""
        changed = self._changed.get(identity.user_id)
        if changed is None:
            return identity
        if changed.disabled:
            raise unauthorized("token_expired")
        return replace(identity, role=changed.role, name=changed.name, language=changed.language)
