"""What people see of the number in WhatsApp: its profile, as Meta has it, believed for a while."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from lea.channels.whatsapp.graph import Graph
from lea.resilience.cache import LookupCache

CACHE: Final = "whatsapp_profile"
EDGE: Final = "whatsapp_business_profile"
BELIEVED_S: Final = 300.0
ABOUT: Final = 139
DESCRIPTION: Final = 512
"""Most characters Meta takes."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`about` stands below the number, `description` in what opens when it is tapped."""

    about: str
    description: str


class Profiles:
    """That of one phone number; `forget` has every process ask Meta again."""

    def __init__(
        self, graph: Graph, phone_number_id: str, cache: LookupCache[Profile], forget: Callable[[], None]
    ) -> None:
        self._graph = graph
        self._key = phone_number_id
        self._cache = cache
        self._forget = forget

    async def get(self) -> Profile:
        """As Meta has it, or had it in the last five minutes. Raises LeaError."""
        return await self._cache.get(self._key, self._read) or Profile("", "")

    async def change(self, values: Mapping[str, str]) -> Profile:
        """Raises LeaError; whatever came of it, what was believed is believed no more."""
        try:
            await self._graph.put_of_number(EDGE, {"messaging_product": "whatsapp", **values})
        finally:
            self._forget()
        return await self.get()

    async def _read(self) -> Profile:
        found = await self._graph.of_number(EDGE, ",".join(Profile.__slots__))
        entries = found.get("data")
        first: Any = entries[0] if isinstance(entries, list) and entries else None
        return _profile(first if isinstance(first, Mapping) else {})


def wire(profile: Profile) -> dict[str, str]:
    """As JSON."""
    return asdict(profile)


def _profile(told: Mapping[str, Any]) -> Profile:
    def text(name: str, most: int) -> str:
        value = told.get(name)
        return value[:most] if isinstance(value, str) else ""

    return Profile(text("about", ABOUT), text("description", DESCRIPTION))
