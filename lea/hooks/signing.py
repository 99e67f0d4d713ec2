"""Secrets and signatures of webhooks, as Standard Webhooks 1.0 has them.

A secret is derived from the server's, so there is none in the database to be read or lost with it.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

OVERLAP_S: Final = 24 * 3600.0
"""How long the secret before the current one signs beside it."""


def secret_of(key: bytes, webhook_id: str, generation: int) -> bytes:
    """32 bytes that only this server can make; `key` is derived for webhooks alone."""
    return hmac.digest(key, f"{webhook_id}/{generation}".encode(), sha256)


def shown(secret: bytes) -> str:
    """As it is handed over."""
    return "whsec_" + b64encode(secret).decode()


def headers(secrets: Sequence[bytes], event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; one signature for each secret, the current one's first."""
    content = b"%b.%d.%b" % (event_id.encode(), timestamp, body)
    signatures = [f"v1,{b64encode(hmac.digest(secret, content, sha256)).decode()}" for secret in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def counting(key: bytes, webhook_id: str, generation: int, rotated_at: float | None, now: float) -> list[bytes]:
    """The secrets that sign at this moment."""
    newest = secret_of(key, webhook_id, generation)
    if rotated_at is None or now >= rotated_at + OVERLAP_S or generation <= 1:
        return [newest]
    return [newest, secret_of(key, webhook_id, generation - 1)]
