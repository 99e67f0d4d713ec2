"""Reads what a webhook brings: signed by Meta's app secret over the bytes as they came, and believed about little."""

import hmac
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from lea.store.whatsapp_inbox import Received
from lea.store.whatsapp_outbox import Told

NUMBER: Final = re.compile(r"[0-9]{5,20}")
MEDIA_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
MEDIA: Final = frozenset({"image", "document", "audio", "voice", "video", "sticker"})
STATUSES: Final = frozenset({"sent", "delivered", "read", "failed"})
LONGEST: Final = 32_000
PREFIX: Final = "sha256="


def signed(raw: bytes, header: str, secret: str) -> bool:
    """Whether `X-Hub-Signature-256` is that of these bytes; compared in constant time."""
    expected = PREFIX + hmac.new(secret.encode(), raw, sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))


def read(body: Mapping[str, Any], phone_number_id: str, now: float) -> tuple[list[Received], list[Told]]:
    """The messages to this number of ours and what is told of those from it, as they came.

    What is not as it should be is left out: asking Meta to send it again would change nothing.
    """
    received: list[Received] = []
    told: list[Told] = []
    for value in _values(body):
        if _of(value.get("metadata")).get("phone_number_id") != phone_number_id:
            continue
        received += [one for entry in _list(value.get("messages")) for one in _message(_of(entry), now)]
        told += [one for entry in _list(value.get("statuses")) for one in _status(_of(entry), now)]
    return received, told


def _values(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in _list(body.get("entry")):
        for change in _list(_of(entry).get("changes")):
            if _of(change).get("field") == "messages":
                yield _of(_of(change).get("value"))


def _message(entry: Mapping[str, Any], now: float) -> Iterator[Received]:
    wamid, number, kind = _text(entry.get("id")), _text(entry.get("from")), _text(entry.get("type"))
    if not (0 < len(wamid) <= 255 and wamid.isprintable() and NUMBER.fullmatch(number)):
        return
    kind = kind if re.fullmatch(r"[a-z_]{1,20}", kind) else "unknown"
    about = _of(entry.get(kind))
    text, button = _said(kind, about)
    media = about if kind in MEDIA else {}
    media_id = _text(media.get("id"))
    yield Received(
        wamid=wamid,
        number=number,
        kind=kind,
        text=text.replace("\0", "")[:LONGEST].strip(),
        said_at=_moment(entry.get("timestamp"), now),
        button=button,
        media_id=media_id if MEDIA_ID.fullmatch(media_id) else None,
        media_name=_text(media.get("filename"))[:255] or None,
        media_type=_text(media.get("mime_type")).partition(";")[0].strip().lower()[:100] or None,
    )


def _said(kind: str, about: Mapping[str, Any]) -> tuple[str, str | None]:
    """The words of a message, and the id of the button that was tapped."""
    match kind:
        case "text":
            return _text(about.get("body")), None
        case "button":
            return _text(about.get("text")), None
        case "interactive":
            chosen = _of(about.get("button_reply") or about.get("list_reply"))
            return _text(chosen.get("title")), _text(chosen.get("id"))[:256] or None
        case _:
            return _text(about.get("caption")), None


def _status(entry: Mapping[str, Any], now: float) -> Iterator[Told]:
    wamid, state = _text(entry.get("id")), _text(entry.get("status"))
    if state not in STATUSES or not 0 < len(wamid) <= 255:
        return
    error = next((str(code) for one in _list(entry.get("errors")) if (code := _of(one).get("code")) is not None), None)
    ours = _text(entry.get("biz_opaque_callback_data"))[:140] or None
    yield Told(wamid, ours, state, _moment(entry.get("timestamp"), now), None if error is None else error[:60])  # type: ignore[arg-type]


def _moment(value: Any, now: float) -> float:
    """Seconds since the epoch; what lies ahead, or is no time, is now."""
    text = _text(value)
    return min(float(text), now) if text.isascii() and text.isdigit() and len(text) <= 11 else now


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _of(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
