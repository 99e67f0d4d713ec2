"""The run that asks: its one job is the turn of a moment, begun once and waited for, whatever dies on the way.

The ids of the turn follow from the run, so that a job that is worked at again finds the turn it began.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from hashlib import blake2b
from typing import ClassVar, Final

from lea import faults
from lea.asking.phrases import say
from lea.auth.permissions import Identity
from lea.clock import Clock
from lea.errors import Interrupted, LeaError, of_reason
from lea.events.answer import FinishReason
from lea.events.frames import Event
from lea.events.notice import ScheduleChanged
from lea.ids import RequestId, ThreadId, TurnId, UserId, derived_id
from lea.manager.ask import Ask
from lea.manager.turns import TRANSIENT, Turns
from lea.runs.pipeline import Finished, JobSpec, RunScope
from lea.schedules.words import moment_words
from lea.store import accounts, schedules
from lea.store import turns as rows
from lea.store.engine import Store
from lea.store.runs import PERSONAL
from lea.store.schedules import Connection, Result, Schedule
from lea.store.turns import TurnKind

NAME: Final = "scheduled_ask"
REQUEST: Final = "sch"
AGAIN: Final = 2
"""How often a moment's question is answered at the most: an answer that a process took along when it died once more."""
ENDED: Final[dict[FinishReason, Result]] = {"stopped": "stopped", "interrupted": "failed", "error": "failed"}


class ScheduledAsk:
    """Arguments: `schedule_id`, the `text`, `due_at`, and `late_s` where the server was away at that time."""

    name: ClassVar[str] = NAME
    family: ClassVar[str] = PERSONAL + NAME
    steps: ClassVar[tuple[str, ...]] = ("ask",)
    concurrency: ClassVar[int] = 1
    attempts: ClassVar[int] = 6

    def __init__(
        self,
        store: Store,
        turns: Turns,
        clock: Clock,
        count: Callable[[UserId], Awaitable[None]],
        tell: Callable[[UserId, Event], None],
    ) -> None:
        """`count` counts a request of a user, and raises TooMany; `tell` reaches a person's tabs."""
        self._store = store
        self._turns = turns
        self._clock = clock
        self._count = count
        self._tell = tell

    async def plan(self, scope: RunScope) -> Sequence[JobSpec]:
        """The one job; nothing in it is said to others."""
        return [JobSpec("ask", say("title", scope.language), {}, "ask")]

    async def work(self, scope: RunScope, job: JobSpec) -> Finished:
        """Ask, and wait for the end of the turn. Raises LeaError where trying again may help."""
        schedule_id = str(scope.arguments["schedule_id"])
        found = await self._store.read(
            lambda connection: (schedules.find(connection, schedule_id), accounts.find(connection, scope.user_id))
        )
        schedule, account = found
        if schedule is None:
            return Finished(say("gone", scope.language))
        if account is None or account.disabled or account.company_id != scope.company_id:
            return self._disabled(scope, schedule)
        identity = Identity.of(account, "token")
        for attempt in range(AGAIN):
            ask = ask_of(scope, schedule, attempt)
            finish, error = await self._asked(identity, ask)
            if finish != "interrupted" or not await self._is_last(ask, scope):
                break
        return self._finished(scope, schedule, ask, ENDED.get(finish, "answered"), error)

    async def _asked(self, identity: Identity, ask: Ask) -> tuple[FinishReason, LeaError | None]:
        """How its turn ended, begun now unless it was."""
        state = await self._store.read(lambda connection: schedules.turn_state(connection, ask.turn_id))
        if state == "live" and not self._turns.may_be_live(ask.turn_id):
            raise Interrupted  # its process is dead, which is about to be written down
        if state == "ended":
            stored = await self._store.read(partial(rows.find_turn, user_id=identity.user_id, turn_id=ask.turn_id))
            if stored is not None:
                return stored.finish_reason, None if stored.error_code is None else of_reason(stored.error_code)
        if not self._turns.known(ask):
            self._turns.admit(identity, ask)
            if state == "none":
                await self._count(identity.user_id)
        faults.reach("schedule.asking")
        outcome = await self._turns.outcome(identity, ask)
        faults.reach("schedule.asked")
        if outcome.error is not None and outcome.error.reason in TRANSIENT:
            raise outcome.error
        return outcome.finish_reason, outcome.error

    async def _is_last(self, ask: Ask, scope: RunScope) -> bool:
        """Whether nobody has gone on in its conversation: only then its message can be answered again."""
        unit = partial(schedules.is_last, user_id=scope.user_id, thread_id=ask.thread_id, turn_id=ask.turn_id)
        return await self._store.read(unit)

    def _finished(
        self, scope: RunScope, schedule: Schedule, ask: Ask, result: Result, error: LeaError | None
    ) -> Finished:
        code = None if error is None else error.reason
        unit = partial(self._told, scope=scope, schedule=schedule, turn_id=ask.turn_id, result=result, code=code)
        wrong = "" if error is None else error.detail(scope.language)
        summary = say(result, scope.language, thread=ask.thread_id, why=wrong)
        return Finished(summary, unit, over=partial(self._changed, schedule, result))

    def _disabled(self, scope: RunScope, schedule: Schedule) -> Finished:
        def unit(connection: Connection) -> None:
            schedules.pause_disabled(connection, schedule.id, self._clock.now())
            self._told(connection, scope, schedule, None, "disabled", None)

        return Finished(say("disabled", scope.language), unit)

    def _told(
        self,
        connection: Connection,
        scope: RunScope,
        schedule: Schedule,
        turn_id: TurnId | None,
        result: Result,
        code: str | None,
    ) -> None:
        schedules.told(connection, schedule.id, scope.run_id, turn_id, result, code, self._clock.now())

    def _changed(self, schedule: Schedule, result: Result) -> None:
        self._tell(schedule.user_id, ScheduleChanged(schedule.id, schedule.state, result))


def ask_of(scope: RunScope, schedule: Schedule, attempt: int) -> Ask:
    """The turn of a run; after the first `attempt` the same message is answered again, and nothing is said twice."""
    kind: TurnKind = "regenerate" if attempt else "message"
    request_id = RequestId(derived_id(REQUEST, scope.run_id, str(attempt)))
    text, thread_id = "" if attempt else _said(scope, schedule), ThreadId(schedule.thread_id)
    return Ask(
        thread_id=thread_id,
        turn_id=TurnId(derived_id("t", scope.user_id, request_id)),
        request_id=request_id,
        body_hash=blake2b("\0".join(("schedule", kind, thread_id, text)).encode(), digest_size=16).hexdigest(),
        kind=kind,
        text=text,
        parent_id=None,
        language=scope.language,
    )


def _said(scope: RunScope, schedule: Schedule) -> str:
    """What is asked, and when it should have been where that is long ago."""
    text = str(scope.arguments["text"])
    if not scope.arguments.get("late_s"):
        return text
    moment = moment_words(scope.arguments["due_at"], schedule.rule["time_zone"], scope.language)
    return f"{text}\n\n{say('late', scope.language, moment=moment)}"
