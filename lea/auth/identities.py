"""From a credential to a caller, from process memory wherever this process has seen the credential before."""

import asyncio
import hmac
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

import structlog
from cachetools import TTLCache

from lea.auth.permissions import Identity, unauthorized
from lea.auth.standing import Standing, Standings
from lea.auth.tokens import AccessTokens, RefreshTokens
from lea.clock import Clock
from lea.errors import LeaError
from lea.resilience.cache import LookupCache
from lea.resilience.single_flight import SingleFlight
from lea.store import administration, credentials, families
from lea.store.credentials import ApiKey
from lea.store.engine import Store
from lea.store.families import LiveFamily

KEY_PREFIX: Final = "lea_"
REMEMBERED: Final = 10_000
"""Most keys, sign-ins and sign-outs this process remembers, of each."""
BELIEVED_S: Final = 60.0
"""How long a key or sign-in that was looked up is believed: the longest a revoked key still works."""

LOOK_S: Final = 30.0
"""How often the store is asked for sign-ins that were ended elsewhere; so long their access tokens still work."""

log = structlog.get_logger()

_KEY = re.compile(r"lea_([0-9a-f]{24})_([A-Za-z0-9_-]{43})")


class Identities:
    """Tells who is calling. Every method raises Unauthorized for a credential that does not count."""

    def __init__(
        self, store: Store, clock: Clock, flights: SingleFlight, access: AccessTokens, refresh: RefreshTokens
    ) -> None:
        self._store = store
        self._clock = clock
        self._access = access
        self._refresh = refresh
        self._keys: LookupCache[ApiKey] = LookupCache("key", clock, flights, size=REMEMBERED, ttl_s=BELIEVED_S)
        self._families: LookupCache[LiveFamily] = LookupCache(
            "family", clock, flights, size=REMEMBERED, ttl_s=BELIEVED_S
        )
        self.caches = (self._keys, self._families)
        self.on_end: Callable[[str], None] = lambda _: None
        """Called with a sign-in that was ended here, for the other processes to know."""
        self._outlives = max(access.lifetime_s, BELIEVED_S) + 1
        self._ended: TTLCache[str, bool] = TTLCache(REMEMBERED, self._outlives, timer=clock.monotonic)
        self.standings = Standings(clock, self._outlives)
        self.forget_key: Callable[[str], object] = self._keys.drop
        """Called with what stands between `lea_` and the secret of a key that no longer counts."""

    async def of_bearer(self, credential: str) -> Identity:
        """Who holds this access token (no look-up) or API key (one, if this process has not seen it lately)."""
        if credential.startswith(KEY_PREFIX):
            return await self._of_key(credential)
        identity = self._access.identity(credential)
        if identity.family in self._ended:
            raise unauthorized("token_expired")
        return self.standings.current(identity)

    async def of_cookie(self, refresh_token: str) -> Identity:
        """Who the page's cookie stands for, by the newest refresh token of a sign-in or the one before it."""
        token = self._refresh.read(refresh_token)
        live = await self._families.get(
            token.family,
            lambda: self._store.read(lambda c: families.find_live(c, token.family, self._clock.now())),
        )
        if live is None or token.family in self._ended or token.counter < live.counter - 1:
            raise unauthorized("token_expired")
        return self.standings.current(Identity.of(live.account, "cookie", token.family))

    def end(self, family: str) -> None:
        """From now on nothing of this sign-in counts, whatever its tokens say."""
        self.end_here(family)
        self.on_end(family)

    def end_key(self, key_id: str) -> None:
        """From now on this key does not count, at any process."""
        self.forget_key(key_id.removeprefix("key_"))

    def end_here(self, family: str) -> None:
        """As `end`, said by another process."""
        self._ended[family] = True
        self._families.drop(family)

    async def keep_looking(self) -> None:
        """Until cancelled: hear of what was ended or changed where no bus reaches, as by the command line."""
        while True:
            try:
                await self.look()
            except LeaError as error:
                log.warning("signins.not_looked", error=error.reason)
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Once."""
        since = self._clock.now() - self._outlives - LOOK_S
        ended = await self._store.read(lambda c: administration.ended_since(c, since, REMEMBERED))
        for family in ended:
            if family not in self._ended:
                self.end_here(family)
        for account, at in await self._store.read(lambda c: administration.changed_since(c, since, REMEMBERED)):
            self.standings.change_here(Standing.of(account, at))

    async def _of_key(self, credential: str) -> Identity:
        match = _KEY.fullmatch(credential)
        if match is None:
            raise unauthorized("invalid_token")
        key_id = match[1]
        key = await self._keys.get(key_id, lambda: self._store.read(lambda c: credentials.find_key(c, f"key_{key_id}")))
        if key is None or not hmac.compare_digest(key.secret_hash, sha256(match[2].encode()).hexdigest()):
            raise unauthorized("invalid_token")
        return self.standings.current(Identity.of(key.account, "key"))
