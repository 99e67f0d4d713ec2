"""The token stream of an OpenAI-compatible server, read over the pooled HTTP client."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from lea.config import Llm
from lea.errors import ExternalTimeout, LeaError
from lea.llm.asking import request_body
from lea.llm.failures import broken, complaint, refused
from lea.llm.openai import OpenAIClient, base_url
from lea.llm.provider import Answering, ModelEvent, Prompt
from lea.llm.wire import AnswerReader
from lea.resilience.http import HttpClient, read_at_most

REFUSAL_BYTES = 65_536
REFUSAL_S = 1.0
USAGE_S = 1.0
"""How long the usage and `[DONE]` may come after the reason of the end; the answer is complete without them."""
HTTP_ERRORS: Final = (aiohttp.ClientError, HttpProcessingError, ConnectionError)


class OpenAIStream:
    """Anything that speaks `/chat/completions` with `stream: true`, called `name`.

    Owns `http` and `sdk`: both are closed with it. `lesser` where it stands in for another.
    """

    def __init__(
        self, config: Llm, http: HttpClient, sdk: OpenAIClient, *, name: str = "openai", lesser: bool = False
    ) -> None:
        prices = (config.price_in, config.price_out)
        self.answering = Answering(name, config.model, config.base_url or "openai", lesser, prices)
        self._config = config
        self._http = http
        self._sdk = sdk
        self._url = URL(f"{base_url(config)}/chat/completions")
        self._headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        key = config.api_key.get_secret_value()
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def open(self, prompt: Prompt) -> "Call":
        """Ask; see Provider."""
        body = request_body(self.answering.model, prompt)
        answer = AnswerReader(self._config.max_answer_chars, pieces=prompt.pieces)
        return Call(self.answering, self._http, self._url, self._headers, body, answer, self._config.timeout)

    async def ping(self) -> None:
        """List the models; see Provider."""
        await self._sdk.ping()

    async def aclose(self) -> None:
        await self._http.aclose()
        await self._sdk.aclose()


class Call:
    """One question and its answer, batch by batch; `limit` bounds the first token and each silence after it."""

    def __init__(
        self,
        provider: Answering,
        http: HttpClient,
        url: URL,
        headers: dict[str, str],
        body: bytes,
        answer: AnswerReader,
        limit: float,
    ) -> None:
        self.provider = provider
        self._http = http
        self._url = url
        self._headers = headers
        self._body = body
        self._limit = limit
        self._answer = answer
        self._response: aiohttp.ClientResponse
        self._watch: Watch

    async def __aenter__(self) -> Self:
        begun = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(begun + self._limit):
                response = await self._http.post(self._url, self._body, self._headers)
        except HTTP_ERRORS as error:
            raise broken(error) from error
        except TimeoutError:
            raise ExternalTimeout from None
        if response.status != 200:
            raise await self._refusal(response)
        self._response = response
        self._watch = Watch(response.content, begun, self._limit)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.cancel()
        if not self._answer.ended:
            self._response.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[ModelEvent]:
        answer = self._answer
        if answer.ended:
            raise StopAsyncIteration
        self._watch.begin()
        try:
            while answer.failure is None:
                if answer.finishing:
                    self._watch.shorten(USAGE_S)
                try:
                    data = await self._response.content.readany()
                except (LeaError, *HTTP_ERRORS) as error:
                    data = self._broke_off(error)
                fragments = answer.calls.fragments
                if events := answer.feed(data):
                    return events
                if answer.calls.fragments != fragments:
                    self._watch.begin()  # a call that is being written is no silence
            raise answer.failure
        finally:
            self._watch.end()
            if answer.ended:
                self._give_back()

    def _give_back(self) -> None:
        self._watch.cancel()
        if self._answer.whole:
            self._http.release(self._response)
        else:
            self._response.close()

    def _broke_off(self, error: Exception) -> bytes:
        """The end of the body for an answer that is complete, else the error for people."""
        if self._answer.finishing:
            self._response.close()
            return b""
        if isinstance(error, LeaError):
            raise error
        raise broken(error) from error

    async def _refusal(self, response: aiohttp.ClientResponse) -> LeaError:
        body = b""
        try:
            with suppress(*HTTP_ERRORS, TimeoutError):
                async with asyncio.timeout(REFUSAL_S):
                    body = await read_at_most(response, REFUSAL_BYTES)
        finally:
            response.close()
        return refused(response.status, response.headers, complaint(body))


class Watch:
    """Ends a read that has waited `limit` seconds, with one timer that looks now and then instead of one a token.

    Only the time a reader waits counts: a consumer that is busy elsewhere is not the model's silence.
    """

    def __init__(self, content: aiohttp.StreamReader, since: float, limit: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._content = content
        self._since = since
        self._limit = limit
        self._waiting = False
        self._fresh = True
        self._timer = self._loop.call_at(since + limit, self._look)

    def begin(self) -> None:
        """A reader waits from now on; the first one waits since the question was asked."""
        if not self._fresh:
            self._since = self._loop.time()
        self._fresh, self._waiting = False, True

    def end(self) -> None:
        """The reader has its batch."""
        self._waiting = False

    def shorten(self, limit: float) -> None:
        """From now on `limit` seconds are enough, unless fewer are allowed anyway."""
        if limit < self._limit:
            self._limit, self._since = limit, self._loop.time()
            self._timer.cancel()
            self._timer = self._loop.call_later(limit, self._look)

    def cancel(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _look(self) -> None:
        left = self._since + self._limit - self._loop.time()
        if left <= 0.001 and self._waiting:
            self._content.set_exception(ExternalTimeout())
        else:
            self._timer = self._loop.call_later(max(left, self._limit / 4), self._look)
