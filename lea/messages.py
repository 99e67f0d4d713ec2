"""What is said in a conversation, as the model reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """Words of the person."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the model wants done; `arguments` is JSON as the model wrote it, which may be none at all."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Assistant:
    """Words of Léa, as far as they got, and what she called for after them."""

    text: str
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of the call of that id; each call of an `Assistant` is followed by its own."""

    call_id: str
    text: str


Message = User | Assistant | ToolResult
