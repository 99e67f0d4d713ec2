"""What a file is, by what it holds: a name says what somebody hoped."""

from typing import Final, Literal

from lea.runs.catalog.reading.sheet import Unreadable

Media = Literal["csv", "xlsx", "json", "pdf"]
TYPES: Final[dict[Media, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "pdf": "application/pdf",
}
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an XLS begins, and how an XLSX with a password does."""
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
SPACE: Final = b"\xef\xbb\xbf\xff\xfe \t\r\n\0"


def media(data: bytes) -> Media:
    """Raises Unreadable for what is none of them, and tells an old XLS and an encrypted file by name."""
    if not data.strip(SPACE):
        raise Unreadable("file_empty")
    if data.startswith(OLE):
        raise Unreadable("file_encrypted" if ENCRYPTED in data else "file_is_xls")
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return "json" if data[:1000].lstrip(SPACE)[:1] in {b"{", b"["} else "csv"
