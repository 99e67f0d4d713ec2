"""What the model calls for: looks at once, writes that are allowed, and questions to the person about the others."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from lea.actions.action import AnyAction, Arguments, Look, NeedsAnswer, Scope
from lea.actions.doing import Place, understood
from lea.actions.phrases import say
from lea.errors import BadRequest, LeaError
from lea.ids import MessageId
from lea.llm.offline.markdown import escaped
from lea.manager.carrying import Carrying, told, why
from lea.messages import ToolCall, ToolResult
from lea.store.confirmations import Asked

RESULT_CHARACTERS: Final = 20_000
"""Most of a look that is shown to the model."""


@dataclass(frozen=True, slots=True)
class Called:
    """What came of the model's calls, one result each, and what has to be decided before it can go on."""

    results: tuple[ToolResult, ...]
    asked: tuple[Asked, ...] = ()


class Calling:
    """Belongs to a turn."""

    def __init__(self, carrying: Carrying) -> None:
        self._carrying = carrying
        self._ask = carrying.ask
        self._desk = carrying.desk

    async def called(self, calls: Sequence[ToolCall], message_id: MessageId) -> Called:
        """Looks at once and beside each other; writes one after the other, and those that need consent ask for it."""
        self._carrying.begin()
        scope, place = self._carrying.scope(self._ask.language), Place(self._ask.turn_id, message_id)
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

    async def _look(self, call: ToolCall, scope: Scope) -> str:
        action = self._desk.registry.get(call.name)
        assert isinstance(action, Look)
        try:
            return await self._desk.look(action, scope, _parsed(action, call))
        except NeedsAnswer as unclear:
            return unclear.question
        except LeaError as error:
            return why(error, "en")

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
                return await self._carrying.asked(action, scope, arguments, place)
            receipt, fresh = await self._carrying.written(action, scope, arguments, place)
        except NeedsAnswer as unclear:
            return unclear.question
        except LeaError as error:
            return why(error, "en")
        return told(receipt, scope.language, fresh=fresh)


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
