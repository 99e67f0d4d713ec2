"""Answer bodies of files people ask about."""

from pydantic import BaseModel

from lea.clock import iso
from lea.messages import File
from lea.store.attachments import Kept


class AttachmentAnswer(BaseModel):
    """`characters` and `lines` are of the text that was kept, `cut` if the file says more."""

    id: str
    name: str
    media: str
    bytes: int
    characters: int
    lines: int
    cut: bool


class KeptAttachment(AttachmentAnswer):
    """`excerpt` is the beginning of the text."""

    excerpt: str
    created_at: str


def attachment_answer(file: File) -> dict[str, object]:
    return {
        "id": file.id,
        "name": file.name,
        "media": file.media,
        "bytes": file.bytes,
        "characters": file.characters,
        "lines": file.lines,
        "cut": file.cut,
    }


def kept_attachment(kept: Kept) -> dict[str, object]:
    return attachment_answer(kept.file) | {"excerpt": kept.excerpt, "created_at": iso(kept.created_at)}
