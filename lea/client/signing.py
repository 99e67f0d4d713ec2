"""Who asks: an API key as it is, or a person's password and the tokens it brings."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from lea.client.errors import Unauthorized
from lea.client.wire import decoded

Post = Callable[[str, dict[str, str]], Awaitable[bytes]]
"""Sends JSON to a route that needs no account, and gives its answer."""


class Credentials(Protocol):
    """Makes bearers; `renew` is asked once after a 401."""

    async def bearer(self) -> str: ...

    async def renew(self, refused: str) -> bool:
        """Whether there is another bearer than the one that was refused."""
        ...


class Key:
    """An API key is good or it is not."""

    def __init__(self, key: str) -> None:
        self._key = key

    async def bearer(self) -> str:
        return self._key

    async def renew(self, refused: str) -> bool:
        del refused
        return False


class _Tokens(msgspec.Struct):
    access_token: str
    refresh_token: str


class Password:
    """Signs in when it is first needed; requests that meet a 401 together share one refresh."""

    def __init__(self, post: Post, email: str, password: str) -> None:
        self._post = post
        self._account = {"email": email, "password": password}
        self._tokens: _Tokens | None = None
        self._renewing = asyncio.Lock()

    @property
    def signed_in(self) -> bool:
        return self._tokens is not None

    async def bearer(self) -> str:
        """Raises Unauthorized for a password that is not right."""
        async with self._renewing:
            tokens = self._tokens or await self._sign_in()
        return tokens.access_token

    async def renew(self, refused: str) -> bool:
        async with self._renewing:
            if self._tokens is None or self._tokens.access_token == refused:
                await self._refresh()
        return True

    async def _refresh(self) -> None:
        """Where the sign-in itself has ended, the password begins another."""
        if self._tokens is None:
            await self._sign_in()
            return
        try:
            self._tokens = await self._asked("refresh", {"refresh_token": self._tokens.refresh_token})
        except Unauthorized:
            self._tokens = None
            await self._sign_in()

    async def _sign_in(self) -> _Tokens:
        self._tokens = tokens = await self._asked("login", self._account)
        return tokens

    async def _asked(self, what: str, body: dict[str, str]) -> _Tokens:
        return decoded(await self._post(f"/v1/auth/{what}", body), _Tokens)
