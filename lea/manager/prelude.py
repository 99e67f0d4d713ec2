"""What a turn does before it loads or asks anything: what its message plainly asks, or what was decided."""

from typing import Final, Literal

from lea.actions.intents import Intent, prepared, understand
from lea.actions.intents.pronouns import spelled_out
from lea.llm.offline.phrases import NBSP
from lea.manager.acting import Acted, Acting
from lea.manager.answer import Granted
from lea.manager.ask import Ask
from lea.manager.outcome import Timings
from lea.manager.recall import Recall
from lea.manager.thread import Thread

KNOWN: Final = "known"
"""This request was answered before."""
Known = Literal["known"]


class Prelude:
    """Belongs to a turn."""

    def __init__(self, ask: Ask, acting: Acting, recall: Recall, granted: Granted, timings: Timings) -> None:
        self._ask = ask
        self._acting = acting
        self._recall = recall
        self._granted = granted
        self._timings = timings

    async def act(self, thread: Thread) -> Acted | Known | None:
        """What was done or found; None where a model is to be asked. Nothing is done before the turn may answer."""
        if self._ask.kind == "decision":
            return KNOWN if await self._granted() is None else await self._acting.decided()
        wish = await self._wish(thread)
        if not isinstance(wish, tuple):
            return wish
        intent, last = wish
        begun = await self._granted()
        if begun is None:
            return KNOWN
        self._timings.mark("acting")
        acted = await self._acting.plainly(intent, begun.user_message_id, last)
        thread.about = self._acting.about or thread.about
        if acted is not None and acted.final:
            await self._recall.history(thread)  # the next words may answer what is told now
        self._timings.mark("acted")
        return acted

    async def _wish(self, thread: Thread) -> tuple[Intent, str] | Known | None:
        """What the message plainly asks, and what Léa said before it."""
        if self._ask.kind == "continue":
            return None
        text = self._ask.text
        if self._ask.kind == "regenerate":
            begun = await self._granted()
            if begun is None:
                return KNOWN
            text = begun.text
        if self._recall.may_refer(thread) and await self._recall.history(thread) is None:
            return KNOWN
        await prepared()
        last, before = self._recall.last_words(thread)
        intent = understand(text, last=last.replace(NBSP, " "), before=before, language=self._ask.language)
        if intent is None and thread.about and (said := spelled_out(text, thread.about)) is not None:
            intent = understand(said, language=self._ask.language)
        return None if intent is None else (intent, last)
