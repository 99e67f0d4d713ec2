"""A body of OpenAI's protocol as what Léa is asked: a message to her, or a whole conversation for the model."""

from typing import Any, Final

from lea.errors import BadRequest
from lea.handlers.chat import MESSAGE_CHARACTERS
from lea.handlers.completions_body import CompletionBody, Said
from lea.manager.ask import Given
from lea.manager.relaying import Question
from lea.messages import Assistant, Message, ToolCall, ToolResult, User
from lea.sentences import Language

INSTRUCTING: Final = frozenset({"system", "developer"})
SETTINGS: Final = frozenset(
    {
        "temperature",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "max_tokens",
        "max_completion_tokens",
        "stop",
        "seed",
        "reasoning_effort",
        "response_format",
    }
)
OF_TOOLS: Final = frozenset({"tools", "tool_choice", "parallel_tool_calls"})


def has_tools(body: CompletionBody) -> bool:
    """Whether tools of the caller's own are in it."""
    return bool(body.tools) or any(said.role == "tool" or said.tool_calls for said in body.messages)


def message(body: CompletionBody, *, kept: bool) -> tuple[str, Given]:
    """What the person says, and what comes with it: of a conversation that is `kept` nothing of what was said before.

    Raises BadRequest where the last message is not a person's, or is none that Léa takes.
    """
    place = max(index for index, said in enumerate(body.messages) if said.role not in INSTRUCTING or not index)
    last = body.messages[place]
    if last.role != "user":
        raise _wrong("message_not_last", f"messages.{place}.role")
    text = last.content or ""
    if not text.strip():
        raise _wrong("message_blank", f"messages.{place}.content")
    if len(text) > MESSAGE_CHARACTERS:
        raise _wrong("message_too_long", f"messages.{place}.content")
    said = None if kept else tuple(_message(one) for one in body.messages[:place] if one.role not in INSTRUCTING)
    return text, Given(said, _instructions(body), _settings(body, SETTINGS))


def question(body: CompletionBody, language: Language) -> Question:
    """The conversation. Raises BadRequest for a result of a call nobody made, and for a tool that is not there."""
    known: set[str] = set()
    for place, said in enumerate(body.messages):
        if said.role == "tool" and said.tool_call_id not in known:
            raise _wrong("call_unknown", f"messages.{place}.tool_call_id")
        known |= {call.id for call in said.tool_calls or ()}
    names = {tool.function.name for tool in body.tools or ()}
    chosen = body.tool_choice
    if isinstance(chosen, dict) and chosen["function"]["name"] not in names:
        raise _wrong("tool_unknown", "tool_choice")
    messages = tuple(_message(said) for said in body.messages if said.role not in INSTRUCTING)
    if not messages:
        raise _wrong("message_not_last", "messages")
    settings = _settings(body, SETTINGS | OF_TOOLS if names else SETTINGS)
    return Question(messages, _instructions(body), settings, language)


def _message(said: Said) -> Message:
    text = said.content or ""
    if said.role == "tool":
        return ToolResult(said.tool_call_id or "", text)
    if said.role == "user":
        return User(text)
    calls = (ToolCall(call.id, call.function.name, call.function.arguments) for call in said.tool_calls or ())
    return Assistant(text, tuple(calls))


def _instructions(body: CompletionBody) -> str:
    return "\n\n".join(said.content for said in body.messages if said.role in INSTRUCTING and said.content)


def _settings(body: CompletionBody, names: frozenset[str]) -> dict[str, Any]:
    """The fields that were sent, as they were."""
    sent = body.model_dump(include=set(names), exclude_unset=True)
    return {name: value for name, value in sent.items() if value is not None}


def _wrong(reason: str, path: str) -> BadRequest:
    return BadRequest(reason, errors=[{"path": path, "message": reason}])
