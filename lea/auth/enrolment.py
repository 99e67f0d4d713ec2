"""How accounts, keys and one-time links come to be."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from lea.auth.passwords import Passwords
from lea.clock import Clock
from lea.errors import BadRequest, Conflict, NotFound
from lea.ids import UserId, new_id
from lea.sentences import Language
from lea.store import accounts, credentials, enrolment
from lea.store.accounts import Account, LoadSample, NewUser, Role
from lea.store.credentials import LinkKind
from lea.store.engine import Store
from lea.store.enrolment import FirstAccount

MAX_EMAIL: Final = 254
"""RFC 5321, 4.5.3.1.3, without the brackets."""
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person to make an account for: `email` and `password` as checked by this room's functions."""

    email: str
    password: str
    name: str
    company: str
    language: Language


def normalise_email(text: str) -> str:
    """One spelling for one mailbox. Raises ValueError with the reason."""
    email = text.strip().casefold()
    local, at, host = email.partition("@")
    if len(email) > MAX_EMAIL:
        raise ValueError(f"an e-mail address has at most {MAX_EMAIL} characters")
    if not (local and at and host) or "@" in host or not email.isprintable() or " " in email:
        raise ValueError("this is not an e-mail address")
    return email


class Enrolment:
    """Makes accounts. `load_sample` fills a new company with sample records where that is asked for."""

    def __init__(
        self, store: Store, clock: Clock, passwords: Passwords, *, link_lifetime_s: float, load_sample: LoadSample
    ) -> None:
        self._store = store
        self._clock = clock
        self._passwords = passwords
        self._link_lifetime_s = link_lifetime_s
        self._load_sample = load_sample

    async def needed(self) -> bool:
        """Whether the server has no account yet."""
        return not await self._store.read(accounts.any_user)

    async def setup_link(self) -> str | None:
        """A token for making the first account, in the place of earlier ones; None once there is an account."""
        if not await self.needed():
            return None
        return await self._link("setup", None)

    async def signin_link(self, user_id: UserId) -> str:
        """A token that signs this user in once."""
        return await self._link("signin", user_id)

    async def set_up(self, token: str, newcomer: Newcomer, *, sample: bool) -> Account:
        """Make the first company and its admin, in one transaction.

        Raises Conflict(`already_set_up`) or BadRequest(`link_invalid`); the password is hashed only for a good link.
        """
        token_hash, now = hashed(token), self._clock.now()
        if not await self.needed():
            raise Conflict("already_set_up")
        if not await self._store.read(lambda c: credentials.link_works(c, "setup", token_hash, now)):
            raise BadRequest("link_invalid")
        user = await self._new_user(newcomer, "admin")

        first = FirstAccount(user, newcomer.company, token_hash, self._load_sample if sample else None)
        return await self._store.write(lambda c: enrolment.set_up(c, first, self._clock.now()))

    async def take_signin_link(self, token: str) -> UserId:
        """Whom this link signs in; it works once. Raises BadRequest(`link_invalid`)."""
        link = await self._store.write(lambda c: credentials.take_link(c, "signin", hashed(token), self._clock.now()))
        if link is None or link.user_id is None:
            raise BadRequest("link_invalid")
        return link.user_id

    async def add_user(self, newcomer: Newcomer, role: Role) -> Account:
        """A user of the company of that name, which is made where there is none. Raises Conflict(`email_taken`)."""
        if await self._store.read(lambda c: accounts.find_by_email(c, newcomer.email)) is not None:
            raise Conflict("email_taken")
        user = await self._new_user(newcomer, role)

        return await self._store.write(lambda c: enrolment.add_user(c, user, newcomer.company, self._clock.now()))

    async def create_key(self, email: str) -> str:
        """A new API key of the account of a normalised address; this is the only time it can be read.

        Raises NotFound.
        """
        account = await self._store.read(lambda c: accounts.find_by_email(c, email))
        if account is None or account.disabled:
            raise NotFound
        key_id, secret = new_id("key"), fresh_secret()
        await self._store.write(
            lambda c: credentials.create_key(c, key_id, account.id, hashed(secret), self._clock.now())
        )
        return whole_key(key_id, secret)

    async def _link(self, kind: LinkKind, user_id: UserId | None) -> str:
        token, now = fresh_secret(), self._clock.now()
        expires_at = now + self._link_lifetime_s
        await self._store.write(
            lambda c: credentials.put_link(c, kind, hashed(token), expires_at, now=now, user_id=user_id)
        )
        return token

    async def _new_user(self, newcomer: Newcomer, role: Role) -> NewUser:
        password_hash = await self._passwords.hash(newcomer.password)
        return NewUser(newcomer.email, newcomer.name, role, newcomer.language, password_hash)


def whole_key(key_id: str, secret: str) -> str:
    """A key as whoever has it writes it."""
    return f"lea_{key_id.removeprefix('key_')}_{secret}"


def fresh_secret() -> str:
    """256 random bits, as they can stand in an address."""
    return urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).rstrip(b"=").decode()


def hashed(secret: str) -> str:
    """SHA-256 is enough for 256 random bits: there is nothing to guess."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
