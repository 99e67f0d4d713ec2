"""Deleted conversations: put aside under a name nobody can ask for, brought back, and erased in the end.

What was deleted leaves its name, so that whatever asks for it finds nothing, and so that the name is free at once.
"""

import secrets
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, literal, select, update
from sqlalchemy.sql import ColumnElement

from lea.errors import Conflict
from lea.ids import ThreadId, UserId
from lea.store.action_tables import confirmations
from lea.store.attachment_tables import attachments
from lea.store.tables import messages, threads, turns
from lea.store.whatsapp_erasing import erase_thread

KEPT_S: Final = 24 * 3600
"""How long a deleted conversation can be brought back."""
MARK: Final = "~"
"""What begins the names of deleted conversations; no client may use it in a name of its own."""
TAG_CHARACTERS: Final = 10
"""Before the former name: `~`, eight of chance because a name can be deleted twice, `~`."""
AT_ONCE: Final = 100


def put_aside(connection: Connection, user_id: UserId, thread_id: ThreadId, now: float) -> bool:
    """Delete a conversation so that it can be brought back; whether there was one."""
    row = _locked(connection, (threads.c.user_id == user_id) & (threads.c.id == thread_id))
    if row is None:
        return False
    tag = f"{MARK}{secrets.token_hex(4)}{MARK}"
    under_way = (turns.c.user_id == user_id) & (turns.c.thread_id == thread_id) & turns.c.ended_at.is_(None)
    connection.execute(update(turns).where(under_way).values(stop_asked_at=now))  # for a process no bus tells
    _move(connection, row, ThreadId(tag + thread_id), literal(tag) + turns.c.request_id, now)
    return True


def bring_back(connection: Connection, user_id: UserId, thread_id: ThreadId, now: float) -> bool:
    """Undo the newest deletion of a conversation of this name; False where there is none, or it is too long ago.

    Raises Conflict(`thread_name_taken`) where the name is used again.
    """
    former = func.substr(threads.c.id, TAG_CHARACTERS + 1) == thread_id
    found = select(threads.c.id).where(threads.c.user_id == user_id, former, threads.c.deleted_at > now - KEPT_S)
    newest = connection.scalars(found.order_by(threads.c.deleted_at.desc()).limit(1)).one_or_none()
    row = None if newest is None else _locked(connection, (threads.c.user_id == user_id) & (threads.c.id == newest))
    if row is None:
        return False
    taken = select(threads.c.id).where(threads.c.user_id == user_id, threads.c.id == thread_id)
    if connection.execute(taken).first() is not None:
        raise Conflict("thread_name_taken")
    _move(connection, row, thread_id, func.substr(turns.c.request_id, TAG_CHARACTERS + 1), None)
    return True


def erase(connection: Connection, now: float) -> int:
    """Erase for good what can no longer be brought back, some at a time; how many."""
    return _erase(connection, threads.c.deleted_at <= now - KEPT_S, threads.c.deleted_at)


def erase_unlisted(connection: Connection, now: float) -> int:
    """Erase what programs said a day ago in conversations that no list shows, some at a time; how many."""
    late = threads.c.origin.is_not(None) & (threads.c.updated_at <= now - KEPT_S)
    return _erase(connection, late, threads.c.updated_at)


def _erase(connection: Connection, late: ColumnElement[bool], oldest: ColumnElement[float]) -> int:
    found = select(threads.c.user_id, threads.c.id, threads.c.deleted_at)
    rows = connection.execute(found.where(late).order_by(oldest).limit(AT_ONCE)).all()
    for row in rows:
        if row.deleted_at is not None:
            erase_thread(connection, row.user_id, ThreadId(row.id[TAG_CHARACTERS:]), row.deleted_at)
        connection.execute(delete(threads).where(threads.c.user_id == row.user_id, threads.c.id == row.id))
    return len(rows)


def _locked(connection: Connection, here: ColumnElement[bool]) -> Row[Any] | None:
    return connection.execute(select(threads).where(here).with_for_update()).one_or_none()


def _move(
    connection: Connection, row: Row[Any], name: ThreadId, request_id: ColumnElement[str], deleted_at: float | None
) -> None:
    """What belongs to a conversation refers to it by name: it follows a copy, then the first one goes.

    Its requests leave their names too: the same request again must not be told what was deleted.
    """
    connection.execute(insert(threads), {**row._mapping, "id": name, "deleted_at": deleted_at})
    for table in (turns, messages, confirmations, attachments):
        belongs = (table.c.user_id == row.user_id) & (table.c.thread_id == row.id)
        named = {"thread_id": name, "request_id": request_id} if table is turns else {"thread_id": name}
        connection.execute(update(table).where(belongs).values(named))
    connection.execute(delete(threads).where(threads.c.user_id == row.user_id, threads.c.id == row.id))
