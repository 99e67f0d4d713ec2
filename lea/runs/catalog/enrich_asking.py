"""Asking a model about one article: once, and once more where its answer is not what was asked for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lea.errors import ExternalTimeout, ExternalUnavailable, LeaError
from lea.llm.provider import Answering, Caller, ModelEvent, Prompt, Provider, Usage
from lea.llm.tokens import estimate
from lea.messages import Assistant, User
from lea.runs.catalog.enrich_bill import Bill
from lea.runs.catalog.enrich_shape import INSTRUCTION, LANGUAGES, SHAPE, Enriched, read, shown
from lea.runs.pipeline import RunScope
from lea.store.catalog import Row

MOST_CHARACTERS: Final = 16_000
"""Of an answer; more is none."""
MOST_QUOTED: Final = 4000
"""Characters of a wrong answer that are shown to the model again."""
TAKEN: Final = frozenset({"external_api_timeout", "model_cut"})
"""Failures of a question that was taken, and is paid for."""


@dataclass(frozen=True, slots=True)
class Asker:
    """`within_s` bounds a whole answer."""

    provider: Provider
    within_s: float

    async def ask(self, scope: RunScope, item: Row[Any], bill: Bill) -> tuple[Enriched, Answering]:
        """What is said of it, and who says so.

        Raises BudgetExceeded, what Provider.open does, and ExternalUnavailable(`answer_invalid`).
        """
        prompt = Prompt(
            INSTRUCTION.format(language=LANGUAGES[scope.language]),
            (User(shown(item)),),
            Caller(scope.user_id, scope.company_id, scope.language),
            shape=SHAPE,
        )
        await bill.admit(self.provider.answering, tokens(prompt))
        text, by = await self._answer(prompt, bill)
        try:
            return read(text), by
        except ValueError as wrong:
            said = Assistant(text[:MOST_QUOTED] or "{}")
            told = User(f"That is not valid ({wrong}). Answer again, with the corrected JSON object and nothing else.")
        prompt = replace(prompt, messages=(*prompt.messages, said, told))
        bill.again(self.provider.answering, tokens(prompt))
        text, by = await self._answer(prompt, bill)
        try:
            return read(text), by
        except ValueError:
            raise ExternalUnavailable("answer_invalid", retryable=False) from None

    async def _answer(self, prompt: Prompt, bill: Bill) -> tuple[str, Answering]:
        heard = Heard(self.provider.answering)
        try:
            async with asyncio.timeout(self.within_s), self.provider.open(prompt) as stream:
                heard.by = stream.provider
                heard.taken = True
                async for batch in stream:
                    heard.add(batch)
                    if heard.characters > MOST_CHARACTERS:
                        break
        except TimeoutError:
            heard.taken = True
            raise ExternalTimeout from None
        except LeaError as error:
            heard.taken = heard.taken or error.reason in TAKEN
            raise
        except asyncio.CancelledError:
            heard.taken = True
            raise
        finally:
            if heard.taken:
                bill.spent(heard.by, heard.usage or Usage(tokens(prompt), estimate(heard.text), estimated=True))
        return heard.text, heard.by


@dataclass(slots=True)
class Heard:
    """An answer so far; `taken` once it costs something."""

    by: Answering
    taken: bool = False
    usage: Usage | None = None
    characters: int = 0
    _parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def add(self, batch: Sequence[ModelEvent]) -> None:
        for event in batch:
            if isinstance(event, str):
                self._parts.append(event)
                self.characters += len(event)
            elif isinstance(event, Usage):
                self.usage = event


def tokens(prompt: Prompt) -> int:
    """An estimate of what is sent."""
    return estimate(prompt.system) + sum(estimate(message.text) for message in prompt.messages)
