"""What a person's tabs should know beside the conversation they show: turns that begin and end, threads that change.

A topic for each person who is listening, forgotten when the last one leaves. A tab that comes back with a cursor gets
what it missed while another of its owner's tabs was open; else it is told to read again what it shows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lea.bus.port import Bus, Signal, Topic
from lea.events.frames import Event, Relayed
from lea.events.notice import Resync
from lea.ids import CompanyId, UserId, new_id


@dataclass(slots=True)
class _Heard:
    topic: Topic
    company_id: CompanyId
    listeners: int = 0


class Notices:
    """Tells whoever listens; nobody listening costs a dictionary look-up."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._heard: dict[UserId, _Heard] = {}
        self._colleagues: dict[CompanyId, set[UserId]] = {}
        self._watchers: list[Callable[[CompanyId, Event], None]] = []
        bus.hear("notice", self._hear)
        bus.hear("company_notice", self._hear_company)
        bus.on_return(self._missed)

    def __len__(self) -> int:
        return len(self._heard)

    def watch(self, call: Callable[[CompanyId, Event], None]) -> None:
        """Call this too with whatever this process tells a company; it must not block."""
        self._watchers.append(call)

    def tell(self, user_id: UserId, event: Event) -> None:
        """To all open tabs of this person, at whichever process."""
        self.tell_here(user_id, event)
        self.tell_elsewhere(user_id, event)

    def tell_here(self, user_id: UserId, event: Event) -> None:
        """To the tabs this process serves."""
        heard = self._heard.get(user_id)
        if heard is not None:
            heard.topic.publish(event)

    def tell_elsewhere(self, user_id: UserId, event: Event) -> None:
        """To the tabs other processes serve."""
        self._bus.send("notice", {"user_id": user_id, "event": event.wire()})

    def tell_company(self, company_id: CompanyId, event: Event) -> None:
        """To all open tabs of everybody in this company, at whichever process."""
        self._tell_company_here(company_id, event)
        self._bus.send("company_notice", {"company_id": company_id, "event": event.wire()})
        for call in self._watchers:
            call(company_id, event)

    def _tell_company_here(self, company_id: CompanyId, event: Event) -> None:
        for user_id in self._colleagues.get(company_id, ()):
            self._heard[user_id].topic.publish(event)

    def _hear_company(self, signal: Signal) -> None:
        self._tell_company_here(CompanyId(signal["company_id"]), Relayed(signal["event"]))

    def _hear(self, signal: Signal) -> None:
        self.tell_here(UserId(signal["user_id"]), Relayed(signal["event"]))

    def _missed(self) -> None:
        for heard in self._heard.values():
            heard.topic.publish(Resync())

    @contextmanager
    def listening(self, user_id: UserId, company_id: CompanyId, cursor: str | None) -> Iterator[tuple[Topic, int]]:
        """The person's topic, and the event after which to begin."""
        heard = self._heard.get(user_id)
        if heard is None:
            heard = self._heard[user_id] = _Heard(self._bus.open(new_id("e"), Resync), company_id)
            self._colleagues.setdefault(company_id, set()).add(user_id)
        heard.listeners += 1
        try:
            yield heard.topic, _after(heard.topic, cursor)
        finally:
            heard.listeners -= 1
            if not heard.listeners:
                self._forget(user_id, heard)
                heard.topic.end()

    def _forget(self, user_id: UserId, heard: _Heard) -> None:
        del self._heard[user_id]
        colleagues = self._colleagues[heard.company_id]
        colleagues.discard(user_id)
        if not colleagues:
            del self._colleagues[heard.company_id]


def _after(topic: Topic, cursor: str | None) -> int:
    """Without a cursor only what comes; with one of another life the place is nowhere, which makes a snapshot."""
    if cursor is None:
        return topic.count
    name, _, number = cursor.rpartition(":")
    return int(number) if name == topic.name and number.isdigit() else topic.count + 1
