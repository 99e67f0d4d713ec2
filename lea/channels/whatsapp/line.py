"""What everything that is done for a number works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from lea.auth.permissions import Identity
from lea.channels.whatsapp.graph import Graph
from lea.clock import Clock
from lea.config import WhatsApp as Settings
from lea.ids import CompanyId, UserId
from lea.manager.decisions import Decisions
from lea.manager.turns import Turns
from lea.manager.voice import Listening
from lea.runs.catalog.shelf import Shelf
from lea.sentences import Language
from lea.store import accounts
from lea.store.engine import Store, Unit
from lea.store.whatsapp import Contact

T = TypeVar("T")

WINDOW_S: Final = 24 * 3600.0
"""How long after a person wrote they may be written to."""


@dataclass(frozen=True, slots=True)
class Line:
    """`count` counts a request of a user, and raises TooMany; `language` is for those of whom none is known.

    `changed` tells whoever reads along that a company's conversations are not what they were.
    """

    settings: Settings
    store: Store
    clock: Clock
    turns: Turns
    decisions: Decisions
    graph: Graph
    shelf: Shelf
    listening: Listening
    count: Callable[[UserId], Awaitable[None]]
    changed: Callable[[CompanyId], None]
    language: Language

    async def write(self, contact: Contact, unit: Unit[T]) -> T:
        """Write what becomes of a number's messages, and tell of it."""
        result = await self.store.write(unit)
        self.changed(contact.company_id)
        return result


async def identity_of(line: Line, contact: Contact) -> Identity | None:
    """Whose number it is; nobody's where that account is gone, disabled, or another company's."""
    user_id = contact.user_id
    if user_id is None:
        return None
    account = await line.store.read(lambda connection: accounts.find(connection, user_id))
    if account is None or account.disabled or account.company_id != contact.company_id:
        return None
    return Identity.of(account, "token")


def ending(number: str) -> str:
    """All of a number that is ever logged."""
    return number[-2:]
