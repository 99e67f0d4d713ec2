"""Answers that end where a program wants them to, whoever gives them."""

from collections.abc import Sequence
from typing import Self

from lea.llm.provider import Finished, ModelEvent, ModelStream, Prompt, Take


def stopped(stream: ModelStream, prompt: Prompt) -> ModelStream:
    """The answer up to the first of the prompt's `stop` sequences; the same stream where it has none."""
    stops = prompt.settings.get("stop")
    return Stopped(stream, stops) if stops else stream


class Stopped:
    """Servers know `stop` as a rule and cut by themselves: then nothing is found here, and only a few characters wait.

    What may be the beginning of a sequence is held back until it is known.
    """

    def __init__(self, stream: ModelStream, stops: Sequence[str]) -> None:
        self.provider = stream.provider
        self._stream = stream
        self._stops = stops
        self._held = ""
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Sequence[ModelEvent]:
        if self._over:
            raise StopAsyncIteration
        events: list[ModelEvent] = []
        for event in await anext(self._stream):
            if not isinstance(event, str):
                if self._held:
                    events.append(self._held)
                    self._held = ""
                events.append(event)
            elif self._reaches(event, events):
                events.append(Finished("stop"))
                break
        return events

    async def pour(self, take: Take) -> None:
        async for batch in self:  # read: it may end before the stream does
            take(batch)

    def _reaches(self, text: str, events: list[ModelEvent]) -> bool:
        """Tell what can be told of it; whether the answer ends in it."""
        text = self._held + text
        found = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        self._over = bool(found)
        told = min(found) if found else len(text) - self._beginning(text)
        self._held = "" if found else text[told:]
        if told:
            events.append(text[:told])
        return self._over

    def _beginning(self, text: str) -> int:
        """How many characters at the end of `text` may be the beginning of a sequence."""
        longest = max(map(len, self._stops)) - 1
        ends = (text[-length:] for length in range(min(longest, len(text)), 0, -1))
        return next((len(end) for end in ends if any(stop.startswith(end) for stop in self._stops)), 0)
