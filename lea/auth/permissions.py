"""Who is asking, and what they may do."""

from dataclasses import dataclass
from typing import Literal, Self

from lea.errors import Forbidden, Unauthorized
from lea.ids import CompanyId, UserId
from lea.sentences import Language
from lea.store.accounts import Account, Role

Via = Literal["token", "key", "cookie"]


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller. `family` names the sign-in a token or cookie comes from; a key has none."""

    user_id: UserId
    company_id: CompanyId
    role: Role
    name: str
    language: Language
    via: Via
    family: str | None = None

    @classmethod
    def of(cls, account: Account, via: Via, family: str | None = None) -> Self:
        return cls(account.id, account.company_id, account.role, account.name, account.language, via, family)


def require_admin(identity: Identity) -> None:
    """Raises Forbidden for everybody but the company's admins."""
    if identity.role != "admin":
        raise Forbidden


def unauthorized(code: str = "unauthorized") -> Unauthorized:
    """A 401 that says how to sign in, as RFC 9110 (15.5.2) asks of every 401."""
    return Unauthorized(code, headers={"WWW-Authenticate": "Bearer"})
