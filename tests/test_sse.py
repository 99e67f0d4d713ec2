"""The relay at its bounds: readers that take nothing, readers that vanish."""

import asyncio
import socket
from contextlib import AsyncExitStack
from time import perf_counter

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from lea.auth.permissions import Identity
from lea.config import Server
from lea.handlers.problems import REQUEST_ID
from lea.handlers.sse import Streams
from lea.handlers.timing import BEGAN
from lea.ids import CompanyId, UserId
from lea.resilience.bounds import Most
from lea.tasks import TaskOwner
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer

WHO = Identity(UserId("usr_1"), CompanyId("cmp_1"), "member", "Ada", "fr", "key")


async def test_a_reader_that_takes_nothing_is_cut_after_the_send_timeout(tmp_path, model: ModelServer) -> None:
    """Its turn ends whole, and nothing of the reader is left behind."""
    model.script(Answer(pieces=tuple("x" * 2000 for _ in range(5000))))
    config = settings(
        tmp_path, llm={"base_url": model.url, "max_answer_chars": 20_000_000}, server={"send_timeout": 0.2}
    )
    async with running(config) as lea:
        ada = await lea.person()
        host, port = lea.url.removeprefix("http://").split(":")
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(reader, (host, int(port)))
            body = orjson.dumps({"message": "Tout", "session_id": "s1", "request_id": "r1"})
            head = (
                f"POST /v1/lea/chat/stream HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
                f"Authorization: {ada.headers['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            await loop.sock_sendall(reader, head.encode() + body)
            await loop.sock_recv(reader, 1)
            assert lea.followers == 1
            async with asyncio.timeout(20):
                while lea.followers:
                    await asyncio.sleep(0.01)
        _, answer = await ada.call("POST", "/v1/lea/chat", {"message": "Tout", "session_id": "s1", "request_id": "r1"})
        assert answer["finish_reason"] == "stop"
        assert len(answer["message"]) == 10_000_000
        assert len(model.exchanges) == 1


async def test_followers_that_vanish_leave_nothing_behind(tmp_path, model: ModelServer) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with running(settings(tmp_path, llm={"base_url": model.url}, server={"heartbeat": 0.02})) as lea:
        ada = await lea.person()
        responses = [
            await ada.request("POST", "/v1/lea/chat/stream", {"message": "Bonjour", "request_id": "r1"})
            for _ in range(20)
        ]
        assert lea.followers == 20
        for response in responses:
            response.close()
        async with asyncio.timeout(20):
            while lea.followers:
                await asyncio.sleep(0.01)
        gate.release()
        gate.release()
        assert (await ada.ask("Bonjour", request_id="r1")).text == "un deux"


async def test_two_hundred_readers_of_one_turn_all_get_all_of_it(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer("mot " * 50, every=0.002))
    told = await asyncio.gather(*(ada.ask("Bonjour", request_id="r1") for _ in range(200)))
    assert {one.text for one in told} == {"mot " * 50}
    assert all([event.n for event in one.events] == list(range(1, len(one.events) + 1)) for one in told)
    assert len(model.exchanges) == 1


async def test_who_asks_at_the_same_moment_has_the_first_byte_before_anybodys_turn_begins() -> None:
    streams = Streams(Server(), Most(100, 100, 100), TaskOwner())
    begun: list[int] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        request[REQUEST_ID], request[BEGAN] = "r_1", perf_counter()
        async with streams.open(request, WHO, {}) as opened:
            begun.append(streams.begun)
        await opened.response.write_eof()
        return opened.response

    app = web.Application()
    app.router.add_get("/", handler)
    async with TestServer(app) as server, AsyncExitStack() as stack:
        loop = asyncio.get_running_loop()
        readers = [stack.enter_context(socket.socket()) for _ in range(30)]
        for reader in readers:
            reader.setblocking(False)
            await loop.sock_connect(reader, (server.host, server.port))
            reader.send(b"GET / HTTP/1.1\r\nHost: x")
            await asyncio.sleep(0)
        for reader in readers:
            reader.send(b"\r\n\r\n")
        for reader in readers:
            assert b"200 OK" in await loop.sock_recv(reader, 4096)
        async with asyncio.timeout(20):
            while len(begun) < len(readers):
                await asyncio.sleep(0.01)
    assert set(begun) == {len(readers)}
