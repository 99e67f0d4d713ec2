"""Links by which people choose a password: each of these is one transaction, so no link is without its account."""

from dataclasses import dataclass

from sqlalchemy import Connection

from lea.errors import BadRequest, Conflict
from lea.ids import CompanyId, UserId
from lea.store import accounts, credentials, people
from lea.store.accounts import Account, NewUser
from lea.store.people import Person


@dataclass(frozen=True, slots=True)
class NewLink:
    """`expires_at` is in seconds since the epoch."""

    token_hash: str
    expires_at: float


def invite(connection: Connection, company_id: CompanyId, user: NewUser, link: NewLink, now: float) -> Person:
    """Make somebody's account and their link. Raises Conflict(`email_taken`)."""
    user_id = accounts.create_user(connection, company_id, user, now)
    _put(connection, user_id, link, now)
    return people.find(connection, company_id, user_id)


def renew(connection: Connection, company_id: CompanyId, user_id: UserId, link: NewLink, now: float) -> None:
    """A link in the place of earlier ones. Raises NotFound, or Conflict(`account_disabled`)."""
    if people.find(connection, company_id, user_id).disabled_at is not None:
        raise Conflict("account_disabled")
    _put(connection, user_id, link, now)


def take(connection: Connection, token_hash: str, password_hash: str, now: float) -> tuple[Account, list[str]]:
    """Use a link up for a password; whose it is, and the sign-ins that ended. Raises BadRequest(`link_invalid`)."""
    link = credentials.take_link(connection, "password", token_hash, now)
    account = None if link is None or link.user_id is None else accounts.find(connection, link.user_id)
    if account is None or account.disabled:
        raise BadRequest("link_invalid")
    return account, people.set_password(connection, account.id, password_hash, now)


def _put(connection: Connection, user_id: UserId, link: NewLink, now: float) -> None:
    credentials.put_link(connection, "password", link.token_hash, link.expires_at, now=now, user_id=user_id)
