"""One turn: the person's message and everything Léa does until `done`.

It belongs to the server: readers come and go, only Stop or the end of the process cut it short, and whatever happens
its end is saved before it is told.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Literal

import structlog

from lea import faults
from lea.auth.permissions import Identity
from lea.bus.port import Topic
from lea.errors import Conflict, InternalError, Interrupted, LeaError
from lea.events.answer import Connecting, Queued, Stage
from lea.ids import MessageId, derived_id
from lea.manager.acting import Acted, Acting
from lea.manager.answer import Answer
from lea.manager.ask import Ask, Services
from lea.manager.attachment_reading import attached
from lea.manager.attachments import Attached
from lea.manager.bill import Bill
from lea.manager.calling import Calling
from lea.manager.carrying import Carrying
from lea.manager.claim import Claim
from lea.manager.cpu import CpuTime
from lea.manager.draft import Draft
from lea.manager.earlier import Earlier
from lea.manager.ending import report, save
from lea.manager.locks import Ticket
from lea.manager.outcome import Outcome, Timings, from_store
from lea.manager.prelude import KNOWN, Prelude
from lea.manager.recall import Recall
from lea.manager.session import LLMSession
from lea.manager.thread import History, Thread
from lea.messages import Assistant, User
from lea.records.citing import cited
from lea.store import turns as rows

log = structlog.get_logger()


class Turn:
    """Runs once; `ended` resolves with the outcome after it is saved and told.

    Nothing it holds calls back into it: turns that held themselves would wait for the garbage collector, 10 KB each.
    """

    def __init__(
        self,
        ask: Ask,
        identity: Identity,
        topic: Topic,
        draft: Draft,
        services: Services,
        on_begun: Callable[[], None],
        *,
        asked_before: bool,
    ) -> None:
        """`on_begun` is called once the store has the turn: from there on other processes may hear of it.

        Of a request that was `asked_before` only the store still knows the answer, so it is asked before the model.
        """
        self.ask = ask
        self.identity = identity
        self.topic = self._own_topic = topic
        self.ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.outcome = Outcome(ask.turn_id, ask.thread_id, MessageId(derived_id("m", ask.turn_id, "assistant")))
        self._cut_as: Literal["stopped", "interrupted"] | None = None
        self._running: asyncio.Task[None] | None = None
        self._draft = draft
        self._services = services
        self._timings = Timings(ask.before_ms)
        self._made = perf_counter()
        self._cpu = CpuTime()
        carrying = Carrying(ask, identity, topic, services.desk)
        self._bill = Bill(ask, identity, services, self.outcome)
        self._answer = Answer(
            ask, topic, draft, services, self.outcome, self._timings, Calling(carrying), self._bill, self._cpu
        )
        self.claim = Claim(
            ask,
            identity,
            self.outcome.message_id,
            services,
            self._timings,
            partial(_begun, self._answer, self._timings, on_begun),
        )
        self._recall = Recall(ask, identity, services, self.claim.granted, self._timings)
        self._prelude = Prelude(ask, Acting(carrying), self._recall, self.claim.granted, self._timings)
        self._ticket: Ticket | None = None
        self._session: LLMSession | None = None
        self._thread: Thread | None = None
        self._replayed = False
        self._store_first = asked_before or not services.sole
        self._earlier = Earlier(ask, identity, services, self.claim)
        self.unknown = False
        """Whether its conversation was deleted: nobody may ask for what it told any more."""
        topic.publish(Connecting(ask.thread_id, ask.turn_id))

    @property
    def elsewhere(self) -> bool:
        """Whether another process answers this request, and only that one's word counts."""
        return self._earlier.elsewhere

    @property
    def timings_ms(self) -> dict[str, float]:
        """As far as it has come, and `now`."""
        return {**self._timings.ms, "now": round((perf_counter() - self._made) * 1000, 3)}

    async def run(self) -> None:
        """Answer, then save and tell the end, even when cancelled on the way; its steps are its session's CPU time."""
        await self._cpu.measure(self._run())

    async def _run(self) -> None:
        try:
            self._running = asyncio.current_task()
            faults.reach("turn.started")
            if self._cut_as is None:
                await self._work()
            else:
                self.claim.start()
        except asyncio.CancelledError:
            self._cut_as = self._cut_as or "interrupted"
            self.outcome.fail(Interrupted())
        except LeaError as error:
            self.outcome.fail(error)
        except Exception as error:  # a mistake of ours ends this turn with an answer, not in silence
            log.error("turn.crashed", turn_id=self.ask.turn_id, exc_info=error)
            self.outcome.fail(InternalError())
        if self._cut_as is not None and not self.elsewhere:
            self.outcome.improve(self._cut_as)
        await _to_the_end(self._services.settling.spawn("turn.settle", self._cpu.measure(self._settle())))

    def cut(self, how: Literal["stopped", "interrupted"]) -> None:
        """End the answer here and keep what was said; nothing happens to a turn that is being saved.

        A task that is cancelled before its first step never runs at all, hence the look at whether it did.
        """
        self._cut_as = how
        if self._running is not None:
            self._running.cancel()

    async def _work(self) -> None:
        session, _ = await self._services.manager.session(self.identity)
        thread = session.thread(self.ask.thread_id)
        self._session, self._thread = session, thread
        self._cpu.belongs_to(session.cpu)
        session.turns[self.ask.turn_id] = self
        self._ticket = thread.join()
        self._ticket.turn_id = self.ask.turn_id
        self._timings.mark("began")
        self.claim.start()
        if self._store_first and await self.claim.saved() is None:
            return await self._tell_again()
        await self._wait_for_turn(self._ticket)
        acted = await self._prelude.act(thread)
        if acted == KNOWN:
            return await self._tell_again()
        if isinstance(acted, Acted) and acted.final:
            asked: str | None = await self._answer.tell(acted, session, self.claim.granted)
        else:
            asked = await self._ask_model(session, thread, acted.text if isinstance(acted, Acted) else "")
        return None if asked == "answered" else await self._tell_again()

    async def _ask_model(self, session: LLMSession, thread: Thread, acted: str) -> str | None:
        """`answered`, or why not; loads what the answer is about first."""
        self.topic.publish(Stage("loading"))
        self._timings.mark("loading")
        loading = perf_counter()
        times, said, tools, _ = await asyncio.gather(
            session.ensure_loaded(),
            self._said(thread),
            self._services.desk.tools(session.company_id),
            self._bill.ready(),
        )
        self._timings.add("load", perf_counter() - loading)
        for phase, seconds in times.phases.items():
            self._timings.add(f"load_{phase}", seconds)
        ask = partial(
            self._answer.ask_model, session, granted=self.claim.granted, acted=acted, about=thread.about, tools=tools
        )
        asked = None if said is None else await ask(*said)
        if asked == "stale":
            thread.history = None
            fresh = await self._said(thread)
            asked = None if fresh is None else await ask(*fresh)
        if asked == "stale":
            raise Conflict
        return asked

    async def _said(self, thread: Thread) -> tuple[History, Attached] | None:
        """What was said before, and the files it is about; None if this request was answered before."""
        history = await self._recall.history(thread)
        if history is None:
            return None
        reading = perf_counter()
        files = await attached(self.ask, self.identity, self._services, self.claim.granted, history)
        if files.texts:
            self._timings.add("load_attachments", perf_counter() - reading)
        return history, files

    async def _wait_for_turn(self, ticket: Ticket) -> None:
        """In this process's queue first, then until no other process answers the thread."""
        if ticket.position:
            self.topic.publish(Queued(ticket.position))
            ticket.on_move = partial(_tell_place, self.topic)
        self._timings.add("queued", await ticket.wait())
        if not self._services.sole:
            self.claim.on_place = partial(_tell_place, self.topic)
            await self.claim.granted()

    async def _tell_again(self) -> None:
        """This request was sent before."""
        stored, self.topic = await self._earlier.tell(self.topic)
        self.outcome = from_store(stored)
        self._replayed = True

    async def _settle(self) -> None:
        """Save, then tell; the thread is the next one's only after both."""
        self._answer.over()
        try:
            begun = await self.claim.known()
            if not self.elsewhere:  # what another process answers ends when that one says so
                await self._tell_the_end(begun)
        finally:
            self._own_topic.end()
            if self._ticket is not None:
                self._ticket.release()
            if self._session is not None and self._thread is not None:
                self._session.turns.pop(self.ask.turn_id, None)
                self._session.rest(self._thread)
                if self.ask.unlisted:
                    self._session.forget(self._thread.id)
            self.ended.set_result(self.outcome)
            self._bill.settle()
        report(self._services, self.ask, self.identity, self.outcome, self.timings_ms, replayed=self._replayed)

    async def _tell_the_end(self, begun: rows.Begun | LeaError | None) -> None:
        self._tell_failure()
        if isinstance(begun, rows.Begun) and not self._draft:
            self._draft.begin_with(begun.prefix)  # cut before it could go on: what was said is kept
        if not self._replayed:
            self._conclude()
            if begun is not None:
                await self._save(begun)
        if begun is None:
            self._bill.answered_before()
        self.outcome.citations = await cited(self._services.store, self.identity.company_id, self.outcome.text)
        self.topic.publish(self.outcome.done())
        faults.reach("turn.told")

    def _conclude(self) -> None:
        """Add up what it took. A mistake in the accounting costs the account, never the answer."""
        self.outcome.text = self._draft.text()
        try:
            self.outcome.account()
        except Exception as error:  # a price list's surprise must not stand between an answer and its saving
            log.error("turn.not_accounted", turn_id=self.ask.turn_id, exc_info=error)
        self._timings.mark("ended")
        self.outcome.timings_ms = dict(self._timings.ms)
        self.outcome.events = self.topic.count + 1

    async def _save(self, begun: rows.Begun | LeaError) -> None:
        """Save the end, and let memory follow what the store has."""
        faults.reach("turn.answered")
        error = await save(self._services, self.outcome, self._bill)
        faults.reach("turn.saved")
        self._timings.mark("saved_answer")
        if error is None:
            self._services.manager.saved_ms[self.ask.turn_id] = self._timings.ms["saved_answer"]
        thread = self._thread
        if error is not None:
            self.outcome.fail(error)
            self._tell_failure()
        if thread is None or thread.history is None or self.ask.unlisted:
            return
        if error is None and isinstance(begun, rows.Begun) and thread.history.head == begun.parent_id:
            thread.said(self.outcome.message_id, User(begun.text, begun.files), Assistant(self.outcome.text))
            self._services.snapshots.keep_history(self.identity.user_id, self.ask.thread_id, thread.history)
        else:
            thread.history = None

    def _tell_failure(self) -> None:
        failed = self.outcome.failed_event(self.ask.language)
        if failed is not None:
            self.topic.publish(failed)


def _begun(answer: Answer, timings: Timings, on_begun: Callable[[], None]) -> None:
    timings.mark("committed")
    answer.begun()
    on_begun()


def _tell_place(topic: Topic, position: int) -> None:
    topic.publish(Queued(position))


async def _to_the_end(work: asyncio.Task[None]) -> None:
    """Wait for `work` even while being cancelled; its own waits are bounded."""
    while not work.done():
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            continue
