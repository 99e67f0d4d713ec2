"""Tokens: signed access tokens that need no look-up, and refresh tokens that are derived instead of stored."""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from lea.auth.permissions import Identity, unauthorized
from lea.clock import Clock
from lea.ids import CompanyId, UserId
from lea.sentences import Language
from lea.store.accounts import Role

ALGORITHM = "HS256"
MAX_LENGTH = 4096
"""Longer credentials are refused unread."""
REFRESH_PREFIX = "lea_rt_"

_FAMILY_PREFIX = "fam_"
_FAMILY_BYTES = 12
_COUNTER_BYTES = 4
_MAC_BYTES = 32
_REFRESH = re.compile(REFRESH_PREFIX + r"[A-Za-z0-9_-]{64}")
"""48 bytes are 64 characters without padding."""


class _Claims(msgspec.Struct):
    sub: str
    cid: str
    role: Role
    lang: Language
    fam: str
    iat: int
    exp: int
    name: str = ""


class AccessTokens:
    """Issues and checks JWTs; the algorithm is fixed, whatever a token's header says."""

    def __init__(self, key: bytes, clock: Clock, lifetime_s: float) -> None:
        self._key = OctKey.import_key(key)
        self._clock = clock
        self.lifetime_s = int(lifetime_s)

    def issue(self, identity: Identity) -> str:
        """A token for a signed-in person, who has a family."""
        now = int(self._clock.now())
        claims: dict[str, Any] = {
            "sub": identity.user_id,
            "cid": identity.company_id,
            "role": identity.role,
            "name": identity.name,
            "lang": identity.language,
            "fam": identity.family,
            "iat": now,
            "exp": now + self.lifetime_s,
        }
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])

    def identity(self, token: str) -> Identity:
        """Whose token this is. Raises Unauthorized: `token_expired` for one that was good, else `invalid_token`."""
        claims = self._claims(token)
        if claims.exp <= self._clock.now():
            raise unauthorized("token_expired")
        user_id, company_id = UserId(claims.sub), CompanyId(claims.cid)
        return Identity(user_id, company_id, claims.role, claims.name, claims.lang, "token", claims.fam)

    def family(self, token: str) -> str:
        """The family of a token of ours, expired or not. Raises Unauthorized."""
        return self._claims(token).fam

    def _claims(self, token: str) -> _Claims:
        if len(token) > MAX_LENGTH:
            raise unauthorized("invalid_token")
        try:
            decoded = jwt.decode(token, self._key, algorithms=[ALGORITHM])
            return msgspec.convert(decoded.claims, _Claims)
        except (JoseError, ValueError, msgspec.ValidationError):
            raise unauthorized("invalid_token") from None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """The `counter`-th token of a family."""

    family: str
    counter: int


class RefreshTokens:
    """Writes and reads refresh tokens: `lea_rt_` and base64url of family, counter and their HMAC-SHA256."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, token: RefreshToken) -> str:
        """Always the same text for the same token, so nobody has to keep it."""
        body = bytes.fromhex(token.family.removeprefix(_FAMILY_PREFIX)) + token.counter.to_bytes(_COUNTER_BYTES, "big")
        return REFRESH_PREFIX + urlsafe_b64encode(body + self._mac(body)).decode()

    def read(self, text: str) -> RefreshToken:
        """Raises Unauthorized(`invalid_token`) for anything this server did not write."""
        if not _REFRESH.fullmatch(text):
            raise unauthorized("invalid_token")
        raw = urlsafe_b64decode(text.removeprefix(REFRESH_PREFIX))
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body)):
            raise unauthorized("invalid_token")
        family = _FAMILY_PREFIX + body[:_FAMILY_BYTES].hex()
        return RefreshToken(family, int.from_bytes(body[_FAMILY_BYTES:], "big"))

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, sha256)
