"""Making accounts: each of these is one transaction, so there is never a company without its first user."""

from dataclasses import dataclass

from sqlalchemy import Connection

from lea.errors import BadRequest, Conflict, NotFound
from lea.store import accounts, credentials
from lea.store.accounts import Account, LoadSample, NewUser


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """What a server without accounts is set up with; `load_sample` is None where no sample is wanted."""

    user: NewUser
    company: str
    token_hash: str
    load_sample: LoadSample | None


def set_up(connection: Connection, first: FirstAccount, now: float) -> Account:
    """Make the first company and its user, using up the link.

    Raises Conflict(`already_set_up`) or BadRequest(`link_invalid`); then nothing has changed.
    """
    if accounts.any_user(connection):
        raise Conflict("already_set_up")
    if credentials.take_link(connection, "setup", first.token_hash, now) is None:
        raise BadRequest("link_invalid")
    company_id = accounts.create_company(connection, first.company, now)
    if first.load_sample is not None:
        first.load_sample(connection, company_id)
    user_id = accounts.create_user(connection, company_id, first.user, now)
    return _just_made(accounts.find(connection, user_id))


def add_user(connection: Connection, user: NewUser, company: str, now: float) -> Account:
    """Make a user of the company of that name, and the company where there is none. Raises Conflict(`email_taken`)."""
    company_id = accounts.find_company(connection, company) or accounts.create_company(connection, company, now)
    return _just_made(accounts.find(connection, accounts.create_user(connection, company_id, user, now)))


def _just_made(account: Account | None) -> Account:
    if account is None:
        raise NotFound
    return account
