"""Identifiers: their types, how they are made and what a stranger may send as one."""

import re
import secrets
import time
from hashlib import blake2b
from typing import NewType

UserId = NewType("UserId", str)
CompanyId = NewType("CompanyId", str)
ThreadId = NewType("ThreadId", str)
TurnId = NewType("TurnId", str)
MessageId = NewType("MessageId", str)
RequestId = NewType("RequestId", str)
RunId = NewType("RunId", str)
AttachmentId = NewType("AttachmentId", str)

CLIENT_ID = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,128}")
"""What a client may choose as a thread or request id; `.` and `..` would be lost from a URL's path."""


def new_id(prefix: str) -> str:
    """A fresh id that sorts by creation time: `prefix_` and 24 hex digits, 44 bits of milliseconds first."""
    return f"{prefix}_{time.time_ns() // 1_000_000:011x}{secrets.token_hex(7)[:13]}"


def derived_id(prefix: str, *parts: str) -> str:
    """The same id for the same parts, in every process, so that asking twice finds the first answer."""
    digest = blake2b("\0".join(parts).encode(), digest_size=12)
    return f"{prefix}_{digest.hexdigest()}"
