"""The server's one secret, and the separate keys made from it."""

import hmac
import os
import secrets
import stat
from hashlib import sha256
from pathlib import Path
from typing import Literal

import structlog

from lea.config import Config
from lea.errors import StartError

MIN_LENGTH = 32

Label = Literal["access-token", "refresh-token", "page-cookie", "webhooks"]

log = structlog.get_logger()


def load_secret(config: Config) -> bytes:
    """`auth.secret`, or else the file `secret` beside the embedded database, made on first use.

    Blocks on the disk: for the start only. Raises StartError when there is no usable secret.
    """
    configured = config.auth.secret.get_secret_value()
    return configured.encode() if configured else _from_file(secret_file(config))


def secret_file(config: Config) -> Path:
    """Where the secret is kept when it is not a setting."""
    database = config.database.file
    return (Path("var") if database is None else database.parent) / "secret"


def derived_key(secret: bytes, label: Label) -> bytes:
    """32 bytes for one purpose; knowing one such key tells nothing about another or about the secret."""
    return hmac.digest(secret, f"lea/{label}".encode(), sha256)


def _from_file(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(path)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            secret = file.read(4096).strip()
    except OSError as error:
        raise StartError(f"{path}: the secret cannot be read or made: {error.strerror}") from None
    if len(secret) < MIN_LENGTH:
        raise StartError(f"{path}: the secret is shorter than {MIN_LENGTH} characters; delete the file for a new one")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        log.warning("secret.exposed", path=str(path), mode=f"{stat.S_IMODE(mode):04o}", wanted="0600")
    return secret


def _make(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
