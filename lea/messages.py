"""What is said in a conversation, as the model reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """Words of the person."""

    text: str


@dataclass(frozen=True, slots=True)
class Assistant:
    """Words of Léa, as far as they got."""

    text: str


Message = User | Assistant
