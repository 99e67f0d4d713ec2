"""What a turn does beside answering: what the message plainly asks, what the model calls for, what was decided."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import structlog

from lea.actions.action import AnyAction, Arguments, Look, NeedsAnswer, Outside, Scope, Write
from lea.actions.desk import Desk
from lea.actions.doing import Done, Place, understood
from lea.actions.intents import Intent
from lea.actions.phrases import say
from lea.actions.telling import confirm_event
from lea.auth.permissions import Identity
from lea.bus.port import Topic
from lea.errors import BadRequest, LeaError
from lea.events import Action, Confirm, Stage
from lea.ids import MessageId
from lea.llm.offline.markdown import escaped
from lea.manager.ask import Ask
from lea.messages import ToolCall, ToolResult
from lea.sentences import SENTENCES, Language, sentence
from lea.store.acts import Receipt
from lea.store.confirmations import Asked, Decision

RESULT_CHARACTERS: Final = 20_000
"""Most of a look that is shown to the model."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done or found, as Markdown; `final` is told as it is, anything else a model makes words of."""

    text: str
    final: bool = True


@dataclass(frozen=True, slots=True)
class Called:
    """What came of the model's calls, one result each, and what has to be decided before it can go on."""

    results: tuple[ToolResult, ...]
    asked: tuple[Asked, ...] = ()


class Acting:
    """Belongs to a turn, whose readers it tells."""

    def __init__(self, ask: Ask, identity: Identity, topic: Topic, desk: Desk) -> None:
        self._ask = ask
        self._identity = identity
        self._topic = topic
        self._desk = desk
        self.about = ""
        """The reference of the last file something was done to."""

    async def plainly(self, intent: Intent, message_id: MessageId, last: str) -> Acted | None:
        """Do what the message asks in so many words; None where that turns out not to be an action."""
        scope, place = self._scope(intent.language), Place(self._ask.turn_id, message_id)
        try:
            if intent.action in {"approve", "reject"}:
                return await self._decide(intent, scope, last)
            if intent.action == "undo":
                return self._undone(await self._desk.undo(scope, None), scope)
            action = self._desk.registry.get(intent.action)
            if action is None:
                return None
            return await self._do(action, scope, understood(action.arguments, intent.arguments), place)
        except NeedsAnswer as unclear:
            return Acted(unclear.question)
        except LeaError as error:
            return Acted(say("cannot", scope.language, what=_why(error, scope.language)))

    async def decided(self) -> Acted:
        """What came of the decision this turn is about. Raises NotFound."""
        assert self._ask.confirmation is not None
        scope = self._scope(self._ask.language)
        asked, receipt = self._ask.confirmation, self._ask.receipt
        self._topic.publish(confirm_event(asked, scope.now))
        return Acted(await self._outcome(asked, receipt, self._scope(asked.language)))

    async def called(self, calls: Sequence[ToolCall], message_id: MessageId) -> Called:
        """Looks at once and beside each other; writes one after the other, and those that need consent ask for it."""
        self._topic.publish(Stage("acting"))
        scope, place = self._scope(self._ask.language), Place(self._ask.turn_id, message_id)
        looks = {call.id: call for call in calls if isinstance(self._desk.registry.get(call.name), Look)}
        found = dict(
            zip(looks, await asyncio.gather(*(self._look(call, scope) for call in looks.values())), strict=True)
        )
        asked: list[Asked] = []
        for call in calls:
            if call.id not in looks:
                result = await self._propose(call, scope, place)
                if isinstance(result, Asked):
                    asked.append(result)
                    result = f"The person is asked whether to: {result.summary}"
                found[call.id] = result
        results = tuple(ToolResult(call.id, found[call.id][:RESULT_CHARACTERS]) for call in calls)
        return Called(results, tuple(asked))

    def question(self, asked: Sequence[Asked]) -> str:
        """The words of what is asked."""
        language = self._ask.language
        return "\n\n".join(say("ask_go_ahead", language, what=escaped(one.summary)) for one in asked)

    async def _do(self, action: AnyAction, scope: Scope, arguments: Arguments, place: Place) -> Acted:
        self._topic.publish(Stage("acting"))
        if isinstance(action, Look):
            return Acted(await self._desk.look(action, scope, arguments), final=False)
        rule = await self._desk.rule(action, scope.identity.company_id, proposed=False)
        if rule == "deny":
            return Acted(say("denied", scope.language))
        if rule == "ask":
            asked = await self._asked(action, scope, arguments, place)
            return Acted(say("ask_go_ahead", scope.language, what=escaped(asked.summary)))
        receipt, fresh = await self._written(action, scope, arguments, place)
        final = action.name == "create_transaction" or not fresh or receipt.state != "succeeded"
        return Acted(_told(receipt, scope.language, fresh=fresh), final)

    async def _written(
        self, action: Write[Any] | Outside[Any], scope: Scope, arguments: Arguments, place: Place
    ) -> tuple[Receipt, bool]:
        """Tell that it begins and how it ended; a refusal is told too, and raised. A question is no beginning."""
        key = place.key(action.name, arguments.model_dump(mode="json", exclude_unset=True, exclude_none=True))
        title = action.title[scope.language]
        await self._desk.foresee(action, scope, arguments, place)
        self._topic.publish(Action(key, action.name, "running", title))
        try:
            done: Done = await self._desk.write(action, scope, arguments, place)
        except (LeaError, NeedsAnswer):
            self._topic.publish(Action(key, action.name, "failed", title))
            raise
        self._tell(done.receipt, scope.language)
        return done.receipt, done.fresh

    async def _asked(
        self, action: Write[Any] | Outside[Any], scope: Scope, arguments: Arguments, place: Place
    ) -> Asked:
        asked = await self._desk.ask(action, scope, arguments, place)
        self._topic.publish(confirm_event(asked, scope.now))
        self._desk.tell(asked.user_id, _elsewhere(asked, scope.now))
        return asked

    async def _look(self, call: ToolCall, scope: Scope) -> str:
        action = self._desk.registry.get(call.name)
        assert isinstance(action, Look)
        try:
            return await self._desk.look(action, scope, _parsed(action, call))
        except NeedsAnswer as unclear:
            return unclear.question
        except LeaError as error:
            return _why(error, "en")

    async def _propose(self, call: ToolCall, scope: Scope, place: Place) -> str | Asked:
        """What the model is told of its write; a question where it needs consent."""
        action = self._desk.registry.get(call.name)
        if action is None or isinstance(action, Look):
            return f"There is no tool called {call.name}."
        rule = await self._desk.rule(action, scope.identity.company_id, proposed=True)
        if rule == "deny":
            return "The company does not allow this."
        try:
            arguments = _parsed(action, call)
            if rule == "ask":
                return await self._asked(action, scope, arguments, place)
            receipt, fresh = await self._written(action, scope, arguments, place)
        except NeedsAnswer as unclear:
            return unclear.question
        except LeaError as error:
            return _why(error, "en")
        return _told(receipt, scope.language, fresh=fresh)

    async def _decide(self, intent: Intent, scope: Scope, last: str) -> Acted | None:
        """A yes or no is a decision only where the last thing Léa said was the question."""
        asked = await self._desk.open_question(scope)
        if asked is None or escaped(asked.summary) not in last:
            return None
        decision: Decision = "approved" if intent.action == "approve" else "rejected"
        decided = await self._desk.decide(scope, asked.id, decision, None, self._ask.turn_id)
        self._topic.publish(confirm_event(decided.asked, scope.now))
        self._desk.tell(asked.user_id, _elsewhere(decided.asked, scope.now))
        return Acted(await self._outcome(decided.asked, decided.receipt, scope))

    async def _outcome(self, asked: Asked, receipt: Receipt | None, scope: Scope) -> str:
        if asked.state != "approved" or receipt is None:
            return say("rejected", scope.language)
        if receipt.state == "pending":
            receipt = await self._desk.finish(scope, receipt)
        self._tell(receipt, scope.language)
        return _told(receipt, scope.language, fresh=True)

    def _undone(self, receipt: Receipt | None, scope: Scope) -> Acted:
        if receipt is None:
            return Acted(say("nothing_to_undo", scope.language))
        self._tell(receipt, scope.language)
        return Acted(say("undone", scope.language, what=escaped(receipt.summary)))

    def _tell(self, receipt: Receipt, language: Language) -> None:
        if receipt.record_kind == "transaction" and receipt.state == "succeeded":
            self.about = receipt.record_reference or ""
        self._topic.publish(self._desk.event(receipt, language))

    def _scope(self, language: Language) -> Scope:
        return Scope(self._identity, self._ask.thread_id, language, self._desk.now())


def _told(receipt: Receipt, language: Language, *, fresh: bool) -> str:
    what = escaped(receipt.summary)
    match receipt.state:
        case "succeeded":
            return say("done" if fresh else "done_before", language, what=what)
        case "undone":
            return say("was_undone", language, what=what)
        case "failed":
            code = receipt.error_code if receipt.error_code in SENTENCES else "not_done"
            return say("cannot", language, what=sentence(code or "not_done", language))
        case _:
            return say("unknown_yet", language, what=what)


def _why(error: LeaError, language: Language) -> str:
    """The sentence, and which arguments are wrong."""
    fields = [
        f"{field['path']}: {sentence(code, language) if (code := field['message']) in SENTENCES else code}"
        for field in error.errors
    ]
    return " ".join([error.detail(language), *fields])


def _parsed(action: AnyAction, call: ToolCall) -> Arguments:
    """Raises BadRequest where what the model wrote is no object, or does not fit."""
    try:
        said = orjson.loads(call.arguments or "{}")
    except orjson.JSONDecodeError:
        raise BadRequest("arguments_invalid") from None
    if isinstance(said, str):  # an object that was encoded twice
        try:
            said = orjson.loads(said)
        except orjson.JSONDecodeError:
            raise BadRequest("arguments_invalid") from None
    if not isinstance(said, dict):
        raise BadRequest("arguments_invalid")
    return understood(action.arguments, {name: value for name, value in said.items() if value is not None})


def _elsewhere(asked: Asked, now: float) -> Confirm:
    """For the person's other tabs, which need to be told where."""
    return confirm_event(asked, now, asked.thread_id)
