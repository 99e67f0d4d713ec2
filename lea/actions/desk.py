"""Where actions are run for turns and requests: one transaction each, and whoever should know is told after it."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

import structlog

from lea import faults
from lea.actions.action import AnyAction, Arguments, Look, NeedsAnswer, Outside, Preview, Scope, Write
from lea.actions.consent import Decided, ask, decide
from lea.actions.doing import Done, Place, begin, foreseen, previewed, written
from lea.actions.elsewhere import concluded, perform
from lea.actions.registry import Registry, rule_of
from lea.actions.telling import receipt_event
from lea.actions.undoing import undo, undo_last
from lea.clock import Clock
from lea.config import Actions
from lea.errors import ExternalTimeout, LeaError
from lea.events.answer import Action
from lea.events.frames import Event
from lea.ids import CompanyId, TurnId, UserId
from lea.llm.provider import Tool
from lea.resilience.cache import LookupCache
from lea.sentences import Language
from lea.sources.combined import ForeignJobs, jobs_over
from lea.sources.source import OPEN_STATES, JobsData, JobsMetrics, Source
from lea.store import acts
from lea.store.acts import Connection, Receipt
from lea.store.confirmations import Asked, Decision, open_in
from lea.store.engine import Store

T = TypeVar("T")
Policies = dict[str, tuple[str, str]]
LISTED: Final = 200
"""Most jobs of a state that are looked at."""

log = structlog.get_logger()


class CompanyFacts:
    """Where a company's looks look; see Facts."""

    def __init__(self, store: Store, source: Source, foreign: ForeignJobs, company_id: CompanyId) -> None:
        self._store = store
        self._source = source
        self._foreign = foreign
        self._company_id = company_id

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """See Store."""
        return await self._store.read(unit)

    async def jobs(self, department: str | None, state: str | None) -> JobsData:
        """Open jobs as the session knows them; those that are over are looked for."""
        if state is None or state in OPEN_STATES:
            found = await self._source.jobs(self._company_id)
        else:
            found = await jobs_over(self._store, self._foreign, self._company_id, state, LISTED)
        fitting = (job for job in found.jobs if department in {None, job.department} and state in {None, job.state})
        return JobsData(tuple(fitting), found.sources)

    async def jobs_metrics(self) -> JobsMetrics:
        """See Source."""
        return await self._source.jobs_metrics(self._company_id)


class Desk:
    """`changed` is told of every receipt whose effect has just been committed or taken back.

    `tell` reaches a person's tabs. `forget` drops what is kept of a company's policies, at every process.
    """

    def __init__(
        self,
        registry: Registry,
        store: Store,
        source: Source,
        clock: Clock,
        settings: Actions,
        policies: LookupCache[Policies],
        forget: Callable[[CompanyId], None],
        changed: Callable[[Receipt], None],
        tell: Callable[[UserId, Event], None],
        foreign: ForeignJobs,
    ) -> None:
        self.registry = registry
        self.settings = settings
        self._store = store
        self._source = source
        self._clock = clock
        self._policies = policies
        self.decided_anew = forget
        self._changed = changed
        self.tell = tell
        self._foreign = foreign

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now()

    def event(self, receipt: Receipt, language: Language) -> Action:
        """What tells of a receipt."""
        return receipt_event(receipt, language, undoable=isinstance(self.registry.get(receipt.name), Write))

    async def open_question(self, scope: Scope) -> Asked | None:
        """What the conversation waits for a decision on, if that is the last thing it asked."""
        return await self._store.read(
            lambda connection: open_in(connection, scope.identity.user_id, scope.thread_id, scope.now)
        )

    async def policies(self, company_id: CompanyId) -> Policies:
        """What the company decided; kept for a while, and dropped when it decides anew."""
        known = await self._policies.get(
            company_id, lambda: self._store.read(lambda connection: acts.policies(connection, company_id))
        )
        return known or {}

    async def tools(self, company_id: CompanyId) -> tuple[Tool, ...]:
        """What the model may call for; nothing while it cannot be known what the company allows."""
        try:
            return self.registry.tools(await self.policies(company_id))
        except LeaError as error:
            log.warning("actions.policies_unknown", company_id=company_id, error=error.reason)
            return ()

    async def rule(self, action: AnyAction, company_id: CompanyId, *, proposed: bool) -> str:
        """`allow`, `ask` or `deny`."""
        return rule_of(action, await self.policies(company_id), proposed=proposed)

    async def look(self, action: Look[Any], scope: Scope, arguments: Arguments) -> str:
        """Raises LeaError or NeedsAnswer."""
        facts = CompanyFacts(self._store, self._source, self._foreign, scope.identity.company_id)
        return await action.run(scope, arguments, facts)

    async def foresee(
        self, action: Write[Any] | Outside[Any], scope: Scope, arguments: Arguments, place: Place
    ) -> None:
        """Find out whether it can be begun. Raises LeaError, or NeedsAnswer."""
        if isinstance(action, Write):
            unit = partial(foreseen, action=action, scope=scope, arguments=arguments, place=place)
            _clear(await self._store.read(unit))

    async def write(self, action: Write[Any] | Outside[Any], scope: Scope, arguments: Arguments, place: Place) -> Done:
        """Do it once. Raises LeaError, or NeedsAnswer where nothing was done."""
        faults.reach("action.starting")
        if isinstance(action, Outside):
            return await self._outside(action, scope, arguments, place)
        unit = partial(written, action=action, scope=scope, arguments=arguments, place=place)
        done = _clear(await self._store.write(unit))
        faults.reach("action.recorded")
        self._told(done)
        return done

    async def ask(self, action: Write[Any] | Outside[Any], scope: Scope, arguments: Arguments, place: Place) -> Asked:
        """Save the question whether to. Raises LeaError, or NeedsAnswer where there is nothing to decide yet."""
        preview = await self._preview(action, scope, arguments)
        unit = partial(
            ask, action=action, scope=scope, preview=preview, place=place, lasts_s=self.settings.confirmation_lasts
        )
        asked = await self._store.write(unit)
        faults.reach("confirmation.asked")
        return asked

    async def decide(
        self,
        scope: Scope,
        confirmation_id: str,
        decision: Decision,
        edited: Mapping[str, Any] | None,
        told_in: TurnId | None = None,
    ) -> Decided:
        """See consent.decide; an effect elsewhere is begun by it and performed by `finish`."""
        unit = partial(
            decide,
            registry=self.registry,
            scope=scope,
            confirmation_id=confirmation_id,
            decision=decision,
            edited=edited,
            told_in=told_in,
        )
        decided = await self._store.write(unit)
        faults.reach("confirmation.decided")
        if decided.fresh and decided.receipt is not None and decided.receipt.state == "succeeded":
            self._changed(decided.receipt)
        return decided

    async def finish(self, scope: Scope, receipt: Receipt) -> Receipt:
        """Perform what was begun; it stays `pending` where nobody knows what came of it."""
        action = self.registry.get(receipt.name)
        if receipt.state != "pending" or not isinstance(action, Outside):
            return receipt
        effect = await perform(action, scope, receipt, self.settings.outside_timeout)
        return receipt if effect is None else await self.conclude(receipt, effect)

    async def conclude(self, receipt: Receipt, effect: Any) -> Receipt:
        """It has become known how something pending ended."""
        ended = concluded(receipt, effect, self.now())
        if await self._store.write(lambda connection: acts.conclude(connection, ended)):
            self._changed(ended)
        return ended

    async def undo(self, scope: Scope, key: str | None) -> Receipt | None:
        """Take back what was done under `key`, or last in this conversation. Raises as undoing.undo."""
        if key is None:
            undone = await self._store.write(partial(undo_last, registry=self.registry, scope=scope))
        else:
            undone = await self._store.write(partial(undo, registry=self.registry, scope=scope, key=key))
        faults.reach("action.undone")
        if undone is not None:
            self._changed(undone)
        return undone

    async def _preview(self, action: Write[Any] | Outside[Any], scope: Scope, arguments: Arguments) -> Preview:
        if isinstance(action, Outside):
            try:
                async with asyncio.timeout(self.settings.outside_timeout):
                    return await action.preview(scope, arguments)
            except TimeoutError:
                raise ExternalTimeout from None
        return _clear(await self._store.read(partial(previewed, action=action, scope=scope, arguments=arguments)))

    async def _outside(self, action: Outside[Any], scope: Scope, arguments: Arguments, place: Place) -> Done:
        preview = await self._preview(action, scope, arguments)
        unit = partial(begin, action=action, scope=scope, arguments=arguments, place=place, preview=preview)
        done = await self._store.write(unit)
        faults.reach("action.recorded")
        return Done(await self.finish(scope, done.receipt), fresh=True) if done.fresh else done

    def _told(self, done: Done) -> None:
        if done.fresh:
            self._changed(done.receipt)


def _clear(found: T | NeedsAnswer) -> T:
    if isinstance(found, NeedsAnswer):
        raise found
    return found
