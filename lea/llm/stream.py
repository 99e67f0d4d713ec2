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
from lea.llm.openai import base_url
from lea.llm.provider import Answering, ModelEvent, Prompt, Take
from lea.llm.silence import Watch
from lea.llm.wire import AnswerReader
from lea.resilience.http import HttpClient, arriving_of, read_at_most

REFUSAL_BYTES = 65_536
REFUSAL_S = 1.0
PING_S = 5.0
USAGE_S = 1.0
"""How long the usage and `[DONE]` may come after the reason of the end; the answer is complete without them."""
HTTP_ERRORS: Final = (aiohttp.ClientError, HttpProcessingError, ConnectionError)


class OpenAIStream:
    """Anything that speaks `/chat/completions` with `stream: true`, called `name`.

    Owns `http`, which is closed with it. `lesser` where it stands in for another.
    """

    def __init__(self, config: Llm, http: HttpClient, *, name: str = "openai", lesser: bool = False) -> None:
        prices = (config.price_in, config.price_out)
        self.answering = Answering(name, config.model, config.base_url or "openai", lesser, prices)
        self._config = config
        self._http = http
        self._url = URL(f"{base_url(config)}/chat/completions")
        self._models = URL(f"{base_url(config)}/models")
        key = config.api_key.get_secret_value()
        self._signed = {"Authorization": f"Bearer {key}"} if key else {}
        self._headers = {"Content-Type": "application/json", "Accept": "text/event-stream", **self._signed}

    def open(self, prompt: Prompt) -> "Call":
        """Ask; see Provider."""
        body = request_body(self.answering.model, prompt)
        answer = AnswerReader(self._config.max_answer_chars, pieces=prompt.pieces)
        return Call(self.answering, self._http, self._url, self._headers, body, answer, self._config.timeout)

    async def ping(self) -> None:
        """List the models, by the connections that questions take; see Provider."""
        try:
            async with asyncio.timeout(min(PING_S, self._config.timeout)):
                response = await self._http.get(self._models, self._signed)
                if response.status != 200:
                    raise await _refusal(response)
                self._http.release(response)
        except HTTP_ERRORS as error:
            raise broken(error) from error
        except TimeoutError:
            raise ExternalTimeout from None

    async def aclose(self) -> None:
        await self._http.aclose()


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
            raise await _refusal(response)
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
                try:
                    data = await self._response.content.readany()
                except (LeaError, *HTTP_ERRORS) as error:
                    data = self.broke_off(error)
                if events := self.take_in(data):
                    return events
            raise answer.failure
        finally:
            self._watch.end()
            if answer.ended:
                self._give_back()

    async def pour(self, take: Take) -> None:
        """See ModelStream: handed over from within the arrival of the bytes, no task is woken for them."""
        if self._answer.ended:
            return
        pouring = _Pouring(self, self._response.content, take)
        arriving = arriving_of(self._response)
        self._watch.begin()
        self._watch.on_silence = pouring.arrived
        try:
            if arriving is not None:
                arriving.on_arrival = pouring.arrived
            pouring.arrived()
            await pouring.over
        finally:
            if arriving is not None:
                arriving.on_arrival = None
            self._watch.on_silence = None  # each would hold the other until the garbage collector looks
            self._watch.end()
            if self._answer.ended:
                self._give_back()

    def take_in(self, data: bytes) -> list[ModelEvent]:
        """The events in what has arrived. A call that is being written is no silence either."""
        answer = self._answer
        fragments = answer.calls.fragments
        events = answer.feed(data)
        if events or answer.calls.fragments != fragments:
            self._watch.begin()
        if answer.finishing:
            self._watch.shorten(USAGE_S)
        return events

    @property
    def over(self) -> bool:
        """Whether nothing more will be told."""
        return self._answer.ended or self._answer.failure is not None

    @property
    def failure(self) -> LeaError | None:
        """Why the answer has no end."""
        return self._answer.failure

    def _give_back(self) -> None:
        self._watch.cancel()
        if self._answer.whole:
            self._http.release(self._response)
        else:
            self._response.close()

    def broke_off(self, error: BaseException) -> bytes:
        """The end of the body for an answer that is complete, else the error for people."""
        if self._answer.finishing:
            self._response.close()
            return b""
        if isinstance(error, HTTP_ERRORS):
            raise broken(error) from error
        raise error


async def _refusal(response: aiohttp.ClientResponse) -> LeaError:
    body = b""
    try:
        with suppress(*HTTP_ERRORS, TimeoutError):
            async with asyncio.timeout(REFUSAL_S):
                body = await read_at_most(response, REFUSAL_BYTES)
    finally:
        response.close()
    return refused(response.status, response.headers, complaint(body))


class _Pouring:
    """One answer on its way through; `over` resolves at its end."""

    def __init__(self, call: Call, content: aiohttp.StreamReader, take: Take) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._call = call
        self._content = content
        self._take = take

    def arrived(self) -> None:
        """Hand over what there is. Whatever goes wrong is the answer's end, and not the connection's affair."""
        if self.over.done():
            return
        try:
            while not self._call.over and (data := self._read()) is not None:
                if events := self._call.take_in(data):
                    self._take(events)
        except Exception as error:
            self.over.set_exception(error)
            return
        if self._call.over:
            failure = self._call.failure
            self.over.set_result(None) if failure is None else self.over.set_exception(failure)

    def _read(self) -> bytes | None:
        """What has come; `b""` at the end of the body, None where more is to be waited for."""
        content = self._content
        error = content.exception()
        if error is not None:
            return self._call.broke_off(error)
        return content.read_nowait() or (b"" if content.is_eof() else None)
