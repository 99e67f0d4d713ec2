"""A question as an OpenAI-compatible server reads it."""

from typing import Any, Final

import msgspec
from cachetools import LRUCache

from lea.llm.provider import Prompt, Tool
from lea.messages import Assistant, Message, ToolResult

KNOWN: Final = 256
"""Sets of tools whose JSON is kept: a company's are the same at each question."""

_encoded: LRUCache[int, tuple[tuple[Tool, ...], msgspec.Raw]] = LRUCache(KNOWN)


def request_body(model: str, prompt: Prompt) -> bytes:
    """The question as JSON, asking for a stream with the usage at its end."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": prompt.system}] if prompt.system else []
    messages += [_said(message) for message in prompt.messages]
    asked = {"model": model, "messages": messages, "stream": True, "stream_options": {"include_usage": True}}
    body: dict[str, Any] = {**prompt.settings, **asked}
    if prompt.tools:
        body["tools"] = _tools(prompt.tools)
    if prompt.shape is not None:
        shape = {"name": prompt.shape.name, "strict": True, "schema": prompt.shape.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": shape}
    return msgspec.json.encode(body)


def _said(message: Message) -> dict[str, Any]:
    match message:
        case ToolResult():
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
        case Assistant(calls=calls) if calls:
            wanted = [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in calls
            ]
            return {"role": "assistant", "content": message.text or None, "tool_calls": wanted}
        case Assistant():
            return {"role": "assistant", "content": message.text}
        case _:
            return {"role": "user", "content": message.whole}


def _tools(tools: tuple[Tool, ...]) -> msgspec.Raw:
    """As JSON, made once for each tuple: it is kept with it, so that no other can have its `id`."""
    known = _encoded.get(id(tools))
    if known is None:
        known = _encoded[id(tools)] = (tools, msgspec.Raw(msgspec.json.encode([_tool(tool) for tool in tools])))
    return known[1]


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}
