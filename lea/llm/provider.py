"""The port every model stands behind.

Opening may be retried by who holds the provider, reading may not: half an answer is never asked for twice.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from lea.ids import CompanyId, UserId
from lea.messages import Message
from lea.sentences import Language

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf the model is asked."""

    user_id: UserId
    company_id: CompanyId
    language: Language


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to a model: `messages` oldest first, the last one the person's."""

    system: str
    messages: tuple[Message, ...]
    caller: Caller


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `estimated` when the provider did not say. `cached` is a part of `prompt`."""

    prompt: int
    completion: int
    cached: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The provider ended the answer on its own terms."""

    reason: FinishReason


ModelEvent = str | Usage | Finished
"""A `str` is text to append."""

ModelStream = AsyncIterator[Sequence[ModelEvent]]
"""What one read brought, in order; a stream that ends without `Finished` raises instead."""


class Provider(Protocol):
    """A model that can be asked."""

    name: str
    """As told in `done.provider`: `openai`, `offline`."""
    model: str
    price_hint: str
    """Whose price list counts: `offline`, a provider's id, or a base URL (see prices.py)."""

    def open(self, prompt: Prompt) -> AbstractAsyncContextManager[ModelStream]:
        """Ask; leaving the context ends the call at once, also in mid-answer.

        Raises ExternalTimeout, ExternalUnavailable, ExternalRejected or NetworkError, on entering or while read.
        """
        ...

    async def ping(self) -> None:
        """Find out whether the provider answers at all, without spending a token; raises like `open`."""
        ...

    async def aclose(self) -> None:
        """Give back the connections."""
        ...
