"""Companies and the people in them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, Row, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from lea.errors import Conflict
from lea.ids import CompanyId, UserId, new_id
from lea.sentences import Language
from lea.store.tables import companies, users

Role = Literal["member", "admin"]

LoadSample = Callable[[Connection, CompanyId], None]
"""Fills a company that was just made with the sample records, in the same transaction."""

CONNECTION_MODE: Final = "sql"
"""How a new company's records are reached: in this server's own database."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user with its company, as kept."""

    id: UserId
    email: str
    name: str
    role: Role
    language: Language
    company_id: CompanyId
    company_name: str
    password_hash: str | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class NewUser:
    """What a user is made from; `email` and `password_hash` come ready to be kept.

    Without the latter only a link lets in.
    """

    email: str
    name: str
    role: Role
    language: Language
    password_hash: str | None


ACCOUNT: Final = (
    users.c.id,
    users.c.email,
    users.c.name,
    users.c.role,
    users.c.language,
    users.c.company_id,
    companies.c.name.label("company_name"),
    users.c.password_hash,
    users.c.disabled_at.is_not(None).label("disabled"),
)
"""The columns of an Account, from `users` joined with `companies`."""

ACCOUNTS: Final = users.join(companies, users.c.company_id == companies.c.id)


def account_of(row: "Row[tuple[object, ...]]") -> Account:
    """The Account in a row that begins with the columns of `ACCOUNT`."""
    return Account(*row[: len(ACCOUNT)])  # type: ignore[arg-type]


def find_by_email(connection: Connection, email: str) -> Account | None:
    """The account of a normalised e-mail address."""
    row = connection.execute(select(*ACCOUNT).select_from(ACCOUNTS).where(users.c.email == email)).one_or_none()
    return account_of(row) if row else None


def find(connection: Connection, user_id: UserId) -> Account | None:
    """The account of a user."""
    row = connection.execute(select(*ACCOUNT).select_from(ACCOUNTS).where(users.c.id == user_id)).one_or_none()
    return account_of(row) if row else None


def any_user(connection: Connection) -> bool:
    """Whether the server has been set up."""
    return bool(connection.scalar(select(exists().where(users.c.id.is_not(None)))))


def find_company(connection: Connection, name: str) -> CompanyId | None:
    """The company of that name; the oldest where several share it."""
    found = connection.scalar(
        select(companies.c.id).where(companies.c.name == name).order_by(companies.c.created_at).limit(1)
    )
    return CompanyId(found) if found else None


def create_company(connection: Connection, name: str, now: float) -> CompanyId:
    """A new company without records."""
    company_id = CompanyId(new_id("company"))
    connection.execute(
        insert(companies).values(id=company_id, name=name, connection_mode=CONNECTION_MODE, created_at=now)
    )
    return company_id


def create_user(connection: Connection, company_id: CompanyId, user: NewUser, now: float) -> UserId:
    """A new user. Raises Conflict(`email_taken`)."""
    user_id = UserId(new_id("user"))
    try:
        with connection.begin_nested():
            connection.execute(
                insert(users).values(
                    id=user_id,
                    company_id=company_id,
                    email=user.email,
                    name=user.name,
                    role=user.role,
                    language=user.language,
                    password_hash=user.password_hash,
                    created_at=now,
                )
            )
    except IntegrityError:
        raise Conflict("email_taken") from None
    return user_id


def replace_password_hash(connection: Connection, user_id: UserId, old: str, new: str) -> bool:
    """Keep `new`, unless the password was changed since `old` was read."""
    changed = connection.execute(
        update(users).where(users.c.id == user_id, users.c.password_hash == old).values(password_hash=new)
    )
    return changed.rowcount == 1
