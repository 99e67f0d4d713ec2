"""A turn's place in the store: begun once for its request, and claimed when the thread is free for it.

Within this process the thread's lock keeps the order; the store keeps it among all processes, and decides which of two
that were sent the same request answers it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from lea import faults
from lea.auth.permissions import Identity
from lea.errors import Interrupted, LeaError
from lea.ids import MessageId, derived_id
from lea.manager.ask import Ask, Services
from lea.manager.outcome import Timings
from lea.store import beginning, leases
from lea.store.turns import BeginTurn, Begun

LEASE_S = 8.0
"""After its last renewal a process is taken for dead; with two looks, each within 2 s, that is noticed within 12 s."""
LOOK_S = 1.0
"""Between two looks at the store while another process answers; a signal makes the next look at once."""


class Claim:
    """Made with the turn; nothing is written before `start`."""

    def __init__(
        self,
        ask: Ask,
        identity: Identity,
        answer_id: MessageId,
        services: Services,
        timings: Timings,
        on_begun: Callable[[], None],
    ) -> None:
        self.running = False
        self.woken = asyncio.Event()
        self.decided = asyncio.Event()
        """Whether the message is in the store, or will not be."""
        self.on_place: Callable[[int], None] = lambda _: None
        self._ask = ask
        self._identity = identity
        self._answer_id = answer_id
        self._services = services
        self._timings = timings
        self._on_begun = on_begun
        self._begun: asyncio.Task[Begun | LeaError | None] | None = None

    @property
    def begun(self) -> bool:
        """Whether the store has the turn as this process's."""
        return self._begun is not None and self._begun.done() and isinstance(self._begun.result(), Begun)

    def start(self) -> None:
        """Save the message, whatever becomes of whoever asked."""
        self._begun = self._services.settling.spawn("turn.begin", self._begin())

    async def known(self) -> Begun | LeaError | None:
        """How beginning went; None if an earlier turn of this request began. Nothing where none was started."""
        if self._begun is None:
            self.decided.set()
            return None
        return await asyncio.shield(self._begun)

    async def saved(self) -> Begun | None:
        """The message as it was saved; None if this request began a turn before. Raises what beginning raised."""
        begun = await self.known()
        if isinstance(begun, LeaError):
            raise begun
        return begun

    async def granted(self) -> Begun | None:
        """As `saved`, once this turn may answer; waits for turns of other processes. Raises Interrupted if given up."""
        begun = await self.saved()
        if begun is not None and not self.running:
            await self._wait(begun)
            self.running = True
        self._timings.mark("saved_message")
        return begun

    async def _wait(self, begun: Begun) -> None:
        while begun.waiting and (place := await self._place()):
            self.on_place(place)
            await self.wait_a_moment()

    async def wait_a_moment(self) -> None:
        """Until the next look at the store; what happened during the last one ends the wait at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await self.woken.wait()
        self.woken.clear()

    async def _place(self) -> int:
        ask, user_id = self._ask, self._identity.user_id
        place = await self._services.store.write(
            partial(leases.claim, user_id=user_id, thread_id=ask.thread_id, turn_id=ask.turn_id),
            order=(user_id, ask.thread_id),
        )
        if place is None:
            raise Interrupted
        return place

    async def _begin(self) -> Begun | LeaError | None:
        """A refusal is a value here, since a turn that is stopped may never ask for it."""
        ask = self._ask
        turn = BeginTurn(
            turn_id=ask.turn_id,
            owner=self._services.owner,
            lease_s=LEASE_S,
            user_id=self._identity.user_id,
            company_id=self._identity.company_id,
            thread_id=ask.thread_id,
            request_id=ask.request_id,
            body_hash=ask.body_hash,
            user_message_id=MessageId(derived_id("m", ask.turn_id, "user")),
            assistant_message_id=self._answer_id,
            kind=ask.kind,
            text=ask.text,
            parent_id=ask.parent_id,
            now=self._services.clock.now(),
            attachments=ask.attachments,
            origin="api" if ask.unlisted else None,
        )
        try:
            order = (turn.user_id, turn.thread_id)
            begun = await self._services.store.write(partial(beginning.begin, turn=turn), order=order)
        except LeaError as error:
            return error
        finally:
            self.decided.set()
        if begun is not None:
            faults.reach("turn.begun")
            self._on_begun()
        return begun
