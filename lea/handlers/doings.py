"""What was done and asked in the turns of a conversation, beside its messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from lea.actions.telling import confirm_event
from lea.handlers.answers import message_answer
from lea.handlers.keys import CLOCK, DESK, STORE
from lea.ids import TurnId
from lea.sentences import Language
from lea.store import acts, confirmations
from lea.store.threads import MessageRow


async def message_answers(
    app: web.Application, messages: Sequence[MessageRow], language: Language
) -> list[dict[str, object]]:
    """The messages, each answer with its receipts and with the questions it asked."""
    turns = {TurnId(row.turn_id) for row in messages if row.role == "assistant"}
    receipts, asked = await app[STORE].read(
        lambda connection: (acts.of_turns(connection, turns), confirmations.of_turns(connection, turns))
    )
    now, desk = app[CLOCK].now(), app[DESK]
    done: dict[str, list[Mapping[str, Any]]] = {}
    for receipt in receipts:
        done.setdefault(receipt.turn_id, []).append(desk.event(receipt, language).wire()["action"])
    questions: dict[str, list[Mapping[str, Any]]] = {}
    for one in reversed(asked):
        questions.setdefault(one.turn_id, []).append(confirm_event(one, now).wire()["confirm"])
    return [
        message_answer(row, language, done.get(row.turn_id, ()), questions.get(row.turn_id, ()))
        if row.role == "assistant"
        else message_answer(row, language)
        for row in messages
    ]
