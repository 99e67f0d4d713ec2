"""Signing in, staying signed in, signing out."""

from contextlib import suppress
from dataclasses import dataclass

from lea.auth.attempts import Attempts
from lea.auth.enrolment import Enrolment, Newcomer, normalise_email
from lea.auth.identities import Identities
from lea.auth.passwords import Passwords
from lea.auth.people import People
from lea.auth.permissions import Identity, unauthorized
from lea.auth.tokens import AccessTokens, RefreshToken, RefreshTokens
from lea.clock import Clock
from lea.config import Auth
from lea.errors import LeaError, Unauthorized
from lea.log import audit
from lea.store import accounts, families
from lea.store.accounts import Account
from lea.store.engine import Store

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Grant:
    """What a signed-in person holds; `expires_in_s` is the access token's."""

    access_token: str
    refresh_token: str
    expires_in_s: int


class AuthService:
    """Accounts as the routes see them. A credential that does not count raises Unauthorized everywhere."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        config: Auth,
        *,
        passwords: Passwords,
        attempts: Attempts,
        access: AccessTokens,
        refresh: RefreshTokens,
        identities: Identities,
        enrolment: Enrolment,
        people: People,
    ) -> None:
        self._store = store
        self._clock = clock
        self._config = config
        self._passwords = passwords
        self._attempts = attempts
        self._access = access
        self._refresh = refresh
        self.identities = identities
        self.enrolment = enrolment
        self.people = people

    async def login(self, email: str, password: str, address: str | None) -> Grant:
        """Sign in by password. Raises TooMany before the password is looked at, and Overloaded."""
        try:
            email = normalise_email(email)
        except ValueError:
            raise unauthorized("invalid_credentials") from None
        await self._attempts.count(email, address)
        account = await self._store.read(lambda c: accounts.find_by_email(c, email))
        stored = account.password_hash if account else None
        verdict = await self._passwords.verify(stored, password)
        known = None if account is None else account.id
        if account is None or stored is None or not verdict.right or account.disabled:
            audit("sign_in", "refused", who=known, by="password", address=address)
            raise unauthorized("invalid_credentials")
        audit("sign_in", "done", who=known, by="password", address=address)
        await self._attempts.forgive(email)
        if verdict.outdated:
            renewed = await self._passwords.hash(password)
            await self._store.write(lambda c: accounts.replace_password_hash(c, account.id, stored, renewed))
        return await self._open(account)

    async def refresh(self, refresh_token: str) -> Grant:
        """The successor of a refresh token and a fresh access token.

        Raises Unauthorized(`refresh_reused`) for a token that was used before, and ends its whole family.
        """
        token = self._refresh.read(refresh_token)
        now = self._clock.now()
        rotation = await self._store.write(
            lambda c: families.rotate(
                c,
                token.family,
                token.counter,
                now=now,
                expires_at=now + self._config.refresh_days * DAY_S,
                grace_s=self._config.refresh_grace,
            )
        )
        if rotation.account is None:
            self.identities.end(token.family)
            audit("refresh", "refused", who=None, target=token.family, reason=rotation.refusal)
            raise unauthorized(rotation.refusal)
        return self._grant(rotation.account, RefreshToken(token.family, rotation.counter))

    async def logout(self, *, bearer: str | None, refresh_token: str | None) -> None:
        """End the sign-ins these tokens belong to; tokens that expired count, those that are not ours do nothing."""
        ended: set[str] = set()
        with suppress(Unauthorized):
            ended.add(self._access.family(bearer or ""))
        with suppress(Unauthorized):
            ended.add(self._refresh.read(refresh_token or "").family)
        if not ended:
            return
        for family in ended:
            self.identities.end(family)
        await self._store.write(lambda c: families.revoke(c, ended, self._clock.now()))

    async def account(self, identity: Identity) -> Account:
        """The caller's account as it is now."""
        account = await self._store.read(lambda c: accounts.find(c, identity.user_id))
        if account is None or account.disabled:
            raise unauthorized()
        return account

    async def set_up(self, token: str, newcomer: Newcomer, *, sample: bool, address: str | None = None) -> Grant:
        """Make the first account and sign it in; raises what `Enrolment.set_up` raises."""
        try:
            account = await self.enrolment.set_up(token, newcomer, sample=sample)
        except LeaError as error:
            audit("account.made", "refused", who=None, by="setup", reason=error.reason, address=address)
            raise
        audit("account.made", "done", who=account.id, target=account.id, by="setup", role=account.role, address=address)
        return await self._open(account)

    async def take_link(self, token: str, address: str | None = None) -> Grant:
        """Sign in by a one-time link. Raises BadRequest(`link_invalid`)."""
        try:
            user_id = await self.enrolment.take_signin_link(token)
        except LeaError as error:
            audit("sign_in", "refused", who=None, by="link", reason=error.reason, address=address)
            raise
        account = await self._store.read(lambda c: accounts.find(c, user_id))
        if account is None or account.disabled:
            audit("sign_in", "refused", who=user_id, by="link", address=address)
            raise unauthorized()
        audit("sign_in", "done", who=user_id, by="link", address=address)
        return await self._open(account)

    async def choose_password(self, token: str, password: str, address: str | None = None) -> Grant:
        """Sign in by a link that lets one choose a password; raises what `People.choose_password` raises."""
        return await self._open(await self.people.choose_password(token, password, address))

    def close(self) -> None:
        """Give back the threads passwords are hashed in."""
        self._passwords.close()

    async def _open(self, account: Account) -> Grant:
        now = self._clock.now()
        expires_at = now + self._config.refresh_days * DAY_S
        family = await self._store.write(lambda c: families.create(c, account.id, now=now, expires_at=expires_at))
        return self._grant(account, RefreshToken(family, 0))

    def _grant(self, account: Account, token: RefreshToken) -> Grant:
        access = self._access.issue(Identity.of(account, "token", token.family))
        return Grant(access, self._refresh.write(token), self._access.lifetime_s)
