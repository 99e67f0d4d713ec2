"""Where a reader that comes back goes on: in the live turn, in one that has ended, or from the saved message."""

import re
from dataclasses import dataclass
from typing import Self

from lea.auth.permissions import Identity
from lea.bus.port import Bus, Topic
from lea.clock import Clock
from lea.errors import BadRequest, NotFound
from lea.ids import ThreadId, TurnId, UserId
from lea.manager.elsewhere import Elsewhere
from lea.manager.outcome import retelling
from lea.manager.turns import Turns
from lea.records.citing import cited
from lea.sentences import Language
from lea.store import threads
from lea.store.engine import Store
from lea.store.threads import ThreadRow
from lea.store.turns import find

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

    sole: bool
    turns: Turns
    elsewhere: Elsewhere
    bus: Bus
    store: Store
    clock: Clock

    async def resume(
        self, identity: Identity, thread_id: ThreadId, cursor: Cursor | None, language: Language
    ) -> tuple[Topic, int] | None:
        """None when there is nothing to follow. Raises NotFound for a thread or turn that is not the caller's."""
        user_id = identity.user_id
        if cursor is not None:
            found = self.turns.topic(user_id, thread_id, cursor.turn_id)
            if found is not None and not (found.ended and cursor.number >= found.count):
                return found, cursor.number
            if found is None or cursor.number > found.count:
                told = await self._from_store(user_id, thread_id, cursor, language)
                if told is not None:
                    return told
        answering = self.turns.live_topic(user_id, thread_id)
        if answering is not None:
            return answering, 0
        row = await self.store.read(lambda connection: threads.get(connection, user_id, thread_id))
        if row is None:
            raise NotFound
        return await self._live(user_id, row, language)

    async def _live(self, user_id: UserId, row: ThreadRow, language: Language) -> tuple[Topic, int] | None:
        """What the store calls live is another process's, or of a turn of ours that waits for one."""
        if row.live_turn_id is None or self.sole:
            return None
        turn_id = TurnId(row.live_turn_id)
        topic = self.turns.topic(user_id, row.id, turn_id)
        return topic or await self.elsewhere.topic(user_id, turn_id, 0, language), 0

    async def _from_store(
        self, user_id: UserId, thread_id: ThreadId, cursor: Cursor, language: Language
    ) -> tuple[Topic, int] | None:
        """The saved answer as events; None to who has it whole, and once it is too old."""
        stored = await self.store.read(lambda connection: find(connection, user_id, thread_id, cursor.turn_id))
        if stored is None:
            raise NotFound
        if stored.ended_at is None:
            if self.sole:
                return None
            return await self.elsewhere.topic(user_id, stored.turn_id, cursor.number, language), cursor.number
        if self.clock.now() - stored.ended_at > FOLLOWED_S:
            return None
        citations = await cited(self.store, stored.company_id, stored.text)
        events = retelling(stored, citations, language)
        last = max(stored.events, len(events))
        if cursor.number in {stored.events, last}:
            return None
        return self.bus.retold(stored.turn_id, events, last), last - len(events)
