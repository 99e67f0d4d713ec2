"""A service account's access to Google: a signed statement of who we are, exchanged for a token for an hour."""

import asyncio
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import aiohttp
import orjson
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from yarl import URL

from lea.clock import Clock
from lea.errors import NetworkError
from lea.resilience.http import HttpClient, read_at_most
from lea.sources.foreign import Garbled, Refused, of_status

SCOPE: Final = "https://www.googleapis.com/auth/datastore"
GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE_S: Final = 3600
EARLY_S: Final = 60.0
"""How long before its end a token is exchanged for a new one."""
MOST_BYTES: Final = 65_536

log = structlog.get_logger()


class ServiceAccount:
    """`key_file` is the JSON file of Google's console; `token_uri` replaces the address in it."""

    def __init__(self, key_file: Path, token_uri: str, http: HttpClient, clock: Clock) -> None:
        self._key_file = key_file
        self._token_uri = token_uri
        self._http = http
        self._clock = clock
        self._token = ""
        self._until = float("-inf")
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        """A bearer token that is good for a while. Raises LeaError."""
        async with self._asking:  # held over the call: the others would only ask for the same
            if self._clock.monotonic() >= self._until:
                await self._exchange()
            return self._token

    def forget(self, token: str) -> None:
        """It was refused: the next one is new."""
        if token == self._token:
            self._until = float("-inf")

    async def _exchange(self) -> None:
        began = self._clock.monotonic()
        address, statement = await asyncio.to_thread(self._statement)
        body = urlencode({"grant_type": GRANT, "assertion": statement}).encode()
        try:
            response = await self._http.post(URL(address), body, {"Content-Type": "application/x-www-form-urlencoded"})
            try:
                status, data = response.status, await read_at_most(response, MOST_BYTES)
            finally:
                response.release()
        except aiohttp.ClientError as error:
            raise NetworkError from error
        if status != 200:
            raise Refused if status == 400 else of_status(status)  # invalid_grant
        self._token, life_s = _granted(data)
        self._until = began + life_s - EARLY_S

    def _statement(self) -> tuple[str, str]:
        """Where to, and what: signing takes a millisecond, reading the file as long as the disk does."""
        try:
            key = orjson.loads(self._key_file.read_bytes())
            address = self._token_uri or key["token_uri"]
            now = int(self._clock.now())
            claims = {"iss": key["client_email"], "scope": SCOPE, "aud": address, "iat": now, "exp": now + LIFE_S}
            header = {"alg": "RS256", "typ": "JWT", "kid": key["private_key_id"]}
            return address, jwt.encode(header, claims, RSAKey.import_key(key["private_key"]), ["RS256"])
        except (OSError, KeyError, TypeError, ValueError, JoseError) as error:
            log.warning("jobs.key_unusable", error=type(error).__name__)  # its text may quote the key
            raise Refused from None


def _granted(data: bytes) -> tuple[str, float]:
    try:
        answer = orjson.loads(data)
        token, life_s = answer["access_token"], float(answer["expires_in"])
    except (KeyError, TypeError, ValueError):
        raise Garbled from None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not 0 < life_s <= 86_400:
        raise Garbled
    return token, life_s
