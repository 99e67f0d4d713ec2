"""A scripted OpenAI-compatible server on a real socket, for tests, benchmarks and trying the page by hand.

In a test:

    async with ModelServer() as server:
        server.script(Refusal(503), Answer("Bonjour"))      # one reply a request, then `server.default`
        ... Llm(base_url=server.url) ...
        exchange = await server.exchange(1)                 # the second request: body, headers, what it was sent
        await exchange.closed.wait()                        # the client went away before the end

As a process, `python -m tests.model_server --port 0` prints `{"url": …}` on one line. What a person writes then
chooses the reply: `[[slow]]`, `[[cut]]` and the other markers of model_replies.py, anywhere in the last message.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import uvloop
from aiohttp import web

from tests.model_ears import Ears
from tests.model_replies import Answer, Call, Fault, Refusal, Reply, events, marked, refusal

__all__ = ["Answer", "Call", "Exchange", "ModelServer", "Refusal", "Reply"]


@dataclass(eq=False, slots=True)
class Exchange:
    """One request and what became of it."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    peer: tuple[str, int]
    """The client's address and port: the same for requests over the same connection."""
    began: float
    sent: list[str] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client goes away before the reply has ended."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the reply is out whole."""


class ModelServer:
    """Listens from `__aenter__` to `__aexit__`; `url` is what goes into `base_url`."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, default: Reply | None = None) -> None:
        self.default: Reply = default or Answer()
        self.exchanges: list[Exchange] = []
        self.keep_log = True
        """Off in long benchmarks: the log grows with every request."""
        self.pings = 0
        self.pinged_with: Mapping[str, str] = {}
        """Headers of the last of them."""
        self.models: Refusal | None = None
        """What `GET /models` says instead of the list."""
        self.url = ""
        self._host, self._port = host, port
        self._script: deque[Reply] = deque()
        self._arrived = asyncio.Condition()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._completions)
        app.router.add_get("/v1/models", self._models)
        self.ears = Ears()
        app.router.add_post("/v1/audio/transcriptions", self.ears.listen)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port, backlog=4096).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def script(self, *replies: Reply) -> None:
        """Answer the next requests with these, in this order."""
        self._script.extend(replies)

    def forget_script(self) -> None:
        """Whatever was not asked for will not be said."""
        self._script.clear()

    async def exchange(self, number: int) -> Exchange:
        """The request of that number from 0 on, once it has come."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.exchanges) > number)
        return self.exchanges[number]

    async def wait_until_closed(self, number: int) -> None:
        """Until the client of that request has gone away in mid-answer."""
        await (await self.exchange(number)).closed.wait()

    async def _models(self, request: web.Request) -> web.Response:
        self.pings += 1
        self.pinged_with = request.headers
        if self.models is not None:
            return refusal(self.models)
        return web.json_response({"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        body = json.loads(await request.read())
        peer = request.transport.get_extra_info("peername")[:2]
        exchange = Exchange(body, request.headers, peer, time.monotonic())
        reply = self._script.popleft() if self._script else marked(body) or self.default
        if self.keep_log:
            async with self._arrived:
                self.exchanges.append(exchange)
                self._arrived.notify_all()
        try:
            if isinstance(reply, Refusal):
                return refusal(reply)
            return await Playing(request, reply, exchange).play()
        except (asyncio.CancelledError, ConnectionError):
            if not exchange.ended.is_set():
                exchange.closed.set()
            raise asyncio.CancelledError from None


class Playing:
    """One answer on its way out."""

    def __init__(self, request: web.Request, answer: Answer, exchange: Exchange) -> None:
        self._request = request
        self._answer = answer
        self._exchange = exchange
        assert request.transport is not None
        self._transport = request.transport
        self._out = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})

    async def play(self) -> web.StreamResponse:
        answer = self._answer
        await asyncio.sleep(answer.header_after)
        if answer.fault and answer.fault_at < 0:
            await self._strike(answer.fault, headed=False)
        self._out.enable_chunked_encoding()
        await self._out.prepare(self._request)
        opening, tokens, ending = events(answer)
        await self._write(opening)
        await asyncio.sleep(answer.first_after)
        await self._tell(tokens)
        if answer.fault and answer.fault != "end":
            await self._strike(answer.fault)
        elif answer.fault is None:
            await self._write(ending)
        await self._out.write_eof()
        self._exchange.ended.set()
        return self._out

    async def _tell(self, tokens: Sequence[bytes]) -> None:
        answer = self._answer
        words = answer.words()[: len(tokens)]
        if answer.gate is not None:
            for word, token in zip(words, tokens, strict=True):
                await answer.gate.acquire()
                self._exchange.sent.append(word)
                await self._write(token)
            return
        if answer.every:
            await Paced(self._transport, tokens, words, self._exchange.sent, answer.every).told
            return
        self._exchange.sent.extend(words)
        await self._write(b"".join(tokens))

    async def _strike(self, fault: Fault, *, headed: bool = True) -> None:
        if fault == "cut":
            self._exchange.ended.set()
            self._transport.abort()
            raise ConnectionAbortedError
        if fault == "error":
            await self._write(b'data: {"error":{"message":"The scripted server fails.","type":"server_error"}}\n\n')
        if fault == "malformed":
            await self._write(b'data: {"choices":[{"delta":{"con\n\n')
        while fault == "silence":
            await asyncio.sleep(self._answer.comments_every)
            if headed:
                await self._write(b": still here\n\n")

    async def _write(self, data: bytes) -> None:
        size = self._answer.bytes_a_write or len(data) or 1
        for start in range(0, len(data), size):
            await self._out.write(data[start : start + size])
            if self._answer.bytes_a_write:
                await asyncio.sleep(0)


class Paced:
    """Tokens at a steady pace, written to the transport from a timer: a fraction of what a task a stream costs."""

    def __init__(
        self, transport: asyncio.Transport, tokens: Sequence[bytes], words: Sequence[str], sent: list[str], every: float
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._steps = zip(tokens, words, strict=True)
        self._sent = sent
        self._every = every
        self._due = self._loop.time()
        self.told: asyncio.Future[None] = self._loop.create_future()
        """Done a pace after the last token; to be awaited at once."""
        self._step()

    def _step(self) -> None:
        if self.told.done():
            return
        if self._transport.is_closing():
            self.told.set_exception(ConnectionResetError())
            return
        token, word = next(self._steps, (b"", ""))
        if not token:
            self.told.set_result(None)
            return
        self._sent.append(word)
        self._transport.write(b"%x\r\n%b\r\n" % (len(token), token))
        self._due += self._every
        self._loop.call_at(self._due, self._step)


async def serve(host: str, port: int, default: Answer) -> None:
    """Run until killed."""
    async with ModelServer(host=host, port=port, default=default) as server:
        server.keep_log = False
        sys.stdout.write(json.dumps({"url": server.url}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def plain_words(count: int) -> tuple[str, ...]:
    """So many words with `mot` in each: letters only, since a word with digits may be a reference to look up."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return tuple(f"mot{letters[number // 26 % 26]}{letters[number % 26]} " for number in range(count))


def main() -> None:
    options = argparse.ArgumentParser(description="A scripted OpenAI-compatible server.")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--tokens", type=int, default=0, help="length of the default answer; 0: a short sentence")
    options.add_argument("--every", type=float, default=0.02, help="seconds between tokens")
    given = options.parse_args()
    words = plain_words(given.tokens)
    with suppress(KeyboardInterrupt):
        uvloop.run(serve(given.host, given.port, Answer(pieces=words, every=given.every)))


if __name__ == "__main__":
    main()
