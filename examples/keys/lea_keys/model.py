"""A model on the agency's own machine, asked over Ollama's `/api/chat`: one JSON object a line."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, SecretStr

from lea.errors import ExternalRejected, ExternalUnavailable, NetworkError
from lea.llm.provider import Answering, Finished, ModelEvent, ModelStream, Prompt, Told, Usage
from lea.messages import Assistant, Message, ToolCall, ToolResult


class Settings(BaseModel):
    """`[plugins.house_model]`; a secret is better set as `LEA_PLUGINS__HOUSE_MODEL__API_KEY`."""

    model_config = ConfigDict(extra="forbid")

    url: str = "http://127.0.0.1:11434"
    model: str
    api_key: SecretStr = SecretStr("")


class HouseModel:
    """Costs nothing, which `offline` as its price says."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        own = Settings.model_validate(settings)
        self.answering = Answering("house_model", own.model, "offline")
        self._url = own.url.rstrip("/")
        key = own.api_key.get_secret_value()
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def open(self, prompt: Prompt) -> AsyncIterator[ModelStream]:
        try:
            async with self._session().post(f"{self._url}/api/chat", json=self._body(prompt)) as response:
                if response.status != 200:
                    raise ExternalUnavailable if response.status >= 500 else ExternalRejected
                yield Told(self.answering, self._events(response.content))
        except aiohttp.ClientError as error:
            raise NetworkError from error

    async def ping(self) -> None:
        try:
            async with self._session().get(f"{self._url}/api/version") as response:
                if response.status != 200:
                    raise ExternalUnavailable
        except aiohttp.ClientError as error:
            raise NetworkError from error

    async def aclose(self) -> None:
        if self._http is not None:
            await self._http.close()

    def _session(self) -> aiohttp.ClientSession:
        """Made when it is needed first: there is no loop yet when a plug-in is made."""
        if self._http is None:
            self._http = aiohttp.ClientSession(headers=self._headers, timeout=aiohttp.ClientTimeout())
        return self._http

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.answering.model,
            "messages": [{"role": "system", "content": prompt.system}, *map(_said, prompt.messages)],
        }
        if prompt.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
                }
                for tool in prompt.tools
            ]
        if prompt.shape is not None:
            body["format"] = prompt.shape.schema
        return body

    async def _events(self, lines: aiohttp.StreamReader) -> AsyncIterator[Sequence[ModelEvent]]:
        calls = 0
        async for line in lines:
            told = json.loads(line)
            message = told.get("message", {})
            events: list[ModelEvent] = [message["content"]] if message.get("content") else []
            for call in message.get("tool_calls") or ():
                calls += 1
                function = call["function"]
                events.append(ToolCall(f"call_{calls}", function["name"], json.dumps(function["arguments"])))
            if told.get("done"):
                events.append(Usage(told.get("prompt_eval_count", 0), told.get("eval_count", 0)))
                length = told.get("done_reason") == "length"
                events.append(Finished("tool_calls" if calls else "length" if length else "stop"))
            if events:
                yield events


def _said(message: Message) -> dict[str, Any]:
    match message:
        case Assistant():
            wanted = [{"function": {"name": call.name, "arguments": _arguments(call)}} for call in message.calls]
            return {"role": "assistant", "content": message.text} | ({"tool_calls": wanted} if wanted else {})
        case ToolResult():
            return {"role": "tool", "content": message.text}
        case _:
            return {"role": "user", "content": message.whole}


def _arguments(call: ToolCall) -> Any:
    try:
        return json.loads(call.arguments)
    except ValueError:
        return {}
