"""Passwords: hashed by argon2 in two threads of their own, so that no sign-in holds up the event loop."""

import asyncio
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from secrets import token_bytes
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lea.errors import Overloaded

T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 200
THREADS = 2
"""Each hash takes 64 MiB while it is made, so this bounds memory as well as processors."""
WAITING = 100
"""Most passwords in work or waiting; one more is refused as overloaded."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outdated`: right, but hashed with other parameters than today's."""

    right: bool
    outdated: bool = False


def check_password(password: str) -> str:
    """The password, if it may be chosen. Raises ValueError with the reason."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise ValueError(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    _encoded(password)
    return password


class Passwords:
    """Hashes and verifies. Every method raises Overloaded when too many wait already."""

    def __init__(self, hasher: PasswordHasher | None = None, *, waiting: int = WAITING) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = _unmatched(self._hasher)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
        self._bound = waiting
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """What to store for a password that `check_password` accepts."""
        return await self._run(lambda: self._hasher.hash(_encoded(password)))

    async def verify(self, stored: str | None, password: str) -> Verdict:
        """Whether `password` is the stored one; without a stored one it costs the same and is wrong."""
        try:
            encoded = _encoded(password[: MAX_LENGTH + 1])
        except ValueError:
            return Verdict(False)
        return await self._run(lambda: self._verify(stored, encoded))

    def close(self) -> None:
        """Start nothing more; what runs is left to end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, stored: str | None, password: bytes) -> Verdict:
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return Verdict(False)
        return Verdict(stored is not None, self._hasher.check_needs_rehash(stored or self._nobody))

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._bound:
            raise Overloaded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _encoded(password: str) -> bytes:
    """One form for what keyboards spell differently (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode()


def _unmatched(hasher: PasswordHasher) -> str:
    """A hash of today's parameters that no known password has, made without computing one."""
    salt, digest = (b64encode(token_bytes(size)).rstrip(b"=").decode() for size in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"
