"""A turn's beginning: what the person said, the turn, and the empty answer, in one transaction."""

from typing import Any, Final

from sqlalchemy import Connection, Insert, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lea.errors import Conflict, NotFound
from lea.ids import MessageId
from lea.store.tables import messages, threads, turns
from lea.store.turns import CUT, BeginTurn, Begun, path_to

TITLE_LENGTH = 80

INSERT_THREAD: Final[dict[str, Insert]] = {
    "sqlite": sqlite.insert(threads).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(threads).on_conflict_do_nothing(),
}
INSERT_TURN: Final[dict[str, Insert]] = {
    "sqlite": sqlite.insert(turns).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(turns).on_conflict_do_nothing(),
}
INSERT_MESSAGES: Final = insert(messages)
HERE: Final = (threads.c.user_id == bindparam("of_user")) & (threads.c.id == bindparam("of_thread"))
HEAD: Final = select(threads.c.head_id).where(HERE).with_for_update(key_share=True)
"""Locked, so that two turns that begin at once do not both follow the same message; SQLite has one writer anyway."""
MOVE_HEAD: Final = update(threads).where(HERE).values(head_id=bindparam("head"), updated_at=bindparam("moment"))
IN_THREAD: Final = select(messages.c.id).where(
    messages.c.id == bindparam("message"),
    messages.c.user_id == bindparam("of_user"),
    messages.c.thread_id == bindparam("of_thread"),
)
ABOUT: Final = update(turns).where(turns.c.id == bindparam("turn")).values(user_message_id=bindparam("said"))


def begin(connection: Connection, turn: BeginTurn) -> Begun | None:
    """Save the person's message and the turn; None if this request began a turn before.

    Raises NotFound for a parent that is not the thread's, Conflict(`nothing_to_answer`, `nothing_to_continue`) where
    there is no such message.
    """
    if turn.kind == "message":
        _ensure_thread(connection, turn)
    elif connection.execute(HEAD, _here(turn)).first() is None:
        raise NotFound
    if not _claim(connection, turn):
        return None
    if turn.kind == "message":
        begun = _said(connection, turn)
        said = [_message(turn, turn.user_message_id, begun.parent_id, "user", turn.text)]
    else:
        begun, said = _again(connection, turn), []
        connection.execute(ABOUT, {"turn": turn.turn_id, "said": begun.user_message_id})
    answer = _message(turn, turn.assistant_message_id, begun.user_message_id, "assistant", begun.prefix)
    connection.execute(INSERT_MESSAGES, [*said, answer])
    connection.execute(MOVE_HEAD, {**_here(turn), "head": turn.assistant_message_id, "moment": turn.now})
    return begun


def _ensure_thread(connection: Connection, turn: BeginTurn) -> None:
    title = " ".join(turn.text[: 4 * TITLE_LENGTH].split())
    connection.execute(
        INSERT_THREAD[connection.dialect.name],
        {
            "user_id": turn.user_id,
            "id": turn.thread_id,
            "company_id": turn.company_id,
            "title": title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…",
            "head_id": None,
            "created_at": turn.now,
            "updated_at": turn.now,
        },
    )


def _claim(connection: Connection, turn: BeginTurn) -> bool:
    """The unique index on (user, request) decides whose turn this is."""
    result = connection.execute(
        INSERT_TURN[connection.dialect.name],
        {
            "id": turn.turn_id,
            "user_id": turn.user_id,
            "thread_id": turn.thread_id,
            "request_id": turn.request_id,
            "body_hash": turn.body_hash,
            "state": "running",
            "user_message_id": turn.user_message_id,
            "assistant_message_id": turn.assistant_message_id,
            "started_at": turn.now,
        },
    )
    return result.rowcount == 1


def _said(connection: Connection, turn: BeginTurn) -> Begun:
    head = turn.parent_id
    if head is None:
        head = connection.execute(HEAD, _here(turn)).scalar_one()
    elif connection.execute(IN_THREAD, {**_here(turn), "message": head}).first() is None:
        raise NotFound
    return Begun(head, turn.user_message_id, turn.text)


def _again(connection: Connection, turn: BeginTurn) -> Begun:
    head = connection.execute(HEAD, _here(turn)).scalar_one()
    path = path_to(connection, turn.user_id, turn.thread_id, head, 2)
    said = next((row for row in reversed(path) if row.role == "user"), None)
    if said is None:
        raise Conflict("nothing_to_answer")
    if turn.kind == "regenerate":
        return Begun(said.parent_id, said.id, said.content)
    answer = path[-1]
    if answer.role != "assistant" or answer.finish_reason not in CUT:
        raise Conflict("nothing_to_continue")
    return Begun(said.parent_id, said.id, said.content, answer.content)


def _here(turn: BeginTurn) -> dict[str, Any]:
    return {"of_user": turn.user_id, "of_thread": turn.thread_id}


def _message(
    turn: BeginTurn, message_id: MessageId, parent_id: MessageId | None, role: str, text: str
) -> dict[str, Any]:
    return {
        "id": message_id,
        "user_id": turn.user_id,
        "thread_id": turn.thread_id,
        "parent_id": parent_id,
        "turn_id": turn.turn_id,
        "role": role,
        "content": text,
        "created_at": turn.now,
    }
