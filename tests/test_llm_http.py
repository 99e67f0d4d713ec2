"""The pooled client: what it keeps, what it closes, what it never sends."""

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from lea.resilience.http import HttpClient, read_at_most
from tests.fakes import time_passes
from tests.model_server import Answer, ModelServer, Refusal

HEADERS = {"Content-Type": "application/json"}


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    client = HttpClient("model", connections=1, connect_timeout=60)
    yield client
    await client.aclose()


async def ask(http: HttpClient, server: ModelServer) -> aiohttp.ClientResponse:
    return await http.post(f"{server.url}/chat/completions", b"{}", HEADERS)


async def test_a_connection_sends_at_once_without_waiting_for_more(http: HttpClient, server: ModelServer) -> None:
    server.script(Answer(fault="silence"))
    response = await ask(http, server)
    assert response.connection is not None
    assert response.connection.transport is not None
    kernel = response.connection.transport.get_extra_info("socket")
    assert kernel.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    response.close()


async def test_a_released_response_gives_its_connection_back_when_the_body_ends(
    http: HttpClient, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.resilience.http.LINGER_S", 60)
    gate = asyncio.Semaphore(0)
    server.script(Answer("un", gate=gate))
    response = await ask(http, server)
    http.release(response)
    gate.release()
    await response.content.wait_eof()
    (await ask(http, server)).close()
    assert server.exchanges[0].peer == server.exchanges[1].peer


async def test_a_released_response_whose_body_does_not_end_is_closed(http: HttpClient, server: ModelServer) -> None:
    server.script(Answer(fault="silence"))
    http.release(await ask(http, server))
    async with asyncio.timeout(30):
        await server.wait_until_closed(0)


async def test_closing_ends_released_responses_too(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lea.resilience.http.LINGER_S", 600)
    http = HttpClient("model", connections=1, connect_timeout=60)
    server.script(Answer(fault="silence"))
    http.release(await ask(http, server))
    await http.aclose()
    async with asyncio.timeout(30):
        await server.wait_until_closed(0)


async def test_a_full_pool_is_waited_for_no_longer_than_a_connection(
    http: HttpClient, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script(Answer(fault="silence"))
    response = await ask(http, server)
    asking = asyncio.ensure_future(ask(http, server))
    await asyncio.sleep(0.01)  # by then it waits; if not, it waits out its time
    time_passes(monkeypatch, 62)
    with pytest.raises(aiohttp.ConnectionTimeoutError):
        await asking
    response.close()


async def test_cookies_are_neither_kept_nor_sent(http: HttpClient, server: ModelServer) -> None:
    server.script(Refusal(200, headers=(("Set-Cookie", "a=b"),)))
    for _ in range(2):
        await (await ask(http, server)).read()
    assert "Cookie" not in server.exchanges[1].headers


async def test_a_body_is_read_up_to_its_bound(http: HttpClient, server: ModelServer) -> None:
    server.script(Refusal(200, body=b"x" * 100_000))
    response = await ask(http, server)
    assert len(await read_at_most(response, 1000)) == 1000
    response.close()
