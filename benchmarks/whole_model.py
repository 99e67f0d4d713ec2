"""The scripted model for servers that also ask it for whole answers; started as `tests.model_server` is."""

import argparse
import asyncio
import json
import sys

import uvloop
from aiohttp import web

from tests.model_server import Answer, ModelServer, plain_words


class WholeModel(ModelServer):
    """Answers at once and in one object where no stream is asked for."""

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        if json.loads(await request.read()).get("stream"):
            return await super()._completions(request)
        assert isinstance(self.default, Answer)
        words = self.default.words()
        return web.json_response(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1_767_225_600,
                "model": "scripted",
                "choices": [
                    {
                        "index": 0,
                        "message": {"role": "assistant", "content": "".join(words)},
                        "finish_reason": "stop",
                    }
                ],
                "usage": {"prompt_tokens": 20, "completion_tokens": len(words), "total_tokens": 20 + len(words)},
            }
        )


async def serve(default: Answer) -> None:
    """Run until killed."""
    async with WholeModel(default=default) as server:
        server.keep_log = False
        sys.stdout.write(json.dumps({"url": server.url}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="A scripted model.")
    options.add_argument("--tokens", type=int, required=True)
    options.add_argument("--every", type=float, default=0, help="seconds between tokens of a stream")
    given = options.parse_args()
    words = plain_words(given.tokens)
    uvloop.run(serve(Answer(pieces=words, every=given.every)))
