"""A model that fails on a real socket: the way to it, its timeouts and its retries are the ones people depend on."""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from typing import Final

from lea.drill.target import ModelFault

REQUEST_S: Final = 10
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
SAID: Final = ("This ", "answer ", "is cut ", "on purpose")

COMPLAINT: Final = b'{"error":{"message":"a drill"}}'
REFUSAL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(COMPLAINT), COMPLAINT)
)
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class BrokenModel:
    """Listens on this machine only, from `start` to `aclose`; every request meets `fault`."""

    def __init__(self, fault: ModelFault) -> None:
        self._fault = fault
        self._server: asyncio.Server | None = None
        self._open: set[StreamWriter] = set()

    async def start(self) -> str:
        """The address for `llm.base_url`."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def aclose(self) -> None:
        """Whoever still waits is cut off."""
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._open.add(writer)
        try:
            async with asyncio.timeout(REQUEST_S):
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                await reader.readexactly(int(length[1]) if length else 0)
            await self._fail(reader, writer)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass  # whoever asked has left
        finally:
            self._open.discard(writer)
            writer.close()

    async def _fail(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self._fault == "model_hangs":
            await reader.read()  # until whoever asked gives up
        elif self._fault == "model_errors":
            writer.write(REFUSAL)
            await writer.drain()
        else:
            writer.write(HEAD + b"".join(_chunk(text) for text in SAID))
            await writer.drain()


def _chunk(text: str) -> bytes:
    event = b'data: {"choices":[{"index":0,"delta":{"content":"%b"}}]}\n\n' % text.encode()
    return b"%x\r\n%b\r\n" % (len(event), event)
