"""All turns of this process: started once a request, found again, stopped, and ended when the process goes."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import Literal

import structlog
from cachetools import LRUCache

from lea.auth.permissions import Identity
from lea.bus.port import Bus, Signal, Topic
from lea.errors import Conflict, LeaError, Overloaded, TooMany
from lea.events.answer import FinishReason, Snapshot, Stage
from lea.events.notice import TurnBegan, TurnEnded
from lea.ids import CompanyId, ThreadId, TurnId, UserId
from lea.manager.ask import Ask, Services
from lea.manager.coming import Coming, Place
from lea.manager.draft import Draft
from lea.manager.notices import Notices
from lea.manager.outcome import Outcome
from lea.manager.turn import Turn
from lea.metrics import LIVE_TURNS
from lea.resilience.bounds import Bound, Most
from lea.store import leases
from lea.tasks import TaskOwner

REMEMBERED_CHARACTERS = 4_000_000
"""Most text of ended turns remembered for those who ask again; after that the store answers."""
ASKED = 20_000
"""Most turns of which it is remembered that they were, after their outcome is not."""
OUTCOME_CHARACTERS = 4_000
"""What an outcome takes beside its text."""

TRANSIENT = frozenset(
    {
        "queue_full",
        "request_id_reused",
        "overloaded",
        "database_timeout",
        "database_unavailable",
        "database_full",
    }
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Ended:
    place: Place
    body_hash: str
    outcome: Outcome


class Turns:
    """One live turn an id; the turns of a thread in the order they came."""

    def __init__(self, services: Services, bus: Bus, notices: Notices) -> None:
        self._services = services
        self._bus = bus
        self._notices = notices
        self._tasks = TaskOwner()
        self._live: dict[TurnId, tuple[Turn, asyncio.Task[None]]] = {}
        self._threads: dict[Place, list[Turn]] = {}
        self._ended: LRUCache[TurnId, _Ended] = LRUCache(
            REMEMBERED_CHARACTERS, getsizeof=lambda ended: OUTCOME_CHARACTERS + len(ended.outcome.text)
        )
        limits = services.config.limits
        self._bound = Bound("turns", Most(limits.turns_per_user, limits.turns_per_company, limits.turns))
        self._asked: LRUCache[TurnId, bool] = LRUCache(ASKED)
        self._coming = Coming()
        self._watchers: list[Callable[[CompanyId], None]] = []
        self._draining = False
        bus.hear("stop", lambda signal: self.cut(TurnId(signal["turn_id"]), "stopped"))
        bus.hear("ended", lambda signal: self._wake(UserId(signal["user_id"]), ThreadId(signal["thread_id"])))
        bus.hear("forgotten", self._hear_forgotten)
        bus.hear("branched", self._hear_branched)

    def __len__(self) -> int:
        return len(self._live)

    def watch(self, call: Callable[[CompanyId], None]) -> None:
        """Call this with the company of every turn whose end this process has saved; it must not block."""
        self._watchers.append(call)

    def admit(self, identity: Identity, ask: Ask) -> None:
        """What can be known from memory is refused before the stream begins.

        Raises Conflict(`request_id_reused`), TooMany(`queue_full`), Overloaded (too many turns, or `shutting_down`).
        """
        if self._draining:
            raise Overloaded("shutting_down", retry_after_s=5)
        known = self._body_hash(ask.turn_id)
        if known is not None:
            if known != ask.body_hash:
                raise Conflict("request_id_reused")
            return
        self._bound.check(identity.user_id, identity.company_id)
        waiting = len(self._threads.get((identity.user_id, ask.thread_id), ())) - 1
        if waiting >= self._services.config.limits.waiting_per_thread:
            raise TooMany("queue_full", retry_after_s=5)

    def known(self, ask: Ask) -> bool:
        """Whether asking attaches to a turn instead of starting one."""
        return self._body_hash(ask.turn_id) is not None

    def expect(self, identity: Identity, ask: Ask) -> AbstractContextManager[None]:
        """Within the block `follow` will be called: who asks meanwhile to stop the turn is obeyed once it begins."""
        if self.known(ask):
            return nullcontext()
        return self._coming.expect((identity.user_id, ask.thread_id), ask.turn_id)

    async def saved(self, user_id: UserId, thread_id: ThreadId) -> None:
        """Until what was sent to this conversation here is in the store, or refused: who reads it misses nothing."""
        place = (user_id, thread_id)
        await self._coming.over(place)
        for turn in list(self._threads.get(place, ())):
            await turn.claim.decided.wait()

    async def follow(self, identity: Identity, ask: Ask) -> Topic:
        """The topic of this request's turn, started now unless it was before."""
        live = self._live.get(ask.turn_id)
        if live is not None and live[0].elsewhere:
            return await self._services.elsewhere.topic(identity.user_id, ask.turn_id, 0, ask.language)
        topic = self._bus.find(ask.turn_id) if self.known(ask) else None
        return topic if topic is not None else self._start(identity, ask).topic

    async def outcome(self, identity: Identity, ask: Ask) -> Outcome:
        """How this request's turn ended. Leaving early does not end the turn."""
        ended = self._ended.get(ask.turn_id)
        if ended is not None:
            return ended.outcome
        live = self._live.get(ask.turn_id)
        turn = live[0] if live is not None else self._start(identity, ask)
        return await asyncio.shield(turn.ended)

    def live_topic(self, user_id: UserId, thread_id: ThreadId) -> Topic | None:
        """What the thread's turn is telling now; None where it is another process's."""
        turns = self._threads.get((user_id, thread_id))
        return turns[0].topic if turns and (turns[0].claim.running or self._services.sole) else None

    def topic(self, user_id: UserId, thread_id: ThreadId, turn_id: TurnId) -> Topic | None:
        """What a turn of this user's thread tells or told here, as far as it is remembered."""
        place = (user_id, thread_id)
        live = next((turn for turn in self._threads.get(place, ()) if turn.ask.turn_id == turn_id), None)
        if live is not None:
            return None if live.elsewhere else live.topic
        ended = self._ended.get(turn_id)
        return self._bus.find(turn_id) if ended is not None and ended.place == place else None

    async def stop(self, user_id: UserId, thread_id: ThreadId, turn_id: TurnId | None = None) -> bool:
        """Cut the thread's live turn short, or the one named, keeping what was said; whether there was one."""
        here = self._threads.get((user_id, thread_id), [])
        wanted = here[:1] if turn_id is None else [turn for turn in here if turn.ask.turn_id == turn_id]
        if not self._services.sole and not any(turn.claim.running for turn in wanted):
            now = self._services.clock.now()
            asked = await self._services.store.write(
                lambda connection: leases.ask_stop(connection, user_id, thread_id, turn_id, now)
            )
            if asked is not None:
                self.cut(asked, "stopped")
                self._bus.send("stop", {"turn_id": asked})
                return True
        for turn in wanted:
            self.cut(turn.ask.turn_id, "stopped")
        return bool(wanted) or self._coming.stop((user_id, thread_id), turn_id)

    def cut(self, turn_id: TurnId, how: Literal["stopped", "interrupted"]) -> None:
        """End this turn's answer, if this process gives it."""
        live = self._live.get(turn_id)
        if live is not None and not live[0].elsewhere:
            live[0].cut(how)

    def forget(self, user_id: UserId, company_id: CompanyId, thread_id: ThreadId) -> None:
        """The conversation was deleted: whatever it is doing or will do is cut, at every process."""
        self._forget_here(user_id, company_id, thread_id)
        self._bus.send("forgotten", {"user_id": user_id, "company_id": company_id, "thread_id": thread_id})

    def branched(self, user_id: UserId, company_id: CompanyId, thread_id: ThreadId) -> None:
        """Another branch is shown: what memory has of the conversation is not what comes before its next message."""
        self._branched_here(user_id, company_id, thread_id)
        self._bus.send("branched", {"user_id": user_id, "company_id": company_id, "thread_id": thread_id})

    def may_be_live(self, turn_id: TurnId) -> bool:
        """Whether what the store calls live is: only another process can know of a turn that this one does not."""
        return turn_id in self._live or not self._services.sole

    def live(self) -> set[TurnId]:
        """Turns this process answers, or will."""
        return {turn_id for turn_id, (turn, _) in self._live.items() if not turn.elsewhere}

    def held(self) -> list[TurnId]:
        """Of these the ones the store has as this process's."""
        return [turn_id for turn_id, (turn, _) in self._live.items() if turn.claim.begun]

    def tell_ended(
        self,
        user_id: UserId,
        company_id: CompanyId,
        thread_id: ThreadId,
        turn_id: TurnId,
        finish_reason: FinishReason,
    ) -> None:
        """To the person's tabs, and to turns that wait for this one at any process."""
        self._wake(user_id, thread_id)
        self._tell_company(company_id)
        self._notices.tell(user_id, TurnEnded(turn_id, thread_id, finish_reason))
        self._bus.send("ended", {"user_id": user_id, "thread_id": thread_id})

    async def drain(self, grace_s: float) -> None:
        """Take no more turns, let the live ones end, and cut what is left after `grace_s`."""
        self._draining = True
        for turn, _ in self._live.values():
            if not turn.elsewhere:
                turn.topic.publish(Stage("restarting"))
        tasks = [task for _, task in self._live.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=grace_s)
        left = list(self._live.values())
        if left:
            log.warning("turns.interrupted", count=len(left))
            for turn, _ in left:
                turn.cut("interrupted")
            await asyncio.wait([task for _, task in left])

    def _tell_company(self, company_id: CompanyId) -> None:
        for call in self._watchers:
            call(company_id)

    def _body_hash(self, turn_id: TurnId) -> str | None:
        live = self._live.get(turn_id)
        if live is not None:
            return live[0].ask.body_hash
        ended = self._ended.get(turn_id)
        return ended.body_hash if ended is not None else None

    def _start(self, identity: Identity, ask: Ask) -> Turn:
        draft = Draft()
        topic = self._bus.open(ask.turn_id, lambda: Snapshot(draft.text()))
        began = TurnBegan(ask.turn_id, ask.thread_id)

        def begun() -> None:
            self._bus.share(topic)
            if not ask.unlisted:
                self._notices.tell_elsewhere(identity.user_id, began)

        turn = Turn(ask, identity, topic, draft, self._services, begun, asked_before=ask.turn_id in self._asked)
        self._asked[ask.turn_id] = True
        place = (identity.user_id, ask.thread_id)
        self._threads.setdefault(place, []).append(turn)
        task = self._tasks.spawn(f"turn:{ask.turn_id}", turn.run())
        self._live[ask.turn_id] = (turn, task)
        self._bound.enter(identity.user_id, identity.company_id)
        LIVE_TURNS.set(len(self._live))
        if not ask.unlisted:
            self._notices.tell_here(identity.user_id, began)
        task.add_done_callback(lambda _: self._forget(place, turn))
        if self._coming.begun(ask.turn_id):
            turn.cut("stopped")
        return turn

    def _forget(self, place: Place, turn: Turn) -> None:
        del self._live[turn.ask.turn_id]
        self._bound.leave(turn.identity.user_id, turn.identity.company_id)
        LIVE_TURNS.set(len(self._live))
        turns = self._threads[place]
        turns.remove(turn)
        if not turns:
            del self._threads[place]
        if not turn.elsewhere:
            user_id, thread_id = place
            reason = turn.outcome.finish_reason
            if turn.ask.unlisted:  # no tab shows it, and nobody waits for it
                self._tell_company(turn.identity.company_id)
            else:
                self.tell_ended(user_id, turn.identity.company_id, thread_id, turn.ask.turn_id, reason)
        if turn.ended.done() and not (turn.elsewhere or turn.unknown) and not _transient(turn.outcome.error):
            with suppress(ValueError):  # longer than all that is remembered: the store answers
                self._ended[turn.ask.turn_id] = _Ended(place, turn.ask.body_hash, turn.outcome)

    def _forget_here(self, user_id: UserId, company_id: CompanyId, thread_id: ThreadId) -> None:
        for turn in self._threads.get((user_id, thread_id), []):
            turn.unknown = True
            self.cut(turn.ask.turn_id, "stopped")
        for turn_id in [turn_id for turn_id, ended in self._ended.items() if ended.place == (user_id, thread_id)]:
            del self._ended[turn_id]
        forgetting = self._services.manager.forget_thread(user_id, company_id, thread_id)
        self._services.settling.spawn("thread.forgotten", forgetting)

    def _hear_forgotten(self, signal: Signal) -> None:
        user_id, company_id = UserId(signal["user_id"]), CompanyId(signal["company_id"])
        self._forget_here(user_id, company_id, ThreadId(signal["thread_id"]))

    def _branched_here(self, user_id: UserId, company_id: CompanyId, thread_id: ThreadId) -> None:
        self._services.manager.forget_history(user_id, company_id, thread_id)

    def _hear_branched(self, signal: Signal) -> None:
        user_id, company_id = UserId(signal["user_id"]), CompanyId(signal["company_id"])
        self._branched_here(user_id, company_id, ThreadId(signal["thread_id"]))

    def _wake(self, user_id: UserId, thread_id: ThreadId) -> None:
        for turn in self._threads.get((user_id, thread_id), []):
            turn.claim.woken.set()


def _transient(error: LeaError | None) -> bool:
    """A turn that was never saved left no trace: asking again may start it."""
    return error is not None and error.reason in TRANSIENT
