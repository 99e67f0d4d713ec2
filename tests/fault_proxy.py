"""A TCP proxy of the tests' own, which refuses, hangs, cuts or delays as a test says."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.ports import free_port

CHUNK = 64 * 1024


class FaultProxy:
    """Everything passes to `127.0.0.1:target` until it is told otherwise; always on the same port."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.connected = 0
        self.passed = 0
        self._target = target
        self._server: asyncio.Server | None = None
        self.refusing = True
        self._passing = asyncio.Event()
        self._delay = 0.0
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.heal()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.refuse()

    async def refuse(self) -> None:
        """Nobody listens, and every connection is cut."""
        if self._server is not None:
            self.refusing = True
            self._server.close()
            await asyncio.sleep(0)  # what was accepted last gets its first step, or it would not be known here
            await self.cut()
            await self._server.wait_closed()
            self._server = None

    def hang(self) -> None:
        """Connections are accepted and kept, and nothing passes either way."""
        self._passing.clear()

    def move(self, target: int) -> None:
        """New connections lead to another port."""
        self._target = target

    def delay(self, seconds: float) -> None:
        """Everything passes that much later, one way."""
        self._delay = seconds

    async def cut(self) -> None:
        """Abort every connection of now; new ones pass."""
        while connections := list(self._connections):
            for connection in connections:
                connection.cancel()
            await asyncio.wait(connections)

    async def heal(self) -> None:
        """Listen again and let everything pass, also what a hang held back."""
        self._delay = 0.0
        self._passing.set()
        if self._server is None:
            self.refusing = False
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(lambda: _Accepted(self), "127.0.0.1", self.port)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self.connected += 1
        writers = [writer]
        try:
            await self._passing.wait()
            target_reader, target_writer = await asyncio.open_connection("127.0.0.1", self._target)
            writers.append(target_writer)
            pumps = [
                asyncio.create_task(self._pump(reader, target_writer)),
                asyncio.create_task(self._pump(target_reader, writer)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.wait(pumps)
        except (OSError, asyncio.CancelledError):  # nobody waits for this task, so a cancellation ends here
            pass
        finally:
            for one in writers:
                one.transport.abort()
            self._connections.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while data := await reader.read(CHUNK):
                self.passed += 1
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._passing.wait()
                writer.write(data)
                await writer.drain()


class _Accepted(asyncio.StreamReaderProtocol):
    """A connection the kernel accepted; one that comes up after nobody listens any more is ended at once."""

    def __init__(self, proxy: FaultProxy) -> None:
        super().__init__(asyncio.StreamReader(), proxy.connect)
        self._proxy = proxy

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._proxy.refusing:
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
        else:
            super().connection_made(transport)
