"""Asks that have their first byte and no turn yet: a stop that comes between the two is kept for the turn."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from lea.ids import ThreadId, TurnId, UserId

Place = tuple[UserId, ThreadId]


class Coming:
    """By turn, in the order they came."""

    def __init__(self) -> None:
        self._places: dict[TurnId, Place] = {}
        self._stopped: set[TurnId] = set()
        self._next: asyncio.Future[None] | None = None

    @contextmanager
    def expect(self, place: Place, turn_id: TurnId) -> Iterator[None]:
        """Within the block the turn may be stopped; `begun` ends that earlier."""
        mine = turn_id not in self._places
        self._places.setdefault(turn_id, place)
        try:
            yield
        finally:
            if mine:
                self.begun(turn_id)

    def stop(self, place: Place, turn_id: TurnId | None) -> bool:
        """The first of the place, or the one named, is to end as soon as it begins; whether there is one."""
        here = [one for one, its in self._places.items() if its == place and turn_id in {None, one}]
        self._stopped.update(here[:1])
        return bool(here)

    async def over(self, place: Place) -> None:
        """Until every ask of the place that is known now or comes meanwhile is a turn, or nothing."""
        while place in self._places.values():
            self._next = self._next or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._next)

    def begun(self, turn_id: TurnId) -> bool:
        """It is a turn from here on, or nothing; whether it was stopped before."""
        self._places.pop(turn_id, None)
        if self._next is not None:
            self._next.set_result(None)
            self._next = None
        stopped = turn_id in self._stopped
        self._stopped.discard(turn_id)
        return stopped
