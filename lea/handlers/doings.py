"""What was done and asked in the turns of a conversation, beside its messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from lea.actions.telling import confirm_event
from lea.auth.permissions import Identity
from lea.handlers.answers import message_answer
from lea.handlers.keys import CLOCK, DESK, STORE
from lea.ids import TurnId
from lea.records.citing import cite
from lea.sentences import Language
from lea.store import acts, attachments, confirmations, feedback
from lea.store.messages import MessageRow


async def message_answers(
    app: web.Application, identity: Identity, messages: Sequence[MessageRow], language: Language
) -> list[dict[str, object]]:
    """The messages, each answer with what was done and asked in it, the records it names and what is said of it."""
    answers = [row for row in messages if row.role == "assistant"]
    turns = {TurnId(row.turn_id) for row in answers}
    receipts, asked, cited, said, files = await app[STORE].read(
        lambda connection: (
            acts.of_turns(connection, turns),
            confirmations.of_turns(connection, turns),
            cite(connection, identity.company_id, [row.content for row in answers]),
            feedback.of_messages(connection, [row.id for row in answers]),
            attachments.of_messages(connection, [row.id for row in messages if row.role == "user"]),
        )
    )
    names = {row.id: found for row, found in zip(answers, cited, strict=True)}
    now, desk = app[CLOCK].now(), app[DESK]
    done: dict[str, list[Mapping[str, Any]]] = {}
    for receipt in receipts:
        done.setdefault(receipt.turn_id, []).append(desk.event(receipt, language).wire()["action"])
    questions: dict[str, list[Mapping[str, Any]]] = {}
    for one in reversed(asked):
        questions.setdefault(one.turn_id, []).append(confirm_event(one, now).wire()["confirm"])
    return [
        message_answer(
            row,
            language,
            done.get(row.turn_id, ()),
            questions.get(row.turn_id, ()),
            names[row.id],
            said.get(row.id),
        )
        if row.role == "assistant"
        else message_answer(row, language, files=files.get(row.id, ()))
        for row in messages
    ]
