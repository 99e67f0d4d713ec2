"""The offline engine: answers by rules from the company's data, where no model is configured."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Final

from lea.llm.offline.answers import answer, received
from lea.llm.offline.facts import Facts
from lea.llm.offline.rules import Intent, understand
from lea.llm.provider import Answering, Finished, ModelEvent, ModelStream, Prompt, Told, Usage
from lea.llm.tokens import estimate
from lea.messages import User

WORD: Final = re.compile(r"[^ \n]*[ \n]*")
"""A word with the spaces after it; a non-breaking space is part of its word."""
FACTUAL: Final[frozenset[Intent]] = frozenset({"whoami", "threads", "files", "file", "jobs"})
"""Questions whose answer is the same whoever gives it; small talk belongs to a conversation the rules cannot have."""


class LocalEngine:
    """A Provider that needs nothing but the facts; the same question about the same facts has the same answer.

    `words_per_second` is the pace the answer appears at, 0 as fast as it is read. Facts that cannot be read become a
    sentence of the answer, so opening raises nothing. What was done for the question already is told as it is. Files
    cannot be read without a model, and that is said.
    `lesser` where it stands in for a model.
    """

    def __init__(
        self, facts: Facts, *, words_per_second: float = 80, lesser: bool = False, name: str = "offline"
    ) -> None:
        self.answering = Answering(name, "rules", "offline", lesser)
        self._facts = facts
        self._pause = 1 / words_per_second if words_per_second else 0.0

    @asynccontextmanager
    async def open(self, prompt: Prompt) -> AsyncIterator[ModelStream]:
        """See Provider. Only the last words of the person are read, and only they are counted as prompt."""
        said = _said(prompt)
        question, files = said.text, said.files
        request = understand(question, prompt.caller.language)
        text = prompt.acted
        if not text and not (files and request.intent == "unknown"):
            text = await answer(request, prompt.caller, self._facts)
        if files:
            text = "\n\n".join(filter(None, (received(files, request.language), text)))
        async with aclosing(self._told(question, text)) as stream:
            yield Told(self.answering, stream)

    def can_stand_in(self, prompt: Prompt) -> bool:
        """Whether this is a question of fact that the rules understand whole, so that a model is not missed.

        So is what was done or found already: it only has to be told. A question with files is not.
        """
        if prompt.acted:
            return True
        said = _said(prompt)
        return not said.files and understand(said.text, prompt.caller.language).intent in FACTUAL

    async def ping(self) -> None:
        """There is nobody to wait for."""

    async def aclose(self) -> None:
        """Nothing is held."""

    async def _told(self, question: str, text: str) -> AsyncGenerator[Sequence[ModelEvent], None]:
        """One word a batch, each due at its own time: a reader that was late is not made later."""
        clock = asyncio.get_running_loop().time
        due = clock()
        for word in WORD.findall(text):
            if word:
                yield (word,)
                due += self._pause
                await asyncio.sleep(max(0.0, due - clock()))
        yield Usage(estimate(question), estimate(text), estimated=True), Finished("stop")


def _said(prompt: Prompt) -> User:
    return next((said for said in reversed(prompt.messages) if isinstance(said, User)), User(""))
