"""What everything that is done for a number works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from lea.auth.permissions import Identity
from lea.channels.whatsapp.graph import Graph
from lea.clock import Clock
from lea.config import WhatsApp as Settings
from lea.ids import UserId
from lea.manager.decisions import Decisions
from lea.manager.turns import Turns
from lea.runs.catalog.shelf import Shelf
from lea.sentences import Language
from lea.store import accounts
from lea.store.engine import Store
from lea.store.whatsapp import Contact

WINDOW_S: Final = 24 * 3600.0
"""How long after a person wrote they may be written to."""


@dataclass(frozen=True, slots=True)
class Line:
    """`count` counts a request of a user, and raises TooMany; `language` is for those of whom none is known."""

    settings: Settings
    store: Store
    clock: Clock
    turns: Turns
    decisions: Decisions
    graph: Graph
    shelf: Shelf
    count: Callable[[UserId], Awaitable[None]]
    language: Language


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
