"""The bare relay: forwards the model's bytes and parses nothing. What Léa adds is measured against it."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator

import aiohttp
import uvloop
from aiohttp import web

MODEL = web.AppKey("model", str)
CLIENT = web.AppKey("client", aiohttp.ClientSession)
FOLLOWERS = web.AppKey("followers", list[web.StreamResponse])
ENDED = web.AppKey("ended", asyncio.Event)
HEADERS = {"Content-Type": "application/json"}


async def stream(request: web.Request) -> web.StreamResponse:
    """The model's stream, piece by piece as it comes."""
    body = await request.read()
    async with request.app[CLIENT].post(request.app[MODEL], data=body, headers=HEADERS) as answer:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        async for data in answer.content.iter_any():
            await response.write(data)
        await response.write_eof()
    return response


async def whole(request: web.Request) -> web.StreamResponse:
    """The model's answer in one piece."""
    body = await request.read()
    async with request.app[CLIENT].post(request.app[MODEL], data=body, headers=HEADERS) as answer:
        return web.Response(body=await answer.read(), content_type="application/json")


async def hung(request: web.Request) -> web.StreamResponse:
    """The least that says something at once and then nothing more."""
    await request.read()
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b": ok\n\n")
    await asyncio.Event().wait()
    return response


async def nothing(request: web.Request) -> web.StreamResponse:
    """The least that answers a request."""
    await request.read()
    return web.json_response({"success": True})


async def follow(request: web.Request) -> web.StreamResponse:
    """One of those `publish` writes to."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b": ok\n\n")
    request.app[FOLLOWERS].append(response)
    await request.app[ENDED].wait()
    return response


async def publish(request: web.Request) -> web.StreamResponse:
    """Write the body to every follower, one after the other; an empty one ends them all."""
    data = await request.read()
    if not data:
        request.app[ENDED].set()
    for response in request.app[FOLLOWERS]:
        await response.write(data)
    return web.Response(text="told")


async def client(app: web.Application) -> AsyncIterator[None]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as app[CLIENT]:
        yield


async def serve(model: str) -> None:
    """Run until killed."""
    app = web.Application()
    app[MODEL] = f"{model}/chat/completions"
    app[FOLLOWERS], app[ENDED] = [], asyncio.Event()
    app.router.add_post("/stream", stream)
    app.router.add_post("/whole", whole)
    app.router.add_post("/hung", hung)
    app.router.add_post("/nothing", nothing)
    app.router.add_get("/follow", follow)
    app.router.add_post("/publish", publish)
    app.cleanup_ctx.append(client)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="A relay that parses nothing.")
    options.add_argument("--model", required=True, help="base URL of an OpenAI-compatible server")
    uvloop.run(serve(options.parse_args().model))
