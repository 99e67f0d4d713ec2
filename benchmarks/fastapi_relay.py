"""The usual stack, written the usual way: FastAPI, the openai SDK, a generator. Started with the benchmarks' Python."""

import os
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from openai import AsyncOpenAI
from pydantic import BaseModel

app = FastAPI()
client = AsyncOpenAI(base_url=os.environ["MODEL_URL"], api_key="none")


class Asked(BaseModel):
    model: str
    messages: list[dict[str, str]]
    stream: bool = False


@app.post("/v1/chat/completions")
async def complete(asked: Asked) -> Any:
    if asked.stream:
        return StreamingResponse(told(asked), media_type="text/event-stream")
    return await client.chat.completions.create(model=asked.model, messages=asked.messages)


async def told(asked: Asked) -> AsyncIterator[str]:
    """Chunk by chunk."""
    stream = await client.chat.completions.create(model=asked.model, messages=asked.messages, stream=True)
    async for chunk in stream:
        yield f"data: {chunk.model_dump_json()}\n\n"
    yield "data: [DONE]\n\n"
