"""Forgets what was said on WhatsApp: with the conversation it was said in, and after the time it is kept."""

from typing import Final

from sqlalchemy import Connection, delete, exists, select

from lea.ids import CompanyId, ThreadId, UserId
from lea.store.whatsapp import THREAD
from lea.store.whatsapp_tables import contacts, messages

AT_ONCE: Final = 500
LIVE: Final = ("received", "taken", "queued", "sending")


def erase_old(connection: Connection, company_id: CompanyId, before: float, most: int = AT_ONCE) -> int:
    """Messages older than that, then numbers that are nobody's and have none, at `most` so many; how many."""
    ended = messages.c.state.not_in(LIVE)
    old = select(messages.c.id).where(messages.c.company_id == company_id, messages.c.created_at < before, ended)
    ids = list(connection.scalars(old.order_by(messages.c.created_at).limit(most)))
    if ids:
        return connection.execute(delete(messages).where(messages.c.id.in_(ids))).rowcount
    idle = contacts.c.user_id.is_(None) & contacts.c.due_at.is_(None) & contacts.c.owner.is_(None)
    silent = ~exists().where(messages.c.number == contacts.c.number)
    mine = contacts.c.company_id == company_id
    gone = select(contacts.c.number).where(mine, idle, contacts.c.created_at < before, silent).limit(most)
    numbers = list(connection.scalars(gone))
    return connection.execute(delete(contacts).where(contacts.c.number.in_(numbers))).rowcount if numbers else 0


def erase_thread(connection: Connection, user_id: UserId, thread_id: ThreadId, until: float | None) -> None:
    """With a conversation goes what was said in it on WhatsApp, up to `until` and while it was this person's.

    What came and is not taken yet begins the next conversation.
    """
    if not thread_id.startswith(THREAD):
        return
    number = thread_id.removeprefix(THREAD)
    whose = select(contacts.c.company_id, contacts.c.linked_at).where(
        contacts.c.number == number, contacts.c.user_id == user_id
    )
    contact = connection.execute(whose).one_or_none()
    if contact is None:
        return
    theirs = (messages.c.number == number) & (messages.c.company_id == contact.company_id)
    since = (messages.c.created_at >= (contact.linked_at or 0.0)) & (messages.c.state != "received")
    query = delete(messages).where(theirs, since)
    connection.execute(query if until is None else query.where(messages.c.created_at <= until))
