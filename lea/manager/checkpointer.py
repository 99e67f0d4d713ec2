"""Keeps what live answers have said so far: one transaction for all of them, every 250 ms."""

import asyncio
from dataclasses import dataclass

import structlog

from lea import faults
from lea.errors import LeaError
from lea.ids import MessageId, TurnId
from lea.manager.draft import Draft
from lea.metrics import CHECKPOINT_SECONDS
from lea.store import checkpoints
from lea.store.checkpoints import Checkpoint
from lea.store.engine import Store

TICK_S = 0.25
"""A crash loses at most what was said since the last tick, and the time of its commit."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Watched:
    """A live answer; `prompt_tokens` is an estimate, for the case that the provider can no longer tell."""

    turn_id: TurnId
    message_id: MessageId
    draft: Draft
    provider: str
    model: str
    prompt_tokens: int


class Checkpointer:
    """Watches answers from the moment their message is committed and a model is asked until they are saved whole."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._watched: dict[TurnId, Watched] = {}
        self._new: set[TurnId] = set()

    def watch(self, watched: Watched) -> None:
        """A model is asked: who and what is kept by the next tick, whether it has said something by then or not."""
        self._watched[watched.turn_id] = watched
        self._new.add(watched.turn_id)

    def unwatch(self, turn_id: TurnId) -> None:
        """The whole answer is about to be saved."""
        self._watched.pop(turn_id, None)
        self._new.discard(turn_id)

    async def keep_saving(self) -> None:
        """Tick until cancelled. A tick that fails is made up for by the next."""
        while True:
            await asyncio.sleep(TICK_S)
            await self.save()

    async def save(self) -> None:
        """One tick: append what is new, of all live answers together."""
        new, self._new = self._new, set()
        taken = [
            (one, text) for one in self._watched.values() if (text := one.draft.take_unsaved()) or one.turn_id in new
        ]
        if not taken:
            return
        points = [
            Checkpoint(one.turn_id, one.message_id, text, one.provider, one.model, one.prompt_tokens)
            for one, text in taken
        ]
        with CHECKPOINT_SECONDS.time():
            try:
                await self._store.write(lambda connection: checkpoints.save(connection, points))
                faults.reach("checkpoint.saved")
            except LeaError as error:
                self._new |= new & self._watched.keys()
                for one, text in taken:
                    one.draft.give_back(text)
                log.warning("checkpoint.failed", turns=len(taken), error=error.code)
