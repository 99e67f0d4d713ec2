"""Sends what is ready, one message after the other, as long as the person may be written to."""

import structlog

from lea import faults
from lea.channels.whatsapp.line import WINDOW_S, Line, ending
from lea.channels.whatsapp.refusals import CLOSED, Busy, Denied, Lost, Refused
from lea.errors import CircuitOpen, LeaError, NetworkError, Overloaded
from lea.ids import UserId
from lea.metrics import WHATSAPP_MESSAGES
from lea.sentences import Language
from lea.store import confirmations
from lea.store import whatsapp_outbox as outbox
from lea.store.whatsapp import Contact
from lea.store.whatsapp_outbox import OutMessage

UNSURE_S = 60.0
"""How long WhatsApp's word is waited for where it is not known whether a message went out."""
PAUSE_S, LONGEST_PAUSE_S = 4.0, 300.0
"""Before it is tried again, doubled each time."""
DENIED_PAUSE_S = 300.0

log = structlog.get_logger()


async def send(line: Line, contact: Contact, user_id: UserId | None, language: Language) -> float | None:
    """Everything that can be sent now, in its order; when to look again, None where nothing is left."""
    messages = await line.store.read(lambda connection: outbox.queued(connection, contact.number))
    for message in messages:
        now = line.clock.now()
        if message.due_at is not None and message.due_at > now:
            return message.due_at
        if await _unwanted(line, contact, user_id, message, now):
            continue
        due_at = await _send(line, contact, message, language)
        if due_at is not None:
            return due_at
    return line.clock.now() if len(messages) == outbox.AT_ONCE else None


async def _unwanted(line: Line, contact: Contact, user_id: UserId | None, message: OutMessage, now: float) -> bool:
    """Whether it may not be sent, or need not be; then that is noted."""
    if now - (contact.wrote_at or 0.0) >= WINDOW_S:
        await _give_up(line, contact, message, "expired", "window")
        return True
    if message.state == "sending" and message.error == "unsure":
        await _give_up(line, contact, message, "failed", "unsure")  # twice nobody said what came of it
        return True
    if message.confirmation_id is not None and user_id is not None:
        question_id = message.confirmation_id
        asked = await line.store.read(lambda connection: confirmations.find(connection, user_id, question_id))
        if asked is None or asked.state != "asked" or asked.expired(now):
            await _give_up(line, contact, message, "skipped", "decided")
            return True
    return False


async def _send(line: Line, contact: Contact, message: OutMessage, language: Language) -> float | None:
    """When to go on where it did not go out."""
    again = message.state == "sending"
    unsure_at = line.clock.now() + UNSURE_S
    if not await line.write(contact, lambda connection: outbox.sending(connection, message.id, unsure_at, again=again)):
        return None  # a status was quicker
    faults.reach("whatsapp.sending")
    try:
        wamid = await line.graph.send(message, language)
    except Refused as error:
        await _give_up(line, contact, message, "expired" if error.told == str(CLOSED) else "failed", error.told)
        return None
    except LeaError as error:
        return await _not_sent(line, contact, message, error, unsure_at)
    faults.reach("whatsapp.sent")
    now = line.clock.now()
    await line.write(contact, lambda connection: outbox.sent(connection, message.id, wamid, now))
    WHATSAPP_MESSAGES.labels("out", "sent").inc()
    log.info("whatsapp.sent", number=ending(message.number), kind=message.kind, attempts=message.attempts + 1)
    return None


async def _not_sent(line: Line, contact: Contact, message: OutMessage, error: LeaError, unsure_at: float) -> float:
    """When to go on."""
    match error:
        case Denied():
            log.error("whatsapp.denied", number=ending(message.number), error=error.told)
            return await _postpone(line, contact, message, DENIED_PAUSE_S, error.told)
        case Busy():
            return await _postpone(line, contact, message, _pause(message), error.told)
        case NetworkError() | CircuitOpen() | Overloaded() if not isinstance(error, Lost):
            return await _postpone(line, contact, message, error.retry_after_s or _pause(message), error.reason)
        case _:  # it may have been sent: WhatsApp's statuses will tell
            log.warning("whatsapp.unsure", number=ending(message.number), reason=error.reason)
            return unsure_at


async def _postpone(line: Line, contact: Contact, message: OutMessage, pause_s: float, error: str) -> float:
    due_at = line.clock.now() + pause_s
    await line.write(contact, lambda connection: outbox.postpone(connection, message.id, due_at, error))
    WHATSAPP_MESSAGES.labels("out", "postponed").inc()
    log.warning("whatsapp.not_sent", number=ending(message.number), error=error, next_in_s=pause_s)
    return due_at


async def _give_up(line: Line, contact: Contact, message: OutMessage, state: outbox.Lost, error: str) -> None:
    await line.write(contact, lambda connection: outbox.give_up(connection, message.id, state, error))
    WHATSAPP_MESSAGES.labels("out", state).inc()
    if state != "skipped":
        log.warning("whatsapp.given_up", number=ending(message.number), state=state, error=error)


def _pause(message: OutMessage) -> float:
    return min(LONGEST_PAUSE_S, PAUSE_S * 2.0 ** min(message.attempts, 10))
