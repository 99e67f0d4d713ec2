"""What somebody wrote becomes their turns, in order; a tap on a button is a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lea import faults
from lea.auth.permissions import Identity
from lea.channels.whatsapp.beginning import Beginning, request_of
from lea.channels.whatsapp.line import Line
from lea.channels.whatsapp.media import attach, readable
from lea.channels.whatsapp.spoken import VOICE, spoken, write_down
from lea.channels.whatsapp.words import say
from lea.errors import BadRequest, Conflict, Forbidden, NotFound
from lea.ids import CLIENT_ID, TurnId, derived_id
from lea.store import whatsapp_inbox as inbox
from lea.store import whatsapp_outbox as outbox
from lea.store.acts import Connection
from lea.store.confirmations import Decision
from lea.store.whatsapp import Contact
from lea.store.whatsapp_inbox import InMessage
from lea.store.whatsapp_outbox import Part
from lea.store.whatsapp_views import NO_QUESTION

FILES: Final = 5
MESSAGES: Final = 50
CHARACTERS: Final = 32_000
"""Most of each in one turn; the rest is the next one's."""
SILENT: Final = frozenset(NO_QUESTION)
"""Kinds that are kept, and nothing is said."""
WORDS: Final = frozenset({"text", "button", "interactive"})
PICTURES: Final = frozenset({"image", "sticker", "video"})
DECISIONS: Final[dict[str, Decision]] = {"approve": "approved", "reject": "rejected"}


@dataclass(frozen=True, slots=True)
class Sorted:
    """Messages by what is done with them; `excused` with the word that is said."""

    taps: list[InMessage]
    asked: list[InMessage]
    excused: list[tuple[InMessage, str]]
    silent: list[InMessage]


class Taking:
    """For everybody who writes."""

    def __init__(self, line: Line, beginning: Beginning) -> None:
        self._line = line
        self._beginning = beginning

    async def take(self, contact: Contact, identity: Identity) -> float | None:
        """Do what there is to do with what came; when to look again, None where nothing is left.

        Raises LeaError where trying again may help.
        """
        waiting = await self._line.store.read(lambda connection: inbox.waiting(connection, contact.number))
        taken = [one for one in waiting if one.state == "taken"]
        received = [one for one in waiting if one.state == "received"]
        sorted_ = _sort(received, listens=self._line.listening.able)
        for tap in sorted_.taps:
            await self._decide(contact, identity, tap)
        await self._excuse(contact, identity, sorted_)
        if taken:
            return await self._beginning.go_on(contact, identity, taken)
        if contact.held_at is not None and sorted_.asked:
            await self._leave(contact, sorted_.asked)
            return None
        if not sorted_.asked:
            return None
        return await self._begin(contact, identity, sorted_.asked)

    async def _begin(self, contact: Contact, identity: Identity, asked: Sequence[InMessage]) -> float | None:
        now, settings = self._line.clock.now(), self._line.settings
        arrived = [one.created_at for one in asked]
        ready = min(max(arrived) + settings.pause, min(arrived) + settings.longest_pause)
        if now < ready:
            return ready
        group = _first(asked)
        for message in group:
            excuse = None
            if readable(message):
                excuse = await attach(self._line, identity, message)
            elif spoken(message):
                excuse = await write_down(self._line, identity, message)
            if excuse is not None:
                await self._say(contact, message, excuse, over=not message.text)
        group = await self._still_asked(contact, group)
        if not group:
            return now
        turn_id = turn_of(identity, group)
        await self._line.write(contact, lambda connection: inbox.take(connection, [one.id for one in group], turn_id))
        faults.reach("whatsapp.taken")
        return await self._beginning.go_on(contact, identity, group)

    async def _still_asked(self, contact: Contact, group: Sequence[InMessage]) -> list[InMessage]:
        """What is left of the group after its files were fetched, or were not."""
        ids = {one.id for one in group}
        waiting = await self._line.store.read(lambda connection: inbox.waiting(connection, contact.number))
        return [one for one in waiting if one.id in ids]

    async def _decide(self, contact: Contact, identity: Identity, tap: InMessage) -> None:
        """Through the same door as the page. A tap that decides nothing any more gets a sentence."""
        tapped = _tapped(tap)
        assert tapped is not None
        confirmation_id, decision = tapped
        language = identity.language
        try:
            decided, _ = await self._line.decisions.decide(identity, confirmation_id, decision, None)
        except (Conflict, NotFound, Forbidden, BadRequest) as error:
            await self._say(contact, tap, error.detail(language))
            return
        if decided.fresh:
            await self._line.write(contact, lambda connection: inbox.end(connection, [tap.id], "done"))
        else:
            await self._say(contact, tap, say(f"{decided.asked.state}_already", language))

    async def _excuse(self, contact: Contact, identity: Identity, sorted_: Sorted) -> None:
        """One sentence for what cannot be read, one of a kind; words that came with it are answered all the same."""
        if not (sorted_.excused or sorted_.silent):
            return
        now, asked = self._line.clock.now(), {one.id for one in sorted_.asked}

        def unit(connection: Connection) -> None:
            said: set[str] = set()
            for message, word in sorted_.excused:
                if word not in said:
                    part = Part(say(word, identity.language))
                    outbox.put(connection, contact.company_id, contact.number, message.id, [part], now)
                said.add(word)
                if message.id not in asked:
                    inbox.end(connection, [message.id], "done", word)
            inbox.end(connection, [one.id for one in sorted_.silent], "ignored")

        await self._line.write(contact, unit)

    async def _leave(self, contact: Contact, messages: Sequence[InMessage]) -> None:
        ids = [one.id for one in messages]
        await self._line.write(contact, lambda connection: inbox.end(connection, ids, "ignored"))

    async def _say(self, contact: Contact, about: InMessage, text: str, *, over: bool = True) -> None:
        now = self._line.clock.now()

        def unit(connection: Connection) -> None:
            outbox.put(connection, contact.company_id, contact.number, about.id, [Part(text)], now)
            if over:
                inbox.end(connection, [about.id], "done")

        await self._line.write(contact, unit)


def turn_of(identity: Identity, group: Sequence[InMessage]) -> TurnId:
    """The turn of these messages, the same however often they are taken."""
    return TurnId(derived_id("t", identity.user_id, request_of(group)))


def _tapped(message: InMessage) -> tuple[str, Decision] | None:
    """What was decided on which confirmation, if it is a button of ours."""
    confirmation_id, _, word = (message.button or "").rpartition(":")
    decision = DECISIONS.get(word)
    return None if decision is None or not CLIENT_ID.fullmatch(confirmation_id) else (confirmation_id, decision)


def _sort(messages: Sequence[InMessage], *, listens: bool) -> Sorted:
    found = Sorted([], [], [], [])
    for one in messages:
        if _tapped(one) is not None:
            found.taps.append(one)
        elif one.kind in SILENT:
            found.silent.append(one)
        else:
            word = None if listens and spoken(one) else _excuse_of(one)
            if word is not None:
                found.excused.append((one, word))
            if one.text or word is None:
                found.asked.append(one)
    return found


def _excuse_of(message: InMessage) -> str | None:
    if message.kind in VOICE:
        return "voice"
    if message.kind in PICTURES:
        return "picture"
    if readable(message) or (message.kind in WORDS and message.text):
        return None
    return "unreadable"


def _first(asked: Sequence[InMessage]) -> list[InMessage]:
    """As many as one turn takes."""
    group: list[InMessage] = []
    files = characters = 0
    for one in asked:
        files += readable(one) or spoken(one)
        characters += len(one.text) + 1
        if group and (len(group) >= MESSAGES or files > FILES or characters > CHARACTERS):
            break
        group.append(one)
    return group
