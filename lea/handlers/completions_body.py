"""What OpenAI's clients send, as far as it is understood here; what is new to it is passed over, as they expect."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MESSAGES = 500
STOPS = 4
STOP_CHARACTERS = 256
TOOLS = 128
NAME = r"^[A-Za-z0-9_-]{1,64}$"
ID = 140


class Lenient(BaseModel):
    """Unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True)


class TextPart(Lenient):
    type: Literal["text"]
    text: str


def _joined(value: Any) -> Any:
    """A list of text parts as one text. Any other part is refused: what is not read must not look as if it was."""
    if not isinstance(value, list):
        return value
    for part in value:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise ValueError("content_not_text")
    return "".join(part["text"] for part in value)


def _storable(value: str | None) -> str | None:
    if value is not None and "\0" in value:
        raise ValueError("has a NUL character")
    return value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _unsupported(value: Any) -> Any:
    raise ValueError("unsupported_parameter")


def _one(value: int | None) -> int | None:
    return value if value in {None, 1} else _unsupported(value)


def _no(value: bool | int | None) -> bool | int | None:
    return _unsupported(value) if value else value


def _text_only(value: list[str] | None) -> list[str] | None:
    return value if value in (None, ["text"]) else _unsupported(value)


def _choice(value: Any) -> Any:
    """`none`, `auto`, `required`, or one function by name."""
    named = isinstance(value, dict) and value.get("type") == "function" and value.get("function")
    if value in (None, "none", "auto", "required") or (isinstance(named, dict) and isinstance(named.get("name"), str)):
        return value
    raise ValueError("tool_unknown")


def _nothing(value: Any) -> Any:
    return None if value is None else _unsupported(value)


Text = Annotated[
    str | None,
    BeforeValidator(_joined, json_schema_input_type=str | list[TextPart] | None),
    AfterValidator(_storable),
]
Name = Annotated[str, Field(pattern=NAME)]
Stop = Annotated[str, Field(min_length=1, max_length=STOP_CHARACTERS)]
Stops = Annotated[
    list[Stop] | None,
    Field(max_length=STOPS),
    BeforeValidator(_as_list, json_schema_input_type=str | list[Stop] | None),
]
Absent = Annotated[Any, AfterValidator(_nothing)]


class CalledFunction(Lenient):
    name: str = Field(min_length=1, max_length=64)
    arguments: str


class MadeCall(Lenient):
    """A call an answer ended with."""

    id: str = Field(min_length=1, max_length=ID)
    type: Literal["function"] = "function"
    function: CalledFunction


class Said(Lenient):
    """A message; `content` is text, or a list of text parts."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Text = None
    tool_calls: Annotated[list[MadeCall], Field(max_length=TOOLS)] | None = None
    tool_call_id: str | None = Field(None, max_length=ID)

    @model_validator(mode="after")
    def _has_what_its_role_needs(self) -> Self:
        if self.content is None and not (self.role == "assistant" and self.tool_calls):
            raise ValueError("content_missing")
        if self.role == "tool" and not self.tool_call_id:
            raise ValueError("call_unknown")
        return self


class Function(Lenient):
    model_config = ConfigDict(extra="allow", strict=True)

    name: Name
    parameters: dict[str, Any] | None = None


class ToolBody(Lenient):
    """A function of the program's own."""

    type: Literal["function"]
    function: Function


class StreamOptions(Lenient):
    include_usage: bool | None = None


class CompletionBody(Lenient):
    """`user` keeps a conversation: the same one each time, of which only the last message is read then.

    With `tools` the answer is the model's own, with the caller's tools and without Léa's.
    """

    model: str = Field(max_length=200)
    messages: Annotated[list[Said], Field(min_length=1, max_length=MESSAGES)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | None = Field(None, max_length=512)
    tools: Annotated[list[ToolBody], Field(max_length=TOOLS)] | None = None
    tool_choice: Annotated[Any, AfterValidator(_choice)] = None
    parallel_tool_calls: bool | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    max_tokens: int | None = Field(None, ge=1, le=10_000_000)
    max_completion_tokens: int | None = Field(None, ge=1, le=10_000_000)
    stop: Stops = None
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    reasoning_effort: str | None = Field(None, max_length=40)
    response_format: dict[str, Any] | None = None
    n: Annotated[int | None, AfterValidator(_one)] = None
    logprobs: Annotated[bool | None, AfterValidator(_no)] = None
    top_logprobs: Annotated[int | None, AfterValidator(_no)] = None
    modalities: Annotated[list[str] | None, AfterValidator(_text_only)] = None
    audio: Absent = None
    functions: Absent = None
    function_call: Absent = None
