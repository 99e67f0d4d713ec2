"""Where a reader that comes back goes on: in the live turn, in one that has ended, or from the saved message."""

import re
from dataclasses import dataclass
from typing import Self

from lea.auth.permissions import Identity
from lea.bus.port import Bus, Topic
from lea.clock import Clock
from lea.errors import BadRequest, NotFound
from lea.events import Event, Snapshot
from lea.ids import ThreadId, TurnId
from lea.manager.outcome import from_store
from lea.manager.turns import Turns
from lea.sentences import Language
from lea.store import threads
from lea.store.engine import Store
from lea.store.turns import StoredTurn, find

FOLLOWED_S = 24 * 3600
"""How long after its end a turn can be followed again."""

CURSOR = re.compile(r"([A-Za-z0-9._-]{1,128}):([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last event a reader has: `<turn_id>:<n>`, as its `id:` line said."""

    turn_id: TurnId
    number: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises BadRequest(`invalid_cursor`)."""
        match = CURSOR.fullmatch(text)
        if match is None:
            raise BadRequest("invalid_cursor")
        return cls(TurnId(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True)
class Following:
    """Finds the topic to follow, and after which of its events."""

    turns: Turns
    bus: Bus
    store: Store
    clock: Clock

    async def resume(
        self, identity: Identity, thread_id: ThreadId, cursor: Cursor | None, language: Language
    ) -> tuple[Topic, int] | None:
        """None when there is nothing to follow. Raises NotFound for a thread or turn that is not the caller's."""
        if cursor is not None:
            found = self.turns.topic(identity.user_id, thread_id, cursor.turn_id)
            if found is not None and not (found.ended and cursor.number >= found.count):
                return found, cursor.number
            if found is None or cursor.number > found.count:
                retold = await self._retold(identity, thread_id, cursor, language)
                if retold is not None:
                    return retold
        live = self.turns.live_topic(identity.user_id, thread_id)
        if live is not None:
            return live, 0
        if await self.store.read(lambda connection: threads.get(connection, identity.user_id, thread_id)) is None:
            raise NotFound
        return None

    async def _retold(
        self, identity: Identity, thread_id: ThreadId, cursor: Cursor, language: Language
    ) -> tuple[Topic, int] | None:
        """The saved answer as events; None to who has it whole, and once it is too old."""
        stored = await self.store.read(lambda connection: find(connection, identity.user_id, thread_id, cursor.turn_id))
        if stored is None:
            raise NotFound
        if stored.state == "running" or stored.ended_at is None or stored.events == cursor.number:
            return None
        if self.clock.now() - stored.ended_at > FOLLOWED_S:
            return None
        events = _events(stored, language)
        last = max(stored.events, len(events))
        return self.bus.retold(stored.turn_id, events, last), last - len(events)


def _events(stored: StoredTurn, language: Language) -> list[Event]:
    outcome = from_store(stored)
    failed = outcome.failed_event(language)
    return [Snapshot(stored.text), *([] if failed is None else [failed]), outcome.done()]
