"""What is said in a conversation, as the model reads it."""

from dataclasses import dataclass

from lea.ids import AttachmentId


@dataclass(frozen=True, slots=True)
class File:
    """A file the person asks about, without its text; `characters` and `lines` are of that, `cut` if there was more."""

    id: AttachmentId
    name: str
    media: str
    bytes: int
    characters: int
    lines: int
    cut: bool


@dataclass(frozen=True, slots=True)
class User:
    """Words of the person, and the files they go with; `quoted` is what a model is shown of these below the words."""

    text: str
    files: tuple[File, ...] = ()
    quoted: str = ""

    @property
    def whole(self) -> str:
        """Words and files, as a model reads them."""
        return f"{self.text}\n\n{self.quoted}" if self.quoted else self.text


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
