"""Turns that other processes answer, as topics of this one: fed by the bus, and ended by the store where it says more.

The store is asked once a second for all of them together: it knows how a turn ended also when its process is gone or
the bus is.
"""

import asyncio
from dataclasses import dataclass

import structlog

from lea.bus.port import Bus, Topic
from lea.errors import LeaError
from lea.ids import TurnId, UserId
from lea.manager.outcome import retelling
from lea.records.citing import cited
from lea.sentences import Language
from lea.store import turns as rows
from lea.store.engine import Store

LOOK_S = 1.0
ON_ITS_WAY_S = (0.05, 0.1, 0.15)

log = structlog.get_logger()


@dataclass(slots=True)
class _Watched:
    """`fed` by the bus, else only the store tells; `over` once the store has said that the turn has ended."""

    topic: Topic
    user_id: UserId
    turn_id: TurnId
    language: Language
    fed: bool
    over: bool = False


class Elsewhere:
    """Follows turns of other processes, each until it has ended."""

    def __init__(self, bus: Bus, store: Store) -> None:
        self._bus = bus
        self._store = store
        self._watched: list[_Watched] = []
        bus.on_return(self._send_back)

    def __len__(self) -> int:
        return len(self._watched)

    async def topic(self, user_id: UserId, turn_id: TurnId, after: int, language: Language) -> Topic:
        """What the turn tells; while the bus is away nothing but how it ends."""
        topic = await self._fed(turn_id)
        fed = topic is not None
        topic = topic or self._bus.unfed(turn_id, after)
        if not topic.ended and not any(watched.topic is topic for watched in self._watched):
            self._watched.append(_Watched(topic, user_id, turn_id, language, fed))
        return topic

    async def _fed(self, turn_id: TurnId) -> Topic | None:
        """The bus's topic; a turn that has only just begun is on its way to it."""
        for pause in ON_ITS_WAY_S:
            topic = await self._bus.elsewhere(turn_id)
            if topic is not None or not self._bus.connected:
                return topic
            await asyncio.sleep(pause)
        return None

    async def keep_looking(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except LeaError as error:
                log.warning("elsewhere.not_looked", error=error.reason)

    async def look(self) -> None:
        """Ask the store once for all of them. Raises what reading raises."""
        self._watched = [watched for watched in self._watched if not watched.topic.ended]
        if not self._watched:
            return
        asked = list(self._watched)  # of who comes during the look, it says nothing
        ids = {watched.turn_id for watched in asked}
        live = await self._store.read(lambda connection: rows.live(connection, ids))
        for watched in asked:
            if watched.topic.ended:
                continue
            if watched.turn_id not in live:
                await self._end(watched)
            elif not watched.fed and (topic := await self._bus.elsewhere(watched.turn_id)) is not None:
                watched.topic.hand_over(topic)
                watched.topic, watched.fed = topic, True

    async def _end(self, watched: _Watched) -> None:
        """The bus has one more look's time to tell the end itself; then the store's word replaces all."""
        if watched.fed and not watched.over:
            watched.over = True
            return
        stored = await self._store.read(lambda connection: rows.find_turn(connection, watched.user_id, watched.turn_id))
        citations = () if stored is None else await cited(self._store, stored.company_id, stored.text)
        if watched.topic.ended:
            return
        if stored is None:  # deleted
            watched.topic.end()
        else:
            watched.topic.conclude(retelling(stored, citations, watched.language), stored.events)

    def _send_back(self) -> None:
        """The bus is there again: readers that were not fed come back with their cursor, and then are."""
        for watched in self._watched:
            if not watched.fed and not watched.topic.ended:
                watched.topic.end()
