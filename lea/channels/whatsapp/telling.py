"""What was answered in a number's conversation is made ready to be sent, wherever it was asked."""

from collections.abc import Iterator, Sequence
from typing import Final

from lea import faults
from lea.auth.permissions import Identity
from lea.channels.whatsapp.beginning import REQUEST
from lea.channels.whatsapp.formatting import QUESTION, plain, shortened, split
from lea.channels.whatsapp.line import Line
from lea.errors import of_reason
from lea.sentences import Language
from lea.store import confirmations
from lea.store import whatsapp_outbox as outbox
from lea.store.acts import Connection
from lea.store.confirmations import REQUEST as DECISION
from lea.store.confirmations import Asked
from lea.store.whatsapp import Contact, thread_of
from lea.store.whatsapp_outbox import Ended, Part

QUOTED: Final = 200
STEP_S: Final = 1e-5
"""Between two answers that are made ready at once, so that they stay in their order."""


async def tell(line: Line, contact: Contact, identity: Identity) -> None:
    """Each answer once, with the questions that are open in it as buttons."""
    now, since = line.clock.now(), contact.linked_at or 0.0
    thread_id = thread_of(contact.number)
    ended = await line.store.read(lambda connection: outbox.untold(connection, identity.user_id, thread_id, since, now))

    def unit(connection: Connection) -> None:
        for place, one in enumerate(ended):
            asked = [
                question
                for question in reversed(confirmations.of_turns(connection, [one.turn_id]))
                if question.state == "asked" and not question.expired(now)
            ]
            parts = list(_parts(one, asked, identity.language))
            moment = now + place * STEP_S
            outbox.put(connection, contact.company_id, contact.number, one.turn_id, parts, moment)

    if ended:
        await line.write(contact, unit)
        faults.reach("whatsapp.ready")


def _parts(ended: Ended, asked: Sequence[Asked], language: Language) -> Iterator[Part]:
    text = plain(ended.answer)
    wrong = ended.error_code or ("interrupted" if ended.finish_reason == "interrupted" else None)
    if wrong is not None:
        text = f"{text}\n\n{of_reason(wrong).detail(language)}".strip()
    if text and not ended.request_id.startswith((REQUEST, DECISION)):
        words = shortened(" ".join(ended.asked.split()), QUOTED)
        text = f"> {words}\n{text}" if words else text
    for part in split(text):
        yield Part(part)
    for question in asked:
        yield Part(shortened(_question(question), QUESTION), question.id)


def _question(asked: Asked) -> str:
    """What is asked, and the values it is about, as the page shows them."""
    lines = [asked.summary]
    for fact in asked.facts:
        before, after = fact.get("before"), fact.get("after")
        name = fact.get("label") or fact.get("name")
        value = after if before in {None, ""} else f"{before} → {after}"
        lines.append(f"• {name} : {value}")
    return "\n".join(lines)
