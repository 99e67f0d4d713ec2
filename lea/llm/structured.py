"""Answers of a given shape, also from servers that know of none."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace

import msgspec

from lea.errors import ExternalRejected
from lea.llm.provider import ModelStream, Prompt, Provider


class Shaped:
    """A Provider whose server may refuse `response_format`: it is then asked for the same in words, and from the first
    such answer on never for anything else."""

    def __init__(self, provider: Provider) -> None:
        self.answering = provider.answering
        self._provider = provider
        self._in_words = False

    def open(self, prompt: Prompt) -> AbstractAsyncContextManager[ModelStream]:
        """Ask; see Provider."""
        if prompt.shape is None:
            return self._provider.open(prompt)
        return self._provider.open(in_words(prompt)) if self._in_words else self._tried(prompt)

    async def ping(self) -> None:
        await self._provider.ping()

    async def aclose(self) -> None:
        await self._provider.aclose()

    @asynccontextmanager
    async def _tried(self, prompt: Prompt) -> AsyncIterator[ModelStream]:
        async with AsyncExitStack() as stack:
            try:
                stream = await stack.enter_async_context(self._provider.open(prompt))
            except ExternalRejected as error:
                if error.reason != ExternalRejected.default_code:  # it says what it refused, and that is not the shape
                    raise
                stream = await stack.enter_async_context(self._provider.open(in_words(prompt)))
                self._in_words = True
            yield stream


def in_words(prompt: Prompt) -> Prompt:
    """The same question, with its shape told instead of asked for."""
    assert prompt.shape is not None
    schema = msgspec.json.encode(prompt.shape.schema).decode()
    told = f"{prompt.system}\n\nAnswer with one JSON object of this JSON schema, and with nothing else:\n{schema}"
    return replace(prompt, system=told, shape=None)
