"""What a company's admins do to its people: invite them, change them, shut them out, give and take keys."""

from dataclasses import dataclass

from lea.auth.enrolment import fresh_secret, hashed, whole_key
from lea.auth.identities import Identities
from lea.auth.passwords import Passwords
from lea.auth.permissions import Identity
from lea.auth.standing import Standing
from lea.clock import Clock
from lea.errors import BadRequest
from lea.ids import UserId, new_id
from lea.log import audit
from lea.sentences import Language
from lea.store import credentials, invitations, keys, people
from lea.store.accounts import Account, NewUser, Role
from lea.store.engine import Store
from lea.store.invitations import NewLink
from lea.store.keys import Key
from lea.store.people import Change, Changed, Person


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody new; `email` is normalised."""

    email: str
    name: str
    role: Role
    language: Language


@dataclass(frozen=True, slots=True)
class Link:
    """`token` lets somebody choose a password, once, until `expires_at` (seconds since the epoch)."""

    token: str
    expires_at: float


class People:
    """Every method takes the admin who asks, and is about their company: NotFound for people and keys of another."""

    def __init__(
        self, store: Store, clock: Clock, passwords: Passwords, identities: Identities, *, link_lifetime_s: float
    ) -> None:
        self._store = store
        self._clock = clock
        self._passwords = passwords
        self._identities = identities
        self._link_lifetime_s = link_lifetime_s

    async def invite(self, admin: Identity, who: Invited) -> tuple[Person, Link]:
        """An account without a password, and the link to choose one. Raises Conflict(`email_taken`)."""
        link, kept = self._fresh_link()
        user = NewUser(who.email, who.name, who.role, who.language, None)
        person = await self._store.write(
            lambda c: invitations.invite(c, admin.company_id, user, kept, self._clock.now())
        )
        _note(admin, "account.made", person.id, by="admin", role=person.role)
        return person, link

    async def link(self, admin: Identity, user_id: UserId) -> Link:
        """A new link in the place of earlier ones, which no longer work. Raises Conflict(`account_disabled`)."""
        link, kept = self._fresh_link()
        await self._store.write(lambda c: invitations.renew(c, admin.company_id, user_id, kept, self._clock.now()))
        _note(admin, "link.made", user_id)
        return link

    async def change(self, admin: Identity, user_id: UserId, given: Change) -> Person:
        """Change somebody; it counts for their next request, at this process and, with a bus, at every other.

        Raises Conflict: `own_account`, `last_admin`.
        """
        now = self._clock.now()
        changed = await self._store.write(
            lambda c: people.change(c, admin.company_id, user_id, given, by=admin.user_id, now=now)
        )
        self._tell(changed)
        for act in _acts(given):
            _note(admin, act, user_id, role=given.role)
        return changed.person

    async def choose_password(self, token: str, password: str, address: str | None) -> Account:
        """Whose password this now is; all their sign-ins end. The password is hashed only for a good link.

        Raises BadRequest(`link_invalid`).
        """
        token_hash, now = hashed(token), self._clock.now()
        if not await self._store.read(lambda c: credentials.link_works(c, "password", token_hash, now)):
            audit("password.chosen", "refused", who=None, by="link", address=address)
            raise BadRequest("link_invalid")
        password_hash = await self._passwords.hash(password)
        account, ended = await self._store.write(
            lambda c: invitations.take(c, token_hash, password_hash, self._clock.now())
        )
        for family in ended:
            self._identities.end(family)
        audit("password.chosen", "done", who=account.id, by="link", address=address)
        return account

    async def create_key(self, admin: Identity, user_id: UserId, label: str) -> tuple[Key, str]:
        """A key of somebody, and what it is, which can be read this once.

        Raises Conflict: `account_disabled`, `too_many_keys`.
        """
        key_id, secret = new_id("key"), fresh_secret()
        made = (key_id, hashed(secret), label)
        key = await self._store.write(lambda c: keys.create(c, admin.company_id, user_id, made, self._clock.now()))
        _note(admin, "key.created", key.id, whose=user_id)
        return key, whole_key(key_id, secret)

    async def revoke_key(self, admin: Identity, key_id: str) -> None:
        """From now on the key does not count, here and, with a bus, at every process; again is no different."""
        key, counted = await self._store.write(lambda c: keys.revoke(c, admin.company_id, key_id, self._clock.now()))
        self._identities.end_key(key.id)
        if counted:
            _note(admin, "key.revoked", key.id, whose=key.user_id)

    def _tell(self, changed: Changed) -> None:
        person = changed.person
        for family in changed.families:
            self._identities.end(family)
        for key_id in changed.keys:
            self._identities.end_key(key_id)
        disabled = person.disabled_at is not None
        self._identities.standings.change(
            Standing(person.id, person.role, person.name, person.language, disabled, changed.at)
        )

    def _fresh_link(self) -> tuple[Link, NewLink]:
        """For the one it is for, and as it is kept."""
        link = Link(fresh_secret(), self._clock.now() + self._link_lifetime_s)
        return link, NewLink(hashed(link.token), link.expires_at)


def _acts(given: Change) -> list[str]:
    acts = [] if given.disabled is None else ["account.disabled" if given.disabled else "account.enabled"]
    if given.name is not None or given.role is not None or given.language is not None:
        acts.append("account.changed")
    return acts


def _note(admin: Identity, act: str, target: str, **more: str | None) -> None:
    audit(act, "done", who=admin.user_id, target=target, company=admin.company_id, via=admin.via, **more)
