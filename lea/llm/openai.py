"""The one home of the `openai` package: what is asked of a provider beside chat."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from lea.config import Llm
from lea.errors import ExternalTimeout, ExternalUnavailable, LeaError, NetworkError
from lea.llm.failures import complaint, refused

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger()

OPENAI_URL: Final = "https://api.openai.com/v1"
MOST_BYTES: Final = 1_048_576
"""Of an answer that is read whole."""
NO_KEY = "none"
"""The SDK insists on a key; a server of one's own asks for none."""


def base_url(config: Llm) -> str:
    """Where the provider is; taken as it is set, with or without `/v1`, as every OpenAI client does."""
    return config.base_url or OPENAI_URL


class OpenAIClient:
    """The SDK's client, made at its first use.

    The package takes most of a second to import, so that happens in a thread and not before it is needed.
    """

    def __init__(self, config: Llm, *, timeout: float | None, connect_timeout: float) -> None:
        self._config = config
        self._connect_timeout = connect_timeout
        self._timeout = timeout
        self._sdk: AsyncOpenAI | None = None
        self._making = asyncio.Lock()

    async def transcribe(self, model: str, file: tuple[str, Path, str], language: str) -> bytes:
        """What the server says to a file of its name, place and media type. Raises as Provider.open does."""
        sdk = await self._client()
        name, path, media = file
        data = await asyncio.to_thread(path.read_bytes)
        ask = sdk.audio.transcriptions.with_streaming_response.create
        try:
            async with ask(file=(name, data, media), model=model, language=language, response_format="json") as answer:
                return await _at_most(answer.iter_bytes(), MOST_BYTES)
        except LeaError:
            raise
        except Exception as error:  # the SDK also lets its transport's and decoder's errors through as they are
            raise _translated(error) from error

    async def aclose(self) -> None:
        """Give back the connections."""
        if self._sdk is not None:
            await self._sdk.close()

    async def _client(self) -> "AsyncOpenAI":
        async with self._making:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(_made, self._config, self._timeout, self._connect_timeout)
        return self._sdk


async def _at_most(chunks: AsyncIterator[bytes], most: int) -> bytes:
    read = bytearray()
    async for chunk in chunks:
        read += chunk
        if len(read) > most:
            raise ExternalUnavailable("answer_invalid", retryable=False)
    return bytes(read)


def _made(config: Llm, timeout_s: float | None, connect_s: float) -> "AsyncOpenAI":
    import httpx2
    from openai import AsyncOpenAI

    timeout = httpx2.Timeout(timeout_s, connect=connect_s)
    return AsyncOpenAI(
        base_url=base_url(config),
        api_key=config.api_key.get_secret_value() or NO_KEY,
        max_retries=0,
        timeout=timeout,
        http_client=httpx2.AsyncClient(timeout=timeout, trust_env=False, follow_redirects=False),
    )


def _translated(error: Exception) -> LeaError:
    import httpx2
    import openai

    match error:
        case openai.APIStatusError():
            return refused(error.status_code, error.response.headers, complaint(error.response.content))
        case openai.APITimeoutError() if not isinstance(error.__cause__, httpx2.ConnectTimeout):
            return ExternalTimeout()
        case openai.APIConnectionError():
            return NetworkError()
        case _:
            log.warning("model.garbled", error=type(error).__name__)
            return ExternalUnavailable()
