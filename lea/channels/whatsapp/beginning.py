"""Begins the turn of messages that were taken, and sees it through; asking again begins no second one."""

import asyncio
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final

import structlog

from lea.auth.permissions import Identity
from lea.channels.whatsapp.line import Line, ending
from lea.channels.whatsapp.media import name_of
from lea.channels.whatsapp.words import say
from lea.errors import LeaError
from lea.ids import RequestId, TurnId, derived_id
from lea.manager.ask import Ask
from lea.manager.turns import TRANSIENT
from lea.store import whatsapp_inbox as inbox
from lea.store import whatsapp_outbox as outbox
from lea.store.acts import Connection
from lea.store.whatsapp import Contact, thread_of
from lea.store.whatsapp_inbox import InMessage
from lea.store.whatsapp_outbox import Part
from lea.tasks import TaskOwner

REQUEST: Final = "wa."
"""What begins the request ids of turns from here."""
LOOK_S: Final = 10.0
"""Between two looks for whether a turn that another process answers has ended."""
RETRY_S: Final = 5.0

log = structlog.get_logger()


class Beginning:
    """`wake` has a number looked after at once."""

    def __init__(self, line: Line, tasks: TaskOwner, wake: Callable[[str], None]) -> None:
        self._line = line
        self._tasks = tasks
        self._wake = wake
        self._watched: dict[TurnId, asyncio.Task[None]] = {}

    async def go_on(self, contact: Contact, identity: Identity, taken: Sequence[InMessage]) -> float | None:
        """Begin their turn unless it was; when to look again. Raises LeaError where trying again may help."""
        turn_id = taken[0].turn_id or TurnId(derived_id("t", identity.user_id, request_of(taken)))
        group = [one for one in taken if one.turn_id in {None, turn_id}]
        now, store = self._line.clock.now(), self._line.store
        state = await store.read(lambda connection: inbox.turn_state(connection, turn_id))
        if state == "ended":
            await self._line.write(contact, lambda connection: inbox.end(connection, [one.id for one in group], "done"))
            return now
        if turn_id in self._watched:
            return now + LOOK_S
        ask = ask_of(contact, identity, group)
        if ask.turn_id != turn_id:  # the number became another person's meanwhile
            await self._line.write(
                contact, lambda connection: inbox.end(connection, [one.id for one in group], "failed", "relinked")
            )
            return now
        turns = self._line.turns
        if not turns.known(ask):
            try:
                turns.admit(identity, ask)
                if state == "none":
                    await self._line.count(identity.user_id)
            except LeaError as error:
                log.info("whatsapp.postponed", number=ending(contact.number), reason=error.reason)
                return now + (error.retry_after_s or RETRY_S)
        task = self._tasks.spawn("whatsapp.turn", self._see_through(contact, identity, ask, group))
        self._watched[turn_id] = task
        task.add_done_callback(lambda _: self._over(turn_id, contact.number))
        return now + LOOK_S

    def _over(self, turn_id: TurnId, number: str) -> None:
        del self._watched[turn_id]
        self._wake(number)

    async def _see_through(self, contact: Contact, identity: Identity, ask: Ask, group: Sequence[InMessage]) -> None:
        """Until it has ended; one that leaves no trace and cannot succeed later is answered with its error."""
        outcome = await self._line.turns.outcome(identity, ask)
        if outcome.error is None or outcome.error.reason in TRANSIENT:
            return
        reason, text = outcome.error.reason, outcome.error.detail(identity.language)
        now = self._line.clock.now()

        def unit(connection: Connection) -> None:
            if inbox.turn_state(connection, ask.turn_id) == "none":
                outbox.put(connection, contact.company_id, contact.number, ask.turn_id, [Part(text)], now)
                inbox.end(connection, [one.id for one in group], "failed", reason)

        await self._line.write(contact, unit)


def request_of(group: Sequence[InMessage]) -> RequestId:
    """The request these messages are together."""
    digest = blake2b("\0".join(one.wamid for one in group).encode(), digest_size=16).hexdigest()
    return RequestId(REQUEST + digest)


def ask_of(contact: Contact, identity: Identity, group: Sequence[InMessage]) -> Ask:
    """Their turn: what was written, line by line, with the files."""
    request_id = request_of(group)
    files = tuple(one.attachment_id for one in group if one.attachment_id is not None)
    texts = [one.text for one in group if one.text]
    if not texts:
        names = ", ".join(name_of(one) for one in group if one.attachment_id is not None)
        texts = [say("file", identity.language, name=names)]
    text = "\n".join(texts)
    return Ask(
        thread_id=thread_of(contact.number),
        turn_id=TurnId(derived_id("t", identity.user_id, request_id)),
        request_id=request_id,
        body_hash=blake2b("\0".join(("whatsapp", text, *files)).encode(), digest_size=16).hexdigest(),
        kind="message",
        text=text,
        parent_id=None,
        language=identity.language,
        attachments=files,
    )
