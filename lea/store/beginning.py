"""A turn's beginning: what the person said, the turn, and the empty answer, in one transaction."""

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lea import faults
from lea.errors import Conflict, NotFound
from lea.ids import MessageId
from lea.messages import File
from lea.store.attachments import link, of_messages
from lea.store.leases import moment
from lea.store.prepared import Prepared
from lea.store.tables import messages, threads, turns
from lea.store.turns import CUT, ROOT, SAYING, BeginTurn, Begun, path_to

TITLE_LENGTH = 80

THREAD: Final = ("user_id", "id", "company_id", "title", "head_id", "created_at", "updated_at", "origin")
INSERT_THREAD: Final = {
    "sqlite": Prepared(sqlite.insert(threads).on_conflict_do_nothing(), THREAD),
    "postgresql": Prepared(postgresql.insert(threads).on_conflict_do_nothing(), THREAD),
}
TURN: Final = (
    "id", "user_id", "thread_id", "request_id", "body_hash", "state", "owner", "fence", "lease_until",
    "user_message_id", "assistant_message_id", "started_at",
)  # fmt: skip
INSERT_TURN: Final = {
    "sqlite": Prepared(sqlite.insert(turns).on_conflict_do_nothing(), TURN),
    "postgresql": Prepared(postgresql.insert(turns).on_conflict_do_nothing(), TURN),
}
MESSAGE: Final = ("id", "user_id", "thread_id", "parent_id", "turn_id", "role", "content", "created_at")
INSERT_MESSAGES: Final = Prepared(insert(messages), MESSAGE)
HERE: Final = (threads.c.user_id == bindparam("of_user")) & (threads.c.id == bindparam("of_thread"))
HEAD: Final = Prepared(select(threads.c.head_id, threads.c.version).where(HERE).with_for_update(key_share=True))
"""Locked, so that two turns that begin at once do not both follow the same message; SQLite has one writer anyway."""
LIVE: Final = Prepared(
    select(turns.c.id)
    .where(turns.c.user_id == bindparam("of_user"), turns.c.thread_id == bindparam("of_thread"))
    .where(turns.c.ended_at.is_(None))
    .limit(1)
)
"""Asked by a statement of its own after the lock: one that waited for the lock still sees what was before it."""
MOVE_HEAD: Final = Prepared(
    update(threads)
    .where(HERE)
    .values(head_id=bindparam("head"), version=bindparam("fence"), updated_at=bindparam("moment"), archived_at=None)
)
"""What is spoken in again is no longer archived."""
UNUSED: Final = delete(threads).where(HERE, threads.c.head_id.is_(None))
"""A conversation made for a request that turns out to have been sent before."""
IN_THREAD: Final = select(messages.c.id).where(
    messages.c.id == bindparam("message"),
    messages.c.user_id == bindparam("of_user"),
    messages.c.thread_id == bindparam("of_thread"),
)
ABOUT: Final = update(turns).where(turns.c.id == bindparam("turn")).values(user_message_id=bindparam("said"))


def begin(connection: Connection, turn: BeginTurn) -> Begun | None:
    """Save the person's message and the turn; None if this request began a turn before.

    Raises NotFound for a parent that is not the thread's and for a file that is not there (`attachment_not_found`),
    Conflict(`nothing_to_answer`, `nothing_to_continue`) where there is no such message.
    """
    if turn.kind in SAYING:
        _ensure_thread(connection, turn)
    here = HEAD.run(connection, _here(turn)).one_or_none()
    if here is None:
        raise NotFound
    fence, waiting = here.version + 1, LIVE.run(connection, _here(turn)).first() is not None
    if not _insert(connection, turn, fence, "waiting" if waiting else "running"):
        connection.execute(UNUSED, _here(turn))
        return None
    if turn.kind in SAYING:
        begun = _said(connection, turn, here.head_id)
        said = [_message(turn, turn.user_message_id, begun.parent_id, "user", turn.text)]
    else:
        begun, said = _again(connection, turn, here.head_id), []
        connection.execute(ABOUT, {"turn": turn.turn_id, "said": begun.user_message_id})
    answer = _message(turn, turn.assistant_message_id, begun.user_message_id, "assistant", begun.prefix)
    INSERT_MESSAGES.run(connection, [*said, answer])
    head = {"head": turn.assistant_message_id, "fence": fence, "moment": turn.now}
    MOVE_HEAD.run(connection, {**_here(turn), **head})
    files = _files(connection, turn, begun.user_message_id)
    faults.reach("turn.beginning")
    return replace(begun, waiting=waiting, files=files)


def _ensure_thread(connection: Connection, turn: BeginTurn) -> None:
    title = " ".join(turn.text[: 4 * TITLE_LENGTH].split())
    INSERT_THREAD[connection.dialect.name].run(
        connection,
        {
            "user_id": turn.user_id,
            "id": turn.thread_id,
            "company_id": turn.company_id,
            "title": title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…",
            "head_id": None,
            "created_at": turn.now,
            "updated_at": turn.now,
            "origin": turn.origin,
        },
    )


def _insert(connection: Connection, turn: BeginTurn, fence: int, state: str) -> bool:
    """The unique index on (user, request) decides whose turn this is."""
    result = INSERT_TURN[connection.dialect.name].run(
        connection,
        {
            "id": turn.turn_id,
            "user_id": turn.user_id,
            "thread_id": turn.thread_id,
            "request_id": turn.request_id,
            "body_hash": turn.body_hash,
            "state": state,
            "owner": turn.owner,
            "fence": fence,
            "lease_until": moment(connection, turn.now) + turn.lease_s,
            "user_message_id": turn.user_message_id,
            "assistant_message_id": turn.assistant_message_id,
            "started_at": turn.now,
        },
    )
    return result.rowcount == 1


def _said(connection: Connection, turn: BeginTurn, head: MessageId | None) -> Begun:
    if turn.parent_id is None:
        return Begun(head, turn.user_message_id, turn.text)
    if turn.parent_id == ROOT:
        return Begun(None, turn.user_message_id, turn.text)
    if connection.execute(IN_THREAD, {**_here(turn), "message": turn.parent_id}).first() is None:
        raise NotFound
    return Begun(turn.parent_id, turn.user_message_id, turn.text)


def _files(connection: Connection, turn: BeginTurn, message_id: MessageId) -> tuple[File, ...]:
    """Those that go with the message; a new message's are linked to it."""
    if turn.attachments:
        link(connection, turn.user_id, turn.thread_id, message_id, turn.attachments)
    elif turn.kind in SAYING:
        return ()
    return of_messages(connection, [message_id]).get(message_id, ())


def _again(connection: Connection, turn: BeginTurn, head: MessageId | None) -> Begun:
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
