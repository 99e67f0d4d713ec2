"""What a turn does before it answers: what its message asks in so many words, or what was decided."""

from dataclasses import dataclass

from lea.actions.action import AnyAction, Arguments, Look, NeedsAnswer, Scope
from lea.actions.doing import Place, understood
from lea.actions.intents import Intent
from lea.actions.phrases import say
from lea.errors import LeaError
from lea.ids import MessageId
from lea.llm.offline.markdown import escaped
from lea.manager.carrying import Carrying, elsewhere, told, why
from lea.store.acts import Receipt
from lea.store.confirmations import Asked, Decision


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done or found, as Markdown; `final` is told as it is, anything else a model makes words of."""

    text: str
    final: bool = True


class Acting:
    """Belongs to a turn."""

    def __init__(self, carrying: Carrying) -> None:
        self._carrying = carrying
        self._ask = carrying.ask
        self._desk = carrying.desk

    @property
    def about(self) -> str:
        """The reference of the last file something was done to."""
        return self._carrying.about

    async def plainly(self, intent: Intent, message_id: MessageId, last: str) -> Acted | None:
        """Do what the message asks in so many words; None where that turns out not to be an action."""
        scope, place = self._carrying.scope(intent.language), Place(self._ask.turn_id, message_id)
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
            return Acted(say("cannot", scope.language, what=why(error, scope.language)))

    async def decided(self) -> Acted:
        """What came of the decision this turn is about. Raises NotFound."""
        assert self._ask.confirmation is not None
        scope = self._carrying.scope(self._ask.language)
        asked, receipt = self._ask.confirmation, self._ask.receipt
        self._carrying.confirm(asked, scope.now)
        return Acted(await self._outcome(asked, receipt, self._carrying.scope(asked.language)))

    async def _do(self, action: AnyAction, scope: Scope, arguments: Arguments, place: Place) -> Acted:
        self._carrying.begin()
        if isinstance(action, Look):
            return Acted(await self._desk.look(action, scope, arguments), final=False)
        rule = await self._desk.rule(action, scope.identity.company_id, proposed=False)
        if rule == "deny":
            return Acted(say("denied", scope.language))
        if rule == "ask":
            asked = await self._carrying.asked(action, scope, arguments, place)
            return Acted(say("ask_go_ahead", scope.language, what=escaped(asked.summary)))
        receipt, fresh = await self._carrying.written(action, scope, arguments, place)
        final = action.name == "create_transaction" or not fresh or receipt.state != "succeeded"
        return Acted(told(receipt, scope.language, fresh=fresh), final)

    async def _decide(self, intent: Intent, scope: Scope, last: str) -> Acted | None:
        """A yes or no is a decision only where the last thing Léa said was the question."""
        asked = await self._desk.open_question(scope)
        if asked is None or escaped(asked.summary) not in last:
            return None
        decision: Decision = "approved" if intent.action == "approve" else "rejected"
        decided = await self._desk.decide(scope, asked.id, decision, None, self._ask.turn_id)
        self._carrying.confirm(decided.asked, scope.now)
        self._desk.tell(asked.user_id, elsewhere(decided.asked, scope.now))
        return Acted(await self._outcome(decided.asked, decided.receipt, scope))

    async def _outcome(self, asked: Asked, receipt: Receipt | None, scope: Scope) -> str:
        if asked.state != "approved" or receipt is None:
            return say("rejected", scope.language)
        if receipt.state == "pending":
            receipt = await self._desk.finish(scope, receipt)
        self._carrying.tell(receipt, scope.language)
        return told(receipt, scope.language, fresh=True)

    def _undone(self, receipt: Receipt | None, scope: Scope) -> Acted:
        if receipt is None:
            return Acted(say("nothing_to_undo", scope.language))
        self._carrying.tell(receipt, scope.language)
        return Acted(say("undone", scope.language, what=escaped(receipt.summary)))
