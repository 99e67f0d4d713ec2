"""What is known of one answer; no input or output here."""

from typing import Any, Final

import msgspec

from lea.client.errors import LeaError, of_event
from lea.client.wire import Action, Confirmation, Done

FAILED: Final = frozenset({"error", "interrupted"})


class Replaced(str):
    """A piece that stands for all the text so far: what was read before it is no part of the answer any more."""

    __slots__ = ()


class Told:
    """Kept up to date by the events of a turn."""

    def __init__(self, thread_id: str | None, turn_id: str | None) -> None:
        self.thread_id = thread_id
        self.turn_id = turn_id
        self.stage: str | None = None
        """connecting, queued, loading, acting, thinking or restarting; None once text comes."""
        self.position = 0
        """How many messages are answered first."""
        self.actions: list[Action] = []
        self.confirmations: list[Confirmation] = []
        self.error: LeaError | None = None
        self.done: Done | None = None
        """None before the end, and where there was nothing to follow."""
        self._parts: list[str] = []
        self._unread: list[str] = []
        self._replaced = False

    @property
    def text(self) -> str:
        """What was said so far."""
        if len(self._parts) > 1:  # joined when it is looked at: once a word would be quadratic
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @property
    def confirmation(self) -> Confirmation | None:
        """What Léa asks and nobody has decided."""
        return next((one for one in self.confirmations if one.state == "asked"), None)

    def take(self) -> str:
        """The text that nobody has taken yet, for who reads `events()`: a `Replaced` where all before it is void."""
        piece, self._unread = "".join(self._unread), []
        replaced, self._replaced = self._replaced, False
        return Replaced(piece) if replaced else piece

    def hear(self, data: dict[str, Any]) -> None:
        """The data of one event; what is not known is passed over."""
        if data.get("done") is True:
            self.done, self.stage = msgspec.convert(data, Done), None
            self.thread_id = self.done.session_id
            if self.done.finish_reason not in FAILED:  # another attempt went better
                self.error = None
        elif "status" in data:
            self.stage, self.position = data["status"], data.get("position", 0)
            self.thread_id = data.get("session_id", self.thread_id)
        elif "delta" in data:
            self._parts.append(data["delta"])
            self._unread.append(data["delta"])
            self.stage = None
        elif "snapshot" in data:
            self.say_instead(data["snapshot"])
            self.stage = None
        elif "action" in data:
            action = msgspec.convert(data["action"], Action)
            _put(self.actions, action, own=action.state != "undone")
        elif "confirm" in data:
            confirmation = msgspec.convert(data["confirm"], Confirmation)
            _put(self.confirmations, confirmation, own=confirmation.state == "asked")
        elif "error" in data:
            self.error = of_event(data)

    def say_instead(self, text: str) -> None:
        """What begins as it did before is no replacement."""
        said = self.text
        if text.startswith(said):
            self._unread.append(text[len(said) :])
        else:
            self._unread, self._replaced = [text], True
        self._parts = [text]


def _put(known: list[Any], news: Action | Confirmation, *, own: bool) -> None:
    """What is told again with another state takes its place; what is told of another turn's is not `own`."""
    for place, one in enumerate(known):
        if one.id == news.id:
            known[place] = news
            return
    if own:
        known.append(news)
