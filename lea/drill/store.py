"""The store everybody uses; while a drill runs, its company's turns may wait before they are begun and saved."""

import asyncio
from collections.abc import Hashable
from functools import partial
from typing import Final, TypeVar

from lea.config import Database
from lea.drill.target import Target
from lea.store.engine import Store, Unit
from lea.store.turns import BeginTurn, EndTurn
from lea.tasks import TaskOwner

T = TypeVar("T")

SLOW_S: Final = 1.0


class DrillStore(Store):
    """A Store; the wait is the turn's own, before its unit joins the others', so that nobody waits behind it."""

    def __init__(self, config: Database, tasks: TaskOwner, target: Target) -> None:
        super().__init__(config, tasks)
        self._target = target

    async def write(self, unit: Unit[T], *, order: Hashable = None) -> T:
        """See Store."""
        if self._target.company_id is not None and self._delayed(unit):
            await asyncio.sleep(SLOW_S)
        return await super().write(unit, order=order)

    def _delayed(self, unit: Unit[T]) -> bool:
        """Whether the unit is the begin or the end of a turn to be slowed: partials over that turn."""
        match unit.keywords.get("turn") if isinstance(unit, partial) else None:
            case BeginTurn() as turn if self._target.strikes(turn.company_id, "database_slow"):
                self._target.slowed.add(turn.turn_id)
                return True
            case EndTurn() as turn if turn.turn_id in self._target.slowed:
                self._target.slowed.discard(turn.turn_id)
                return True
        return False
